//! What single lines look like. Pure tests on bytes, cheapest first; none looks at another line.

use super::TraceKind;

/// Without leading spaces and tabs.
pub(super) fn trim(line: &[u8]) -> &[u8] {
    let n = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    &line[n..]
}

/// Empty, or nothing but blanks and a carriage return.
pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r'))
}

/// Begins with a space or tab.
pub(super) fn is_indented(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}

/// Without a trailing carriage return or blanks.
pub(super) fn trim_end(line: &[u8]) -> &[u8] {
    line.trim_ascii_end()
}

/// The qualified class name at the start of an exception line: `java.io.IOException: x`, `TypeError`,
/// `Error [ERR_X]: m`. `None` unless the name ends in a word that only exceptions have.
pub(super) fn exception_class(line: &[u8]) -> Option<&[u8]> {
    if !line.first()?.is_ascii_alphabetic() {
        return None;
    }
    let n = line
        .iter()
        .take_while(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b'/' | b'@' | b'`' | b'\\')
        })
        .count();
    let (name, rest) = line.split_at(n);
    let bare = name.split(|b| *b == b'`').next().unwrap_or(name);
    if ![&b"Exception"[..], b"Error", b"Throwable", b"Failure", b"Rejection"]
        .iter()
        .any(|w| bare.ends_with(w))
    {
        return None;
    }
    let rest = trim_end(rest);
    (rest.is_empty() || rest.starts_with(b": ") || rest == b":" || rest.starts_with(b" [")).then_some(name)
}

/// The start of a bare exception report of the JVM, .NET or Node.
pub(super) fn is_exception_line(line: &[u8]) -> bool {
    exception_class(line).is_some() || report_prefix(line).is_some()
}

/// The text after the words a runtime puts before an uncaught exception.
pub(super) fn report_prefix(line: &[u8]) -> Option<&[u8]> {
    match line.first()? {
        b'E' => {
            let rest = line.strip_prefix(b"Exception in thread \"")?;
            let end = memchr::memmem::find(rest, b"\" ")?;
            Some(&rest[end + 2..])
        }
        b'U' => line
            .strip_prefix(b"Unhandled exception. ")
            .or_else(|| line.strip_prefix(b"Unhandled Exception: "))
            .or_else(|| line.strip_prefix(b"Uncaught ").filter(|rest| exception_class(rest).is_some())),
        b'(' => {
            let rest = line.strip_prefix(b"(node:")?;
            let end = memchr::memmem::find(rest, b") ")?;
            rest[end + 2..].strip_prefix(b"UnhandledPromiseRejectionWarning: ")
        }
        _ => None,
    }
}

/// A stack frame `at …` and whose layout it has.
pub(super) fn frame(line: &[u8]) -> Option<TraceKind> {
    let text = trim(line);
    let indent = line.len() - text.len();
    if indent == 0 || !text.starts_with(b"at ") {
        return None;
    }
    let end = trim_end(text);
    if is_jvm_place(end) || line[0] == b'\t' && is_qualified_call(end) {
        return Some(TraceKind::Jvm);
    }
    // Node prints a place with line and column, or in brackets; .NET prints a signature with brackets.
    if indent >= 4 && is_node_frame(end) { Some(TraceKind::Node) } else { dotnet_frame(end) }
}

fn is_jvm_place(text: &[u8]) -> bool {
    let Some(open) = memchr::memrchr(b'(', text) else { return false };
    let place = &text[open + 1..];
    let place = place.split(|b| *b == b')').next().unwrap_or(place);
    place == b"Native Method"
        || place == b"Unknown Source"
        || [&b".java"[..], b".kt", b".scala", b".groovy", b".clj"].iter().any(|e| {
            memchr::memmem::find(place, e)
                .is_some_and(|at| matches!(place.get(at + e.len()), None | Some(b':')))
        })
}

