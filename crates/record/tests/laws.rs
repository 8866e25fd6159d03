//! Laws of the engine, for any bytes.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Map, Value};
use sluice_record::{Engine, Level, Origin, Redactor, Settings};

struct Got {
    json: Vec<u8>,
    ts_ms: i64,
    level: Level,
    lines: usize,
}

fn run(settings: Settings, lines: &[Vec<u8>]) -> Vec<Got> {
    let mut engine = Engine::new(settings);
    let stream = engine.stream(Origin::new("laws"));
    let mut all = Vec::new();
    let mut emit = |record: sluice_record::Record<'_>| {
        let (ts_ms, level, lines) = (record.ts_ms, record.level, record.lines);
        all.push(Got { json: record.json.to_vec(), ts_ms, level, lines });
    };
    for line in lines {
        engine.push(stream, line, 1_795_521_600_000, &mut emit);
    }
    engine.flush(&mut emit);
    all
}

const KEYS: [&str; 22] = [
    "ts",
    "level",
    "service",
    "message",
    "logger",
    "error_type",
    "stack",
    "trace_id",
    "span_id",
    "request_id",
    "user_id",
    "client_ip",
    "http_method",
    "http_path",
    "http_status",
    "duration_ms",
    "source",
    "container",
    "task",
    "cluster",
    "fingerprint",
    "attrs",
];

/// The keys of a JSON object in the order of the text.
fn keys(text: &str) -> Vec<String> {
    struct Keys;
    impl<'de> serde::de::Visitor<'de> for Keys {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
            let mut keys = Vec::new();
            while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                keys.push(key);
            }
            Ok(keys)
        }
    }
    serde::Deserializer::deserialize_map(&mut serde_json::Deserializer::from_str(text), Keys).unwrap()
}

/// One line of strict JSON with the known keys in their order.
fn assert_is_record(got: &Got) {
    assert!(!got.json.contains(&b'\n'));
    let text = std::str::from_utf8(&got.json).unwrap();
    let record: Map<String, Value> =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let places: Vec<usize> = keys(text)
        .iter()
        .map(|key| KEYS.iter().position(|known| known == key).unwrap_or_else(|| panic!("{key}: {text}")))
        .collect();
    assert!(places.is_sorted_by(|a, b| a < b), "{text}");
    assert_eq!(record["level"], got.level.as_str());
    assert_eq!(record.contains_key("fingerprint"), got.level >= Level::Error);
    let mut shown = Vec::new();
    sluice_record::write_rfc3339(&mut shown, got.ts_ms);
    assert_eq!(record["ts"].as_str().map(str::as_bytes), Some(&shown[..]));
    if let Some(attrs) = record.get("attrs") {
        assert!(attrs.is_object());
    }
}

/// Bytes that come close to what parsers look for.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\\",
        "\\u",
        "\\ud800",
        "null",
        "NaN",
        "-Infinity",
        "1e999",
        "level",
        "msg",
        "message",
        "log",
        "time",
        "ts",
        "error",
        "stack",
        "exception",
        "ERROR",
        "INFO",
        "[ERROR]",
        "2026-11-24 01:02:03,123",
        "2026-11-24T01:02:03Z",
        "Nov 24 01:02:03",
        "1795482123456",
        " - ",
        " | ",
        "host app[7]: ",
        "<11>",
        "<11>1 ",
        "E1124 ",
        "GET /x HTTP/1.1",
        "k=v",
        "level=error msg=\"x",
        "Traceback (most recent call last):",
        "  File \"a\", line 1",
        "\tat a.B.c(B.java:1)",
        "panic: x",
        "goroutine 1 [running]:",
        "\x1b[31m",
        "\x1b]8;;",
        "\r",
        "\t",
        "\0",
        "é",
        "日本",
        "{\"level\":\"error\",\"msg\":\"{\\\"a\\\":1}\"}",
        "{\"log\":\"x\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-24T01:02:03Z\"}",
        "status",
        "500",
        "trace",
        "id",
        "{\"record\":{\"level\":{\"name\":\"ERROR\"}}}",
    ]);
    let piece = prop_oneof![
        6 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>().prop_filter("a line feed ends the line", |b| *b != b'\n'), 0..8),
        1 => "[ a-z0-9:=./-]{0,12}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// A JSON object of any fields, compact.
