//! A log record as one line for people.

use serde_json::{Map, Value};

use crate::style::{Ink, Style};
use crate::text::visible;

/// Columns that have a place of their own in the line, or say nothing to whoever reads along.
const PLACED: [&str; 9] =
    ["ts", "level", "service", "message", "stack", "source", "container", "cluster", "fingerprint"];

/// The time, level and service, the message, then every other field as `name=value`; the stack below. The fields of
/// `attrs` stand among the others. No line break at the end.
#[must_use]
pub fn log_line(record: &Map<String, Value>, style: &Style) -> String {
    let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
    let level = text("level");
    let ink = Ink::of_level(level);
    let mut line = String::new();
    style.paint(Ink::Dim, &visible(text("ts")), &mut line);
    line.push(' ');
    style.paint(ink, &format!("{:5}", visible(&level.to_uppercase())), &mut line);
    line.push(' ');
    style.paint(Ink::Bold, &visible(text("service")), &mut line);
    line.push(' ');
    style.paint(ink, &visible(text("message")), &mut line);
    let own = record.iter().filter(|(key, _)| *key != "attrs" && !PLACED.contains(&key.as_str()));
    let attrs = record.get("attrs").and_then(Value::as_object);
    for (key, value) in own.chain(attrs.into_iter().flatten()) {
        let value = match value {
            Value::String(text) if text.contains(' ') || text.is_empty() => value.to_string(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        line.push(' ');
        style.paint(Ink::Dim, &format!("{}={}", visible(key), visible(&value)), &mut line);
    }
    for part in text("stack").lines() {
        line.push_str("\n    ");
        style.paint(Ink::Dim, &visible(part), &mut line);
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(record: Value, color: bool) -> String {
        let Value::Object(record) = record else { panic!("an object") };
        log_line(&record, &Style { color, ..Style::default() })
    }

    #[test]
    fn a_record_is_one_line_and_its_stack_below() {
        let record = json!({
            "ts": "2026-11-24T01:02:03.004Z", "level": "error", "service": "shop", "message": "no stock",
            "http_status": 409, "request_id": "r 1", "fingerprint": "abc", "attrs": {"sku": "x", "n": {"a": 1}},
            "stack": "Traceback\n  File x",
        });
        assert_eq!(
            line(record, false),
            "2026-11-24T01:02:03.004Z ERROR shop no stock http_status=409 request_id=\"r 1\" sku=x n={\"a\":1}\n    Traceback\n      File x"
        );
    }

    #[test]
    fn what_strangers_sent_cannot_colour_the_terminal() {
        let record = json!({"ts": "t", "level": "info", "service": "s", "message": "\u{1b}[31m\nx"});
        assert_eq!(line(record, false), "t INFO  s \\x1b[31m\\nx");
    }

    #[test]
    fn levels_have_their_colours() {
        let record = json!({"ts": "t", "level": "error", "service": "s", "message": "m"});
        assert!(line(record, true).contains("\u{1b}[31mERROR"));
    }
}
