//! Python: tracebacks, chains of them, exception groups, messages of several lines.

use super::{Group, Line, State, Verdict, accept_if};
use crate::join::class;

/// Where in a traceback the group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::join) enum Python {
    /// Before the traceback: `Exception in thread Thread-1 (f):` and asyncio's context lines.
    Prelude,
    /// Frames, until the exception's line.
    Body,
    /// After the exception's line: lines of its message may follow.
    Done,
    /// After so many lines that nothing but their place explains: notes of the exception (PEP 678), or more of its
    /// message.
    Notes(u8),
    /// After a line that may be a field of pydantic's message.
    Field,
    /// Within SQLAlchemy's `[SQL: …`, which may have several lines.
    Sql,
    /// After a blank line.
    Blank,
    /// After the sentence that joins two tracebacks.
    Chain,
    /// The frames of `stack_info=True`, which no exception ends.
    Stack,
    /// Behind the exception of `--- Logging error ---`: the call's frames, then its message and arguments.
    Call,
    /// Within an exception group's frame of `|` and `+`.
    Group,
}

const CHAINS: [&[u8]; 2] = [
    b"During handling of the above exception, another exception occurred:",
    b"The above exception was the direct cause of the following exception:",
];

/// Lines that libraries append to a message without indenting them: SQLAlchemy, psycopg.
const TAILS: [&[u8]; 8] = [
    b"[parameters: ",
    b"[generated in ",
    b"(Background on this error at: ",
    b"DETAIL:  ",
    b"HINT:  ",
    b"CONTEXT:  ",
    b"LINE ",
    b"[SQL parameters hidden",
];

/// Most lines taken for notes.
const MOST_NOTES: u8 = 8;

pub(super) fn step(group: &mut Group, state: Python, line: &Line<'_>) -> Verdict {
    // Where records have heads, a line without one is no record of its own.
    let headed = group.head_len > 0;
    let (next, verdict) = match (state, judge(state, line)) {
        (Python::Done | Python::Notes(_), (Python::Done, Verdict::Refuse)) if headed => notes(state, line),
        (_, judged) => judged,
    };
    group.state = State::Python(next);
    verdict
}

fn judge(state: Python, line: &Line<'_>) -> (Python, Verdict) {
    let bytes = line.bytes;
    match state {
        Python::Prelude if class::is_traceback(bytes) || class::is_python_frame(bytes) => {
            (Python::Body, Verdict::Accept)
        }
        Python::Prelude if class::is_group_traceback(bytes) => (Python::Group, Verdict::Accept),
        Python::Prelude if class::is_asyncio_context(bytes) => (Python::Prelude, Verdict::Hold),
        Python::Prelude => (state, Verdict::Refuse),
        Python::Body => body(line),
        Python::Done | Python::Notes(_) => done(line),
        Python::Field => (Python::Done, accept_if(class::is_indented(bytes) && !class::is_blank(bytes))),
        Python::Sql => {
            if class::trim_end(bytes).ends_with(b"]") && line.is_loose() {
                (Python::Done, Verdict::Accept)
            } else {
                (Python::Sql, line.hold_message())
            }
        }
        Python::Blank if CHAINS.contains(&class::trim_end(bytes)) => (Python::Chain, Verdict::Accept),
        Python::Blank => sql(bytes).unwrap_or((state, Verdict::Refuse)),
        Python::Chain if class::is_blank(bytes) => (Python::Chain, Verdict::Accept),
        Python::Chain if class::is_traceback(bytes) => (Python::Body, Verdict::Accept),
        Python::Chain if class::is_group_traceback(bytes) => (Python::Group, Verdict::Accept),
        Python::Chain => body(line),
        Python::Stack => (state, accept_if(class::is_indented(bytes) && !class::is_blank(bytes))),
        Python::Call => {
            let told = bytes.starts_with(b"Message: ") || bytes.starts_with(b"Arguments: ");
            (state, accept_if(told || class::is_indented(bytes) && !class::is_blank(bytes)))
        }
        Python::Group if class::is_blank(bytes) => (Python::Blank, Verdict::Hold),
        Python::Group => {
            let framed = class::is_indented(bytes) && matches!(class::trim(bytes).first(), Some(b'|' | b'+'));
            (Python::Group, accept_if(framed))
        }
    }
}

fn body(line: &Line<'_>) -> (Python, Verdict) {
    let bytes = line.bytes;
    if class::is_indented(bytes) {
        return (Python::Body, accept_if(!class::is_blank(bytes)));
    }
    let Some(name) = class::python_final(bytes) else { return (Python::Body, Verdict::Refuse) };
    // `KeyError: 'id'` cannot be a logger's line; `INFO: x` could be.
    let sure = name.contains(&b'.') || name.ends_with(b"Error") || name.ends_with(b"Exception");
    (Python::Done, accept_if(sure || line.is_loose()))
}

fn done(line: &Line<'_>) -> (Python, Verdict) {
    let bytes = line.bytes;
    if class::trim_end(bytes) == b"Call stack:" {
        return (Python::Call, Verdict::Accept);
    }
    if class::is_blank(bytes) {
        return (Python::Blank, Verdict::Hold);
    }
    if class::is_indented(bytes) {
        return (Python::Done, accept_if(!class::is_group_traceback(bytes)));
    }
    if TAILS.iter().any(|tail| bytes.starts_with(tail)) {
        return (Python::Done, Verdict::Accept);
    }
    if let Some(found) = sql(bytes) {
        return found;
    }
    // pydantic: the path of a field alone on its line, then its indented fault.
    let field =
        !bytes.contains(&b' ') && bytes.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if field && class::exception_class(bytes).is_none() {
        return (Python::Field, line.hold_message());
    }
    (Python::Done, Verdict::Refuse)
}

fn notes(state: Python, line: &Line<'_>) -> (Python, Verdict) {
    let before = if let Python::Notes(count) = state { count } else { 0 };
    let note = before < MOST_NOTES && line.is_loose() && class::exception_class(line.bytes).is_none();
    (Python::Notes(before + 1), accept_if(note && !class::is_traceback(line.bytes)))
}

fn sql(bytes: &[u8]) -> Option<(Python, Verdict)> {
    if !bytes.starts_with(b"[SQL: ") {
        return None;
    }
    let ends = class::trim_end(bytes).ends_with(b"]");
    Some((if ends { Python::Done } else { Python::Sql }, Verdict::Accept))
}
