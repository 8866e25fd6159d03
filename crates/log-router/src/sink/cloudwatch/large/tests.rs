use proptest::prelude::*;
use serde_json::Value;

use super::*;

const TS: i64 = 1_795_482_123_123;
const URL: &str = "s3://logs/app/api/2026/11/24/01/api-0123-4567-8.jsonl.gz";

fn record(message: &str) -> String {
    let message = quoted(message);
    format!(
        r#"{{"ts":"2026-11-24T01:02:03.123Z","level":"fatal","service":"api","message":{message},"attrs":{{"level":"x"}}}}"#
    )
}

fn shaped(json: &str, max_event_bytes: usize, large: LargeEvent, archive: &str) -> Vec<String> {
    let mut events = Vec::new();
    let record = ErrorRecord { json: json.as_bytes(), ts_ms: TS, fingerprint: 0, archive };
    shape(&record, &EventSettings { max_event_bytes, large }, &mut events);
    events
        .into_iter()
        .map(|event| {
            assert_eq!(event.ts_ms, TS);
            assert!((1..=max_event_bytes).contains(&event.message.len()), "{}", event.message);
            event.message
        })
        .collect()
}

fn parsed(events: &[String]) -> Vec<Value> {
    events.iter().map(|event| serde_json::from_str(event).unwrap()).collect()
}

fn joined(parts: &[Value]) -> String {
    parts.iter().map(|part| part["message"].as_str().unwrap()).collect()
}

#[test]
fn a_record_that_fits_passes_as_it_is_even_when_it_is_no_json() {
    for text in [record("é"), "x".repeat(300)] {
        assert_eq!(shaped(&text, text.len().max(256), LargeEvent::Split, URL), [text]);
    }
}

#[test]
fn an_empty_record_is_no_event() {
    assert_eq!(shaped("", 256, LargeEvent::Split, URL), [""; 0]);
}

