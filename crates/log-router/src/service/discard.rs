//! `spool.when_full = "drop"`: when room runs out, the oldest segment is discarded but for its errors.
//!
//! Its errors become an entry of the open segment, with a chunk id that names the discarded one. So a crash between
//! storing them and deleting the segment is recognised at the next start, and nothing is there twice.

use std::rc::Weak;

use sluice_record::Record;
use sluice_spool::{EntryRef, SegmentId, Spool};

use super::core::Core;
use super::counters::add;
use super::now_ms;
use crate::diagnostics::{chain, error, warn};
use crate::input::EntryKind;
use crate::route::{ObjectName, Place, RouteError, Router, made};
use crate::sink::{ErrorSink, Nowhere, SinkError};

/// Bytes of records in one entry.
const ENTRY_BYTES: usize = 1 << 20;
/// A segment that is mostly errors is not worth discarding: so many hundredths of it must become free.
const LEAST_GAIN: u64 = 10;

/// The chunk id by which a discarded segment is known.
fn kept_id(segment: SegmentId) -> Vec<u8> {
    format!("kept:{segment}").into_bytes()
}

/// Whether the errors of the segment were kept, so that it can go: a crash came between.
pub(super) fn was_discarded(spool: &Spool, segment: SegmentId) -> bool {
    spool.seen_chunk(&kept_id(segment))
}

/// Errors of the segment, as entries.
#[derive(Default)]
struct Kept {
    /// Those that CloudWatch Logs has already.
    delivered: u64,
    /// Errors that were not yet delivered when the segment was begun.
    counted: u64,
    entries: Vec<(EntryKind, Vec<u8>)>,
    records: u64,
    lines: u64,
}

impl ErrorSink for Kept {
    fn record(&mut self, record: &Record<'_>, _filed_ms: i64) -> Result<(), SinkError> {
        let sent = self.counted < self.delivered;
        self.counted += 1;
        self.keep(if sent { EntryKind::SentRecords } else { EntryKind::Records }, record);
        Ok(())
    }

    fn sent_record(&mut self, record: &Record<'_>, _filed_ms: i64) -> Result<(), SinkError> {
        self.keep(EntryKind::SentRecords, record);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

impl Kept {
    fn keep(&mut self, kind: EntryKind, record: &Record<'_>) {
        match self.entries.last_mut() {
            Some((last, payload)) if *last == kind && payload.len() < ENTRY_BYTES => {
                made::write(payload, record);
            }
            _ => {
                let mut payload = Vec::new();
                made::write(&mut payload, record);
                self.entries.push((kind, payload));
            }
        }
        self.records += 1;
        self.lines += record.lines as u64;
    }
}

/// Discards the oldest segments, one a call; false when that would give no room.
pub(super) fn discarder(core: Weak<Core>, mut router: Router) -> impl FnMut() -> bool {
    move || {
        let Some(core) = core.upgrade() else { return false };
        let oldest = core.intake.spool.borrow().sealed_segments().first().copied();
        let Some(oldest) = oldest else { return false };
        match discard(&core, &mut router, oldest.id, oldest.bytes) {
            Ok(gained) => gained,
            Err(problem) => {
                error("cannot discard a segment", &[("segment", &oldest.id), ("reason", &chain(&problem))]);
                false
            }
        }
    }
}

fn discard(core: &Core, router: &mut Router, segment: SegmentId, bytes: u64) -> Result<bool, RouteError> {
    let mut reader = core.intake.spool.borrow().reader(segment).map_err(RouteError::Spool)?;
    let place = Place::from_meta(&reader.header().meta).unwrap_or_else(|| core.place.clone());
    let name = ObjectName {
        service: core.rules.service.clone(),
        task: place.task.clone(),
        boot: segment.boot.to_string(),
        segment: segment.sequence,
    };
    let mut kept = Kept { delivered: core.errors_sent(segment), ..Kept::default() };
    let routed = router.route(&mut reader, &name, &place, Nowhere, &mut kept)?;
    let kept_bytes: usize = kept.entries.iter().map(|(_, payload)| payload.len() + 64).sum();
    if (kept_bytes as u64).saturating_mul(100) > bytes.saturating_mul(100 - LEAST_GAIN) {
        return Ok(false);
    }
    let id = kept_id(segment);
    let last = kept.entries.len().saturating_sub(1);
    let entries: Vec<EntryRef<'_>> = kept
        .entries
        .iter()
        .enumerate()
        .map(|(at, (kind, payload))| EntryRef {
            kind: *kind as u8,
            received_ms: now_ms(),
            source: b"",
            chunk_id: (at == last).then_some(&id),
            payload,
        })
        .collect();
    core.intake.keep(&entries, kept.lines).map_err(RouteError::Spool)?;
    core.outbox.cancel(segment);
    core.intake.spool.borrow_mut().delete(segment).map_err(RouteError::Spool)?;
    core.forget(segment);
    add(&core.counters.discarded_bytes, bytes);
    let records = routed.by_level.total() - kept.records;
    add(&core.counters.discarded_records, records);
    warn(
        "the spool is full: records were discarded, errors are kept",
        &[("segment", &segment), ("records", &records), ("errors", &kept.records)],
    );
    Ok(true)
}
