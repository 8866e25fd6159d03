//! Every fixture gives the records that `tests/traces/expected.toml` lists.

use std::collections::BTreeMap;

use super::{Got, fixtures, join, lines_of};
use crate::join::facts::trace_facts;
use crate::join::{JoinLimits, Shape, TraceKind, error_type_of_stack};

/// `lines shape head-lines error_type`, one a record.
fn describe(got: &Got) -> String {
    let got = got.logical();
    let head = &got.text[..got.head_len];
    let head_lines = if head.is_empty() { 0 } else { head.split(|b| *b == b'\n').count() };
    match got.shape {
        Shape::Line => "line".to_owned(),
        Shape::Lines => format!("{} lines", got.lines),
        Shape::Trace(kind) => {
            let name = got.facts().and_then(|facts| facts.error_type).unwrap_or(b"-");
            format!("{} {kind:?} head {head_lines} {}", got.lines, String::from_utf8_lossy(name))
        }
    }
}

#[test]
fn every_fixture_gives_the_records_listed_for_it() {
    let expected: BTreeMap<String, Vec<String>> = toml::from_str(
        &std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/traces/expected.toml")).unwrap(),
    )
    .unwrap();
    let mut seen = BTreeMap::new();
    for (name, text) in fixtures() {
        let lines: Vec<_> = lines_of(&text).into_iter().map(|line| (line, 0)).collect();
        seen.insert(name, join(JoinLimits::default(), &lines).iter().map(describe).collect::<Vec<_>>());
    }
    if seen != expected {
        let mut shown = String::new();
        for (name, records) in &seen {
            shown += &format!("{name} = [\n");
            for record in records {
                shown += &format!("    {record:?},\n");
            }
            shown += "]\n";
        }
        panic!("the fixtures now give\n{shown}");
    }
}

#[test]
fn the_language_of_a_stack_in_a_json_field_is_guessed() {
    let cases: &[(&str, Option<&str>)] = &[
        (
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x()\na.b.Boom: m",
            Some("a.b.Boom"),
        ),
        ("  File \"a.py\", line 1, in f\nKeyError: 'x'\n", Some("KeyError")),
        ("java.io.IOException: x\n\tat a.B.c(B.java:1)", Some("java.io.IOException")),
        (
            "System.ArgumentException: x\r\n   at A.B(Int32 c) in /b.cs:line 1",
            Some("System.ArgumentException"),
        ),
        ("TypeError: x\n    at f (/app/a.js:1:2)", Some("TypeError")),
        ("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1", Some("panic")),
        ("goroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1", None),
        ("a.rb:1:in 'f': m (My::Oops)\n\tfrom a.rb:2:in 'g'", Some("My::Oops")),
        ("    at f (/app/a.js:1:2)", None),
        ("nothing of the kind", None),
        ("", None),
    ];
    for (stack, name) in cases {
        assert_eq!(error_type_of_stack(stack.as_bytes()), name.map(str::as_bytes), "{stack}");
    }
}

#[test]
fn python_facts_are_those_of_the_last_exception_printed() {
    let text = b"Traceback (most recent call last):\n  File \"a\", line 1, in f\nKeyError: 'id'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a\", line 2, in f\napp.Bad: order\nid: more of the message";
    let facts = trace_facts(TraceKind::Python, text);
    assert_eq!((facts.error_type, facts.message), (Some(&b"app.Bad"[..]), &b"app.Bad: order"[..]));
}

#[test]
fn rust_facts_hold_the_message_of_both_layouts() {
    let new = trace_facts(TraceKind::Rust, b"thread 'main' (1) panicked at src/main.rs:1:2:\nboom\nnote: x");
    let old = trace_facts(TraceKind::Rust, b"thread 'main' panicked at 'boom', src/main.rs:1:2");
    assert_eq!((new.message, old.message), (&b"boom"[..], &b"boom"[..]));
}
