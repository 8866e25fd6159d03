//! Where records go. Routing knows these traits only.

pub mod aws;
pub mod cloudwatch;
pub mod error_file;
mod error_lines;
mod folder;
mod stage;

use std::io;
use std::path::{Path, PathBuf};

use sluice_archive::{ObjectKey, Summary};
use sluice_record::Record;

pub use aws::{logs, s3};
pub use error_file::ErrorFile;
pub use error_lines::ErrorLines;
pub use folder::{FileObject, FolderArchive};
pub use stage::{Stage, StagedObject, Unfinished};

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
    /// Takes one record; `filed_ms` is the time it is filed by in the archive, in milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When the sink refuses.
    fn record(&mut self, record: &Record<'_>, filed_ms: i64) -> Result<(), SinkError>;

    /// Takes one record that was delivered already, when its segment was discarded but for its errors.
    ///
    /// # Errors
    /// When the sink refuses.
    fn sent_record(&mut self, _record: &Record<'_>, _filed_ms: i64) -> Result<(), SinkError> {
        Ok(())
    }

    /// Hands on what is buffered: a segment has ended.
    ///
    /// # Errors
    /// When the sink refuses.
    fn flush(&mut self) -> Result<(), SinkError>;
}

impl<A: ArchiveSink> ArchiveSink for &mut A {
    type Object = A::Object;

    fn begin(&mut self, key: &ObjectKey) -> Result<Self::Object, SinkError> {
        A::begin(self, key)
    }

    fn append(&mut self, object: &mut Self::Object, bytes: &[u8]) -> Result<(), SinkError> {
        A::append(self, object, bytes)
    }

    fn finish(&mut self, object: Self::Object, summary: &Summary) -> Result<(), SinkError> {
        A::finish(self, object, summary)
    }
}

/// For records that are not wanted: they were delivered before, or are none of this sink's.
#[derive(Debug, Clone, Copy)]
pub struct Nowhere;

impl ErrorSink for Nowhere {
    fn record(&mut self, _record: &Record<'_>, _filed_ms: i64) -> Result<(), SinkError> {
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

impl ArchiveSink for Nowhere {
    type Object = ();

    fn begin(&mut self, _key: &ObjectKey) -> Result<(), SinkError> {
        Ok(())
    }

    fn append(&mut self, _object: &mut (), _bytes: &[u8]) -> Result<(), SinkError> {
        Ok(())
    }

    fn finish(&mut self, _object: (), _summary: &Summary) -> Result<(), SinkError> {
        Ok(())
    }
}
