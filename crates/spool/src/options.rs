//! How a spool behaves.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::format::{ENTRY_HEAD_BYTES, MAX_FIELD_BYTES, MAX_META_BYTES, SEGMENT_HEADER_BYTES};

/// When the disk is made to hold what was written.
///
/// A killed process loses nothing in any of these modes: what `write` took belongs to the kernel. They differ
/// only when the kernel itself stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fsync {
    /// Left to the kernel. Right where the disk goes with the machine, as on Fargate.
    #[default]
    Never,
    /// When a segment is sealed.
    Seal,
    /// Before every append returns.
    EachAppend,
}

/// Settings of a spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// A segment of this many bytes should be sealed. Not a hard limit: the last append may pass it. 8 MiB.
    pub segment_bytes: u64,
    /// A segment whose first entry is this old should be sealed. 10 s.
    pub segment_age: Duration,
    /// Bytes all segments together may take; an append beyond fails with [`Error::SpoolFull`]. 1 GiB.
    pub max_bytes: u64,
    /// Largest payload of an entry, in bytes. 16 MiB.
    pub max_entry_bytes: u32,
    /// When to call fsync. [`Fsync::Never`].
    pub fsync: Fsync,
    /// How many chunk ids to remember; 0 turns [`Spool::seen_chunk`](crate::Spool::seen_chunk) off. 4096.
    pub recent_ids: usize,
    /// The caller's bytes for the header of every segment, at most [`MAX_META_BYTES`]. Empty.
    pub meta: Vec<u8>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 8 << 20,
            segment_age: Duration::from_secs(10),
            max_bytes: 1 << 30,
            max_entry_bytes: 16 << 20,
            fsync: Fsync::default(),
            recent_ids: 4096,
            meta: Vec::new(),
        }
    }
}

impl Options {
    pub(crate) fn check(&self) -> Result<()> {
        check_meta(&self.meta)?;
        // Otherwise an entry within its own limit could never be stored, and its client would wait for ever.
        let least = (SEGMENT_HEADER_BYTES + MAX_META_BYTES + ENTRY_HEAD_BYTES + 2 * MAX_FIELD_BYTES) as u64
            + u64::from(self.max_entry_bytes);
        if self.max_bytes < least {
            let problem = format!(
                "{} bytes cannot hold one entry of max_entry_bytes; give at least {least}",
                self.max_bytes
            );
            return Err(Error::BadOption { option: "max_bytes", problem });
        }
        if self.segment_bytes == 0 {
            return Err(Error::BadOption {
                option: "segment_bytes",
                problem: "0 would make every entry a segment; give at least 1".into(),
            });
        }
        Ok(())
    }
}

pub(crate) fn check_meta(meta: &[u8]) -> Result<()> {
    if meta.len() > MAX_META_BYTES {
        return Err(Error::TooLarge { field: "segment meta", bytes: meta.len(), limit: MAX_META_BYTES });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid_and_a_limit_below_one_entry_is_not() {
        Options::default().check().unwrap();
        let small = Options { max_bytes: 16 << 20, ..Options::default() };
        assert!(matches!(small.check(), Err(Error::BadOption { option: "max_bytes", .. })));
        let meta = Options { meta: vec![0; MAX_META_BYTES + 1], ..Options::default() };
        assert!(matches!(meta.check(), Err(Error::TooLarge { field: "segment meta", .. })));
    }
}