fn is_node_frame(text: &[u8]) -> bool {
    let text = text.strip_suffix(b" {").unwrap_or(text);
    let text = text.strip_suffix(b",").unwrap_or(text);
    let text = text.strip_suffix(b")").unwrap_or(text);
    if text.ends_with(b"<anonymous>") || text.ends_with(b"(native") || text.starts_with(b"at async ") {
        return true;
    }
    // `…:12:34`
    let digits = |t: &[u8]| t.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let column = digits(text);
    let Some(before) = text[..text.len() - column].strip_suffix(b":") else { return false };
    let place = &before[..before.len() - digits(before)];
    // A file or a module stands before line and column: `at 10:12:34` is a time.
    column > 0 && place.len() < before.len() && place.iter().any(|b| matches!(b, b'/' | b'\\' | b'.' | b'<'))
        || column > 0 && place.len() < before.len() && memchr::memmem::find(place, b"node:").is_some()
}

/// `at name(…)`, with no blank in the name: `at the office (room 3)` is prose.
fn dotnet_frame(text: &[u8]) -> Option<TraceKind> {
    let call = text.get(3..)?;
    let open = memchr::memchr(b'(', call)?;
    let name = &call[..open];
    (open > 0 && !name.contains(&b' ') && call.contains(&b')')).then_some(TraceKind::DotNet)
}

/// `at a.b.Class.method(…`: a qualified name right before the bracket.
fn is_qualified_call(text: &[u8]) -> bool {
    let call = text.get(3..).unwrap_or_default();
    let name = memchr::memchr(b'(', call).map_or(&call[..0], |open| &call[..open]);
    name.contains(&b'.') && !name.contains(&b' ')
}

/// Lines between or after frames that stay with the trace: `... 12 more`, `--- End of …`.
pub(super) fn is_frame_filler(line: &[u8]) -> bool {
    let text = trim(line);
    match text.first() {
        Some(b'.') => {
            let Some(rest) = text.strip_prefix(b"... ") else { return false };
            rest.first().is_some_and(u8::is_ascii_digit)
                && [&b"more"[..], b"common frames omitted", b"frames truncated", b"lines matching"]
                    .iter()
                    .any(|w| memchr::memmem::find(rest, w).is_some())
        }
        Some(b'-') => text.starts_with(b"--- End of "),
        Some(b'[') => text.starts_with(b"[CIRCULAR REFERENCE"),
        _ => false,
    }
}

/// A line that brings in another exception of the same trace.
pub(super) fn is_cause(line: &[u8]) -> bool {
    let text = trim(line);
    match text.first() {
        Some(b'C') => text.starts_with(b"Caused by: "),
        Some(b'S') => text.len() < line.len() && text.starts_with(b"Suppressed: "),
        Some(b'W') => text.starts_with(b"Wrapped by: "),
        Some(b'-') => text.len() < line.len() && text.starts_with(b"---> "),
        _ => false,
    }
}

/// `Traceback (most recent call last):`
pub(super) fn is_traceback(line: &[u8]) -> bool {
    line.starts_with(b"Traceback (most recent call last)")
}

/// `  + Exception Group Traceback (most recent call last):`
pub(super) fn is_group_traceback(line: &[u8]) -> bool {
    line.starts_with(b"  + Exception Group Traceback (most recent call last)")
}

/// `  File "x.py", line 1, in f`
pub(super) fn is_python_frame(line: &[u8]) -> bool {
    line.starts_with(b"  File \"") && memchr::memmem::find(line, b", line ").is_some()
}

/// Lines that Python prints before a traceback: `Exception in thread Thread-1 (f):`, `Exception ignored in:`.
pub(super) fn is_python_prelude(line: &[u8]) -> bool {
    let line = trim_end(line);
    line == b"--- Logging error ---"
        || (line.starts_with(b"Exception in thread ") && line.ends_with(b":") && !line.contains(&b'"'))
        || line.starts_with(b"Exception ignored in: ")
        || line.starts_with(b"Exception ignored in sys.unraisablehook: ")
        || line == b"Task exception was never retrieved"
        || line == b"Future exception was never retrieved"
        || line.starts_with(b"Exception in callback ")
}

/// What `logging` prints for `stack_info=True`.
pub(super) fn is_stack_info(line: &[u8]) -> bool {
    line.starts_with(b"Stack (most recent call last)")
}

/// `future: <Task …>` and its kin: asyncio's context lines between the message and the traceback.
pub(super) fn is_asyncio_context(line: &[u8]) -> bool {
    [&b"future: <"[..], b"handle: <", b"task: <", b"protocol: <", b"transport: <"]
        .iter()
        .any(|p| line.starts_with(p))
}

