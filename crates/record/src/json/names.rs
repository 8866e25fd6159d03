//! Field names of the well-known loggers and the columns they fill.
//!
//! Names are compared without case and without `_`, `-`, `.` and blanks, so one entry stands for all spellings of
//! a name, and `trace.id` also for `id` inside an object `trace`. Within a column the first name wins.

mod table;

use std::cell::Cell;
use std::collections::HashMap;

use table::{COLUMN_NAMES, MARKS, NAMED, TRANSPARENT};

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
