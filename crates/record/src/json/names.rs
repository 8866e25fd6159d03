//! Field names of the well-known loggers and the columns they fill.
//!
//! Names are compared without case and without `_`, `-`, `.` and blanks, so one entry stands for all spellings of
//! a name, and `trace.id` also for `id` inside an object `trace`. Within a column the first name wins.

use std::cell::Cell;
use std::collections::HashMap;

/// What a field can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Column {
    Time,
    Level,
    Message,
    Logger,
    ErrorType,
    Stack,
    TraceId,
    SpanId,
    TraceParent,
    RequestId,
    UserId,
    ClientIp,
    HttpMethod,
    HttpPath,
    HttpStatus,
    DurationMs,
}

/// Number of [`Column`]s.
pub(super) const COLUMNS: usize = 16;

/// A condition on a field beyond its name, or how its value is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Plain,
    /// A level number of the named kind.
    Otel,
    Python,
    Syslog,
    /// MongoDB's `s` and `c`, beside each other.
    Mongo,
    /// A name that many loggers use for other things: only beside a mark of [`Mark::NAMED`].
    Named,
    /// Monolog's `channel`, beside `level_name`.
    Monolog,
    /// `target` of the tracing crate.
    Tracing,
    /// Datadog's `status`.
    LevelOrStatus,
    /// `path`, `url`: only beside an HTTP method or status.
    BesideHttp,
    /// Text that may wrap a line of its own.
    Wrapper,
    Seconds,
    Micros,
    Nanos,
    /// Only text with a unit.
    WithUnit,
}

/// Hints at the logger that fields give by being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark(u16);

impl Mark {
    pub(super) const PID: Mark = Mark(1);
    pub(super) const HOSTNAME: Mark = Mark(2);
    pub(super) const VERSION: Mark = Mark(4);
    pub(super) const PYTHON: Mark = Mark(8);
    pub(super) const SYSLOG: Mark = Mark(16);
    pub(super) const FIELDS: Mark = Mark(32);
    pub(super) const LEVEL_NAME: Mark = Mark(64);
    pub(super) const MONGO_LEVEL: Mark = Mark(128);
    pub(super) const MONGO_COMPONENT: Mark = Mark(256);
    pub(super) const RECORD: Mark = Mark(512);
    pub(super) const CLEF: Mark = Mark(1024);
    pub(super) const LEVEL: Mark = Mark(2048);

    #[inline]
    pub(super) fn add(&mut self, other: Mark) {
        self.0 |= other.0;
    }

    #[inline]
    pub(super) fn has(self, other: Mark) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How the fields inside an object count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// Not at all.
    Nothing,
    /// By their name behind that of the object.
    Named,
    /// As if they stood beside the object.
    Transparent,
}

/// What is known of a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) column: Option<Column>,
    pub(super) rank: u8,
    pub(super) reading: Reading,
    pub(super) mark: Mark,
    pub(super) inside: Inside,
}

const UNKNOWN: Known =
    Known { column: None, rank: 0, reading: Reading::Plain, mark: Mark(0), inside: Inside::Nothing };

type Row = (Column, &'static [(&'static str, Reading)]);

use Reading::{
    BesideHttp, LevelOrStatus, Micros, Mongo, Monolog, Named, Nanos, Otel, Plain, Python, Seconds, Syslog,
    Tracing, WithUnit, Wrapper,
};

