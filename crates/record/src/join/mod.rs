//! Lines become logical messages: tracebacks and the few documented multi-line layouts are put together,
//! split messages of a container runtime are put back into one line.
//!
//! Invariants, held by the property tests in `tests/laws.rs`:
//! * every line pushed into a [`Joiner`] is in exactly one [`Logical`], in order and unchanged, so the texts
//!   emitted, joined by `\n`, are the input;
//! * what is held is bounded in lines, bytes and time ([`JoinLimits`]);
//! * nothing here reads a clock: the time of receipt is passed in.
//!
//! Indented lines in general are *not* joined: only lines that the layout of a known runtime explains are.
//!
//! `joiner` holds the lines, `open` says what a line can begin, `attach` whether a line goes on from a held
//! one, `step` how a begun trace goes on (one submodule a runtime), `class` what single lines look like,
//! `facts` reads the exception's class out of a trace, `partial` handles split messages.

mod attach;
mod class;
mod facts;
mod joiner;
mod open;
mod partial;
mod step;
#[cfg(test)]
mod tests;

pub(crate) use facts::{TraceFacts, error_type_of_stack};
pub(crate) use joiner::Joiner;
pub use partial::PartialLimits;
pub(crate) use partial::{Assembled, PartialJoiner};

use crate::level::Level;

/// Bounds of what a [`Joiner`] holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinLimits {
    /// When false every line is a message of its own, emitted at once.
    pub enabled: bool,
    /// Most lines in one message; a longer trace goes on in a `continued` message.
    pub max_lines: usize,
    /// Most bytes in one message, line feeds between its lines included. A single longer line stays whole.
    pub max_bytes: usize,
    /// Longest time in milliseconds between two lines of one message.
    pub max_wait_ms: i64,
}

impl Default for JoinLimits {
    fn default() -> Self {
        JoinLimits { enabled: true, max_lines: 1000, max_bytes: 256 * 1024, max_wait_ms: 5000 }
    }
}

/// The runtime whose layout a trace has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TraceKind {
    /// `Traceback (most recent call last):` and exception groups.
    Python,
    /// Java, Kotlin, Scala: `\tat pkg.Class.method(File.java:1)`.
    Jvm,
    /// `   at Namespace.Class.Method() in file:line 1`.
    DotNet,
    /// `    at function (file:1:2)`.
    Node,
    /// `panic:` and `goroutine 1 [running]:`.
    Go,
    /// `thread 'main' panicked at` and the report of `anyhow`.
    Rust,
    /// `\tfrom a.rb:3:in 'f'`.
    Ruby,
    /// `Stack trace:` and `#0 file(line): call`.
    Php,
}

/// Why the lines of a [`Logical`] stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// One line that belongs to no join.
    Line,
    /// A trace, with or without a head line.
    Trace(TraceKind),
    /// Another documented layout without a trace in it: .NET console logger (header and lines indented by
    /// six spaces), java.util.logging (two lines), PostgreSQL (lines continued by a leading tab).
    Lines,
}

/// One logical message: what becomes one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Logical<'a> {
    /// The lines, joined by `\n`.
    pub(crate) text: &'a [u8],
    /// Length of the head, the text before the trace (without the `\n` between them): 0 for a bare trace or
    /// a `continued` one, the whole text for [`Shape::Line`] and [`Shape::Lines`]. The head of a
    /// java.util.logging or .NET console record has several lines.
    pub(crate) head_len: usize,
    /// Why the lines stand together.
    pub(crate) shape: Shape,
    /// Number of lines in `text`.
    pub(crate) lines: usize,
    /// When the first line was received, in milliseconds since the epoch.
    pub(crate) received_ms: i64,
    /// This is the rest of a message that a limit of [`JoinLimits`] cut.
    pub(crate) continued: bool,
}

impl<'a> Logical<'a> {
    /// The trace without its head; empty when there is none.
    pub(crate) fn trace(&self) -> &'a [u8] {
        let rest = &self.text[self.head_len.min(self.text.len())..];
        rest.strip_prefix(b"\n").filter(|_| self.head_len > 0).unwrap_or(rest)
    }

    /// The exception of a trace. Where the trace has frames only (Node's `console.error("failed", error)`,
    /// PHP's log, Go's `http: panic serving`) it is read from the end of the head.
    pub(crate) fn facts(&self) -> Option<TraceFacts<'a>> {
        let Shape::Trace(kind) = self.shape else { return None };
        let facts = facts::trace_facts(kind, self.trace());
        Some(if facts.error_type.is_none() {
            facts::from_head(kind, self.head()).unwrap_or(facts)
        } else {
            facts
        })
    }

    /// The head; empty for a bare trace.
    pub(crate) fn head(&self) -> &'a [u8] {
        &self.text[..self.head_len.min(self.text.len())]
    }
}

/// What the text parser knows of one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct HeadInfo {
    /// The line carries a time or a level in the layout of a known logger, so it begins a record.
    pub(crate) starts_record: bool,
    /// The level that the line states itself.
    pub(crate) level: Option<Level>,
}

/// Asks the text parser about one line. Called rarely: when a trace might begin or end.
pub(crate) trait Heads {
    /// What the parser knows of `line`.
    fn head(&self, line: &[u8]) -> HeadInfo;
}
