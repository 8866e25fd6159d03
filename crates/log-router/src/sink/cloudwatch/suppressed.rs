//! Records of one kind that were not sent, and the event that tells of them.
//!
//! Invariants:
//! - Of the records only what the event needs is kept, at most [`MOST_MESSAGE`] bytes of the message and
//!   [`MOST_NAME`] of each of the names.
//! - The event is a record (docs/record-format.md).

use std::fmt::Write;

use sluice_record::{Level, write_rfc3339};

use super::columns::{Head, inside, level, unit};
use super::{ErrorRecord, Event};

/// Bytes of the message that are kept, as JSON.
const MOST_MESSAGE: usize = 1024;

/// Bytes of a service, logger, error type or container that are kept, as JSON.
const MOST_NAME: usize = 256;

/// How many records of one kind were not sent, and what they are like.
#[derive(Debug, Clone)]
pub(super) struct Suppressed {
    count: u64,
    first_ms: i64,
    last_ms: i64,
    /// Of the one with the latest time; the texts are those of the first one.
    level: Level,
    /// 0 for none.
    fingerprint: u64,
    texts: Texts,
}

/// Insides of JSON strings; empty for none.
#[derive(Debug, Clone)]
struct Texts {
    service: Box<str>,
    message: Box<str>,
    logger: Box<str>,
    error_type: Box<str>,
    container: Box<str>,
}

/// What the records have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alike {
    /// The fingerprint, or the message.
    Kind,
    /// Nothing but that they came when there were too many kinds.
    Nothing,
}

impl Suppressed {
    /// Begins with its first record.
    pub(super) fn of(record: &ErrorRecord<'_>) -> Suppressed {
        let head = Head::of(record.json);
        Suppressed {
            count: 1,
            first_ms: record.ts_ms,
            last_ms: record.ts_ms,
            level: level(record.json).unwrap_or(Level::Error),
            fingerprint: record.fingerprint,
            texts: Texts {
                service: beginning(head.service, MOST_NAME),
                message: beginning(head.message, MOST_MESSAGE),
                logger: beginning(head.logger, MOST_NAME),
                error_type: beginning(head.error_type, MOST_NAME),
                container: beginning(head.container, MOST_NAME),
            },
        }
    }

    /// Counts another record.
    pub(super) fn count(&mut self, record: &ErrorRecord<'_>) {
        self.count += 1;
        self.first_ms = self.first_ms.min(record.ts_ms);
        if record.ts_ms >= self.last_ms {
            self.last_ms = record.ts_ms;
            self.level = level(record.json).unwrap_or(self.level);
        }
    }

    /// The event that tells of them.
    pub(super) fn summary(&self, alike: Alike) -> Event {
        let (first, last) = (rfc3339(self.first_ms), rfc3339(self.last_ms));
        let Texts { service, message, logger, error_type, container } = &self.texts;
        let count = thousands(self.count);
        let mut text = match alike {
            Alike::Kind => format!("suppressed {count} like this"),
            Alike::Nothing => format!("suppressed {count} of other kinds, the first"),
        };
        if !message.is_empty() {
            text = text + ": " + message;
        }
        let mut out = format!("{{\"ts\":\"{last}\",\"level\":\"{}\"", self.level);
        let mut put = |name: &str, inside: &str| {
            if !inside.is_empty() {
                let _ = write!(out, ",\"{name}\":\"{inside}\"");
            }
        };
        put("service", service);
        put("message", &text);
        if alike == Alike::Kind {
            put("logger", logger);
            put("error_type", error_type);
            put("container", container);
            if self.fingerprint != 0 {
                put("fingerprint", &format!("{:016x}", self.fingerprint));
            }
        }
        let count = self.count;
        let _ =
            write!(out, ",\"attrs\":{{\"suppressed\":{count},\"first\":\"{first}\",\"last\":\"{last}\"}}}}");
        Event { ts_ms: self.last_ms, message: out }
    }
}

/// The beginning of a JSON string's inside, without a torn character or escape.
fn beginning(value: &[u8], most: usize) -> Box<str> {
    let inside = inside(value);
    let mut end = 0;
    while end < inside.len() {
        let len = unit(&inside[end..]);
        if end + len > most {
            break;
        }
        end += len;
    }
    String::from_utf8_lossy(&inside[..end]).into()
}

