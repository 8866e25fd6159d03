//! Looks through a whole segment and says what is in it: for operators, and for recovery.

use std::io::Read;
use std::path::Path;

use crate::entry::Entry;
use crate::error::{Error, ReadError, Result};
use crate::format::SegmentHeader;
use crate::reader::{CorruptRange, SegmentReader};

/// Ranges a report lists one by one; all of them are summed up.
const LISTED_RANGES: usize = 1000;

/// What a segment holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Facts from its first bytes.
    pub header: SegmentHeader,
    /// Whole entries.
    pub entries: u64,
    /// Bytes of their payloads.
    pub payload_bytes: u64,
    /// Entries with a chunk id.
    pub chunk_ids: u64,
    /// Earliest `received_ms`.
    pub first_received_ms: Option<i64>,
    /// Latest `received_ms`.
    pub last_received_ms: Option<i64>,
    /// Where the last whole entry ends, or the header without entries.
    pub whole_bytes: u64,
    /// Bytes behind it.
    pub torn_bytes: u64,
    /// Damage with whole entries behind it, the first 1000 places.
    pub corrupt: Vec<CorruptRange>,
    /// Bytes of all such damage.
    pub corrupt_bytes: u64,
}

impl Report {
    /// Whether every byte belongs to a whole entry.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.torn_bytes == 0 && self.corrupt_bytes == 0
    }
}

/// Reads the segment at `path` from end to end, past any damage, and changes nothing.
///
/// # Errors
/// When the file cannot be read or is no segment this release reads.
pub fn verify(path: &Path) -> Result<Report> {
    let mut reader = SegmentReader::open(path)?;
    scan(&mut reader, |_| {}).map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

pub(crate) fn scan<R: Read>(
    reader: &mut SegmentReader<R>,
    mut each: impl FnMut(&Entry<'_>),
) -> Result<Report, ReadError> {
    let mut report = Report {
        header: reader.header().clone(),
        entries: 0,
        payload_bytes: 0,
        chunk_ids: 0,
        first_received_ms: None,
        last_received_ms: None,
        whole_bytes: reader.offset(),
        torn_bytes: 0,
        corrupt: Vec::new(),
        corrupt_bytes: 0,
    };
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) => {
                // Bytes passed over count as damage only now that something whole comes after them.
                report.passed_over(entry.offset);
                report.take(&entry);
                each(&entry);
            }
            Ok(None) => break,
            Err(ReadError::Corrupt { .. }) => {
                if reader.resync()?.is_none() {
                    break;
                }
            }
            Err(other) => return Err(other),
        }
    }
    report.torn_bytes = reader.offset() + reader.torn_bytes() - report.whole_bytes;
    Ok(report)
}

impl Report {
    fn passed_over(&mut self, next: u64) {
        let bytes = next - self.whole_bytes;
        if bytes == 0 {
            return;
        }
        self.corrupt_bytes += bytes;
        if self.corrupt.len() < LISTED_RANGES {
            self.corrupt.push(CorruptRange { offset: self.whole_bytes, bytes });
        }
    }

    fn take(&mut self, entry: &Entry<'_>) {
        let at = entry.received_ms;
        self.entries += 1;
        self.payload_bytes += entry.payload.len() as u64;
        self.chunk_ids += u64::from(entry.chunk_id.is_some());
        self.first_received_ms = Some(self.first_received_ms.map_or(at, |first| first.min(at)));
        self.last_received_ms = Some(self.last_received_ms.map_or(at, |last| last.max(at)));
        self.whole_bytes = entry.end;
    }
}