#[test]
fn a_long_record_is_split_and_only_the_first_part_has_the_level() {
    let json = record(&"x".repeat(700));
    let events = shaped(&json, 512, LargeEvent::Split, URL);
    assert_eq!(
        events[0][..120],
        r#"{"ts":"2026-11-24T01:02:03.123Z","level":"fatal","service":"api","message":"{\"ts\":\"2026-11-24T01:02:03.123Z\",\"level\""#
            [..120]
    );
    assert!(
        events[1].starts_with(r#"{"ts":"2026-11-24T01:02:03.123Z","service":"api","message":"xxx"#),
        "{}",
        events[1]
    );
    assert!(events[1].ends_with(&format!(r#"x","attrs":{{"part":2,"parts":3,"archive":"{URL}"}}}}"#)));
    let parts = parsed(&events);
    assert_eq!(joined(&parts), json);
    assert_eq!(parts.len(), 3);
}

#[test]
fn a_cut_record_is_its_beginning_and_says_how_long_it_was() {
    let json = record(&"é".repeat(700));
    let events = shaped(&json, 512, LargeEvent::Cut, URL);
    let [event] = &parsed(&events)[..] else { panic!("{events:?}") };
    assert_eq!((&event["level"], &event["service"]), (&"fatal".into(), &"api".into()));
    assert!(json.starts_with(event["message"].as_str().unwrap()));
    assert_eq!(event["attrs"], serde_json::json!({"cut": true, "record_bytes": json.len(), "archive": URL}));
    assert!(events[0].len() > 508);
}

#[test]
fn a_long_pointer_goes_first_and_a_long_service_next() {
    let (long, longest) = ("s".repeat(64), "s".repeat(200));
    for (service, archive, with_service, with_archive) in [
        ("api", URL, true, true),
        (&long, URL, true, false),
        (&longest, URL, false, false),
        (&longest, "", false, false),
    ] {
        let json = record(&"x".repeat(300)).replace("api", service);
        for large in [LargeEvent::Split, LargeEvent::Cut] {
            let events = parsed(&shaped(&json, 256, large, archive));
            for event in &events {
                assert_eq!(event.get("service").is_some(), with_service, "{event}");
                assert_eq!(event["attrs"].get("archive").is_some(), with_archive, "{event}");
                assert_eq!(event["ts"], "2026-11-24T01:02:03.123Z");
            }
            // A service that the head leaves out is in the text all the same.
            assert!(large == LargeEvent::Cut || joined(&events) == json);
        }
    }
}

#[test]
fn there_is_room_in_the_least_event_for_the_longest_numbers_and_times() {
    let frame = |ts_ms| {
        Frame::of(&ErrorRecord { json: br#"{"ts":"t","level":"error"}"#, ts_ms, fingerprint: 0, archive: "" })
    };
    let max = usize::MAX;
    for attrs in [format!("\"part\":{max},\"parts\":{max}"), format!("\"cut\":true,\"record_bytes\":{max}")] {
        for ts_ms in [i64::MIN, 0, i64::MAX] {
            assert!(frame(ts_ms).room(true, &attrs, LEAST_EVENT_BYTES) >= LEAST_EVENT_BYTES / LEAST_SHARE);
        }
    }
}

#[test]
fn the_number_of_parts_may_have_any_number_of_digits() {
    for len in [200, 900, 1000, 1100, 9_000, 10_000, 11_000, 120_000] {
        let json = record(&"x".repeat(len));
        let parts = parsed(&shaped(&json, 256, LargeEvent::Split, ""));
        assert_eq!(joined(&parts), json);
        for (at, part) in parts.iter().enumerate() {
            assert_eq!(part["attrs"]["part"], at + 1);
            assert_eq!(part["attrs"]["parts"], parts.len());
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_keep_the_limit() {
    for (large, kept) in [(LargeEvent::Split, 250), (LargeEvent::Cut, 0)] {
        let mut events = Vec::new();
        let record = ErrorRecord { json: &[0xff; 250], ts_ms: TS, fingerprint: 0, archive: "" };
        shape(&record, &EventSettings { max_event_bytes: 256, large }, &mut events);
        let texts: Vec<String> = events.into_iter().map(|event| event.message).collect();
        assert!(texts.iter().all(|text| text.len() <= 256));
        let parts = parsed(&texts);
        assert!("\u{fffd}".repeat(250).starts_with(&joined(&parts)));
        assert!(joined(&parts).chars().count() >= kept);
        // As many as the record has, not its replacement.
        assert!(large == LargeEvent::Split || parts[0]["attrs"]["record_bytes"] == 250);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_parts_are_json_within_the_limit_and_together_the_record(
        message in r#"[a-c"\\\n\x01éあ😀]{0,400}"#,
        service in "[a-z\"]{0,200}",
        archive in "(s3://[a-z\"]{0,200})?",
        escaped in any::<bool>(),
        most in 256..900_usize,
    ) {
        let mut json = record(&message).replace("\"api\"", &quoted(&service));
        if escaped {
            json = json.replace('😀', r"\ud83d\ude00").replace('é', r"\u00e9");
        }
        let events = shaped(&json, most, LargeEvent::Split, &archive);
        let parts = parsed(&events);
        if json.len() <= most {
            prop_assert_eq!(events, [json.clone()]);
        } else {
            prop_assert!(parts.len() > 1);
            prop_assert_eq!(joined(&parts), json.clone());
            for (at, part) in parts.iter().enumerate() {
                prop_assert_eq!(part.get("level").is_some(), at == 0);
                let piece = part["message"].as_str().unwrap();
                // The end is not the half of an escape.
                let slashes = piece.len() - piece.trim_end_matches('\\').len();
                prop_assert!(!piece.is_empty() && slashes % 2 == 0, "{}", piece);
                prop_assert!(!piece.ends_with(r"\ud83d"));
            }
            let cut = parsed(&shaped(&json, most, LargeEvent::Cut, &archive));
            prop_assert_eq!(cut.len(), 1);
            prop_assert!(json.starts_with(cut[0]["message"].as_str().unwrap()));
            prop_assert_eq!(&cut[0]["attrs"]["record_bytes"], json.len());
        }
    }
}
