//! From the bytes of a segment to objects and errors.
//!
//! [`Router::route`] is a pure function of the segment's bytes and the [`Rules`]: no clock, no random numbers. So a
//! segment that is routed again gives the same objects under the same keys with the same bytes.
//!
//! Invariants:
//! * lines in = lines of all records + [`Routed::parts`] - [`Routed::splits`]; who knows how many lines went in checks
//!   it with [`Routed::lines_in`];
//! * memory: what the engine holds, one entry, and [`OPEN_BYTES`] for all open objects together.

mod cut;
mod long_line;
mod objects;
mod routed;
mod rules;

use std::io::{Read, Seek};

use sluice_archive::Level as ArchiveLevel;
use sluice_record::{Engine, Origin, RedactError, Redactor, StreamId};
use sluice_spool::{ReadError, SegmentReader};

use crate::input::{self, EntryKind};
use crate::sink::{ArchiveSink, ErrorSink, SinkError};
use long_line::LongLine;
pub use objects::OPEN_BYTES;
use objects::Objects;
pub use routed::Routed;
pub use rules::{ObjectName, Rules, RulesError};

/// Routing a segment failed; nothing of it counts as delivered.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// A sink refused.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The segment cannot be read.
    #[error("cannot read a segment of the spool; check its disk, or choose another with --spool")]
    Read(#[from] ReadError),
}

/// The engine that reads lines by these rules.
///
/// # Errors
/// When a redaction rule does not compile.
pub fn engine(rules: &Rules) -> Result<Engine, RedactError> {
    let engine = Engine::new(rules.settings.clone());
    if rules.redact_named.is_empty() && rules.redact_custom.is_empty() {
        return Ok(engine);
    }
    let named: Vec<&str> = rules.redact_named.iter().map(String::as_str).collect();
    Ok(engine.with_redactor(Redactor::new(&named, &rules.redact_custom)?))
}

/// Routes segments, one after the other.
#[derive(Debug)]
pub struct Router {
    rules: Rules,
    engine: Engine,
}

impl Router {
    /// A router by these rules.
    ///
    /// # Errors
    /// When a redaction rule does not compile.
    pub fn new(rules: Rules) -> Result<Router, RedactError> {
        Ok(Router { engine: engine(&rules)?, rules })
    }

    /// How often each redaction rule replaced something.
    pub fn redactions(&self) -> impl Iterator<Item = (&str, u64)> {
        self.engine.redactor().into_iter().flat_map(Redactor::counts)
    }

    /// Routes one segment; `name` is the part of the object keys that it has to itself.
    ///
    /// # Errors
    /// When a sink refuses or the segment cannot be read. Objects that were not finished are gone then.
    pub fn route<R: Read + Seek, A: ArchiveSink>(
        &mut self,
        segment: &mut SegmentReader<R>,
        name: &ObjectName,
        archive: &mut A,
        errors: &mut impl ErrorSink,
    ) -> Result<Routed, RouteError> {
        self.engine.reset();
        let Router { rules, engine } = self;
        let parts_before = engine.unwrapped_parts();
        let objects = Objects::new(rules, name, archive);
        let mut run = Run { rules, objects, errors, routed: Routed::default(), failed: None };
        let mut streams: Vec<Stream> = Vec::new();
        while run.failed.is_none() {
            let entry = match segment.next_entry() {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(ReadError::Corrupt { .. }) => {
                    run.routed.damaged += 1;
                    match segment.resync()? {
                        Some(_) => continue,
                        None => break,
                    }
                }
                Err(error) => return Err(error.into()),
            };
            let at = streams.iter().position(|stream| stream.source == entry.source).unwrap_or_else(|| {
                streams.push(Stream {
                    source: entry.source.to_vec(),
                    id: engine.stream(Origin::new(&rules.service)),
                    long_line: LongLine::new(rules.settings.partial.max_bytes),
                });
                streams.len() - 1
            });
            let stream = &mut streams[at];
            let emit = &mut |record: sluice_record::Record<'_>| run.take(&record);
            match EntryKind::from_code(entry.kind) {
                Some(EntryKind::Lines) => {
                    for line in input::lines(entry.payload) {
                        let line = line.strip_suffix(b"\r").unwrap_or(line);
                        engine.push(stream.id, line, entry.received_ms, emit);
                    }
                }
                Some(kind @ (EntryKind::Piece | EntryKind::LastPiece)) => {
                    let last = kind == EntryKind::LastPiece;
                    stream.long_line.piece(entry.payload, last, |piece, ends| {
                        let part = sluice_record::Part { id: b"", ordinal: None, last: ends };
                        engine.push_part(stream.id, part, piece, entry.received_ms, emit);
                    });
                }
                Some(EntryKind::SourceEnd) => {
                    engine.flush(emit);
                    engine.reset();
                    run.routed.splits += splits(&streams);
                    streams.clear();
                }
                None => run.routed.damaged += 1,
            }
        }
        engine.flush(&mut |record| run.take(&record));
        let Run { objects, errors, mut routed, failed, .. } = run;
        if let Some(error) = failed {
            return Err(error.into());
        }
        objects.finish(&mut routed)?;
        errors.flush()?;
        routed.splits += splits(&streams);
        routed.parts = engine.unwrapped_parts() - parts_before;
        Ok(routed)
    }
}

/// What comes from one source.
struct Stream {
    source: Vec<u8>,
    id: StreamId,
    long_line: LongLine,
}

fn splits(streams: &[Stream]) -> u64 {
    streams.iter().map(|stream| stream.long_line.splits()).sum()
}

/// A segment on its way. The first failure is kept, what comes after it is not looked at.
struct Run<'r, A: ArchiveSink, E> {
    rules: &'r Rules,
    objects: Objects<'r, A>,
    errors: &'r mut E,
    routed: Routed,
    failed: Option<SinkError>,
}

impl<A: ArchiveSink, E: ErrorSink> Run<'_, A, E> {
    #[inline]
    fn take(&mut self, record: &sluice_record::Record<'_>) {
        if self.failed.is_none()
            && let Err(error) = self.deliver(record)
        {
            self.failed = Some(error);
        }
    }

    fn deliver(&mut self, record: &sluice_record::Record<'_>) -> Result<(), SinkError> {
        let level = ArchiveLevel::from_code(record.level.code()).unwrap_or(ArchiveLevel::Info);
        let in_range = self.rules.is_in_range(record.ts_ms, record.received_ms);
        let filed_ms = if in_range { record.ts_ms } else { record.received_ms };
        let cut = self.objects.push(record.json, record.ts_ms, filed_ms, level)?;
        let routed = &mut self.routed;
        routed.by_level[level] += 1;
        routed.lines += record.lines as u64;
        routed.joined += u64::from(record.lines > 1);
        routed.record_bytes += record.json.len() as u64 + 1;
        routed.cut += u64::from(cut);
        routed.out_of_range += u64::from(!in_range);
        routed.last_ts = Some(record.ts_ms);
        if record.level >= self.rules.min_level {
            routed.errors += 1;
            self.errors.record(record.json)?;
        }
        Ok(())
    }
}
