//! A logical message becomes columns, then one line of JSON.

use bumpalo::Bump;

use super::{MOST_AHEAD_MS, Record, Settings, Source};
use crate::clean::{base64, utf8};
use crate::columns::{Columns, Context};
use crate::envelope::{self, Prepared, Settled};
use crate::fingerprint::fingerprint;
use crate::join::{Logical, Shape, TraceFacts, TraceKind, error_type_of_stack};
use crate::json::{self, Names};
use crate::level::Level;
use crate::text;
use crate::time::Millis;
use crate::value::Value;

/// An arena larger than this is given back after the line that needed it.
const ARENA_KEEP: usize = 256 << 10;

/// Makes records, reusing its buffers.
#[derive(Debug)]
pub(super) struct Maker {
    pub(super) settings: Settings,
    names: Names,
    arena: Bump,
    out: Vec<u8>,
}

impl Maker {
    pub(super) fn new(settings: Settings) -> Maker {
        Maker { settings, names: Names::new(), arena: Bump::new(), out: Vec::new() }
    }

    /// The record of one logical message; a message without a time takes `inherited_ms`, else its time of receipt.
    pub(super) fn make(
        &mut self,
        logical: &Logical<'_>,
        source: Option<Source>,
        origin: &Prepared,
        inherited_ms: Option<Millis>,
        before: Option<(Level, Option<u64>)>,
    ) -> Record<'_> {
        self.reset();
        let arena = &self.arena;
        let context = context(arena, &self.names, &self.settings, logical.received_ms, inherited_ms);
        let clean = simdutf8::basic::from_utf8(logical.text).is_ok();
        let (head, trace) = if clean {
            (logical.head(), logical.trace())
        } else {
            (in_arena(arena, logical.head()), in_arena(arena, logical.trace()))
        };
        let mut columns = match logical.shape {
            Shape::Line | Shape::Lines => parse(&context, head),
            Shape::Trace(kind) => traced(&context, kind, head, trace, logical),
        };
        if !clean {
            columns.attr("raw_base64", arena.alloc_slice_copy(&base64(logical.text)));
        }
        columns.source = columns.source.or(source);
        settle_error_type(&mut columns, arena);
        let before = before.filter(|_| logical.continued);
        if logical.continued {
            columns.attr("continued", b"true");
        }
        let level = before.map_or_else(|| settle_level(&context, &columns), |(level, _)| level);
        let fingerprint = (level >= Level::Error).then(|| {
            let [message, error_type, logger] = [columns.message, columns.error_type, columns.logger]
                .map(|value| value.map_or(&b""[..], |value| value.decoded(arena)));
            fingerprint(message, error_type, logger)
        });
        let fingerprint = before.map_or(fingerprint, |(_, fingerprint)| fingerprint);
        let ts_ms = columns.ts.unwrap_or(context.fallback_ms);
        let settled = Settled { ts_ms, level, fingerprint, max_depth: self.settings.max_depth };
        envelope::write(&mut self.out, &columns, origin, &settled);
        Record {
            json: &self.out,
            ts_ms,
            received_ms: logical.received_ms,
            level,
            fingerprint,
            lines: logical.lines,
        }
    }

    /// The time that a line states, unless it lies too far ahead for other lines to have it.
    pub(super) fn time_of(&mut self, line: &[u8], received_ms: Millis) -> Option<Millis> {
        self.reset();
        let context = context(&self.arena, &self.names, &self.settings, received_ms, None);
        let line = self.arena.alloc_slice_copy(&utf8(&crate::clean::without_ansi(line)));
        let stated = match super::unwrap::unwrap(line) {
            Some(inner) => inner.time.and_then(|stamp| context.resolve(stamp)),
            None => parse(&context, line).ts,
        };
        stated.filter(|ms| *ms <= context.reference_ms.saturating_add(MOST_AHEAD_MS))
    }

    fn reset(&mut self) {
        if self.arena.allocated_bytes() > ARENA_KEEP {
            self.arena = Bump::new();
        } else {
            self.arena.reset();
        }
        if self.out.capacity() > ARENA_KEEP {
            self.out = Vec::new();
        } else {
            self.out.clear();
        }
    }
}

fn context<'a>(
    arena: &'a Bump,
    names: &'a Names,
    settings: &'a Settings,
    received_ms: Millis,
    inherited_ms: Option<Millis>,
) -> Context<'a> {
    Context {
        arena,
        names,
        fallback_ms: inherited_ms.unwrap_or(received_ms),
        inherited: inherited_ms.is_some(),
        reference_ms: settings.reference_ms.unwrap_or(received_ms),
        zone: &settings.zone,
        access_4xx: settings.access_log_4xx,
    }
}

fn in_arena<'a>(arena: &'a Bump, bytes: &[u8]) -> &'a [u8] {
    arena.alloc_slice_copy(&utf8(bytes))
}

/// A line of any kind.
fn parse<'a>(context: &Context<'a>, line: &'a [u8]) -> Columns<'a> {
    let json = line.iter().find(|b| !matches!(b, b' ' | b'\t')) == Some(&b'{');
    json.then(|| json::parse(context, line)).flatten().unwrap_or_else(|| text::parse(context, line))
}

/// A trace with the head before it, if it has one.
fn traced<'a>(
    context: &Context<'a>,
    kind: TraceKind,
    head: &'a [u8],
    trace: &'a [u8],
    logical: &Logical<'_>,
) -> Columns<'a> {
    let again = Logical { text: trace, head_len: 0, ..*logical };
    let facts = if head.is_empty() { again.facts() } else { facts_of(logical, context.arena) };
    let TraceFacts { error_type, message } = facts.unwrap_or(TraceFacts { error_type: None, message: b"" });
    let mut columns;
    if head.is_empty() {
        columns = Columns::new(context.arena);
        let first = trace.split(|b| *b == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or(trace);
        let message = if message.is_empty() { first.trim_ascii() } else { message };
        columns.message = Some(Value::Plain(message));
    } else {
        columns = text::parse(context, head);
    }
    // What `stack_info=True` prints is no error.
    if columns.level.is_none() && !trace.starts_with(b"Stack (most recent") {
        let fatal = kind == TraceKind::Go && matches!(error_type, Some(b"panic" | b"fatal error"));
        columns.level = Some(if fatal && head.is_empty() { Level::Fatal } else { Level::Error });
    }
    columns.error_type = error_type.map(Value::Plain);
    columns.stack = Some(Value::Plain(trace.trim_ascii_end()));
    columns
}

/// The exception of a trace with a head; what is found is copied, for the logical message lives shorter.
fn facts_of<'a>(logical: &Logical<'_>, arena: &'a Bump) -> Option<TraceFacts<'a>> {
    let facts = logical.facts()?;
    Some(TraceFacts {
        error_type: facts.error_type.map(|name| in_arena(arena, name)),
        message: in_arena(arena, facts.message),
    })
}

fn settle_error_type<'a>(columns: &mut Columns<'a>, arena: &'a Bump) {
    if columns.error_type.is_none()
        && let Some(stack) = columns.stack
    {
        columns.error_type = error_type_of_stack(stack.decoded(arena)).map(Value::Plain);
    }
}

/// The level of a message that states none: of an access line by its status, else info.
fn settle_level(context: &Context<'_>, columns: &Columns<'_>) -> Level {
    columns.level.unwrap_or_else(|| match columns.http_status {
        Some(status) if columns.http_method.is_some() => context.level_of_status(status),
        _ => Level::Info,
    })
}
