//! Where a segment of many streams may end: each segment is routed by itself, so its end must not tear a message.
//!
//! An engine of its own reads the last stretch before the end that is due. A segment ends before a line that begins a
//! record and lets its stream go of all lines before, while the other streams hold nothing or were quiet for a
//! moment: what a program writes as one message comes at one time. The search ends after [`MOST_OVER`] bytes, or after
//! [`MOST_LATE_MS`] when it is the segment's age that is due.

use std::collections::HashMap;

use sluice_forward::{Decoder, Scanner};
use sluice_record::{Engine, Origin, Record, StreamId};
use xxhash_rust::xxh3::xxh3_128;

use crate::input::{self, EntryKind};
use crate::route::{Rules, container_line};

/// How many bytes before a segment's size the engine begins to read.
const LEAD: u64 = 64 << 10;
/// How many bytes beyond its size a segment may grow while its end is looked for.
const MOST_OVER: u64 = 1 << 20;
/// How long beyond its age a segment may live while its end is looked for.
pub(super) const MOST_LATE_MS: i64 = 1000;
/// A stream in which nothing came for so long is between two messages. A program that is held up in the middle of one
/// goes on sooner.
pub(super) const QUIET_MS: i64 = 250;

/// Reads what comes near the end of a segment.
pub(super) struct Seam {
    segment_bytes: u64,
    probe: Engine,
    decoder: Decoder,
    scanner_limits: sluice_forward::Limits,
    flows: HashMap<u128, Flow>,
}

/// What is known of a stream.
struct Flow {
    id: StreamId,
    /// Lines that are in no record yet.
    held: u64,
    last_ms: i64,
    in_pieces: bool,
}

/// Bytes that come in.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) kind: EntryKind,
    pub(super) source: &'a [u8],
    pub(super) payload: &'a [u8],
    pub(super) received_ms: i64,
    /// It may be stored in two entries.
    pub(super) divisible: bool,
}

/// Where the segment is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Before this byte of the piece.
    pub(super) at: usize,
    /// A message may go on behind it.
    pub(super) forced: bool,
}

impl Seam {
    pub(super) fn new(segment_bytes: u64, rules: &Rules) -> Seam {
        Seam {
            segment_bytes,
            probe: Engine::new(rules.settings.clone()),
            decoder: Decoder::new(rules.forward),
            scanner_limits: rules.forward,
            flows: HashMap::new(),
        }
    }

    /// A segment has begun.
    pub(super) fn reset(&mut self) {
        self.probe.reset();
        self.flows.clear();
    }

    /// Reads a piece that would begin at byte `at` of the segment and gives the place before which the segment is to
    /// end. `late_ms` is how long its age is due, if it is.
    pub(super) fn end(&mut self, piece: &Piece<'_>, at: u64, late_ms: Option<i64>) -> Option<End> {
        if late_ms.is_none() && at + piece.payload.len() as u64 + LEAD < self.segment_bytes {
            return None;
        }
        let mut offset = 0;
        let mut end = None;
        self.units(piece, &mut |seam, unit| {
            let begins = seam.begins_message(piece, unit);
            let here = at + offset as u64;
            let due = here > 0 && (here >= seam.segment_bytes || late_ms.is_some());
            if due && end.is_none() && (offset == 0 || piece.divisible) {
                let over = here >= seam.segment_bytes + MOST_OVER;
                let late = late_ms.is_some_and(|late| late >= MOST_LATE_MS);
                if begins {
                    end = Some(End { at: offset, forced: false });
                } else if over || late {
                    end = Some(End { at: offset, forced: true });
                }
            }
            offset += unit.len();
            end.is_none()
        });
        end
    }

    /// Whether no stream holds a message that may go on.
    pub(super) fn is_quiet(&self, now_ms: i64) -> bool {
        self.flows.values().all(|flow| flow.is_quiet(now_ms))
    }

    /// Gives the parts between which the piece can be divided, with the line feeds behind them, until told to stop.
    fn units(&mut self, piece: &Piece<'_>, each: &mut dyn FnMut(&mut Seam, &[u8]) -> bool) {
        let mut rest = piece.payload;
        match piece.kind {
            EntryKind::Lines => {
                while !rest.is_empty() {
                    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                    let (unit, after) = rest.split_at(end);
                    if !each(self, unit) {
                        return;
                    }
                    rest = after;
                }
            }
            EntryKind::Forward => {
                let mut scanner = Scanner::new(self.scanner_limits);
                while let Ok(Some(message)) = scanner.next(rest) {
                    let (unit, after) = rest.split_at(message.len);
                    if !each(self, unit) {
                        return;
                    }
                    rest = after;
                }
            }
            _ => {
                each(self, rest);
            }
        }
    }

