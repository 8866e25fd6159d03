//! Reads the exception's class and line out of a trace.

use super::TraceKind;
use super::class;

/// What a trace says of the exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceFacts<'a> {
    /// The class as the runtime prints it, qualified where it does so (`java.io.IOException`, `KeyError`);
    /// `panic` and `fatal error` for Go, `panic` for Rust. `None` when no line shows one.
    pub(crate) error_type: Option<&'a [u8]>,
    /// The exception's line, its class included; the panic's message for Rust. Empty when not found.
    pub(crate) message: &'a [u8],
}

const NOTHING: TraceFacts<'static> = TraceFacts { error_type: None, message: b"" };

/// The facts of a trace of a known kind: the last exception printed for Python (the one that reached the
/// top), the first for all others (causes follow it).
pub(crate) fn trace_facts(kind: TraceKind, trace_text: &[u8]) -> TraceFacts<'_> {
    match kind {
        TraceKind::Python => python(trace_text),
        TraceKind::Jvm | TraceKind::DotNet | TraceKind::Node => at(trace_text),
        TraceKind::Go => go(trace_text),
        TraceKind::Rust => rust(trace_text),
        TraceKind::Ruby => ruby(trace_text),
        TraceKind::Php => php(trace_text),
    }
}

/// The exception's class in a stack text whose language is unknown, as found in a JSON field.
pub(crate) fn error_type_of_stack(stack: &[u8]) -> Option<&[u8]> {
    trace_facts(guess(stack)?, stack).error_type
}

/// The exception that the last line of a head names, for traces whose own lines do not.
pub(super) fn from_head(kind: TraceKind, head: &[u8]) -> Option<TraceFacts<'_>> {
    let line = class::trim_end(lines(head).last()?);
    match kind {
        TraceKind::Php => Some(php(line)).filter(|facts| facts.error_type.is_some()),
        TraceKind::Ruby => Some(ruby(line)).filter(|facts| facts.error_type.is_some()),
        TraceKind::Go => memchr::memmem::find(line, b"panic serving ")
            .map(|at| TraceFacts { error_type: line.get(at..at + 5), message: &line[at..] }),
        TraceKind::Python | TraceKind::Jvm | TraceKind::DotNet | TraceKind::Node | TraceKind::Rust => {
            let starts = std::iter::once(0).chain(memchr::memchr_iter(b' ', line).map(|at| at + 1));
            starts.map(|at| &line[at..]).find_map(|rest| {
                // The class alone at the end of a line would as well be a plain word.
                let name =
                    class::exception_class(rest).filter(|name| rest[name.len()..].starts_with(b":"))?;
                Some(TraceFacts { error_type: Some(name), message: rest })
            })
        }
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

fn guess(stack: &[u8]) -> Option<TraceKind> {
    let frame = lines(stack).take(50).find_map(|line| match line.first() {
        _ if class::is_traceback(line) || class::is_group_traceback(line) || class::is_python_frame(line) => {
            Some(TraceKind::Python)
        }
        _ if class::is_goroutine(line) => Some(TraceKind::Go),
        _ if class::is_rust_panic(line) => Some(TraceKind::Rust),
        Some(b'\t') if line.starts_with(b"\tfrom ") => Some(TraceKind::Ruby),
        Some(b'#') if line.starts_with(b"#0 ") => Some(TraceKind::Php),
        _ => class::frame(line),
    });
    // A text without frames may still be the exception's line alone.
    frame.or_else(|| class::is_exception_line(lines(stack).next()?).then_some(TraceKind::Jvm))
}

fn python(text: &[u8]) -> TraceFacts<'_> {
    let mut found = NOTHING;
    let mut in_body = true;
    let mut in_group = false;
    for line in lines(text) {
        if class::is_traceback(line) {
            (in_body, in_group) = (true, false);
        } else if class::is_group_traceback(line) {
            (in_body, in_group) = (true, true);
        } else if in_body {
            // The line of a group's own exception stands behind its first `|`, those of its members deeper.
            let line = if in_group { line.strip_prefix(b"  | ").unwrap_or(b"") } else { line };
            if class::is_python_prelude(line) || class::is_asyncio_context(line) {
                continue;
            }
            if let Some(name) = class::python_final(line) {
                found = TraceFacts { error_type: Some(name), message: class::trim_end(line) };
                in_body = false;
            }
        }
    }
    found
}

fn at(text: &[u8]) -> TraceFacts<'_> {
    for line in lines(text) {
        let line = class::trim(line);
        let line = class::report_prefix(line).unwrap_or(line);
        if let Some(name) = class::exception_class(line) {
            return TraceFacts { error_type: Some(name), message: class::trim_end(line) };
        }
        if line.starts_with(b"at ") {
            break;
        }
    }
    // A class of the application may have any name, but then its line is the first and frames follow.
    let Some(line) = lines(text).find(|line| !class::is_blank(line)) else { return NOTHING };
    let line = class::trim(class::report_prefix(line).unwrap_or(line));
    if line.starts_with(b"at ") || class::is_node_location(line) {
        return NOTHING;
    }
    let error_type = class::python_final(line).filter(|name| name.contains(&b'.'));
    TraceFacts { error_type, message: class::trim_end(line) }
}

fn go(text: &[u8]) -> TraceFacts<'_> {
    lines(text)
        .find_map(|line| {
            let word: &[u8] = [&b"panic"[..], b"fatal error"]
                .into_iter()
                .find(|word| line.strip_prefix(*word).is_some_and(|rest| rest.starts_with(b": ")))?;
            Some(TraceFacts { error_type: line.get(..word.len()), message: class::trim_end(line) })
        })
        .unwrap_or(NOTHING)
}

fn rust(text: &[u8]) -> TraceFacts<'_> {
    let mut all = lines(text).skip_while(|line| class::is_blank(line));
    let Some(first) = all.next() else { return NOTHING };
    if !class::is_rust_panic(first) {
        return TraceFacts { error_type: None, message: class::trim_end(first) };
    }
    let quoted = memchr::memmem::find(first, b" panicked at '").map(|i| &first[i + 14..]);
    let message = match quoted {
        Some(rest) => memchr::memmem::rfind(rest, b"', ").map_or(rest, |end| &rest[..end]),
        None => all.next().map_or(first, class::trim_end),
    };
    TraceFacts { error_type: Some(b"panic"), message }
}

/// `a.rb:1:in 'f': message (ArgumentError)`
fn ruby(text: &[u8]) -> TraceFacts<'_> {
    let Some(line) = lines(text).find(|line| !class::is_blank(line)) else { return NOTHING };
    let line = class::trim_end(line);
    let name = line.strip_suffix(b")").and_then(|rest| {
        let open = memchr::memrchr(b'(', rest)?;
        let name = &rest[open + 1..];
        let valid = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_');
        (name.first()?.is_ascii_uppercase() && name.iter().all(valid)).then_some(name)
    });
    TraceFacts { error_type: name, message: if line.starts_with(b"from ") { b"" } else { line } }
}

/// `PHP Fatal error:  Uncaught RuntimeException: message in /app/a.php:3`
fn php(text: &[u8]) -> TraceFacts<'_> {
    let Some(line) = lines(text).next().filter(|line| !line.starts_with(b"Stack trace:")) else {
        return NOTHING;
    };
    let Some(at) = memchr::memmem::find(line, b"Uncaught ") else {
        return TraceFacts { error_type: None, message: class::trim_end(line) };
    };
    let message = class::trim_end(&line[at + 9..]);
    let n = message.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'\\' | b'_')).count();
    TraceFacts { error_type: Some(&message[..n]).filter(|name| !name.is_empty()), message }
}
