//! Lines of containers, packed for the spool: what the lines of a stream have in common stands once in an entry.
//!
//! A FireLens message has some 190 bytes around its line, the same ones for every line of a stream and in any order
//! (Docker writes its fields as a map of Go is walked). Without them little more than half is written and read back,
//! and routing need not look at them.
//!
//! Payload: parts, each begun by a byte. Numbers are little endian.
//!
//! | byte | part |
//! |---|---|
//! | 0 | messages as they came: their length (u32), their bytes |
//! | 1 | a stream, numbered from 0 in the entry: length (u32) and bytes of its first message, which is its first line |
//! | 2 | a line: number of its stream (u8), time (i64, Unix milliseconds; the least number for none), length (u32), text |
//!
//! Law: routing what [`pack`] made of messages gives what routing the messages gives.

use sluice_forward::{Decoder, Event, plain};
use sluice_record::Record;

use super::forwarded::{FireLens, Forwarded, StreamFields, origin};

const MESSAGES: u8 = 0;
const STREAM: u8 = 1;
const LINE: u8 = 2;
/// Streams of an entry; lines of more stay as they came.
const MOST_STREAMS: usize = 16;
/// Time of a message that has none.
const NO_TIME: i64 = i64::MIN;

/// Packs messages of the Forward protocol that stand one after the other into `out`, which is emptied before; false
/// when there is nothing to gain: then they are to be stored as they came.
pub(crate) fn pack(messages: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let mut streams = [StreamFields::default(); MOST_STREAMS];
    let (mut count, mut last, mut lines) = (0, 0, 0);
    // Messages from `raw` to `at` are to stay as they came.
    let (mut raw, mut at) = (0, 0);
    while let Some((event, len)) = plain(&messages[at..]) {
        let end = at + len;
        if let Some((fields, line)) = line_of(&event) {
            let known = if count > 0 && streams[last] == fields {
                Some(last)
            } else {
                streams[..count].iter().position(|stream| *stream == fields)
            };
            match known {
                Some(stream) => {
                    put(out, MESSAGES, &messages[raw..at]);
                    let ms = if event.time.is_unknown() { NO_TIME } else { event.time.to_ms() };
                    out.extend_from_slice(&[LINE, stream as u8]);
                    out.extend_from_slice(&ms.to_le_bytes());
                    out.extend_from_slice(&(line.len() as u32).to_le_bytes());
                    out.extend_from_slice(line);
                    (raw, last) = (end, stream);
                    lines += 1;
                }
                None if count < MOST_STREAMS => {
                    put(out, MESSAGES, &messages[raw..at]);
                    put(out, STREAM, &messages[at..end]);
                    streams[count] = fields;
                    (raw, last) = (end, count);
                    count += 1;
                }
                None => {}
            }
        }
        at = end;
    }
    put(out, MESSAGES, &messages[raw..]);
    lines > 0
}

fn put(out: &mut Vec<u8>, part: u8, bytes: &[u8]) {
    if !bytes.is_empty() {
        out.push(part);
        out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        out.extend_from_slice(bytes);
    }
}

/// A line by itself and its stream; None for whatever else.
#[inline]
fn line_of<'a>(event: &Event<'a>) -> Option<(StreamFields<'a>, &'a [u8])> {
    let firelens = FireLens::of(event).filter(|firelens| !firelens.partial && !firelens.has_more)?;
    Some((firelens.stream(event.tag), firelens.log.unwrap_or_default()))
}

enum Part<'a> {
    Messages(&'a [u8]),
    Stream(&'a [u8]),
    Line { stream: usize, ms: i64, text: &'a [u8] },
}

/// The part at the beginning, which is taken off; None when it makes no sense.
#[inline]
fn part<'a>(rest: &mut &'a [u8]) -> Option<Part<'a>> {
    let (kind, tail) = rest.split_first()?;
    *rest = tail;
    match *kind {
        MESSAGES => text(rest).map(Part::Messages),
        STREAM => text(rest).map(Part::Stream),
        LINE => {
            let (stream, tail) = rest.split_first()?;
            let (ms, tail) = tail.split_first_chunk::<8>()?;
            *rest = tail;
            let ms = i64::from_le_bytes(*ms);
            text(rest).map(|text| Part::Line { stream: usize::from(*stream), ms, text })
        }
        _ => None,
    }
}

#[inline]
fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (len, tail) = rest.split_first_chunk::<4>()?;
    let (text, tail) = tail.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    *rest = tail;
    Some(text)
}

/// What an entry's events came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// Lines that a pattern left out.
    pub(super) filtered: u64,
    /// Places that make no sense.
    pub(super) damaged: u64,
}

/// A stream of the entry at hand.
#[derive(Clone, Copy, Default)]
struct Stream<'a> {
    tag: &'a [u8],
    key: u128,
    message: &'a [u8],
}

impl Forwarded<'_, '_> {
    /// Takes messages as they came.
    pub(super) fn messages(
        &mut self,
        messages: &[u8],
        decoder: &mut Decoder,
        emit: &mut impl FnMut(Record<'_>),
    ) -> Taken {
        let mut filtered = 0;
        let decoded = decoder.events(messages, &mut |event| filtered += u64::from(!self.event(&event, emit)));
        // The listener lets nothing in that cannot be read.
        Taken { filtered, damaged: u64::from(decoded.is_err()) }
    }

    /// Takes what [`pack`] made.
    pub(super) fn packed(
        &mut self,
        payload: &[u8],
        decoder: &mut Decoder,
        emit: &mut impl FnMut(Record<'_>),
    ) -> Taken {
        let mut streams = [Stream::default(); MOST_STREAMS];
        let mut count = 0;
        let mut taken = Taken::default();
        let mut rest = payload;
        while !rest.is_empty() {
            match part(&mut rest) {
                Some(Part::Messages(messages)) => {
                    let more = self.messages(messages, decoder, emit);
                    taken.filtered += more.filtered;
                    taken.damaged += more.damaged;
                }
                Some(Part::Stream(message)) if count < MOST_STREAMS => {
                    let Some((event, firelens)) = container(message) else { return taken.and_damaged() };
                    streams[count] =
                        Stream { tag: event.tag, key: firelens.stream(event.tag).key(self.key), message };
                    count += 1;
                    taken.filtered += u64::from(!self.event(&event, emit));
                }
                Some(Part::Line { stream, ms, text }) if stream < count => {
                    taken.filtered += u64::from(!self.packed_line(&streams[stream], ms, text, emit));
                }
                _ => return taken.and_damaged(),
            }
        }
        taken
    }

    #[inline]
    fn packed_line(
        &mut self,
        stream: &Stream<'_>,
        ms: i64,
        line: &[u8],
        emit: &mut impl FnMut(Record<'_>),
    ) -> bool {
        if !self.filters.pass(stream.tag, line) {
            return false;
        }
        let id = self.streams.of_event(self.engine, stream.key, emit, |place, service| {
            match container(stream.message) {
                Some((event, firelens)) => origin(place, service, event.tag, &firelens, Vec::new()),
                None => place.origin(service),
            }
        });
        let time_ms = if ms == NO_TIME { self.received_ms } else { ms };
        self.engine.push(id, line, time_ms, emit);
        true
    }
}

impl Taken {
    fn and_damaged(self) -> Taken {
        Taken { damaged: self.damaged + 1, ..self }
    }
}

fn container(message: &[u8]) -> Option<(Event<'_>, FireLens<'_>)> {
    let (event, _) = plain(message)?;
    Some((event, FireLens::of(&event)?))
}

#[cfg(test)]
mod tests;