    /// Takes the lines of a unit; true when a message begins with the first one and no other is under way.
    fn begins_message(&mut self, piece: &Piece<'_>, unit: &[u8]) -> bool {
        let now_ms = piece.received_ms;
        match piece.kind {
            EntryKind::Lines => {
                let line = unit.strip_suffix(b"\n").unwrap_or(unit);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let key = xxh3_128(piece.source);
                let begins = self.push(key, now_ms, Engine::begins_record(line), |engine, stream, emit| {
                    engine.push(stream, line, now_ms, &mut |record| emit(record));
                });
                begins && self.others_are_quiet(key, now_ms)
            }
            EntryKind::Piece | EntryKind::LastPiece => {
                let key = xxh3_128(piece.source);
                let flow = self.flow(key);
                let begins = !flow.in_pieces && flow.is_quiet(now_ms);
                flow.in_pieces = piece.kind == EntryKind::Piece;
                flow.last_ms = now_ms;
                begins && self.others_are_quiet(key, now_ms)
            }
            EntryKind::Forward => self.begins_forwarded(unit, now_ms),
            // Nothing that goes on with anything.
            _ => self.is_quiet(now_ms),
        }
    }

    fn begins_forwarded(&mut self, message: &[u8], now_ms: i64) -> bool {
        let mut decoder = std::mem::replace(&mut self.decoder, Decoder::new(self.scanner_limits));
        let mut first = None;
        // The scanner has found it whole.
        let _ = decoder.events(message, &mut |event| {
            let Some(line) = container_line(&event) else {
                first.get_or_insert((true, 0));
                return;
            };
            let key = line.stream;
            let looks = line.part.is_none() && Engine::begins_record(line.text);
            let begins = self.push(key, now_ms, looks, |engine, stream, emit| {
                let emit = &mut |record: Record<'_>| emit(record);
                match line.part {
                    Some(part) => engine.push_part(stream, part, line.text, now_ms, emit),
                    None => engine.push(stream, line.text, now_ms, emit),
                }
            });
            first.get_or_insert((begins, key));
        });
        self.decoder = decoder;
        first.is_some_and(|(begins, key)| begins && self.others_are_quiet(key, now_ms))
    }

    /// Gives a line to its stream; true when it begins a message and the stream holds nothing else.
    fn push(
        &mut self,
        key: u128,
        now_ms: i64,
        looks: bool,
        give: impl FnOnce(&mut Engine, StreamId, &mut dyn FnMut(Record<'_>)),
    ) -> bool {
        let parts_before = self.probe.unwrapped_parts() + self.probe.pushed_parts();
        let (id, was_quiet) = {
            let flow = self.flow(key);
            (flow.id, flow.is_quiet(now_ms))
        };
        let mut out = 0;
        give(&mut self.probe, id, &mut |record| out += record.lines as u64);
        let parts = self.probe.unwrapped_parts() + self.probe.pushed_parts() - parts_before;
        let flow = self.flow(key);
        flow.held = (flow.held + 1).saturating_sub(out + parts);
        flow.last_ms = now_ms;
        parts == 0 && (flow.held <= 1 && looks || was_quiet)
    }

    fn others_are_quiet(&self, key: u128, now_ms: i64) -> bool {
        self.flows.iter().all(|(other, flow)| *other == key || flow.is_quiet(now_ms))
    }

    fn flow(&mut self, key: u128) -> &mut Flow {
        let probe = &mut self.probe;
        self.flows.entry(key).or_insert_with(|| Flow {
            id: probe.stream(Origin::default()),
            held: 0,
            last_ms: i64::MIN / 2,
            in_pieces: false,
        })
    }
}

impl Flow {
    fn is_quiet(&self, now_ms: i64) -> bool {
        !self.in_pieces
            && (self.held == 0 && self.last_ms > i64::MIN / 2 || now_ms - self.last_ms >= QUIET_MS)
    }
}

/// The two halves of a piece that is divided before byte `at`. The line feed between two runs of lines goes.
pub(super) fn divide(kind: EntryKind, payload: &[u8], at: usize) -> (&[u8], &[u8]) {
    let (before, after) = payload.split_at(at);
    match kind {
        EntryKind::Lines => (before.strip_suffix(b"\n").unwrap_or(before), after),
        _ => (before, after),
    }
}

/// Lines or events of a piece, for the account.
pub(super) fn events_of(kind: EntryKind, payload: &[u8], decoder: &mut Decoder) -> u64 {
    match kind {
        EntryKind::Lines => input::lines(payload).count() as u64,
        EntryKind::LastPiece => 1,
        EntryKind::Forward => decoder.events(payload, &mut |_| {}).unwrap_or_default(),
        _ => 0,
    }
}
