//! What a query took.

use std::sync::atomic::{AtomicU64, Ordering};

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
}

impl Stats {
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