/// The name of a Python exception's last line: `pkg.Name: message`, `Name`.
pub(super) fn python_final(line: &[u8]) -> Option<&[u8]> {
    let line = trim_end(line);
    if !line.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80) {
        return None;
    }
    let n = line
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'<' | b'>') || **b >= 0x80)
        .count();
    let (name, rest) = line.split_at(n);
    (rest.is_empty() || rest.starts_with(b": ") || rest == b":").then_some(name)
}

/// `goroutine 1 [running]:`
pub(super) fn is_goroutine(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"goroutine ") else { return false };
    rest.first().is_some_and(u8::is_ascii_digit) && rest.contains(&b'[') && trim_end(rest).ends_with(b":")
}

/// `thread 'main' panicked at …`, with or without the thread's number.
pub(super) fn is_rust_panic(line: &[u8]) -> bool {
    line.starts_with(b"thread '") && memchr::memmem::find(line, b" panicked at ").is_some()
}

/// `/app/x.js:3`, `node:internal/x:12`, `file:///app/x.mjs:3`: where Node says the exception came from.
pub(super) fn is_node_location(line: &[u8]) -> bool {
    let line = trim_end(line);
    if !(line.starts_with(b"/") || line.starts_with(b"node:") || line.starts_with(b"file:///")) {
        return false;
    }
    let digits = line.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    digits > 0 && line[..line.len() - digits].ends_with(b":") && !line.contains(&b' ')
}

/// Nothing but blanks and carets.
pub(super) fn is_carets(line: &[u8]) -> bool {
    let text = trim_end(trim(line));
    !text.is_empty() && text.iter().all(|b| *b == b'^')
}

/// The first line of a java.util.logging record: `Nov 24, 2026 1:02:03 AM com.example.App main`.
pub(super) fn is_jul_header(line: &[u8]) -> bool {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let Some(month) = line.get(..4) else { return false };
    if month[3] != b' ' || !MONTHS.chunks(3).any(|m| m == &month[..3]) {
        return false;
    }
    let head = &line[..line.len().min(32)];
    memchr::memmem::find(head, b", ").is_some()
        && (memchr::memmem::find(head, b"M ").is_some()
            || memchr::memmem::find(head, "M\u{202f}".as_bytes()).is_some())
        && head.iter().filter(|b| **b == b':').count() >= 2
}

/// The second line of a java.util.logging record: `SEVERE: message`.
pub(super) fn is_jul_message(line: &[u8]) -> bool {
    let Some(colon) = line.iter().take(12).position(|b| *b == b':') else { return false };
    matches!(&line[..colon], b"SEVERE" | b"WARNING" | b"INFO" | b"CONFIG" | b"FINE" | b"FINER" | b"FINEST")
}

/// The header of the .NET console logger: `info: Category[0]`.
pub(super) fn is_console_header(line: &[u8]) -> bool {
    // A time may stand before it (`TimestampFormat`).
    let line = match line.first() {
        Some(b'0'..=b'9' | b'[') => {
            let open = usize::from(line[0] == b'[');
            let Some((_, used, _)) = crate::time::prefix(&line[open..]) else { return false };
            let rest = &line[open + used..];
            trim(rest.strip_prefix(b"]").unwrap_or(rest))
        }
        _ => line,
    };
    let Some(word) = line.get(..6) else { return false };
    matches!(word, b"trce: " | b"dbug: " | b"info: " | b"warn: " | b"fail: " | b"crit: ")
        && trim_end(line).ends_with(b"]")
}

/// A PostgreSQL line: a severity followed by a colon and two spaces.
pub(super) fn is_postgres(line: &[u8]) -> bool {
    let severities: [&[u8]; 10] = [
        b"LOG",
        b"ERROR",
        b"STATEMENT",
        b"DETAIL",
        b"FATAL",
        b"WARNING",
        b"HINT",
        b"CONTEXT",
        b"PANIC",
        b"NOTICE",
    ];
    memchr::memmem::find_iter(line, b":  ").any(|at| severities.iter().any(|s| line[..at].ends_with(s)))
}