fn rfc3339(ms: i64) -> String {
    let mut out = Vec::new();
    write_rfc3339(&mut out, ms);
    String::from_utf8_lossy(&out).into_owned()
}

/// `1234567` as `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const TS: i64 = 1_795_482_123_123;
    const JSON: &str = concat!(
        r#"{"ts":"2026-11-24T01:02:03.123Z","level":"error","service":"api","message":"order \"71\" failed","#,
        r#""logger":"shop","error_type":"KeyError","stack":"a\nb","container":"app","#,
        r#""fingerprint":"00000000000000ab","attrs":{"x":1}}"#
    );

    fn record(json: &str, ts_ms: i64) -> ErrorRecord<'_> {
        ErrorRecord { json: json.as_bytes(), ts_ms, fingerprint: 0xab, archive: "" }
    }

    #[test]
    fn the_summary_is_a_record_in_the_order_of_the_format() {
        let mut suppressed = Suppressed::of(&record(JSON, TS));
        for _ in 0..4207 {
            suppressed.count(&record(JSON, TS));
        }
        // Records of one kind may come out of order.
        suppressed.count(&record(&JSON.replace("error\",\"s", "fatal\",\"s"), TS + 1000));
        suppressed.count(&record(JSON, TS - 1000));
        let event = suppressed.summary(Alike::Kind);
        assert_eq!(event.ts_ms, TS + 1000);
        assert_eq!(
            event.message,
            concat!(
                r#"{"ts":"2026-11-24T01:02:04.123Z","level":"fatal","service":"api","#,
                r#""message":"suppressed 4,210 like this: order \"71\" failed","logger":"shop","#,
                r#""error_type":"KeyError","container":"app","fingerprint":"00000000000000ab","#,
                r#""attrs":{"suppressed":4210,"first":"2026-11-24T01:02:02.123Z","last":"2026-11-24T01:02:04.123Z"}}"#
            )
        );
    }

    #[test]
    fn records_of_other_kinds_have_nothing_in_common_but_the_service() {
        let event = Suppressed::of(&record(JSON, TS)).summary(Alike::Nothing);
        assert_eq!(
            event.message,
            concat!(
                r#"{"ts":"2026-11-24T01:02:03.123Z","level":"error","service":"api","#,
                r#""message":"suppressed 1 of other kinds, the first: order \"71\" failed","#,
                r#""attrs":{"suppressed":1,"first":"2026-11-24T01:02:03.123Z","last":"2026-11-24T01:02:03.123Z"}}"#
            )
        );
    }

    #[test]
    fn what_the_record_does_not_have_is_left_out() {
        let record = ErrorRecord { fingerprint: 0, ..record(r#"{"ts":"t","level":"warn"}"#, TS) };
        let message = Suppressed::of(&record).summary(Alike::Kind).message;
        let summary: Value = serde_json::from_str(&message).unwrap();
        assert_eq!(summary["message"], "suppressed 1 like this");
        let keys: Vec<&String> = summary.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 4, "{keys:?}");
    }

    #[test]
    fn long_texts_are_cut_between_characters_and_escapes() {
        for unit in ["x", "é", "\u{1f600}", r"\n", r"\u00e9", r"\ud83d\ude00"] {
            for shift in ["", "a", "aa", "aaa", "aaaa", "aaaaa"] {
                let long = format!("{shift}{}", unit.repeat(2000));
                let json = format!(
                    r#"{{"ts":"t","level":"error","service":"{long}","message":"{long}","logger":"{long}"}}"#
                );
                let event = Suppressed::of(&record(&json, TS)).summary(Alike::Kind);
                let summary: Value = serde_json::from_str(&event.message).unwrap();
                let whole: String = serde_json::from_str(&format!("\"{long}\"")).unwrap();
                assert!(whole.starts_with(summary["logger"].as_str().unwrap()));
                assert!(event.message.len() < MOST_MESSAGE + 2 * MOST_NAME + 256);
                assert!(event.message.len() > MOST_MESSAGE + 2 * MOST_NAME);
            }
        }
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
