//! Traces whose frames begin with `at`: JVM, .NET, Node.

use super::{Group, Line, Rust, State, Verdict, accept_if};
use crate::join::{TraceKind, class};

/// Where in such a trace the group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::join) enum At {
    /// After an exception's line: its message may have several lines until the first frame.
    Message,
    /// As `Message`, after a head that ends at this offset (java.util.logging).
    AfterHead(usize),
    /// Frames.
    Frames,
    /// The properties that Node prints after the frames, between `{` and `}`.
    Props,
    /// After a blank line.
    Blank,
    /// Nothing more can follow.
    End,
}

/// Node's uncaught form before its error line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::join) enum Node {
    /// After the location: the source line follows.
    Source,
    /// After the source line: the line of carets follows.
    Carets,
    /// After the carets: a blank line and the error follow.
    Error,
}

pub(super) fn step(group: &mut Group, kind: TraceKind, at: At, line: &Line<'_>) -> Verdict {
    if at == At::Blank && class::trim_end(line.bytes) == b"Caused by:" {
        // The report of anyhow begins like an exception's line: `Error: m`, a blank, the causes.
        group.state = State::Rust(Rust::Causes);
        return Verdict::Accept;
    }
    let (kind, next, verdict) = judge(kind, at, line);
    // The place where a java.util.logging head ends is kept until a frame proves the trace.
    let next = match (at, next) {
        (At::AfterHead(end), At::Message) if verdict == Verdict::Hold => At::AfterHead(end),
        (At::AfterHead(end), next) => {
            if verdict == Verdict::Accept {
                group.head_len = end;
            }
            next
        }
        (_, next) => next,
    };
    group.state = State::At(kind, next);
    verdict
}

fn judge(kind: TraceKind, at: At, line: &Line<'_>) -> (TraceKind, At, Verdict) {
    let bytes = line.bytes;
    match at {
        At::End => (kind, at, Verdict::Refuse),
        At::Props => props(kind, bytes),
        At::Blank if bytes.starts_with(b"Node.js v") => (TraceKind::Node, At::End, Verdict::Accept),
        At::Blank => (kind, at, Verdict::Refuse),
        At::Message | At::AfterHead(_) | At::Frames => {
            if let Some(seen) = class::frame(bytes) {
                let next = if class::trim_end(bytes).ends_with(b" {") { At::Props } else { At::Frames };
                // The first frame says which runtime it is; a message alone only hints at it.
                let kind = if at == At::Frames { kind } else { seen };
                return (kind, next, Verdict::Accept);
            }
            if class::is_cause(bytes) {
                return (kind, At::Message, Verdict::Accept);
            }
            if class::is_frame_filler(bytes) {
                // Node's `... 5 lines matching cause stack trace ... {` never opens properties: a frame does.
                return (kind, At::Frames, Verdict::Accept);
            }
            if class::is_blank(bytes) {
                return (kind, At::Blank, Verdict::Hold);
            }
            if bytes.starts_with(b"(Use `node --trace-") {
                return (TraceKind::Node, At::Frames, Verdict::Accept);
            }
            if at == At::Frames {
                return (kind, at, Verdict::Refuse);
            }
            (kind, At::Message, line.hold_message())
        }
    }
}

fn props(kind: TraceKind, line: &[u8]) -> (TraceKind, At, Verdict) {
    match line.first() {
        Some(b'}') => (kind, At::Frames, accept_if(class::trim_end(line).len() <= 2)),
        Some(b' ') => (kind, At::Props, Verdict::Accept),
        _ => (kind, At::Props, Verdict::Refuse),
    }
}

/// Judges a line of Node's uncaught form before its frames.
pub(super) fn uncaught(group: &mut Group, state: Node, line: &Line<'_>) -> Verdict {
    let (next, verdict) = match state {
        Node::Source => (State::Node(Node::Carets), line.hold_message()),
        Node::Carets => (State::Node(Node::Error), accept_if(class::is_carets(line.bytes))),
        Node::Error if class::is_blank(line.bytes) => (State::Node(Node::Error), Verdict::Accept),
        Node::Error => (State::At(TraceKind::Node, At::Message), accept_if(line.is_loose())),
    };
    group.state = next;
    verdict
}
