//! What a query took.

use std::sync::atomic::{AtomicU64, Ordering};

use sluice_pipeline::ByteSize;

/// Counters of one query; they grow while it runs.
#[derive(Debug, Default)]
pub struct Stats {
    /// Folders that were listed.
    pub folders: AtomicU64,
    /// Objects that were found below them.
    pub objects: AtomicU64,
    /// Their bytes.
    pub object_bytes: AtomicU64,
    /// Bytes that were read of them.
    pub read_bytes: AtomicU64,
    /// Bytes of text after decompression.
    pub text_bytes: AtomicU64,
    /// Members of indexed objects that were decoded.
    pub members_read: AtomicU64,
    /// Members that the index showed not to be needed.
    pub members_skipped: AtomicU64,
    /// Records that were looked at, or counted from the index.
    pub records: AtomicU64,
    /// Lines that are not what the table's format says.
    pub malformed: AtomicU64,
    /// Most bytes of objects that a query may find; none is no limit.
    limit: Option<u64>,
}

/// A query would read more than it may.
#[derive(Debug, thiserror::Error)]
#[error(
    "the window holds {} or more of objects, and --max-scan allows {}; narrow the window (--since, --from, --to) or raise --max-scan",
    ByteSize(*found), ByteSize(*limit)
)]
pub(crate) struct ScanLimit {
    found: u64,
    limit: u64,
}

impl Stats {
    pub(crate) fn new(limit: Option<u64>) -> Stats {
        Stats { limit, ..Stats::default() }
    }

    /// All counters begin again.
    pub(crate) fn reset(&self) {
        let Stats {
            folders,
            objects,
            object_bytes,
            read_bytes,
            text_bytes,
            members_read,
            members_skipped,
            records,
            malformed,
            limit: _,
        } = self;
        for counter in [
            folders,
            objects,
            object_bytes,
            read_bytes,
            text_bytes,
            members_read,
            members_skipped,
            records,
            malformed,
        ] {
            counter.store(0, Ordering::Relaxed);
        }
    }

    /// Counts objects that a query found.
    ///
    /// # Errors
    /// When the query then reads more than it may.
    pub(crate) fn find(&self, objects: usize, bytes: u64) -> Result<(), ScanLimit> {
        Stats::add(&self.objects, objects as u64);
        let found = self.object_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        match self.limit {
            Some(limit) if found > limit => Err(ScanLimit { found, limit }),
            _ => Ok(()),
        }
    }

    /// Adds to a counter.
    pub(crate) fn add(counter: &AtomicU64, much: u64) {
        counter.fetch_add(much, Ordering::Relaxed);
    }

    /// The value of a counter.
    #[must_use]
    pub fn get(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }
}
