//! `log-router spool cat`: what is stored, as it came in or as the records it becomes.

use std::io::{self, BufWriter, ErrorKind, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use sluice_pipeline::Exit;
use sluice_record::{Level, Record};
use sluice_spool::{Entry, ReadError, SegmentFile, SegmentId, SegmentReader};

use super::args::CatArgs;
use super::{Place, is_gone, rfc3339};
use crate::cli::args::Format;
use crate::cli::{Failure, tell};
use crate::input::EntryKind;
use crate::route::{self, ObjectName, Router, Rules};
use crate::sink::{ErrorLines, ErrorSink, Nowhere, SinkError};

/// Runs the command.
pub(super) fn run(args: &CatArgs) -> Result<Exit, Failure> {
    let place = Place::of(&args.place)?;
    let mut segments = place.segments()?;
    if let Some(wanted) = &args.segment {
        segments.retain(|segment| is_meant(segment.id, wanted));
        if segments.is_empty() {
            return Err(Failure::NoSegment { segment: wanted.clone(), folder: place.folder });
        }
    }
    let damaged = match args.records {
        true => records(&place, &segments)?,
        false => entries(&segments, args.place.format)?,
    };
    Ok(if damaged { Exit::Failed } else { Exit::Done })
}

/// A segment is meant by its id or by its number.
fn is_meant(id: SegmentId, wanted: &str) -> bool {
    let id = id.to_string();
    let number = id.split('-').next().unwrap_or_default();
    let bare = |text: &str| text.trim_start_matches('0').to_owned();
    id == wanted || bare(&id) == bare(wanted) || bare(number) == bare(wanted)
}

/// Opens a segment; None when it is not there any more, or its header cannot be read, which is told.
fn open(segment: &SegmentFile, damaged: &mut bool) -> Option<SegmentReader<std::fs::File>> {
    let opened = SegmentReader::open(&segment.path).or_else(|error| {
        if is_gone(&error) { SegmentReader::open(&segment.path.with_extension("sealed")) } else { Err(error) }
    });
    match opened {
        Ok(reader) => Some(reader),
        Err(error) if is_gone(&error) => None,
        Err(error) => {
            *damaged = true;
            tell(format_args!("== {}: {}", segment.id, crate::diagnostics::chain(&error)));
            None
        }
    }
}

/// Writes all entries; true when some were damaged.
fn entries(segments: &[SegmentFile], format: Format) -> Result<bool, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut damaged = false;
    for segment in segments {
        let Some(mut reader) = open(segment, &mut damaged) else { continue };
        loop {
            match reader.next_entry() {
                Ok(Some(entry)) => match write(&mut out, segment.id, &entry, format) {
                    // Its reader has seen enough.
                    Err(e) if e.kind() == ErrorKind::BrokenPipe => return Ok(damaged),
                    written => written.map_err(Failure::Output)?,
                },
                Ok(None) => break,
                Err(ReadError::Corrupt { offset, .. }) => {
                    damaged = true;
                    let passed = reader.resync().map_err(|error| unreadable(segment, error))?;
                    let until =
                        passed.map_or("its end".to_owned(), |range| (range.offset + range.bytes).to_string());
                    tell(format_args!("== {} damaged from byte {offset} to {until}", segment.id));
                    if passed.is_none() {
                        break;
                    }
                }
                Err(error) => return Err(unreadable(segment, error)),
            }
        }
    }
    match out.flush() {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Failure::Output(e)),
        _ => Ok(damaged),
    }
}

fn unreadable(segment: &SegmentFile, source: ReadError) -> Failure {
    Failure::Spool(sluice_spool::Error::Read { path: segment.path.clone(), source })
}

