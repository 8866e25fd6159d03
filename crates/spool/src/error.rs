//! What can go wrong, told apart by what has to be done about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::format::{HeaderFault, VERSION};
use crate::name::SegmentId;

/// Shorthand for results of the spool.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the spool. After each of them the spool can be used further, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system or a quota has no room. What was stored stays readable; the failed append left nothing.
    #[error("cannot {doing} {}: no room on the disk; free some or lower the spool's byte limit", path.display())]
    DiskFull {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Permissions or a read-only file system forbid it.
    #[error("cannot {doing} {}: not writable; mount it read-write and let this user write there", path.display())]
    NotWritable {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// A file or the whole folder was removed by somebody else.
    #[error("cannot {doing} {}: it was removed while in use, with {lost_bytes} bytes not yet delivered; open the spool again", path.display())]
    Vanished {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// Bytes of the open segment that went with it; 0 when none are known to.
        lost_bytes: u64,
    },
    /// Any other answer of the system.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Another process (or another `Spool` of this one) uses the folder.
    #[error("the spool {} is in use by another process ({holder}); stop it or give each its own folder", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
        /// What the holder wrote into the lock file.
        holder: String,
    },
    /// The append would pass the byte limit.
    #[error(
        "the spool is full: {needed} bytes asked for, {free} left of {limit}; wait for deliveries or raise the limit"
    )]
    SpoolFull {
        /// Bytes the append needs.
        needed: u64,
        /// Bytes left.
        free: u64,
        /// The limit.
        limit: u64,
    },
    /// A field of an entry or of a header is over its limit.
    #[error("the {field} has {bytes} bytes, more than the limit of {limit}; split it or raise the limit")]
    TooLarge {
        /// The field.
        field: &'static str,
        /// Its size.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// The folder holds a segment of a newer release. Nothing was changed.
    #[error("{} has format version {found}, this release reads up to {VERSION}; let the newer release deliver it first", path.display())]
    FutureVersion {
        /// The segment.
        path: PathBuf,
        /// Its version.
        found: u16,
    },
    /// An option that cannot work.
    #[error("spool option {option}: {problem}")]
    BadOption {
        /// The option.
        option: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// No such segment here, or not in the state the call needs.
    #[error("segment {segment} is {state}; {advice}")]
    WrongSegment {
        /// The segment.
        segment: SegmentId,
        /// What it is.
        state: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A progress file's checksum is wrong.
    #[error("{} is damaged; remove it and deliver the segment from its start", path.display())]
    DamagedProgress {
        /// The file.
        path: PathBuf,
    },
    /// A segment could not be read.
    #[error("cannot read segment {}", path.display())]
    Read {
        /// The segment's file.
        path: PathBuf,
        /// Why.
        #[source]
        source: ReadError,
    },
}

/// A failure while reading a segment.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system could not read.
    #[error("cannot read on at byte {offset}")]
    Io {
        /// Where.
        offset: u64,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Not a segment, or not one of ours.
    #[error("the segment cannot be used")]
    Header(#[from] HeaderFault),
    /// The bytes of an entry changed after they were written.
    #[error("the entry at byte {offset} is damaged ({part} checksum); go on behind it with resync")]
    Corrupt {
        /// Where the entry starts.
        offset: u64,
        /// Which checksum: `head` (its length is unknown too) or `entry`.
        part: &'static str,
    },
}

impl Error {
    /// Sorts an answer of the system by what has to be done about it.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            // FileTooLarge: a file size limit of the process (RLIMIT_FSIZE) or of the file system.
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { doing, path, source }
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::NotWritable { doing, path, source }
            }
            io::ErrorKind::NotFound => Self::Vanished { doing, path, lost_bytes: 0 },
            _ => Self::Io { doing, path, source },
        }
    }

    /// Whether room on the disk or under the byte limit would help: wait and try again.
    #[must_use]
    pub fn is_out_of_room(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::SpoolFull { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of Linux and macOS alike.
    fn of(errno: i32) -> Error {
        Error::io("append to", Path::new("/x"), io::Error::from_raw_os_error(errno))
    }

    #[test]
    fn answers_of_the_system_are_told_apart() {
        let (eperm, enoent, eio, eacces, efbig, enospc, erofs) = (1, 2, 5, 13, 27, 28, 30);
        for errno in [enospc, efbig] {
            assert!(matches!(of(errno), Error::DiskFull { .. }) && of(errno).is_out_of_room(), "{errno}");
        }
        for errno in [eperm, eacces, erofs] {
            assert!(matches!(of(errno), Error::NotWritable { .. }), "{errno}");
        }
        assert!(matches!(of(enoent), Error::Vanished { .. }));
        assert!(matches!(of(eio), Error::Io { .. }));
        assert!(!of(eio).is_out_of_room());
    }
}
