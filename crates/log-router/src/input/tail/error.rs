//! What cannot be done at all, and what somebody should know.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Files cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// A pattern makes no sense.
    #[error(
        "the pattern {pattern:?} of inputs.tail makes no sense; `**` stands for folders and must be alone between slashes, and `[` needs its `]`"
    )]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong.
        #[source]
        source: glob::PatternError,
    },
    /// The offsets cannot be read or written.
    #[error("cannot {doing} {}; check the folder's rights and free space (inputs.tail.offsets)", path.display())]
    Offsets {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// The offsets are not what was written.
    #[error(
        "the offsets in {} cannot be understood; repair the file, or remove it: files are then read from where the spool \
         remembers, else from their start",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A later release wrote the offsets.
    #[error("the offsets in {} have version {found}, this release reads {}; run the later release", path.display(), super::offsets::VERSION)]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
}

/// Something that somebody should know; files are followed all the same.
#[derive(Debug)]
pub enum TailNotice {
    /// A file or folder cannot be read. It is tried again, and told again only when it could be read meanwhile.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system answered.
        error: io::Error,
    },
    /// A file was begun anew in its place: it is read from its start. What was written between the last read and that
    /// is lost, and nobody knows how much it was.
    Truncated {
        /// Which.
        path: PathBuf,
        /// How far it had been read.
        read: u64,
    },
}

impl fmt::Display for TailNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TailNotice::Unreadable { path, error } => write!(f, "{} cannot be read: {error}", path.display()),
            TailNotice::Truncated { path, read } => write!(
                f,
                "{} was truncated after {read} bytes were read; it is read from its start, and what was written in between is lost",
                path.display()
            ),
        }
    }
}
