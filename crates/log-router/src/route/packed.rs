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

use super::forwarded::{FireLens, Forwarded, origin};

const MESSAGES: u8 = 0;
const STREAM: u8 = 1;
const LINE: u8 = 2;
/// Streams of an entry; lines of more stay as they came.
const MOST_STREAMS: usize = 16;
/// Time of a message that has none.
const NO_TIME: i64 = i64::MIN;

/// What tells a stream from others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Shared<'a> {
    tag: &'a [u8],
    container_id: &'a [u8],
    container_name: &'a [u8],
    source: &'a [u8],
    cluster: &'a [u8],
    task_arn: &'a [u8],
}

/// Packs messages of the Forward protocol that stand one after the other into `out`, which is emptied before; false
/// when there is nothing to gain: then they are to be stored as they came.
pub(crate) fn pack(messages: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let mut streams = [Shared::default(); MOST_STREAMS];
    let (mut count, mut last, mut lines) = (0, 0, 0);
    // Messages from `raw` to `at` are to stay as they came.
    let (mut raw, mut at) = (0, 0);
    while let Some((event, len)) = plain(&messages[at..]) {
        let end = at + len;
        if let Some((shared, line)) = line_of(&event) {
            let known = if count > 0 && streams[last] == shared {
                Some(last)
            } else {
                streams[..count].iter().position(|stream| *stream == shared)
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
                    streams[count] = shared;
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
fn line_of<'a>(event: &Event<'a>) -> Option<(Shared<'a>, &'a [u8])> {
    let firelens = FireLens::of(event).filter(|firelens| !firelens.partial && !firelens.has_more)?;
    let FireLens { container_id, container_name, source, cluster, task_arn, .. } = firelens;
    let shared = Shared { tag: event.tag, container_id, container_name, source, cluster, task_arn };
    Some((shared, firelens.log.unwrap_or_default()))
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
                        Stream { tag: event.tag, key: firelens.key(event.tag, self.key), message };
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
mod tests {
    use proptest::prelude::*;
    use sluice_forward::{Limits, Time, Value, encode};
    use sluice_pipeline::Spec;

    use super::*;
    use crate::route::streams::Streams;
    use crate::route::{Filters, Place, Rules, engine};

    const NOW_MS: i64 = 1_795_482_123_456;

    #[derive(Debug, Clone)]
    struct Message {
        container: u8,
        source: &'static str,
        line: String,
        time: Option<i64>,
        kind: Kind,
        turned: usize,
    }

    #[derive(Debug, Clone, Copy)]
    enum Kind {
        Line,
        Part,
        Labelled,
        Foreign,
    }

    fn message() -> impl Strategy<Value = Message> {
        let line = prop_oneof![
            3 => Just(r#"{"level":"info","message":"stored"}"#.to_owned()),
            2 => Just("2026-11-24 02:02:03,123 ERROR [app] failed".to_owned()),
            2 => Just("Traceback (most recent call last):".to_owned()),
            2 => Just("  File \"a.py\", line 1, in f".to_owned()),
            1 => Just("drop this".to_owned()),
            1 => "\\PC{0,60}",
        ];
        let kind = prop_oneof![
            12 => Just(Kind::Line), 1 => Just(Kind::Part), 1 => Just(Kind::Labelled), 1 => Just(Kind::Foreign)
        ];
        let time = prop_oneof![9 => (0..60_000_i64).prop_map(|ms| Some(NOW_MS - ms)), 1 => Just(None)];
        let container = prop_oneof![9 => 0..3_u8, 1 => 0..40_u8];
        (container, prop::sample::select(vec!["stdout", "stderr"]), line, time, kind, 0..4_usize).prop_map(
            |(container, source, line, time, kind, turned)| Message {
                container,
                source,
                line,
                time,
                kind,
                turned,
            },
        )
    }

    fn written(messages: &[Message]) -> Vec<u8> {
        let mut out = Vec::new();
        for message in messages {
            let id = format!("{:064x}", message.container);
            let name = format!("/ecs-api-{}", message.container);
            let mut fields = vec![
                ("container_id", Value::Str(id.as_bytes())),
                ("container_name", Value::Str(name.as_bytes())),
                ("source", Value::Str(message.source.as_bytes())),
                ("log", Value::Str(message.line.as_bytes())),
            ];
            fields.rotate_left(message.turned);
            match message.kind {
                Kind::Line => {}
                Kind::Part => fields.extend([
                    ("partial_message", Value::Str(b"true")),
                    ("partial_id", Value::Str(b"1")),
                    ("partial_ordinal", Value::Str(b"1")),
                    ("partial_last", Value::Str(b"true")),
                ]),
                Kind::Labelled => fields.push(("label", Value::Str(b"blue"))),
                Kind::Foreign => fields = vec![("message", Value::Str(message.line.as_bytes()))],
            }
            let time = message.time.map_or_else(Time::default, Time::from_ms);
            let tag = format!("api{}-firelens-0123", message.container / 2);
            encode::message(&mut out, &tag, time, &fields, &encode::Options::default());
        }
        out
    }

    /// The records that come out, in order, and what was counted.
    fn routed(payload: &[u8], packed: bool) -> (Vec<(Vec<u8>, i64)>, Taken) {
        let rules = Rules::of(&Spec::parse("name = 'laws'", "sluice.toml", None).unwrap()).unwrap();
        let place = Place::default();
        let mut engine = engine(&rules).unwrap();
        let mut streams = Streams::new(&rules, &place);
        let mut filters = Filters::default();
        filters.add("*", "drop this", false).unwrap();
        let mut records = Vec::new();
        let mut emit = |record: Record<'_>| records.push((record.json.to_vec(), record.ts_ms));
        let (mut json, mut key) = (Vec::new(), Vec::new());
        let mut forwarded = Forwarded {
            engine: &mut engine,
            streams: &mut streams,
            filters: &filters,
            received_ms: NOW_MS,
            json: &mut json,
            key: &mut key,
        };
        let mut decoder = Decoder::new(Limits::HIGHEST);
        let taken = if packed {
            forwarded.packed(payload, &mut decoder, &mut emit)
        } else {
            forwarded.messages(payload, &mut decoder, &mut emit)
        };
        streams.end_all(&mut engine, &mut emit);
        (records, taken)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn packed_messages_become_the_same_records(messages in prop::collection::vec(message(), 1..80)) {
            let bytes = written(&messages);
            let mut packed = Vec::new();
            if pack(&bytes, &mut packed) {
                prop_assert_eq!(routed(&packed, true), routed(&bytes, false));
            }
        }

        #[test]
        fn any_bytes_are_taken_or_called_damaged(
            messages in prop::collection::vec(message(), 1..20),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut packed = Vec::new();
            pack(&written(&messages), &mut packed);
            let at = at.index(packed.len());
            packed[at] = byte;
            packed.truncate(cut.index(packed.len() + 1));
            routed(&packed, true);
        }
    }

    fn lines(count: usize, turned: usize) -> Vec<Message> {
        let line = Message {
            container: 1,
            source: "stdout",
            line: "2026-11-24 02:02:03,123 INFO [app] a line of some length".to_owned(),
            time: Some(NOW_MS),
            kind: Kind::Line,
            turned: 0,
        };
        (0..count).map(|at| Message { turned: at * turned % 4, ..line.clone() }).collect()
    }

    #[test]
    fn lines_of_a_stream_take_fourteen_bytes_besides_their_text_whatever_the_order_of_the_fields() {
        let bytes = written(&lines(101, 1));
        let first = written(&lines(1, 1)).len();
        let mut packed = Vec::new();
        assert!(pack(&bytes, &mut packed));
        assert_eq!(packed.len(), 5 + first + 100 * (14 + lines(1, 0)[0].line.len()));
    }

    #[test]
    fn a_single_line_and_messages_of_others_are_left_as_they_came() {
        let mut packed = Vec::new();
        assert!(!pack(&written(&lines(1, 0)), &mut packed));
        let foreign: Vec<Message> =
            lines(9, 0).into_iter().map(|line| Message { kind: Kind::Foreign, ..line }).collect();
        assert!(!pack(&written(&foreign), &mut packed));
        assert!(!pack(b"\xc0\xc0", &mut packed));
    }
}
