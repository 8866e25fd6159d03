//! What can go wrong.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

/// Nothing or not everything was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plan's length makes no sense.
    #[error("{hours} hours make no plan; choose from 1 to 8760")]
    Hours {
        /// What was asked for.
        hours: u32,
    },
    /// The plan's traffic makes no sense.
    #[error("{requests} requests an hour make no plan; choose from 20 to 2000000")]
    Requests {
        /// What was asked for.
        requests: u32,
    },
    /// The plan's start makes no sense.
    #[error("traffic cannot start at {from}; choose a full minute from the year 2000 on")]
    From {
        /// What was asked for.
        from: Timestamp,
    },
    /// Nothing to write.
    #[error("a big application log of 0 MB is none; choose 1 or more, or leave it out")]
    BigApp,
    /// A folder cannot be made.
    #[error("cannot make the folder {}; choose another with --out, or check its rights", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}; check the space and the rights there", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// The Parquet writer refused.
    #[error("cannot encode {} as Parquet", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: parquet::errors::ParquetError,
    },
}

impl Error {
    /// Whether the plan itself is at fault.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Hours { .. } | Self::Requests { .. } | Self::From { .. } | Self::BigApp)
    }
}
