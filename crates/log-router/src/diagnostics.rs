//! What the router says of itself, on standard error: one JSON object a line, in the layout of its own records, so
//! that it can be collected and queried like any other log.
//!
//! Invariant: of one message at most [`MOST`] lines are written in [`PERIOD`]; the next one after that says how many
//! were left out. A sink that fails a thousand times a second must not fill a log.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};
use sluice_record::write_rfc3339;

/// Lines of one message in a period.
const MOST: u32 = 5;
/// How long they are counted.
const PERIOD: Duration = Duration::from_secs(30);

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Normal operation.
    Info,
    /// Worth a look; the router goes on by itself.
    Warn,
    /// Somebody has to do something.
    Error,
}

impl Severity {
    const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warn => "warn",
            Severity::Error => "error",
        }
    }
}

/// Says something that is normal.
pub fn info(message: &'static str, fields: &[(&str, &dyn Display)]) {
    say(Severity::Info, message, fields);
}

/// Says something that is worth a look.
pub fn warn(message: &'static str, fields: &[(&str, &dyn Display)]) {
    say(Severity::Warn, message, fields);
}

/// Says something that somebody has to act on.
pub fn error(message: &'static str, fields: &[(&str, &dyn Display)]) {
    say(Severity::Error, message, fields);
}

#[derive(Default)]
struct Limiter {
    messages: HashMap<&'static str, Said>,
}

struct Said {
    since: Instant,
    lines: u32,
    left_out: u64,
}

impl Limiter {
    /// How many lines of this message were left out before; None when this one is to be left out too.
    fn admit(&mut self, message: &'static str, now: Instant) -> Option<u64> {
        let said = self.messages.entry(message).or_insert(Said { since: now, lines: 0, left_out: 0 });
        if now.duration_since(said.since) >= PERIOD {
            (said.since, said.lines) = (now, 0);
        }
        if said.lines >= MOST {
            said.left_out += 1;
            return None;
        }
        said.lines += 1;
        Some(std::mem::take(&mut said.left_out))
    }
}

fn say(severity: Severity, message: &'static str, fields: &[(&str, &dyn Display)]) {
    static LIMITER: LazyLock<Mutex<Limiter>> = LazyLock::new(Mutex::default);
    let admitted = LIMITER.lock().unwrap_or_else(PoisonError::into_inner).admit(message, Instant::now());
    let Some(left_out) = admitted else { return };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let line = line(now.as_millis() as i64, severity, message, fields, left_out);
    // When standard error is gone there is nobody to tell.
    let _ = io::stderr().write_all(&line);
}

fn line(
    now_ms: i64,
    severity: Severity,
    message: &str,
    fields: &[(&str, &dyn Display)],
    left_out: u64,
) -> Vec<u8> {
    let mut out = b"{\"ts\":\"".to_vec();
    write_rfc3339(&mut out, now_ms);
    out.extend_from_slice(b"\",\"level\":\"");
    out.extend_from_slice(severity.as_str().as_bytes());
    out.extend_from_slice(b"\",\"service\":\"log-router\",\"message\":");
    out.extend_from_slice(Value::from(message).to_string().as_bytes());
    let mut attrs: Map<String, Value> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.to_string()))).collect();
    if left_out > 0 {
        attrs.insert("left_out".to_owned(), left_out.into());
    }
    if !attrs.is_empty() {
        out.extend_from_slice(b",\"attrs\":");
        out.extend_from_slice(Value::Object(attrs).to_string().as_bytes());
    }
    out.extend_from_slice(b"}\n");
    out
}

/// An error with all its causes, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text += ": ";
        text += &source.to_string();
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_layout_of_a_record() {
        let line = line(0, Severity::Warn, "cannot \"send\"", &[("bucket", &"b"), ("tries", &3)], 2);
        assert_eq!(
            String::from_utf8(line).unwrap(),
            "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\",\"service\":\"log-router\",\
             \"message\":\"cannot \\\"send\\\"\",\"attrs\":{\"bucket\":\"b\",\"tries\":\"3\",\"left_out\":2}}\n"
        );
    }

    #[test]
    fn a_message_repeated_without_end_is_counted_and_not_written() {
        let mut limiter = Limiter::default();
        let start = Instant::now();
        let admitted = (0..1000).filter(|_| limiter.admit("a", start).is_some()).count();
        assert_eq!(admitted, MOST as usize);
        assert_eq!(limiter.admit("b", start), Some(0));
        assert_eq!(limiter.admit("a", start + PERIOD), Some(1000 - u64::from(MOST)));
    }
}
