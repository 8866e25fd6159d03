//! One entry of a log.

use std::fmt::{Arguments, Display};

use crate::clock::{Micros, push_fmt, push_iso, push_text};
use crate::traffic::Request;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}

impl Level {
    /// Its name in the archive.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warn",
            Self::Error => "error",
            Self::Critical => "fatal",
        }
    }

    /// Its name in Python.
    fn python(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }
}

/// An entry: a line, or some that belong together, without the last line feed.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) at: Micros,
    pub(super) level: Level,
    /// The status of an access record.
    pub(super) status: Option<u16>,
    pub(super) text: Vec<u8>,
}

impl Entry {
    /// A line in the manner of Python's text formatter: `2026-11-24 01:02:03,123 INFO [logger] message`.
    pub(super) fn text(at: Micros, level: Level, logger: &str, message: Arguments<'_>) -> Self {
        let mut text = Vec::with_capacity(96);
        push_text(&mut text, at, b',');
        push_fmt(&mut text, format_args!(" {} [{logger}] {message}", level.python()));
        Self { at, level, status: None, text }
    }

    /// A line without a time.
    pub(super) fn bare(at: Micros, level: Level, text: String) -> Self {
        Self { at, level, status: None, text: text.into_bytes() }
    }
}

/// A line in the manner of python-json-logger: fields in the order of the calls, the time at the end.
pub(super) struct Json {
    at: Micros,
    level: Level,
    text: Vec<u8>,
}

impl Json {
    pub(super) fn new(at: Micros, level: Level, logger: &str, message: impl Display, service: &str) -> Self {
        let mut text = Vec::with_capacity(512);
        push_fmt(&mut text, format_args!(r#"{{"level": "{}", "logger": "{logger}""#, level.python()));
        let mut line = Self { at, level, text };
        line.string("message", &message.to_string());
        line.string("service", service);
        line
    }

    pub(super) fn string(&mut self, key: &str, value: &str) -> &mut Self {
        push_fmt(&mut self.text, format_args!(r#", "{key}": "#));
        push_string(&mut self.text, value);
        self
    }

    /// A number, or what else is its own JSON.
    pub(super) fn raw(&mut self, key: &str, value: impl Display) -> &mut Self {
        push_fmt(&mut self.text, format_args!(r#", "{key}": {value}"#));
        self
    }

    /// Whose request it was, and which.
    pub(super) fn context(&mut self, request: &Request) -> &mut Self {
        match request.user {
            Some(user) => self.raw("user_id", format_args!(r#""{}""#, user_id(user))),
            None => self.raw("user_id", "null"),
        };
        self.raw("request_id", format_args!(r#""req-{:016x}""#, request.request_id()))
            .raw("trace_id", format_args!(r#""{:032x}""#, request.trace))
            .raw("span_id", format_args!(r#""{:016x}""#, request.span_id()))
    }

    pub(super) fn finish(mut self) -> Entry {
        self.text.extend_from_slice(br#", "timestamp": ""#);
        push_iso(&mut self.text, self.at);
        self.text.extend_from_slice(br#"+00:00"}"#);
        Entry { at: self.at, level: self.level, status: None, text: self.text }
    }
}

/// The name of a user in all logs.
pub(crate) fn user_id(user: u32) -> String {
    format!("u-{}", 1001 + user)
}

/// A string as Python's `json` writes it: everything beyond ASCII is escaped.
fn push_string(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    for char in value.chars() {
        match char {
            '"' => out.extend_from_slice(br#"\""#),
            '\\' => out.extend_from_slice(br"\\"),
            '\n' => out.extend_from_slice(br"\n"),
            ' '..='~' => out.push(char as u8),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    push_fmt(out, format_args!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push(b'"');
}