fn write(out: &mut impl Write, segment: SegmentId, entry: &Entry<'_>, format: Format) -> io::Result<()> {
    let kind = EntryKind::from_code(entry.kind);
    let name = kind.map_or_else(|| format!("kind {}", entry.kind), |kind| kind_name(kind).to_owned());
    let received = rfc3339(entry.received_ms);
    if format == Format::Json {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
        put("segment", segment.to_string().into());
        put("offset", entry.offset.into());
        put("kind", name.into());
        put("received", received.into());
        put_bytes(&mut put, "source", entry.source);
        if let Some(id) = entry.chunk_id {
            put_bytes(&mut put, "chunk_id", id);
        }
        put("bytes", entry.payload.len().into());
        put_bytes(&mut put, "payload", entry.payload);
        return writeln!(out, "{}", Value::Object(object));
    }
    let source = entry.source.escape_ascii();
    let id = entry.chunk_id.map_or_else(String::new, |id| format!(" id {}", id.escape_ascii()));
    // The remark stands before its lines, on a terminal too.
    out.flush()?;
    tell(format_args!(
        "== {segment} byte {}: {name}, {} bytes, {received}, from {source}{id}",
        entry.offset,
        entry.payload.len()
    ));
    out.write_all(entry.payload)?;
    match kind {
        Some(EntryKind::Lines | EntryKind::LastPiece) => out.write_all(b"\n"),
        _ => Ok(()),
    }
}

/// Text as it is; what is none as base64 under a name that says so.
fn put_bytes(put: &mut impl FnMut(&str, Value), key: &str, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => put(key, text.into()),
        Err(_) => put(&format!("{key}_base64"), STANDARD.encode(bytes).into()),
    }
}

fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Lines => "lines",
        EntryKind::Piece => "piece",
        EntryKind::LastPiece => "last piece",
        EntryKind::SourceEnd => "source end",
        EntryKind::Forward => "forward",
        EntryKind::Idle => "idle",
        EntryKind::Disconnected => "disconnected",
        EntryKind::Records => "records",
        EntryKind::SentRecords => "sent records",
        EntryKind::Packed => "packed",
    }
}

/// Writes the records that the entries become; true when some were damaged.
fn records(place: &Place, segments: &[SegmentFile]) -> Result<bool, Failure> {
    let rules = Rules { min_level: Level::Trace, ..Rules::of(&place.spec)? };
    let service = rules.service.clone();
    let mut router = Router::new(rules).map_err(Failure::Redact)?;
    let mut out = All(ErrorLines::stdout());
    let mut damaged = false;
    for segment in segments {
        let Some(mut reader) = open(segment, &mut damaged) else { continue };
        let from = route::Place::from_meta(&reader.header().meta).unwrap_or_default();
        let name = ObjectName {
            service: service.clone(),
            task: from.task.clone(),
            boot: segment.id.boot.to_string(),
            segment: segment.id.sequence,
        };
        let routed = router.route(&mut reader, &name, &from, Nowhere, &mut out).map_err(Failure::Route)?;
        if routed.damaged > 0 {
            damaged = true;
            tell(format_args!("== {}: {} damaged places were passed over", segment.id, routed.damaged));
        }
    }
    Ok(damaged)
}

/// Takes records of every level, also those that were delivered.
struct All(ErrorLines);

impl ErrorSink for All {
    fn record(&mut self, record: &Record<'_>, filed_ms: i64) -> Result<(), SinkError> {
        self.0.record(record, filed_ms)
    }

    fn sent_record(&mut self, record: &Record<'_>, filed_ms: i64) -> Result<(), SinkError> {
        self.0.record(record, filed_ms)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_meant_by_its_id_or_by_its_number() {
        let id = SegmentId { sequence: 0x2a0, boot: "0123abcd".parse().unwrap() };
        for wanted in ["00000000000002a0-0123abcd", "2a0-0123abcd", "2a0", "00000000000002a0"] {
            assert!(is_meant(id, wanted), "{wanted}");
        }
        for other in ["", "0", "2a", "2a00", "2a0-", "2a0-0123abce", "0123abcd"] {
            assert!(!is_meant(id, other), "{other}");
        }
    }
}
