//! Where records go. Routing knows these traits only.

mod error_lines;
mod folder;

use std::io;
use std::path::{Path, PathBuf};

use sluice_archive::{ObjectKey, Summary};

pub use error_lines::ErrorLines;
pub use folder::FolderArchive;

/// A sink could not take what it was given.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}; {remedy}", path.display())]
pub struct SinkError {
    /// What was being done.
    pub doing: &'static str,
    /// To what.
    pub path: PathBuf,
    /// What to do about it.
    pub remedy: &'static str,
    /// What the system answered.
    #[source]
    pub source: io::Error,
}

impl SinkError {
    pub(crate) fn new(doing: &'static str, path: impl AsRef<Path>, source: io::Error) -> SinkError {
        use io::ErrorKind as Kind;
        let remedy = match source.kind() {
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
                "give this user the right to write there, or choose another place"
            }
            Kind::StorageFull | Kind::QuotaExceeded => "free some space and run it again",
            Kind::NotADirectory | Kind::IsADirectory | Kind::AlreadyExists => {
                "something else has that name; move it, or choose another place"
            }
            _ => "check the path and run it again",
        };
        SinkError { doing, path: path.as_ref().to_path_buf(), remedy, source }
    }
}

/// Takes archive objects. An object is seen under its key whole or not at all.
pub trait ArchiveSink {
    /// An object that is being written. Dropped unfinished, it leaves nothing.
    type Object;

    /// Begins an object. One that has the key already is replaced when this one is finished.
    ///
    /// # Errors
    /// When the sink refuses.
    fn begin(&mut self, key: &ObjectKey) -> Result<Self::Object, SinkError>;

    /// Appends bytes to an object.
    ///
    /// # Errors
    /// When the sink refuses.
    fn append(&mut self, object: &mut Self::Object, bytes: &[u8]) -> Result<(), SinkError>;

    /// Makes the object visible.
    ///
    /// # Errors
    /// When the sink refuses.
    fn finish(&mut self, object: Self::Object, summary: &Summary) -> Result<(), SinkError>;
}

/// Takes the records at and above the least level of errors.
pub trait ErrorSink {
    /// Takes one record, a line of JSON without its line feed.
    ///
    /// # Errors
    /// When the sink refuses.
    fn record(&mut self, json: &[u8]) -> Result<(), SinkError>;

    /// Hands on what is buffered: a segment has ended.
    ///
    /// # Errors
    /// When the sink refuses.
    fn flush(&mut self) -> Result<(), SinkError>;
}
