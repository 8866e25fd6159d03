//! Whether a line goes on from a held text line, its head.

use super::class;
use super::open::report_kind;
use super::step::{At, Go, Group, Line, Python, Rust, State, Verdict};
use super::{HeadInfo, TraceKind};
use crate::level::Level;

/// Looks at `line` after the held line `head`. On anything but a refusal the group becomes a trace's.
pub(super) fn attach(
    group: &mut Group,
    head: &[u8],
    head_info: &dyn Fn() -> HeadInfo,
    line: &Line<'_>,
) -> Verdict {
    let bytes = line.bytes;
    let Some(first) = bytes.first() else {
        // The report of anyhow after a logger's line: a blank, then `Caused by:`.
        group.state = State::TextBlank;
        return Verdict::Hold;
    };
    let severe = || head_info().level.is_some_and(|level| level >= Level::Warn);
    let (state, verdict) = match first {
        b' ' | b'\t' => return attach_indented(group, head, &severe, bytes),
        b'{' => return Verdict::Refuse,
        // `stack_info=True` at any level.
        b'S' if class::is_stack_info(bytes) => (State::Python(Python::Stack), Verdict::Accept),
        b'T' if class::is_traceback(bytes) && severe() => (State::Python(Python::Body), Verdict::Accept),
        b'g' if class::is_goroutine(bytes) => (State::Go(Go::Stack), Verdict::Accept),
        b'f' | b'h' | b't' | b'p' if class::is_asyncio_context(bytes) => {
            (State::Python(Python::Prelude), Verdict::Hold)
        }
        b'C' if class::is_cause(bytes) => (State::At(TraceKind::Jvm, At::Message), Verdict::Accept),
        b'S' | b'P' if matches!(class::trim_end(bytes), b"Stack trace:" | b"PHP Stack trace:") => {
            if head.starts_with(b"PHP ") || head.starts_with(b"Fatal error: ") {
                group.head_len = 0;
            }
            (State::Php, Verdict::Accept)
        }
        _ if class::exception_class(bytes).is_some() && severe() => {
            (State::At(report_kind(bytes), At::Message), Verdict::Hold)
        }
        _ => return Verdict::Refuse,
    };
    group.state = state;
    verdict
}

fn attach_indented(group: &mut Group, head: &[u8], severe: &dyn Fn() -> bool, line: &[u8]) -> Verdict {
    group.state = if let Some(kind) = class::frame(line) {
        if line.ends_with(b" {") { State::At(kind, At::Props) } else { State::At(kind, At::Frames) }
    } else if class::is_cause(line) {
        let kind = if class::trim(line).starts_with(b"--") { TraceKind::DotNet } else { TraceKind::Jvm };
        State::At(kind, At::Message)
    } else if line.starts_with(b"\tfrom ") {
        if memchr::memmem::find(head, b".rb:").is_some() && !head.contains(&b'[') {
            group.head_len = 0;
        }
        State::Ruby
    } else if class::is_group_traceback(line) && severe() {
        State::Python(Python::Group)
    } else if line.starts_with(b"\t") && class::is_postgres(head) {
        State::Postgres
    } else if class::is_blank(line) {
        group.state = State::TextBlank;
        return Verdict::Hold;
    } else {
        return Verdict::Refuse;
    };
    Verdict::Accept
}

/// The line after a text line and a blank one.
pub(super) fn after_blank(group: &mut Group, line: &[u8]) -> Verdict {
    if class::trim_end(line) != b"Caused by:" {
        return Verdict::Refuse;
    }
    group.state = State::Rust(Rust::Causes);
    Verdict::Accept
}