fn object() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(Value::Null),
    ];
    let value = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    let key = prop_oneof!["[a-z_.]{1,10}", "\\PC{1,8}"];
    prop::collection::btree_map(key, value, 0..12).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_lines_become_valid_records_and_every_line_is_in_exactly_one(
        lines in prop::collection::vec(line(), 0..20),
        enabled: bool, strip_ansi: bool, inherit_time: bool, max_depth in 0usize..8,
    ) {
        let mut settings = Settings { strip_ansi, inherit_time, max_depth, ..Settings::default() };
        settings.join.enabled = enabled;
        let all = run(settings.clone(), &lines);
        for got in &all {
            assert_is_record(got);
        }
        // Docker's parts of lines are put together before they count.
        let wrapped = lines.iter().any(|line| line.starts_with(b"{") || line.starts_with(b"2"));
        let counted: usize = all.iter().map(|got| got.lines).sum();
        if !wrapped {
            prop_assert_eq!(counted, lines.len());
        }
        if !enabled && !wrapped {
            prop_assert_eq!(all.len(), lines.len());
        }
        let again = run(settings, &lines);
        prop_assert!(all.iter().map(|got| &got.json).eq(again.iter().map(|got| &got.json)));
    }

    #[test]
    fn fields_that_fill_no_column_stay_in_attrs_byte_for_byte(fields in object()) {
        // No key here is a known name, for each has a mark that names lose never.
        let fields: Map<String, Value> = fields.into_iter().map(|(key, value)| (format!("ß{key}"), value)).collect();
        let line = serde_json::to_string(&fields).unwrap();
        let all = run(Settings::default(), &[line.clone().into_bytes()]);
        let text = std::str::from_utf8(&all[0].json).unwrap();
        if fields.is_empty() {
            prop_assert!(!text.contains("attrs"));
        } else {
            prop_assert!(text.ends_with(&format!(",\"attrs\":{line}}}")), "{} | {}", text, line);
        }
    }

    #[test]
    fn every_field_of_a_json_line_is_in_a_column_or_in_attrs(fields in object(), known in prop::sample::subsequence(
        vec!["level", "message", "ts", "logger", "trace_id", "user_id", "status", "stack", "path", "method", "duration_ms"], 0..6,
    )) {
        let mut fields = fields;
        for (at, key) in known.iter().enumerate() {
            fields.insert((*key).to_owned(), Value::from(format!("value-{at}")));
        }
        let line = serde_json::to_string(&fields).unwrap();
        let all = run(Settings::default(), &[line.into_bytes()]);
        let record: Map<String, Value> = serde_json::from_slice(&all[0].json).unwrap();
        let attrs = record.get("attrs").and_then(Value::as_object).cloned().unwrap_or_default();
        for (key, value) in &fields {
            let column = |value: &Value| record.values().any(|column| column == value || value.as_str().is_some_and(|text| column == text)
                || column.as_str().is_some_and(|text| *value == *text));
            // A level or time may be rewritten; it is then a word or number that means one.
            let consumed = attrs.get(key) == Some(value) || column(value) || ["level", "ts"].contains(&key.as_str())
                || value.is_number() || value.as_str().is_some_and(|text| text.parse::<Level>().is_ok());
            prop_assert!(consumed, "{key}: {value} in {record:?}");
        }
    }

    #[test]
    fn redaction_leaves_records_valid_and_takes_the_secret_out(lines in prop::collection::vec(line(), 0..6)) {
        let mut engine = Engine::new(Settings::default())
            .with_redactor(Redactor::new(&["email"], &[]).unwrap());
        let stream = engine.stream(Origin::new("laws"));
        let mut all = Vec::new();
        let mut emit = |record: sluice_record::Record<'_>| all.push(record.json.to_vec());
        for line in &lines {
            engine.push(stream, line, 0, &mut emit);
            let secret = [line, b" alice@example.com".as_slice()].concat();
            engine.push(stream, &secret, 0, &mut emit);
        }
        engine.flush(&mut emit);
        for json in &all {
            serde_json::from_slice::<Value>(json).unwrap();
            prop_assert!(memchr::memmem::find(json, b"alice@example.com").is_none());
        }
    }
}

fn one(line: &[u8]) -> Value {
    let all = run(Settings::default(), &[line.to_vec()]);
    assert_eq!(all.len(), 1);
    assert_is_record(&all[0]);
    serde_json::from_slice(&all[0].json).unwrap()
}

#[test]
fn bytes_that_are_not_utf8_are_recoverable() {
    let line = b"caf\xe9 \xff\xfe ok";
    let record = one(line);
    assert_eq!(record["message"], "caf\u{fffd} \u{fffd}\u{fffd} ok");
    let raw = record["attrs"]["raw_base64"].as_str().unwrap();
    assert_eq!(raw, "Y2Fm6SD//iBvaw==");
    let record = one(b"{\"level\":\"error\",\"msg\":\"a\xff\"}");
    assert_eq!((record["level"].as_str(), record["message"].as_str()), (Some("error"), Some("a\u{fffd}")));
}