/// The names, best first within each column. docs/record-format.md shows the same.
#[rustfmt::skip]
const COLUMN_NAMES: &[Row] = &[
    (Column::Time, &[
        ("@timestamp", Plain), ("timestamp", Plain), ("ts", Plain), ("time", Plain), ("@t", Plain),
        ("time_unix_nano", Plain), ("created", Python), ("asctime", Plain), ("datetime", Plain), ("event_time", Plain),
        ("time_millis", Plain), ("instant", Plain), ("date", Plain), ("time_iso8601", Plain),
        ("time_local", Plain), ("t", Plain), ("time.timestamp", Plain), ("time.repr", Plain),
        ("observed_time_unix_nano", Plain), ("observed_timestamp", Plain),
        ("__realtime_timestamp", Plain), ("start_time", Plain),
    ]),
    (Column::Level, &[
        ("level", Plain), ("lvl", Plain), ("log.level", Plain), ("severity", Plain), ("severity_text", Plain),
        ("levelname", Plain), ("@l", Plain), ("@level", Plain), ("syslog.severity", Syslog), ("priority", Syslog),
        ("sev", Plain), ("error_severity", Plain), ("s", Mongo), ("severity_number", Otel), ("levelno", Python),
        ("status", LevelOrStatus),
    ]),
    (Column::Message, &[
        ("message", Plain), ("msg", Plain), ("@m", Plain), ("@message", Plain), ("text", Plain), ("short_message", Plain), ("body", Plain),
        ("string_value", Plain), ("event", Plain), ("text_payload", Plain), ("rendered_message", Plain),
        ("@mt", Plain), ("message_template", Plain), ("full_message", Plain), ("log", Wrapper),
    ]),
    (Column::Logger, &[
        ("logger", Plain), ("logger_name", Plain), ("log.logger", Plain), ("source_context", Plain),
        ("category", Plain), ("@module", Plain), ("scope.name", Plain), ("name", Named), ("channel", Monolog),
        ("target", Tracing), ("c", Mongo),
    ]),
    (Column::ErrorType, &[
        ("error.type", Plain), ("exception.type", Plain), ("err.type", Plain), ("exc_type", Plain),
        ("error.kind", Plain), ("error.name", Plain), ("err.name", Plain), ("exception_class", Plain),
        ("thrown.name", Plain),
    ]),
    (Column::Stack, &[
        ("stack", Plain), ("stack_trace", Plain), ("exc_info", Plain), ("exception", Plain), ("traceback", Plain),
        ("backtrace", Plain), ("@x", Plain), ("error.stack", Plain), ("error.stack_trace", Plain),
        ("err.stack", Plain), ("exception.stacktrace", Plain), ("thrown.extended_stack_trace", Plain),
    ]),
    (Column::TraceId, &[
        ("trace_id", Plain), ("dd.trace_id", Plain), ("otel_trace_id", Plain), ("x_trace_id", Plain),
        ("@tr", Plain), ("logging.googleapis.com/trace", Plain),
    ]),
    (Column::SpanId, &[
        ("span_id", Plain), ("dd.span_id", Plain), ("otel_span_id", Plain), ("@sp", Plain),
        ("logging.googleapis.com/spanId", Plain),
    ]),
    (Column::TraceParent, &[("traceparent", Plain)]),
    (Column::RequestId, &[
        ("request_id", Plain), ("req_id", Plain), ("x_request_id", Plain), ("http.request.id", Plain),
        ("aws_request_id", Plain), ("correlation_id", Plain),
    ]),
    (Column::UserId, &[("user_id", Plain), ("usr.id", Plain), ("enduser.id", Plain), ("uid", Plain)]),
    (Column::ClientIp, &[
        ("client_ip", Plain), ("client.address", Plain), ("remote_addr", Plain), ("remote_ip", Plain),
        ("remote_address", Plain), ("network.client.ip", Plain), ("source.ip", Plain), ("http.client_ip", Plain),
        ("http_request.remote_ip", Plain), ("req.remote_address", Plain),
    ]),
    (Column::HttpMethod, &[
        ("http.method", Plain), ("http.request.method", Plain), ("request_method", Plain), ("req.method", Plain),
        ("method", Plain), ("http_request.request_method", Plain),
    ]),
    (Column::HttpPath, &[
        ("http.path", Plain), ("url.path", Plain), ("http.target", Plain), ("request_path", Plain),
        ("http.request.path", Plain), ("request_uri", Plain), ("req.url", Plain), ("http.url", Plain),
        ("url.full", Plain), ("http_request.request_url", Plain), ("path", BesideHttp), ("uri", BesideHttp),
        ("url", BesideHttp), ("request_url", BesideHttp),
    ]),
    (Column::HttpStatus, &[
        ("http.status", Plain), ("http.status_code", Plain), ("http.response.status_code", Plain),
        ("status_code", Plain), ("res.status_code", Plain), ("response.status", Plain),
        ("response.status_code", Plain), ("http_request.status", Plain), ("response_code", Plain),
    ]),
    (Column::DurationMs, &[
        ("duration_ms", Plain), ("elapsed_ms", Plain), ("latency_ms", Plain), ("response_time_ms", Plain),
        ("took_ms", Plain), ("response_time", Plain), ("elapsed_milliseconds", Plain),
        ("processing_time_ms", Plain), ("request_time", Seconds), ("duration_s", Seconds),
        ("duration_seconds", Seconds), ("elapsed_seconds", Seconds), ("duration_us", Micros),
        ("event.duration", Nanos), ("duration_ns", Nanos), ("duration", WithUnit), ("elapsed", WithUnit),
        ("latency", WithUnit), ("http_request.latency", WithUnit),
    ]),
];

