//! Compaction: the objects of a closed hour of `app_logs` become one Parquet object of `app_logs_parquet`.
//!
//! # Invariants
//! 1. **The raw archive is only read.**
//! 2. **An hour is published by one atomic step**: a rename, or the end of an upload. A run that is killed leaves a
//!    name that begins with `_`, which no reader takes for data, and which the next run replaces.
//! 3. **Nothing is published that is not verified**: the count and the checksum of the records as they are read from
//!    the raw objects are those of the finished Parquet file, read back.
//! 4. **Done is done.** The file carries the digest of the raw objects that it was made of. The same objects: nothing
//!    is done; others (records that came late): the hour is made anew. So a run may be repeated, and two runs at a time
//!    end with the same content.
//!
//! | file | does |
//! |---|---|
//! | `hours.rs` | which hours are closed and hold objects |
//! | `digest.rs` | which raw objects a compacted hour was made of |
//! | `hour.rs` | one hour: read, sort, write, verify, publish |
//! | `checksum.rs` | a checksum of records that does not depend on their order |
//! | `view.rs` | the view that reads both forms on Trino and Athena |

mod checksum;
pub(crate) mod digest;
mod hour;
mod hours;
mod view;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use sluice_catalog::{Catalog, Table};

pub use self::hour::Outcome;
pub use self::hours::Hour;

use crate::error::QueryError;
use crate::local::{Local, Options};
use crate::store::{Store, StoreError};

/// The table of raw records.
pub const RAW: &str = "app_logs";
/// The table of compacted hours.
pub const COMPACTED: &str = "app_logs_parquet";

/// What is compacted, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The archive of the router: a `file://` or `s3://` URL.
    pub source: String,
    /// Where compacted hours go, a URL of the same kinds.
    pub target: String,
    /// An hour is closed when it ended so long ago: records that came later than that are taken by the next run.
    pub settle: SignedDuration,
    /// Bytes of a row group before compression.
    pub row_group: usize,
    /// Level of zstd, 1 to 22.
    pub level: i32,
    /// Threads and memory of reading and sorting.
    pub engine: Options,
    /// Folder of files that are being written when the target is a bucket.
    pub temporary: PathBuf,
}

impl Settings {
    /// Settings with the defaults: an hour settles for an hour, row groups of 128 MiB, zstd 3.
    #[must_use]
    pub fn new(source: String, target: String) -> Settings {
        Settings {
            source,
            target,
            settle: SignedDuration::from_hours(1),
            row_group: 128 << 20,
            level: 3,
            engine: Options::default(),
            temporary: std::env::temp_dir(),
        }
    }
}

/// Why an hour cannot be compacted.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// The window cannot be laid over the table.
    #[error("cannot find the hours of the archive: {0}")]
    Hours(String),
    /// Objects cannot be listed, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The raw records cannot be read or sorted.
    #[error("cannot read hour {hour}")]
    Query {
        /// The hour, `2026-11-24T01`.
        hour: String,
        /// Why.
        #[source]
        source: QueryError,
    },
    /// Parquet cannot be written or read back.
    #[error("cannot write hour {hour} as Parquet")]
    Parquet {
        /// The hour.
        hour: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file of this machine.
    #[error("cannot write {}; check the folder, its rights and its space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
    /// What was written is not what was read.
    #[error(
        "hour {hour}: {read} records were read and {written} written, or their checksums differ; nothing was published. Run it again"
    )]
    Verify {
        /// The hour.
        hour: String,
        /// Records of the raw objects.
        read: u64,
        /// Records of the Parquet file.
        written: u64,
    },
}

/// Compacts hours of an archive.
pub struct Compactor {
    settings: Settings,
    raw: Table,
    compacted: Table,
    store: Store,
    engine: Local,
}

impl Compactor {
    /// A compactor over the tables of a catalog.
    ///
    /// # Errors
    /// When the catalog lacks a table.
    pub fn new(catalog: &Catalog, settings: Settings) -> Result<Compactor, QueryError> {
        let table = |name: &str| {
            let unknown = || QueryError::UnknownTable { name: name.to_owned(), nearest: None };
            catalog.get(name).cloned().ok_or_else(unknown)
        };
        let sources = BTreeMap::from([(RAW.to_owned(), settings.source.clone())]);
        let engine = Local::new(catalog, &sources, &settings.engine)?;
        Ok(Compactor {
            raw: table(RAW)?,
            compacted: table(COMPACTED)?,
            store: Store::default(),
            engine,
            settings,
        })
    }

    /// The hours from `from` to `to` that are closed and hold objects, oldest first.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn hours(&self, from: Timestamp, to: Timestamp, now: Timestamp) -> Result<Vec<Hour>, CompactError> {
        let closed = now.checked_sub(self.settings.settle).unwrap_or(now).min(to);
        hours::find(self, from, closed)
    }

    /// Compacts an hour, if it is not done yet. Blocks between its steps: call it on a runtime of several threads.
    ///
    /// # Errors
    /// When the hour cannot be read, written or verified; then what was published before is as it was.
    pub async fn compact(&self, hour: &Hour) -> Result<Outcome, CompactError> {
        hour::compact(self, hour).await
    }

    /// The statement that makes `app_logs_all` on Trino or Athena, for what is compacted now. Hours from `since` on
    /// are compared with their raw objects, which takes two calls an hour; a router brings nothing for earlier ones.
    ///
    /// # Errors
    /// When objects cannot be listed or read.
    pub fn view(&self, since: Timestamp) -> Result<String, CompactError> {
        view::sql(self, since)
    }
}
