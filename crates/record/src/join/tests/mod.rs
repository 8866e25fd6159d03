//! Tests of the joins: real traces, laws, limits, and partial messages.

mod laws;
mod limits;
mod partials;
mod traces;

use super::{HeadInfo, Heads, JoinLimits, Joiner, Shape};
use crate::level::Level;

/// A small stand-in for the text parser: a date, a bracketed time or `LEVEL:` begins a record.
pub(super) struct Parser;

impl Heads for Parser {
    fn head(&self, line: &[u8]) -> HeadInfo {
        let dated = line.starts_with(b"20") || line.starts_with(b"[0") || line.starts_with(b"[24-");
        let level = line
            .split(|b| !b.is_ascii_alphabetic())
            .filter(|word| word.len() > 2 && word.iter().all(u8::is_ascii_uppercase))
            .take(2)
            .find_map(Level::from_word);
        let labelled = level.is_some() && line.iter().take(9).any(|b| *b == b':') && !dated;
        HeadInfo { starts_record: dated || labelled, level: level.filter(|_| dated || labelled) }
    }
}

/// A copy of what was emitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Got {
    pub(super) text: Vec<u8>,
    pub(super) head_len: usize,
    pub(super) shape: Shape,
    pub(super) lines: usize,
    pub(super) received_ms: i64,
    pub(super) continued: bool,
}

impl Got {
    pub(super) fn logical(&self) -> super::Logical<'_> {
        super::Logical {
            text: &self.text,
            head_len: self.head_len,
            shape: self.shape,
            lines: self.lines,
            received_ms: self.received_ms,
            continued: self.continued,
        }
    }
}

/// Pushes lines with their times and flushes.
pub(super) fn join(limits: JoinLimits, lines: &[(&[u8], i64)]) -> Vec<Got> {
    let mut joiner = Joiner::new(limits);
    let mut got = Vec::new();
    let mut emit = |l: super::Logical<'_>| {
        got.push(Got {
            text: l.text.to_vec(),
            head_len: l.head_len,
            shape: l.shape,
            lines: l.lines,
            received_ms: l.received_ms,
            continued: l.continued,
        });
    };
    for (line, at) in lines {
        joiner.push(&Parser, line, *at, &mut emit);
    }
    joiner.flush(&mut emit);
    assert!(joiner.is_idle());
    got
}

/// The fixtures `tests/traces/*.txt` by name.
pub(super) fn fixtures() -> Vec<(String, Vec<u8>)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/traces");
    let mut all: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// The lines of a fixture.
pub(super) fn lines_of(text: &[u8]) -> Vec<&[u8]> {
    text.strip_suffix(b"\n").unwrap_or(text).split(|b| *b == b'\n').collect()
}
