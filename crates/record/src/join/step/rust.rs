//! Rust: panics, their backtraces, and the report of `anyhow`.

use super::{Group, Line, State, Verdict, accept_if};
use crate::join::class;

/// Where in a Rust report the group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::join) enum Rust {
    /// After `thread 'x' panicked at src/main.rs:1:2:`, the message follows.
    Head,
    /// After the message's first line.
    Message,
    /// The numbered lines of a backtrace.
    Backtrace,
    /// `anyhow`: the indented causes.
    Causes,
    /// `anyhow`: a blank line after the causes.
    CausesBlank,
    /// After the closing note.
    End,
}

pub(super) fn step(group: &mut Group, state: Rust, line: &Line<'_>) -> Verdict {
    let (next, verdict) = judge(state, line);
    group.state = State::Rust(next);
    verdict
}

fn judge(state: Rust, line: &Line<'_>) -> (Rust, Verdict) {
    let bytes = line.bytes;
    let begins_trace = || matches!(class::trim_end(bytes), b"stack backtrace:" | b"Stack backtrace:");
    match state {
        Rust::Head if class::is_rust_panic(bytes) => (state, Verdict::Refuse),
        Rust::Head => (Rust::Message, accept_if(line.is_loose())),
        Rust::Message if bytes.starts_with(b"note: ") => (Rust::End, Verdict::Accept),
        Rust::Message if begins_trace() => (Rust::Backtrace, Verdict::Accept),
        Rust::Message if class::is_rust_panic(bytes) => (state, Verdict::Refuse),
        Rust::Message => (state, line.hold_message()),
        Rust::Backtrace if bytes.starts_with(b"note: ") => (Rust::End, Verdict::Accept),
        Rust::Backtrace => (state, accept_if(is_backtrace_line(bytes))),
        Rust::Causes if bytes.starts_with(b"    ") => (state, Verdict::Accept),
        Rust::Causes if class::is_blank(bytes) => (Rust::CausesBlank, Verdict::Hold),
        Rust::CausesBlank if begins_trace() => (Rust::Backtrace, Verdict::Accept),
        Rust::CausesBlank if bytes == b"Location:" => (Rust::Causes, Verdict::Accept),
        Rust::Causes | Rust::CausesBlank | Rust::End => (state, Verdict::Refuse),
    }
}

/// `   0: name`, `             at file:1:2`, `      [... omitted 3 frames ...]`
fn is_backtrace_line(line: &[u8]) -> bool {
    let text = class::trim(line);
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    text.len() < line.len()
        && (text.starts_with(b"at ")
            || text.starts_with(b"[... omitted ")
            || (digits > 0 && text[digits..].starts_with(b":")))
}
