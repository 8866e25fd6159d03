//! The archive: gzip objects that every gzip reader reads and this one can skip through, and their keys.
//!
//! An object is a run of gzip members of at most `member_bytes` of text each, one JSON record a line. Records
//! at ERROR and above stand in members of their own. Each member's header says in an extra field how long it
//! is, how many records of which levels it holds and from when to when; index members without text at the end
//! repeat this for all. docs/archive-format.md is the format, field by field.
//!
//! | to | see |
//! |---|---|
//! | write an object | [`ObjectEncoder`], with a [`MemberCompressor`] that all encoders share |
//! | read one from start to end | [`ObjectReader`] |
//! | fetch and decode only what is needed | [`Index::from_tail`], [`Index::select`], [`MemberDecoder`] |
//! | count records without reading them | [`Index::counts`] |
//! | name objects | [`ObjectKey`], [`Partition`] |
//!
//! The crate does no network I/O, knows no clock and depends on no other crate of the workspace. Whatever the
//! bytes of an object, reading them ends in lines or an error: no panic, and no allocation larger than
//! [`MAX_MEMBER_TEXT`] (and the object's own index) because of what they claim.

mod compress;
mod decode;
mod encoder;
mod error;
mod gzip;
mod index;
mod key;
mod level;
mod member;
mod partition;
mod reader;
mod selection;
mod source;
mod stream;
mod table;
mod varint;

pub use compress::{CompressionLevel, MemberCompressor, UnknownCompressionLevel};
pub use decode::MemberDecoder;
pub use encoder::{ObjectEncoder, Options, RecordError, Summary};
pub use error::ReadError;
pub use index::{Index, TAIL_LEN, Tail};
pub use key::{KeyError, ObjectKey, SUFFIX};
pub use level::{LEVELS, Level, LevelCounts};
pub use member::{HEADER_LEN, HeaderError, MAX_MEMBER_TEXT, Member};
pub use partition::Partition;
pub use reader::{Block, ObjectReader, lines};
pub use selection::Selection;
pub use source::ReadAt;
