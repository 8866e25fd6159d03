//! Bytes in, spool entries out: inputs only find the ends of lines.
//!
//! An entry's payload is a run of whole lines, separated by line feeds, without one at its end. A line longer than the
//! limit is stored in pieces. The line feed of a line that ends with `\r\n` takes the `\r` along; in a run of lines it
//! still stands there, and routing takes it off.

mod framer;
pub mod tail;

pub use framer::{Frame, Framer, RUN_BYTES};

/// What the payload of a spool entry is; the number stands in the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EntryKind {
    /// Whole lines.
    Lines = 1,
    /// A piece of a line that goes on in the next entry of the same source.
    Piece = 2,
    /// The last piece of a line, or a whole one that is to be taken as it is, without looking for a `\r`.
    LastPiece = 3,
    /// Nothing, for a source that has ended while others follow it: what comes next is joined with nothing before it.
    /// Only for sources that are read one after the other.
    SourceEnd = 4,
    /// Whole messages of the Forward protocol, one after the other, as they came.
    Forward = 5,
    /// Nothing came for a while: what has waited for `parse.join_max_wait` is complete.
    Idle = 6,
    /// Nothing, for a source that has ended: what is held of it is complete.
    Disconnected = 7,
    /// Records that an earlier segment was made into, when the rest of it was discarded.
    Records = 8,
    /// The same, of which the errors were delivered.
    SentRecords = 9,
    /// Messages of the Forward protocol, packed: what the lines of a container have in common stands once.
    Packed = 10,
}

impl EntryKind {
    /// Reads the number of an entry.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<EntryKind> {
        match code {
            1 => Some(EntryKind::Lines),
            2 => Some(EntryKind::Piece),
            3 => Some(EntryKind::LastPiece),
            4 => Some(EntryKind::SourceEnd),
            5 => Some(EntryKind::Forward),
            6 => Some(EntryKind::Idle),
            7 => Some(EntryKind::Disconnected),
            8 => Some(EntryKind::Records),
            9 => Some(EntryKind::SentRecords),
            10 => Some(EntryKind::Packed),
            _ => None,
        }
    }
}

/// The lines of a run: what stands between its line feeds.
pub fn lines(run: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(run);
    std::iter::from_fn(move || {
        let run = rest?;
        let end = memchr::memchr(b'\n', run);
        rest = end.map(|end| &run[end + 1..]);
        Some(end.map_or(run, |end| &run[..end]))
    })
}
