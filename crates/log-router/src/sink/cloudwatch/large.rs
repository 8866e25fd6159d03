//! A record becomes an event, or several when it is too large for one.
//!
//! Invariants:
//! - A record that fits is sent as it is, without being looked at.
//! - Every event is JSON, not empty, and no longer than [`EventSettings::max_event_bytes`].
//! - The messages of the parts in a row are exactly the record's text. None ends inside a character nor inside an
//!   escape of that text.
//! - The level is in the first part only, so that a metric filter counts the record once.

use std::borrow::Cow;
use std::ops::Range;

use sluice_pipeline::LargeEvent;
use sluice_record::write_rfc3339;

use super::columns::{Head, level, unit};
use super::{ErrorRecord, Event};

/// The least setting; with less there would be no room for text beside the head.
const LEAST_EVENT_BYTES: usize = 256;

/// At least a quarter of an event is text of the record, or the pointer to the archive goes, and then the service.
const LEAST_SHARE: usize = 4;

/// What an event may be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSettings {
    /// Most bytes of an event's message, 256 or more.
    pub max_event_bytes: usize,
    /// What is done with a record that is longer.
    pub large: LargeEvent,
}

/// Appends the events of a record: one as a rule. An empty record has none, since CloudWatch refuses empty messages.
pub fn shape(record: &ErrorRecord<'_>, settings: &EventSettings, out: &mut Vec<Event>) {
    let most = settings.max_event_bytes.max(LEAST_EVENT_BYTES);
    let text = String::from_utf8_lossy(record.json);
    if text.is_empty() {
        return;
    }
    if text.len() <= most {
        out.push(Event { ts_ms: record.ts_ms, message: text.into_owned() });
        return;
    }
    let frame = Frame::of(record);
    match settings.large {
        LargeEvent::Split => split(&frame, &text, most, |message| {
            out.push(Event { ts_ms: record.ts_ms, message });
        }),
        LargeEvent::Cut => out.push(Event { ts_ms: record.ts_ms, message: cut(frame, record, &text, most) }),
    }
}

fn cut(mut frame: Frame, record: &ErrorRecord<'_>, text: &str, most: usize) -> String {
    let attrs = format!("\"cut\":true,\"record_bytes\":{}", record.json.len());
    frame.fit(&attrs, most);
    let room = frame.room(true, &attrs, most);
    frame.event(true, &text[..piece(text, room)], &attrs)
}

fn split(frame: &Frame, text: &str, most: usize, mut emit: impl FnMut(String)) {
    let attrs = |part: usize, parts: usize| format!("\"part\":{part},\"parts\":{parts}");
    // How long the numbers are depends on how many parts there are, which depends on how long the numbers are.
    let mut largest = 9;
    let (frame, pieces) = loop {
        let (mut frame, longest) = (frame.clone(), attrs(largest, largest));
        frame.fit(&longest, most);
        let pieces = pieces(text, frame.room(true, &longest, most), frame.room(false, &longest, most));
        if pieces.len() <= largest {
            break (frame, pieces);
        }
        largest = largest * 10 + 9;
    };
    let parts = pieces.len();
    for (at, piece) in pieces.into_iter().enumerate() {
        emit(frame.event(at == 0, &text[piece], &attrs(at + 1, parts)));
    }
}

fn pieces(text: &str, first_room: usize, room: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let room = if at == 0 { first_room } else { room };
        let end = at + piece(&text[at..], room);
        pieces.push(at..end);
        at = end;
    }
    pieces
}

/// How much of the text, at least one character, has room when it is escaped.
fn piece(text: &str, room: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut escaped) = (0, 0);
    while at < bytes.len() {
        let len = unit(&bytes[at..]);
        escaped += bytes[at..at + len].iter().map(|byte| escaped_len(*byte)).sum::<usize>();
        if escaped > room && at > 0 {
            break;
        }
        at += len;
    }
    at
}

