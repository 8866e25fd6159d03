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
