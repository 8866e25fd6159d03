//! Go: panics, fatal errors and the stacks of goroutines.

use super::{Group, Line, State, Verdict, accept_if};
use crate::join::class;

/// Where in a Go report the group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::join) enum Go {
    /// After `panic: …`: more of the message, nested panics, the signal.
    Message,
    /// After a blank line before the first goroutine.
    MessageBlank,
    /// Within a goroutine's stack.
    Stack,
    /// After a blank line between goroutines.
    Blank,
    /// After `exit status 2`.
    End,
}

pub(super) fn step(group: &mut Group, state: Go, line: &Line<'_>) -> Verdict {
    let (next, verdict) = judge(state, line);
    group.state = State::Go(next);
    verdict
}

fn judge(state: Go, line: &Line<'_>) -> (Go, Verdict) {
    let bytes = line.bytes;
    if state == Go::End {
        return (state, Verdict::Refuse);
    }
    if class::is_goroutine(bytes) || class::trim_end(bytes) == b"runtime stack:" {
        return (Go::Stack, Verdict::Accept);
    }
    match state {
        Go::Message | Go::MessageBlank if bytes.starts_with(b"\t") || bytes.starts_with(b"[signal ") => {
            (Go::Message, Verdict::Accept)
        }
        Go::Message if class::is_blank(bytes) => (Go::MessageBlank, Verdict::Hold),
        Go::Message => (Go::Message, line.hold_message()),
        Go::MessageBlank => (state, Verdict::Refuse),
        Go::Stack if class::is_blank(bytes) => (Go::Blank, Verdict::Hold),
        Go::Stack if bytes.starts_with(b"\t") || bytes.starts_with(b"created by ") => {
            (Go::Stack, Verdict::Accept)
        }
        Go::Stack if bytes.starts_with(b"...") => (Go::Stack, accept_if(bytes.ends_with(b"elided..."))),
        Go::Stack if is_exit(bytes) => (Go::End, Verdict::Accept),
        // A function stands before its place, which confirms it.
        Go::Stack if is_call(bytes) && line.tentative == 0 => (Go::Stack, Verdict::Hold),
        Go::Blank if is_exit(bytes) => (Go::End, Verdict::Accept),
        Go::Blank if is_register(bytes) => (Go::Blank, Verdict::Accept),
        _ => (state, Verdict::Refuse),
    }
}

fn is_exit(line: &[u8]) -> bool {
    line.strip_prefix(b"exit status ").is_some_and(|code| {
        !class::trim_end(code).is_empty() && class::trim_end(code).iter().all(u8::is_ascii_digit)
    })
}

/// `main.main()`, `net/http.(*conn).serve(0x1, {0x2, 0x3})`, `panic({0x1?, 0x2?})`
fn is_call(line: &[u8]) -> bool {
    let end = class::trim_end(line);
    !class::is_indented(line) && end.ends_with(b")") && end.contains(&b'(')
}

/// A line of the register dump after a signal: `rax    0x0`.
fn is_register(line: &[u8]) -> bool {
    let n = line.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    (2..=6).contains(&n) && line[n..].starts_with(b" ") && class::trim(&line[n..]).starts_with(b"0x")
}