/// Bytes of a byte inside a JSON string, at most.
fn escaped_len(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

/// What stands around a piece of a record. The fields are JSON, and empty when they are left out.
#[derive(Debug, Clone)]
struct Frame {
    ts: String,
    level: String,
    service: String,
    archive: String,
}

impl Frame {
    fn of(record: &ErrorRecord<'_>) -> Frame {
        let mut ts = b"{\"ts\":\"".to_vec();
        write_rfc3339(&mut ts, record.ts_ms);
        let ts = String::from_utf8_lossy(&ts).into_owned() + "\"";
        let service = Head::of(record.json).service;
        Frame {
            ts,
            level: level(record.json).map_or_else(String::new, |level| format!(",\"level\":\"{level}\"")),
            service: match String::from_utf8_lossy(service) {
                Cow::Borrowed("") => String::new(),
                service => format!(",\"service\":{service}"),
            },
            archive: match record.archive {
                "" => String::new(),
                url => format!(",\"archive\":{}", quoted(url)),
            },
        }
    }

    /// Leaves out what would leave too little room for the record.
    fn fit(&mut self, attrs: &str, most: usize) {
        let optional: [fn(&mut Frame); 2] = [|frame| frame.archive.clear(), |frame| frame.service.clear()];
        for leave_out in optional {
            if self.room(true, attrs, most) >= most / LEAST_SHARE {
                return;
            }
            leave_out(self);
        }
    }

    /// Bytes that remain for the escaped piece.
    fn room(&self, first: bool, attrs: &str, most: usize) -> usize {
        most.saturating_sub(self.event(first, "", attrs).len())
    }

    fn event(&self, first: bool, piece: &str, attrs: &str) -> String {
        let Frame { ts, level, service, archive } = self;
        let level = if first { level } else { "" };
        let message = quoted(piece);
        format!("{ts}{level}{service},\"message\":{message},\"attrs\":{{{attrs}{archive}}}}}")
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            event["attrs"],
            serde_json::json!({"cut": true, "record_bytes": json.len(), "archive": URL})
        );
        assert!(events[0].len() > 508);
    }

    #[test]
    #[ignore = "being written"]
    fn a_long_pointer_goes_first_and_a_long_service_next() {
        let long = "s".repeat(64);
        let json = record(&"x".repeat(300));
        for (service, archive, kept) in
            [("api", URL, true), (&*long, URL, true), (&*"s".repeat(200), "", false)]
        {
            let json = json.replace("api", service);
            for large in [LargeEvent::Split, LargeEvent::Cut] {
                for part in parsed(&shaped(&json, 256, large, archive)) {
                    assert_eq!(part.get("service").is_some(), kept, "{part}");
                    assert_eq!(part["attrs"].get("archive"), None, "{part}");
                    assert!(part["ts"].is_string());
                }
            }
        }
        for part in parsed(&shaped(&json, 256, LargeEvent::Split, "s3://b/k")) {
            assert_eq!(part["attrs"]["archive"], "s3://b/k");
        }
    }

    #[test]
    fn there_is_room_in_the_least_event_for_the_longest_numbers_and_times() {
        let frame = |ts_ms| {
            Frame::of(&ErrorRecord {
                json: br#"{"ts":"t","level":"error"}"#,
                ts_ms,
                fingerprint: 0,
                archive: "",
            })
        };
        let max = usize::MAX;
        for attrs in
            [format!("\"part\":{max},\"parts\":{max}"), format!("\"cut\":true,\"record_bytes\":{max}")]
        {
            for ts_ms in [i64::MIN, 0, i64::MAX] {
                assert!(
                    frame(ts_ms).room(true, &attrs, LEAST_EVENT_BYTES) >= LEAST_EVENT_BYTES / LEAST_SHARE
                );
            }
        }
    }

    #[test]
    #[ignore = "being written"]
    fn the_number_of_parts_may_have_any_number_of_digits() {
        for len in [100, 900, 1000, 1100, 9_000, 10_000, 11_000, 120_000] {
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
        let mut events = Vec::new();
        let record = ErrorRecord { json: &[0xff; 250], ts_ms: TS, fingerprint: 0, archive: "" };
        shape(&record, &EventSettings { max_event_bytes: 256, large: LargeEvent::Split }, &mut events);
        let texts: Vec<String> = events.into_iter().map(|event| event.message).collect();
        assert_eq!(joined(&parsed(&texts)), "\u{fffd}".repeat(250));
        assert!(texts.iter().all(|text| text.len() <= 256));
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
}