const MARKS: &[(&str, Mark)] = &[
    ("pid", Mark::PID),
    ("hostname", Mark::HOSTNAME),
    ("v", Mark::VERSION),
    ("levelname", Mark::PYTHON),
    ("levelno", Mark::PYTHON),
    ("func_name", Mark::PYTHON),
    ("short_message", Mark::SYSLOG),
    ("facility", Mark::SYSLOG),
    ("host", Mark::SYSLOG),
    ("fields", Mark::FIELDS),
    ("s", Mark::MONGO_LEVEL),
    ("c", Mark::MONGO_COMPONENT),
    ("record", Mark::RECORD),
    ("@t", Mark::CLEF),
    ("level", Mark::LEVEL),
];

const NAMED: &[&str] = &[
    "log",
    "http",
    "error",
    "err",
    "exception",
    "thrown",
    "trace",
    "span",
    "user",
    "usr",
    "enduser",
    "client",
    "url",
    "req",
    "res",
    "request",
    "response",
    "dd",
    "network",
    "source",
    "scope",
    "http_request",
    "level",
    "time",
    "event",
];

const TRANSPARENT: &[&str] = &[
    "fields",
    "attributes",
    "properties",
    "context",
    "context_map",
    "mdc",
    "extra",
    "ctx",
    "record",
    "json_payload",
    "message",
    "body",
];

/// Longest name that is looked up, and that [`normalise`] gives.
pub(super) const NAME_MAX: usize = 48;

/// A name without case and separators.
#[derive(Clone, Copy)]
pub(super) struct Name {
    bytes: [u8; NAME_MAX],
    len: usize,
}

impl Name {
    pub(super) const EMPTY: Name = Name { bytes: [0; NAME_MAX], len: 0 };

    /// This name and `key` behind it; None when that is longer than any known name.
    pub(super) fn join(mut self, key: &[u8]) -> Option<Name> {
        for &byte in key {
            if matches!(byte, b'_' | b'-' | b'.' | b' ') {
                continue;
            }
            *self.bytes.get_mut(self.len)? = byte.to_ascii_lowercase();
            self.len += 1;
        }
        Some(self)
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Keys that were looked up lately: most lines of a service have the same ones.
const MEMO: usize = 256;
/// Longest key that has a memo.
const MEMO_KEY: usize = 24;

#[derive(Clone, Copy)]
struct Memo {
    key: Packed,
    known: Known,
}

/// A key of at most [`MEMO_KEY`] bytes in three words, compared at once.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Packed {
    len: u8,
    words: [u64; 3],
}

impl Packed {
    #[inline]
    fn new(key: &[u8]) -> Option<Packed> {
        let word = |from: usize| {
            let bytes = key.get(from..).and_then(<[u8]>::first_chunk::<8>);
            bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let words = match key.len() {
            len @ 8..=MEMO_KEY => [word(0), word(len - 8), if len > 16 { word(8) } else { 0 }],
            len @ 4..8 => {
                let half = |from: usize| {
                    let bytes = key.get(from..).and_then(<[u8]>::first_chunk::<4>);
                    bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
                };
                [half(0) | half(len - 4) << 32, 0, 0]
            }
            1..4 => [key.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0, 0],
            _ => return None,
        };
        Some(Packed { len: key.len() as u8, words })
    }

    #[inline]
    fn slot(&self) -> usize {
        let [head, tail, _] = self.words;
        let hash = (head ^ tail.rotate_left(29) ^ u64::from(self.len)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 56) as usize % MEMO
    }
}

/// Looks names up.
pub(crate) struct Names {
    known: HashMap<Box<[u8]>, Known>,
    memo: Box<[Cell<Memo>]>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").field("known", &self.known.len()).finish_non_exhaustive()
    }
}

impl Names {
    pub(crate) fn new() -> Names {
        let mut known: HashMap<Box<[u8]>, Known> = HashMap::new();
        let mut entry = |name: &str, change: &dyn Fn(&mut Known)| {
            if let Some(name) = Name::EMPTY.join(name.as_bytes()) {
                change(known.entry(name.as_slice().into()).or_insert(UNKNOWN));
            }
        };
        for (column, names) in COLUMN_NAMES {
            for (rank, (name, reading)) in names.iter().enumerate() {
                entry(name, &|known| {
                    (known.column, known.rank, known.reading) = (Some(*column), rank as u8, *reading);
                });
            }
        }
        for (name, mark) in MARKS {
            entry(name, &|known| known.mark.add(*mark));
        }
        for name in NAMED {
            entry(name, &|known| known.inside = Inside::Named);
        }
        for name in TRANSPARENT {
            entry(name, &|known| known.inside = Inside::Transparent);
        }
        let empty = Memo { key: Packed { len: 0, words: [0; 3] }, known: UNKNOWN };
        Names { known, memo: vec![Cell::new(empty); MEMO].into() }
    }

