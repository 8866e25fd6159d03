//! What a line can begin when nothing held explains it.

use super::TraceKind;
use super::class;
use super::step::{At, Go, Group, Jul, Node, Python, Rust, State};

/// What to do with a fresh line.
pub(super) enum Opening {
    /// Nothing can follow it: a message of its own.
    Emit,
    /// It may have a continuation.
    Hold(Group),
}

/// Decides by the first byte, then by the layout.
pub(super) fn opening(line: &[u8]) -> Opening {
    let Some(first) = line.first() else { return Opening::Emit };
    let state = match first {
        b'{' => return Opening::Emit,
        b' ' | b'\t' => return indented(line),
        b'T' if class::is_traceback(line) => State::Python(Python::Body),
        b'E' | b'T' | b'F' | b'-' if class::is_python_prelude(line) => State::Python(Python::Prelude),
        b'g' if class::is_goroutine(line) => State::Go(Go::Stack),
        b'p' if line.starts_with(b"panic: ") => State::Go(Go::Message),
        b'f' if line.starts_with(b"fatal error: ") => State::Go(Go::Message),
        b't' if class::is_rust_panic(line) => {
            // Before Rust 1.73 the message stood in quotes on this line, since then on the next.
            let told = !class::trim_end(line).ends_with(b":");
            let state = if told { Rust::Message } else { Rust::Head };
            return Opening::Hold(Group { whole: true, ..Group::bare(State::Rust(state)) });
        }
        b'/' | b'n' | b'f' if class::is_node_location(line) => State::Node(Node::Source),
        b'A'..=b'Z' if class::is_jul_header(line) => {
            return Opening::Hold(Group { head_len: usize::MAX, ..Group::bare(State::Jul(Jul::Header)) });
        }
        b'a'..=b'z' if class::is_console_header(line) => {
            return Opening::Hold(Group { head_len: line.len(), ..Group::bare(State::Console(None)) });
        }
        b'0'..=b'9' | b'[' if line.ends_with(b"]") && class::is_console_header(line) => {
            return Opening::Hold(Group { head_len: line.len(), ..Group::bare(State::Console(None)) });
        }
        _ if class::is_exception_line(line) => State::At(report_kind(line), At::Message),
        _ => return Opening::Hold(Group { head_len: line.len(), ..Group::bare(State::Text) }),
    };
    Opening::Hold(Group::bare(state))
}

/// Indented lines: a lone frame (its head was lost) may be followed by others, the rest stands alone.
fn indented(line: &[u8]) -> Opening {
    let state = if class::is_blank(line) {
        return Opening::Emit;
    } else if class::is_group_traceback(line) {
        State::Python(Python::Group)
    } else if class::is_python_frame(line) {
        State::Python(Python::Body)
    } else if let Some(kind) = class::frame(line) {
        State::At(kind, At::Frames)
    } else {
        // A frame may still follow it, as after any text.
        return Opening::Hold(Group { head_len: line.len(), ..Group::bare(State::Text) });
    };
    Opening::Hold(Group::bare(state))
}

/// The runtime that a bare exception line hints at; the first frame corrects it.
pub(super) fn report_kind(line: &[u8]) -> TraceKind {
    match line.first() {
        Some(b'(') => TraceKind::Node,
        Some(b'U') if line.starts_with(b"Unhandled ") => TraceKind::DotNet,
        _ => match class::exception_class(line) {
            Some(name) if !name.contains(&b'.') => TraceKind::Node,
            Some(name) if name.starts_with(b"System.") || name.starts_with(b"Microsoft.") => {
                TraceKind::DotNet
            }
            _ => TraceKind::Jvm,
        },
    }
}
