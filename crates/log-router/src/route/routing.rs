//! One segment on its way: entries in, records out to the sinks.

use std::io::{Read, Seek};

use sluice_archive::{Level as ArchiveLevel, MemberCompressor};
use sluice_forward::Decoder;
use sluice_record::{Engine, Millis, Record};
use sluice_spool::{Entry, ReadError, SegmentReader};

use super::forwarded::Forwarded;
use super::objects::Objects;
use super::origin::Place;
use super::streams::Streams;
use super::{Filters, ObjectName, RouteError, Routed, Rules, made};
use crate::input::{self, EntryKind};
use crate::sink::{ArchiveSink, ErrorSink, SinkError};

/// A segment of which some entries were routed.
pub struct Routing<'r, A: ArchiveSink> {
    engine: &'r mut Engine,
    decoder: &'r mut Decoder,
    streams: Streams<'r>,
    filters: &'r Filters,
    json: Vec<u8>,
    key: Vec<u8>,
    out: Out<'r, A>,
    parts_before: u64,
}

impl<'r, A: ArchiveSink> Routing<'r, A> {
    pub(super) fn new(
        rules: &'r Rules,
        engine: &'r mut Engine,
        decoder: &'r mut Decoder,
        compressor: &'r mut MemberCompressor,
        name: &'r ObjectName,
        place: &'r Place,
        archive: A,
    ) -> Routing<'r, A> {
        engine.reset();
        Routing {
            parts_before: engine.unwrapped_parts() + engine.pushed_parts(),
            engine,
            decoder,
            streams: Streams::new(rules, place),
            filters: &rules.filters,
            json: Vec::new(),
            key: Vec::new(),
            out: Out {
                rules,
                objects: Objects::new(rules, compressor, name, archive),
                routed: Routed::default(),
                failed: None,
                now_ms: 0,
            },
        }
    }

    /// Routes the next entry of the segment; false when there is none for now.
    ///
    /// # Errors
    /// When a sink refuses or the segment cannot be read; the rest of the segment cannot be routed then.
    pub fn next<R: Read + Seek>(
        &mut self,
        segment: &mut SegmentReader<R>,
        errors: &mut impl ErrorSink,
    ) -> Result<bool, RouteError> {
        match segment.next_entry() {
            Ok(Some(entry)) => self.entry(&entry, errors)?,
            Ok(None) => return Ok(false),
            Err(ReadError::Corrupt { .. }) => {
                self.out.routed.damaged += 1;
                return Ok(segment.resync()?.is_some());
            }
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }

    /// When what is held becomes due, if nothing comes: in milliseconds since 1970 UTC. An entry
    /// [`EntryKind::Idle`] then brings it out.
    #[must_use]
    pub fn expires_ms(&self) -> Option<Millis> {
        self.engine.expires_ms()
    }

    /// What came of it so far. Objects are counted at the end.
    #[must_use]
    pub fn routed(&self) -> &Routed {
        &self.out.routed
    }

    /// Routes what is held, finishes the objects and gives the archive back.
    ///
    /// # Errors
    /// When a sink refuses.
    pub fn finish(mut self, errors: &mut impl ErrorSink) -> Result<(Routed, A), RouteError> {
        let Routing { engine, streams, out, .. } = &mut self;
        streams.end_all(engine, &mut |record| out.take(&record, errors));
        let Out { objects, mut routed, failed, .. } = self.out;
        if let Some(error) = failed {
            return Err(error.into());
        }
        let archive = objects.finish(&mut routed)?;
        routed.splits += self.streams.splits();
        routed.parts = self.engine.unwrapped_parts() + self.engine.pushed_parts() - self.parts_before;
        Ok((routed, archive))
    }

    fn entry(&mut self, entry: &Entry<'_>, errors: &mut impl ErrorSink) -> Result<(), SinkError> {
        let Routing { engine, decoder, streams, filters, json, key, out, .. } = self;
        out.now_ms = entry.received_ms;
        let emit = &mut |record: Record<'_>| out.take(&record, errors);
        match EntryKind::from_code(entry.kind) {
            Some(EntryKind::Lines) => {
                let at = streams.of_source(engine, entry.source, emit);
                let stream = streams.id(at);
                for line in input::lines(entry.payload) {
                    let line = line.strip_suffix(b"\r").unwrap_or(line);
                    engine.push(stream, line, entry.received_ms, emit);
                }
            }
            Some(kind @ (EntryKind::Piece | EntryKind::LastPiece)) => {
                let at = streams.of_source(engine, entry.source, emit);
                let (stream, last) = (streams.id(at), kind == EntryKind::LastPiece);
                streams.piece(at, entry.payload, last, entry.received_ms, |line, received_ms| {
                    engine.push(stream, line, received_ms, emit);
                });
            }
            Some(EntryKind::SourceEnd) => streams.end_all(engine, emit),
            Some(EntryKind::Disconnected) => streams.end_source(engine, entry.source, emit),
            Some(EntryKind::Idle) => engine.expire(entry.received_ms, emit),
            Some(kind @ (EntryKind::Forward | EntryKind::Packed)) => {
                let mut forwarded =
                    Forwarded { engine, streams, filters, received_ms: entry.received_ms, json, key };
                let taken = match kind {
                    EntryKind::Packed => forwarded.packed(entry.payload, decoder, emit),
                    _ => forwarded.messages(entry.payload, decoder, emit),
                };
                out.routed.filtered += taken.filtered;
                out.routed.damaged += taken.damaged;
            }
            Some(EntryKind::Records) => made::records(entry.payload).for_each(|record| match record {
                Some(record) => out.take(&record, errors),
                None => out.routed.damaged += 1,
            }),
            Some(EntryKind::SentRecords) => made::records(entry.payload).for_each(|record| match record {
                Some(record) => out.take(&record, &mut Sent(errors)),
                None => out.routed.damaged += 1,
            }),
            None => out.routed.damaged += 1,
        }
        match out.failed.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// Where records go, and what that came to. The first failure is kept, what comes after it is not looked at.
struct Out<'r, A: ArchiveSink> {
    rules: &'r Rules,
    objects: Objects<'r, A>,
    routed: Routed,
    failed: Option<SinkError>,
    /// When the entry at hand was received.
    now_ms: Millis,
}

impl<A: ArchiveSink> Out<'_, A> {
    #[inline]
    fn take(&mut self, record: &Record<'_>, errors: &mut impl ErrorSink) {
        if self.failed.is_none() {
            self.failed = self.deliver(record, errors).err();
        }
    }

    fn deliver(&mut self, record: &Record<'_>, errors: &mut impl ErrorSink) -> Result<(), SinkError> {
        let level = ArchiveLevel::from_code(record.level.code()).unwrap_or(ArchiveLevel::Info);
        // A client's time may be as wrong as the line's own, the router's is not.
        let in_range = self.rules.is_in_range(record.ts_ms, self.now_ms);
        let filed_ms = if in_range { record.ts_ms } else { self.now_ms };
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
            errors.record(record, filed_ms)?;
        }
        Ok(())
    }
}

/// Gives records on as delivered before.
struct Sent<'e, E>(&'e mut E);

impl<E: ErrorSink> ErrorSink for Sent<'_, E> {
    fn record(&mut self, record: &Record<'_>, filed_ms: i64) -> Result<(), SinkError> {
        self.0.sent_record(record, filed_ms)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
