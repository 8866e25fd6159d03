//! Text lines: the head is read and taken off where its layout is known; the rest is the message.
//!
//! | file | layouts |
//! |---|---|
//! | `timed.rs` | a time first, alone or in brackets, then words up to the message: Python, log4j, PostgreSQL, nginx … |
//! | `after_level.rs` | what stands between a level and the message: thread, logger, place in the source |
//! | `leveled.rs` | a level first: uvicorn, `LEVEL:logger:message`, `[error]`, klog, Ruby |
//! | `syslog.rs` | RFC 3164 and RFC 5424, with or without PRI |
//! | `access.rs` | access logs, and requests quoted in messages |
//! | `machines.rs` | logs of large machines with an epoch or a file name in front; Redis |
//! | `logfmt.rs` | `key=value` lines; pairs inside messages |
//! | `token.rs` | words, brackets and delimiters of heads |
//!
//! Invariant: only a head gives a level. A word inside a message never does, whatever it says.

mod access;
mod after_level;
mod head;
mod leveled;
mod logfmt;
mod machines;
mod syslog;
mod timed;
mod token;

use crate::columns::{Columns, Context};
use crate::join::{HeadInfo, Heads};
use crate::json;
use crate::value::Value;
use head::{Head, Time};

/// Columns of a text line, or of the few lines of a multi-line head.
pub(crate) fn parse<'a>(context: &Context<'a>, text: &'a [u8]) -> Columns<'a> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if let Some(columns) = logfmt::parse(context, text) {
        return columns;
    }
    let mut columns = Columns::new(context.arena);
    let mut head = match layout(text) {
        Some(head) => head,
        None => indented(text).unwrap_or_else(|| Head::new(text)),
    };
    let fields = head.fields.map(|fields| (fields, json::parse(context, fields)));
    if let Some((fields, None)) = fields {
        // No JSON after all: it stays where it was, behind the message and a tab.
        head.message = &text[text.len() - fields.len() - 1 - head.message.len()..];
    }
    fill(context, &mut columns, &head);
    access::requests(&mut columns, &head);
    logfmt::pairs(context, &mut columns, text);
    if let Some((_, Some(fields))) = fields {
        columns.fill_from(fields);
    }
    if head.is_access && columns.level.is_none() {
        columns.level = columns.http_status.map(|status| context.level_of_status(status));
    }
    columns
}

/// A head behind one or two blanks, as pretty printers put them.
fn indented(text: &[u8]) -> Option<Head<'_>> {
    let rest = text.strip_prefix(b" ")?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    if rest.starts_with(b" ") { None } else { layout(rest).filter(|head| head.level.is_some()) }
}

/// Reads the head of one family of layouts; None when the line has another.
type Reader = for<'a> fn(&'a [u8]) -> Option<Head<'a>>;

/// The families by a line's first byte, likelier ones and those that others would take for theirs first.
const ANGLE: &[Reader] = &[syslog::with_priority];
const BRACKET: &[Reader] =
    &[leveled::timed_console, access::gin, timed::bracketed, leveled::bracketed, timed::numbered];
const DASH: &[Reader] = &[machines::flagged];
const DIGIT: &[Reader] = &[
    leveled::timed_console,
    timed::plain,
    leveled::zerolog,
    timed::epoch,
    access::line,
    machines::redis,
    machines::numbered,
];
const LETTER: &[Reader] = &[
    leveled::jul,
    syslog::without_priority,
    timed::plain,
    leveled::klog,
    leveled::ruby,
    leveled::logcat_brief,
    leveled::spoken,
    leveled::console,
    leveled::word_first,
    access::line,
    machines::file_first,
    machines::flagged,
];
const COLON: &[Reader] = &[access::line];

/// The head of a line whose layout is known.
fn layout(text: &[u8]) -> Option<Head<'_>> {
    let readers = match *text.first()? {
        b'<' => ANGLE,
        b'[' => BRACKET,
        b'-' => DASH,
        b'0'..=b'9' => DIGIT,
        b'A'..=b'Z' | b'a'..=b'z' | b'_' => LETTER,
        b':' => COLON,
        _ => return None,
    };
    for read in readers {
        // Returned at once: a head is large, and passing it on through combinators copies it each time.
        if let found @ Some(_) = read(text) {
            return found;
        }
    }
    None
}

fn fill<'a>(context: &Context<'a>, columns: &mut Columns<'a>, head: &Head<'a>) {
    columns.ts = match head.time {
        Some(Time::Stamp(stamp)) => context.resolve(stamp),
        Some(Time::Epoch(ms)) => Some(ms),
        None => None,
    };
    columns.level = head.level;
    columns.logger = head.logger.map(Value::Plain);
    columns.client_ip = head.client_ip.map(Value::Plain);
    columns.request_id = head.request_id.map(Value::Plain);
    columns.message = Some(Value::Plain(dedented(context, head)));
    for (key, value, number) in head.extra() {
        if number {
            columns.attr_number(key, value);
        } else {
            columns.attr(key, value);
        }
    }
}

/// The message without the indentation of its lines.
fn dedented<'a>(context: &Context<'a>, head: &Head<'a>) -> &'a [u8] {
    if head.indent == 0 || !head.message.contains(&b'\n') {
        return head.message;
    }
    let mut out = Vec::with_capacity(head.message.len());
    for (at, line) in head.message.split(|b| *b == b'\n').enumerate() {
        if at > 0 {
            out.push(b'\n');
        }
        let blanks = line.iter().take(head.indent).take_while(|b| **b == b' ').count();
        out.extend_from_slice(&line[blanks..]);
    }
    context.arena.alloc_slice_copy(&out)
}

/// Answers the joiner.
pub(crate) struct TextHeads;

impl Heads for TextHeads {
    fn head(&self, line: &[u8]) -> HeadInfo {
        // A join looks at the first line of its head; what follows belongs to it.
        let line = memchr::memchr(b'\n', line).map_or(line, |end| &line[..end]);
        if let Some(level) = logfmt::level(line) {
            return HeadInfo { starts_record: true, level };
        }
        match layout(line) {
            // JavaScript's plainest exception looks like a level and is more often part of a report.
            Some(head) => HeadInfo { starts_record: !line.starts_with(b"Error: "), level: head.level },
            None => HeadInfo::default(),
        }
    }
}