    /// What is known of a key at the top of a line.
    #[inline]
    pub(super) fn of_key(&self, key: &[u8]) -> Known {
        let Some(packed) = Packed::new(key) else { return self.of_path(Name::EMPTY, key) };
        let slot = &self.memo[packed.slot()];
        let memo = slot.get();
        if memo.key == packed {
            return memo.known;
        }
        let known = self.of_path(Name::EMPTY, key);
        slot.set(Memo { key: packed, known });
        known
    }

    /// What is known of a key inside the object `prefix`.
    pub(super) fn of_path(&self, prefix: Name, key: &[u8]) -> Known {
        let Some(name) = prefix.join(key) else { return UNKNOWN };
        let mut known = self.known.get(name.as_slice()).copied().unwrap_or(UNKNOWN);
        // Monolog's word and Python's have one name without the underscore.
        if prefix.len == 0 && key == b"level_name" {
            known.mark = Mark::LEVEL_NAME;
        }
        known
    }
}

/// Whether a key names an id, a part of an HTTP request or a duration: what a message may tell in pairs.
pub(crate) fn is_context(names: &Names, key: &[u8]) -> bool {
    // In messages a `uid` is one of Unix.
    if key == b"uid" {
        return false;
    }
    let known = names.of_key(key);
    match known.column {
        Some(
            Column::TraceId
            | Column::SpanId
            | Column::TraceParent
            | Column::RequestId
            | Column::UserId
            | Column::ClientIp
            | Column::HttpMethod
            | Column::HttpPath
            | Column::HttpStatus
            | Column::DurationMs,
        ) => true,
        Some(Column::Level) => known.reading == Reading::LevelOrStatus,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_name_are_one() {
        let names = Names::new();
        for key in ["trace_id", "traceId", "trace.id", "TraceID", "TRACE-ID"] {
            for _ in 0..2 {
                assert_eq!(names.of_key(key.as_bytes()).column, Some(Column::TraceId), "{key}");
            }
        }
        let inside = names.of_path(Name::EMPTY.join(b"trace").expect("short"), b"id");
        assert_eq!(inside.column, Some(Column::TraceId));
    }

    #[test]
    fn no_name_stands_in_two_columns() {
        let mut seen = std::collections::HashSet::new();
        for (column, names) in COLUMN_NAMES {
            for (name, _) in *names {
                let name = Name::EMPTY.join(name.as_bytes()).expect("fits");
                assert!(seen.insert(name.as_slice().to_vec()), "{column:?} {:?}", name.as_slice());
            }
        }
    }

    #[test]
    fn the_memo_gives_what_the_table_gives() {
        let names = Names::new();
        for i in 0..5000u32 {
            let key = format!(
                "{}{}",
                ["msg", "level", "x", "time", "request_id", "a.long.key.of.its.own"][i as usize % 6],
                i % 7
            );
            let key = if i % 7 == 0 { key.trim_end_matches('0').to_owned() } else { key };
            assert_eq!(
                names.of_key(key.as_bytes()).column,
                names.of_path(Name::EMPTY, key.as_bytes()).column,
                "{key}"
            );
        }
    }
}
