//! Many streams in one engine: what one does is nothing to the others.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use sluice_record::{Engine, Origin, Part, Settings, StreamId};

const HEAD: &[u8] = b"ERROR:app:failed";
const TRACE: [&[u8]; 3] =
    [b"Traceback (most recent call last):", b"  File \"a.py\", line 1, in f", b"ValueError: no"];

fn push(engine: &mut Engine, stream: StreamId, line: &[u8], ms: i64) -> Vec<Value> {
    let mut all = Vec::new();
    engine.push(stream, line, ms, &mut |record| all.push(serde_json::from_slice(record.json).unwrap()));
    all
}

#[test]
fn a_stream_that_ended_gives_its_message_while_another_goes_on() {
    let mut engine = Engine::new(Settings::default());
    let [one, two] = ["one", "two"].map(|service| engine.stream(Origin::new(service)));
    for stream in [one, two] {
        assert!(push(&mut engine, stream, HEAD, 0).is_empty());
        assert!(push(&mut engine, stream, TRACE[0], 0).is_empty());
    }
    let mut ended = Vec::new();
    engine.flush_stream(one, &mut |record| ended.push(record.lines));
    assert_eq!(ended, [2]);
    for line in &TRACE[1..] {
        assert!(push(&mut engine, two, line, 0).is_empty());
    }
    let mut rest = Vec::new();
    engine.flush(&mut |record| rest.push(record.lines));
    assert_eq!(rest, [4]);
}

#[test]
fn lines_wrapped_in_a_stream_that_ended_are_given_too() {
    let mut engine = Engine::new(Settings::default());
    let stream = engine.stream(Origin::new("api"));
    let line = br#"{"log":"ERROR:app:failed\n","stream":"stderr","time":"2026-11-24T01:02:03.1Z"}"#;
    assert!(push(&mut engine, stream, line, 0).is_empty());
    let mut ended = 0;
    engine.flush_stream(stream, &mut |_| ended += 1);
    assert_eq!(ended, 1);
}

#[test]
fn the_engine_says_when_it_will_give_up_waiting() {
    let mut engine = Engine::new(Settings::default());
    let [one, two] = ["one", "two"].map(|service| engine.stream(Origin::new(service)));
    assert_eq!(engine.expires_ms(), None);
    push(&mut engine, one, HEAD, 2000);
    let part = Part { id: b"x", ordinal: Some(1), last: false };
    engine.push_part(two, part, b"half", 1000, &mut |_| {});
    let due = engine.expires_ms().unwrap();
    assert_eq!(due, 6001);
    let mut lines = 0;
    engine.expire(due - 1, &mut |record| lines += record.lines);
    assert_eq!(lines, 0);
    // The half line is a line now, and waits for its stack.
    engine.expire(due, &mut |record| lines += record.lines);
    engine.expire(7001, &mut |record| lines += record.lines);
    assert_eq!((lines, engine.expires_ms(), engine.pushed_parts()), (2, None, 0));
}

#[test]
fn what_the_transport_says_stands_at_the_end_of_the_attributes() {
    let mut engine = Engine::new(Settings::default());
    let attrs = vec![("docker.team".to_owned(), "a \"b\"".to_owned())];
    let stream = engine.stream(Origin { attrs, ..Origin::new("api") });
    let records = push(&mut engine, stream, br#"{"msg":"x","n":1}"#, 0);
    assert_eq!(records[0]["attrs"], serde_json::json!({"n": 1, "docker.team": "a \"b\""}));
    let records = push(&mut engine, stream, br#"{"msg":"x"}"#, 0);
    assert_eq!(records[0]["attrs"], serde_json::json!({"docker.team": "a \"b\""}));
}