#[test]
fn a_line_of_ten_megabytes_is_one_record() {
    let big = vec![b'x'; 10 << 20];
    assert_eq!(one(&big)["message"].as_str().unwrap().len(), big.len());
    let json = [b"{\"msg\":\"m\",\"big\":\"".as_slice(), &big, b"\"}"].concat();
    assert_eq!(one(&json)["attrs"]["big"].as_str().unwrap().len(), big.len());
    let controls = vec![0u8; 10 << 20];
    assert_eq!(one(&controls)["message"].as_str().unwrap().len(), controls.len());
}

#[test]
fn a_thousand_levels_of_nesting_become_text() {
    let deep = format!("{{\"msg\":\"m\",\"deep\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
    let record = one(deep.as_bytes());
    assert_eq!(
        record["attrs"]["deep"].as_str().unwrap(),
        format!("{}1{}", "[".repeat(1000), "]".repeat(1000))
    );
    let deeper = format!("{{\"msg\":\"m\",\"deep\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(one(deeper.as_bytes())["message"], deeper);
}

#[test]
fn empty_lines_and_nul_bytes_are_records() {
    assert_eq!(one(b"")["message"], "");
    assert_eq!(one(b"a\0b\x01")["message"], "a\0b\x01");
    assert_eq!(one(b"{}")["level"], "info");
    assert!(one(b"{}").get("attrs").is_none());
}

#[test]
fn numbers_escapes_and_duplicates_survive_as_written() {
    let line = r#"{"msg":"m","n":12345678901234567890123,"e":1.10E+2,"u":"\u00e9\/","n":-0.0,"o":{"b":1,"a":2,"b":3}}"#;
    let all = run(Settings::default(), &[line.as_bytes().to_vec()]);
    let text = std::str::from_utf8(&all[0].json).unwrap();
    assert!(text.ends_with(&format!(",\"attrs\":{{{}}}", &line[11..])), "{text}");
}

#[test]
fn docker_and_cri_lines_are_unwrapped_and_their_parts_joined() {
    let lines: Vec<Vec<u8>> = [
        r#"{"log":"Traceback (most recent call last):\n","stream":"stderr","time":"2026-11-24T01:02:03.1Z"}"#,
        r#"{"log":"  File \"a.py\", line 1, in f\n","stream":"stderr","time":"2026-11-24T01:02:03.2Z"}"#,
        r#"{"log":"ready ","stream":"stdout","time":"2026-11-24T01:02:03.25Z"}"#,
        r#"{"log":"KeyError: 'x'\n","stream":"stderr","time":"2026-11-24T01:02:03.3Z"}"#,
        r#"{"log":"to go\n","stream":"stdout","time":"2026-11-24T01:02:03.4Z"}"#,
    ]
    .iter()
    .map(|line| line.as_bytes().to_vec())
    .collect();
    let all: Vec<Value> = run(Settings::default(), &lines)
        .iter()
        .map(|got| serde_json::from_slice(&got.json).unwrap())
        .collect();
    assert_eq!(all.len(), 2, "{all:?}");
    let by = |source: &str| all.iter().find(|record| record["source"] == source).unwrap();
    assert_eq!(
        (by("stdout")["message"].as_str(), by("stdout")["ts"].as_str()),
        (Some("ready to go"), Some("2026-11-24T01:02:03.250Z"))
    );
    assert_eq!(
        (by("stderr")["level"].as_str(), by("stderr")["error_type"].as_str()),
        (Some("error"), Some("KeyError"))
    );
    let cri = b"2026-11-24T01:02:03.123456789Z stderr F ERROR: boom".to_vec();
    let record: Value = serde_json::from_slice(&run(Settings::default(), &[cri])[0].json).unwrap();
    assert_eq!((record["level"].as_str(), record["message"].as_str()), (Some("error"), Some("boom")));
}

#[test]
fn what_redaction_put_in_place_is_no_part_of_a_head() {
    let mut engine = Engine::new(Settings::default()).with_redactor(Redactor::new(&["email"], &[]).unwrap());
    let stream = engine.stream(Origin::new("laws"));
    let mut all = Vec::new();
    let mut emit = |record: sluice_record::Record<'_>| all.push(record.json.to_vec());
    engine.push(stream, b"[error] ann@example.com", 0, &mut emit);
    engine.flush(&mut emit);
    let record: Value = serde_json::from_slice(&all[0]).unwrap();
    assert_eq!(
        (record["level"].as_str(), record["message"].as_str()),
        (Some("error"), Some("[redacted:email]"))
    );
}

fn redacted(named: &[&str], lines: &[&[u8]]) -> String {
    let mut engine = Engine::new(Settings::default()).with_redactor(Redactor::new(named, &[]).unwrap());
    let stream = engine.stream(Origin::new("laws"));
    let mut all = String::new();
    let mut emit = |record: sluice_record::Record<'_>| all += std::str::from_utf8(record.json).unwrap();
    for line in lines {
        engine.push(stream, line, 0, &mut emit);
    }
    engine.flush(&mut emit);
    all
}

#[test]
fn a_secret_is_found_behind_wrapping_parts_escapes_and_colours() {
    let time = b"2026-11-24T01:02:03Z";
    let cri = |end: &str, text: &str| [time, format!(" stdout {end} {text}").as_bytes()].concat();
    let docker = |text: &str| {
        let text = serde_json::to_string(text).unwrap();
        format!("{{\"log\":{text},\"stream\":\"stdout\",\"time\":\"2026-11-24T01:02:03Z\"}}").into_bytes()
    };
    let cases: [Vec<Vec<u8>>; 6] = [
        vec![cri("P", "mail ann@"), cri("F", "example.com")],
        vec![docker("mail ann@"), docker("example.com\n")],
        vec![b"mail ann@\x1b[1mexample.com".to_vec()],
        vec![br#"{"log":"{\"message\":\"ann\\u0040example.com\"}"}"#.to_vec()],
        vec![br#"{"msg":"ann\u0040example.com"}"#.to_vec()],
        vec![docker("{\"msg\":\"ann@example.com\"}\n")],
    ];
    for lines in cases {
        let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        let all = redacted(&["email"], &lines);
        assert!(all.contains("[redacted:email]") && !all.contains("example.com"), "{all}");
    }
}

#[test]
fn all_lines_of_a_key_are_masked_and_the_line_behind_it_is_not() {
    let lines: [&[u8]; 6] = [
        b"loaded -----BEGIN RSA PRIVATE KEY-----",
        b"DEK-Info: AES-128-CBC,00",
        b"MIIEpAIBAAKCAQEAsecretsecret",
        b"moresecret==",
        b"-----END RSA PRIVATE KEY-----",
        b"ready",
    ];
    let all = redacted(&["private_key"], &lines);
    assert!(!all.contains("secret") && !all.contains("DEK-Info") && all.contains("\"ready\""), "{all}");
    // What is no line of a key ends it.
    let all = redacted(&["private_key"], &[b"-----BEGIN PRIVATE KEY-----", b"no key: follows", b"ready"]);
    assert!(all.contains("no key: follows") && all.contains("ready"), "{all}");
}

#[test]
fn the_rest_of_a_message_that_a_limit_cut_keeps_level_and_fingerprint() {
    let mut lines = vec![
        b"2026-11-24 01:02:03,123 ERROR [app] failed".to_vec(),
        b"Traceback (most recent call last):".to_vec(),
    ];
    for at in 0..600 {
        lines.push(format!("  File \"a.py\", line {at}, in f").into_bytes());
        lines.push(b"    g()".to_vec());
    }
    lines.push(b"RecursionError: maximum recursion depth exceeded".to_vec());
    let all: Vec<Value> = run(Settings::default(), &lines)
        .iter()
        .map(|got| serde_json::from_slice(&got.json).unwrap())
        .collect();
    assert_eq!(all.len(), 2);
    assert_eq!((&all[1]["level"], &all[1]["attrs"]["continued"]), (&all[0]["level"], &Value::from("true")));
    assert_eq!(all[1]["fingerprint"], all[0]["fingerprint"]);
}

#[test]
fn a_line_from_the_far_future_does_not_take_the_next_ones_along() {
    let lines = [
        b"2026-11-24T01:02:03Z INFO a".to_vec(),
        b"2099-01-01T00:00:00Z INFO b".to_vec(),
        b"untimed".to_vec(),
    ];
    let all = run(Settings { inherit_time: true, ..Settings::default() }, &lines);
    assert_eq!(all[2].ts_ms, all[0].ts_ms);
}

#[test]
fn lines_without_a_time_inherit_it_only_when_asked() {
    let lines = [b"2026-11-24 01:02:03 INFO [a] timed".to_vec(), b"untimed".to_vec()];
    let inherit = Settings { inherit_time: true, ..Settings::default() };
    assert_eq!(run(inherit, &lines)[1].ts_ms, 1_795_482_123_000);
    assert_eq!(run(Settings::default(), &lines)[1].ts_ms, 1_795_521_600_000);
}
