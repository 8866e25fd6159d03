//! From the fields of a JSON line to columns.
//!
//! One pass finds the fields and chains those that could fill the same column; then each column takes its best
//! candidate whose value makes sense there, and what no column took goes to `attrs` in the order of the line.

use bumpalo::collections::Vec as BumpVec;

use super::names::{COLUMNS, Column, Inside, Known, Mark, Reading};
use super::nested::{field, look_into};
use super::read;
use super::scan::{Kind, Scanner, Token};
use crate::columns::{Columns, Context, Filled};
use crate::engine::Source;
use crate::level::Level;
use crate::value::Value;
use crate::{escape, text};

/// JSON texts inside strings of JSON texts are read so far.
const WRAPPED: u8 = 3;

/// End of a chain.
const NONE: u16 = u16::MAX;

struct Field<'a> {
    key: Token<'a>,
    value: Token<'a>,
    known: Known,
    /// The next candidate for the same column.
    next: u16,
    used: bool,
}

/// Columns of the line, or None when it is not one JSON object.
pub(crate) fn parse<'a>(context: &Context<'a>, line: &'a [u8]) -> Option<Columns<'a>> {
    object(context, line, WRAPPED, Filled::default())
}

/// `taken` are columns that are filled already: fields that could fill them stay in `attrs`.
fn object<'a>(context: &Context<'a>, line: &'a [u8], wrapped: u8, taken: Filled) -> Option<Columns<'a>> {
    let mut line = Line::scan(context, line)?;
    line.wrapped = wrapped;
    line.settle(taken);
    Some(line.columns)
}

struct Line<'c, 'a> {
    context: &'c Context<'a>,
    columns: Columns<'a>,
    fields: BumpVec<'a, Field<'a>>,
    /// First candidate of each column.
    chains: [u16; COLUMNS],
    marks: Mark,
    /// Some field's object may hold columns.
    has_inside: bool,
    wrapped: u8,
}

impl<'c, 'a> Line<'c, 'a> {
    fn scan(context: &'c Context<'a>, line: &'a [u8]) -> Option<Self> {
        let mut scanner = Scanner::new(line);
        scanner.open().ok()?;
        let mut fields: BumpVec<'a, Field<'a>> = BumpVec::with_capacity_in(16, context.arena);
        let (mut chains, mut ends) = ([NONE; COLUMNS], [NONE; COLUMNS]);
        let mut marks = Mark::default();
        let mut has_inside = false;
        while let Some((key, value)) = scanner.field(fields.is_empty()).ok()? {
            let known = context.names.of_key(key.inside());
            marks.add(known.mark);
            has_inside |= known.inside != Inside::Nothing && matches!(value.kind, Kind::Object | Kind::Array);
            let at = fields.len();
            if let Some(column) = known.column
                && at < usize::from(NONE)
            {
                match ends[column as usize] {
                    NONE => chains[column as usize] = at as u16,
                    last => fields[usize::from(last)].next = at as u16,
                }
                ends[column as usize] = at as u16;
            }
            fields.push(Field { key, value, known, next: NONE, used: false });
        }
        scanner.end().ok()?;
        let columns = Columns::new(context.arena);
        Some(Line { context, columns, fields, chains, marks, has_inside, wrapped: 0 })
    }

    /// The best candidate of a column that `read` makes sense of, marked as used unless `read` says that only a
    /// part of it is in the column. `read` gives a value, whether all is in it, and a handicap.
    fn best<T>(
        &mut self,
        column: Column,
        read: impl Fn(&Self, &Known, &Token<'a>) -> Option<(T, bool, u8)>,
    ) -> Option<T> {
        let mut best: Option<(u16, usize, T, bool)> = None;
        let mut at = self.chains[column as usize];
        while at != NONE {
            let index = usize::from(at);
            let candidate = &self.fields[index];
            at = candidate.next;
            if let Some((value, all, handicap)) = read(self, &candidate.known, &candidate.value) {
                let rank = u16::from(candidate.known.rank) + u16::from(handicap);
                if best.as_ref().is_none_or(|(least, ..)| rank < *least) {
                    best = Some((rank, index, value, all));
                }
            }
        }
        let (_, index, value, all) = best?;
        self.fields[index].used |= all;
        Some(value)
    }

    /// The best candidate of a column that is the whole field, marked as used.
    #[inline]
    fn best_field(
        &mut self,
        column: Column,
        fits: impl Fn(&Self, &Known, &Token<'a>) -> bool,
    ) -> Option<Value<'a>> {
        let (mut best, mut least) = (NONE, u8::MAX);
        let mut at = self.chains[column as usize];
        while at != NONE {
            let candidate = &self.fields[usize::from(at)];
            if candidate.known.rank < least && fits(self, &candidate.known, &candidate.value) {
                (best, least) = (at, candidate.known.rank);
            }
            at = candidate.next;
        }
        let field = self.fields.get_mut(usize::from(best))?;
        field.used = true;
        Some(Value::Json(field.value))
    }

    fn settle(&mut self, taken: Filled) {
        // An inner line of a wrapper goes first, for what it says of itself counts.
        let mut inner = self.wrapped_line();
        let taken = match &inner {
            Some(inner) => taken.and(Filled { message: true, ..inner.filled() }),
            None => taken,
        };
        if !taken.ts {
            self.columns.ts = self.best(Column::Time, |line, known, value| {
                // An object holds more than the milliseconds of the column.
                let all = value.kind != Kind::Object;
                Some((read::time(line.context, known.reading, value)?, all, 0))
            });
        }
        if !taken.level {
            self.columns.level = self.best(Column::Level, |line, known, value| {
                let (level, number) = read::level(line.context, known.reading, line.marks, value)?;
                Some((level, true, if number { 100 } else { 0 }))
            });
        }
        macro_rules! take {
            ($column:ident, $field:ident, $read:expr) => {
                if !taken.$field {
                    self.columns.$field = self.best(Column::$column, $read);
                }
            };
        }
        macro_rules! take_field {
            ($column:ident, $field:ident, $fits:expr) => {
                if !taken.$field {
                    self.columns.$field = self.best_field(Column::$column, $fits);
                }
            };
        }
        take_field!(HttpMethod, http_method, |_, _, value| is_method(value));
        take!(HttpStatus, http_status, |_, _, value| Some((read::status(value)?, true, 0)));
        if self.columns.http_status.is_none() && !taken.http_status {
            self.plain_status();
        }
        let http = self.columns.http_method.is_some() || self.columns.http_status.is_some();
        take!(HttpPath, http_path, |line, known, value| {
            let allowed = known.reading != Reading::BesideHttp || http;
            let (path, all) = allowed.then(|| read::path(line.context, value)).flatten()?;
            Some((path, all, 0))
        });
        take!(ClientIp, client_ip, |line, _, value| read::address(line.context, value)
            .map(|(ip, all)| (ip, all, 0)));
        take_field!(TraceId, trace_id, |_, _, value| read::is_identifier(value));
        take_field!(SpanId, span_id, |_, _, value| read::is_identifier(value));
        take_field!(RequestId, request_id, |_, _, value| read::is_identifier(value));
        take_field!(UserId, user_id, |_, _, value| read::is_identifier(value));
        take_field!(ErrorType, error_type, |_, _, value| read::is_text(value));
        take_field!(Stack, stack, |_, _, value| read::is_text(value));
        take!(DurationMs, duration_ms, |line, known, value| {
            Some((read::duration(line.context, known.reading, value)?, true, 0))
        });
        take_field!(Logger, logger, |line, known, value| {
            let named = line.marks.has(Mark::PYTHON)
                || line.marks.has(Mark::LEVEL_NAME)
                || line.marks.has(Mark::PID) && line.marks.has(Mark::HOSTNAME);
            let allowed = match known.reading {
                Reading::Named => named,
                Reading::Monolog => line.marks.has(Mark::LEVEL_NAME),
                Reading::Tracing => line.marks.has(Mark::FIELDS) || line.marks.has(Mark::LEVEL),
                Reading::Mongo => line.marks.has(Mark::MONGO_LEVEL),
                _ => true,
            };
            allowed && read::is_text(value)
        });
        take_field!(Message, message, Line::is_message);
        self.trace_parent(taken);
        if self.has_inside {
            self.nested(taken);
        }
        if inner.is_none() {
            inner = self.json_in_message();
        }
        self.level_of_stack(taken);
        self.columns.attrs.reserve(self.fields.len());
        for field in &self.fields {
            if !field.used {
                self.columns.attrs.push((Value::Json(field.key), Value::Json(field.value)));
            }
        }
        if let Some(inner) = inner {
            self.columns.fill_from(inner);
        }
    }

    /// A message: text, or a number or truth value by its spelling. Objects are looked into afterwards.
    fn is_message(&self, known: &Known, value: &Token<'a>) -> bool {
        // Loguru's `text` is the formatted line; its `record` says more.
        if known.rank == TEXT_RANK && self.marks.has(Mark::RECORD) {
            return false;
        }
        match value.kind {
            Kind::String => true,
            Kind::Number | Kind::True | Kind::False => known.rank < TEXT_RANK,
            _ => false,
        }
    }

    /// A field `status` that is no level: a status of HTTP.
    fn plain_status(&mut self) {
        let mut at = self.chains[Column::Level as usize];
        while at != NONE {
            let field = &mut self.fields[usize::from(at)];
            at = field.next;
            if field.known.reading == Reading::LevelOrStatus
                && !field.used
                && let Some(status) = read::status(&field.value)
            {
                field.used = true;
                self.columns.http_status = Some(status);
                return;
            }
        }
    }

    fn trace_parent(&mut self, taken: Filled) {
        if self.columns.trace_id.is_some() || taken.trace_id {
            return;
        }
        let ids = self.best(Column::TraceParent, |_, _, value| Some((read::trace_parent(value)?, false, 0)));
        if let Some((trace, span)) = ids {
            self.columns.trace_id = Some(trace);
            self.columns.span_id = self.columns.span_id.or(Some(span));
        }
    }

    /// The line inside a field `log`, when nothing else is the message.
    fn wrapped_line(&mut self) -> Option<Columns<'a>> {
        if self.wrapped == 0 {
            return None;
        }
        let mut at = self.chains[Column::Message as usize];
        let mut log = None;
        while at != NONE {
            let field = &self.fields[usize::from(at)];
            if field.known.reading == Reading::Wrapper {
                if field.value.kind == Kind::String {
                    log = Some(usize::from(at));
                }
            } else if self.is_message(&field.known, &field.value) {
                return None;
            }
            at = field.next;
        }
        let field = &mut self.fields[log?];
        let inside = escape::unescape(self.context.arena, field.value.inside());
        let inside = inside.strip_suffix(b"\n").unwrap_or(inside);
        let mut inner = line_inside(self.context, inside, self.wrapped - 1, self.columns.filled());
        field.used = true;
        if let Some(stream) = self.fields.iter_mut().find(|field| field.key.inside() == b"stream") {
            inner.source = Source::from_word(stream.value.inside());
            stream.used = inner.source.is_some();
        }
        Some(inner)
    }

    /// The fields of a JSON text that is the message.
    fn json_in_message(&mut self) -> Option<Columns<'a>> {
        let Some(Value::Json(token)) = self.columns.message else { return None };
        let inside = token.inside();
        if self.wrapped == 0 || token.kind != Kind::String || inside.first() != Some(&b'{') {
            return None;
        }
        let inside = escape::unescape(self.context.arena, inside);
        let text = self.columns.message.take();
        let inner = object(self.context, inside, self.wrapped - 1, self.columns.filled());
        // Without a message of its own the text stays the message, and says all there is.
        let inner = inner.filter(|inner| inner.message.is_some());
        if inner.is_none() {
            self.columns.message = text;
        }
        inner
    }

    /// An exception without a level is an error, but where a missing level means info (Serilog's compact form).
    fn level_of_stack(&mut self, taken: Filled) {
        let columns = &mut self.columns;
        let exception = columns.stack.is_some() || columns.error_type.is_some();
        if columns.level.is_none() && !taken.level && exception {
            let clef = self.marks.has(Mark::CLEF);
            columns.level = Some(if clef { Level::Info } else { Level::Error });
        }
    }

    fn nested(&mut self, taken: Filled) {
        let context = self.context;
        let mut found: BumpVec<'a, (Known, Token<'a>)> = BumpVec::new_in(context.arena);
        for field in &self.fields {
            look_into(context.names, field.key.inside(), field.known.inside, &field.value, &mut found);
        }
        // Stable, so that of equal ranks the first in the line wins.
        found.sort_by_key(|(known, _)| known.rank);
        let marks = self.marks;
        for (known, value) in &found {
            self.fill(known, value, taken, marks);
        }
        self.structured_exception(taken);
        if self.columns.message.is_none() && !taken.message {
            let object = self.fields.iter().find(|field| {
                field.known.column == Some(Column::Message) && field.value.kind == Kind::Object
            });
            self.columns.message = object.map(|field| Value::Json(field.value));
        }
    }

    /// structlog's `exception`: a list of objects, the outermost first.
    fn structured_exception(&mut self, taken: Filled) {
        if self.columns.error_type.is_some() || taken.error_type {
            return;
        }
        let mut lists = self
            .fields
            .iter()
            .filter(|field| field.known.column == Some(Column::Stack) && field.value.kind == Kind::Array);
        let outermost = lists.find_map(|field| Scanner::elements(field.value.raw).next());
        self.columns.error_type =
            outermost.and_then(|exception| field(&exception, b"exc_type")).as_ref().and_then(read::text);
    }

    /// Fills an empty column with a value from inside an object.
    fn fill(&mut self, known: &Known, value: &Token<'a>, taken: Filled, marks: Mark) {
        let (context, columns) = (self.context, &mut self.columns);
        macro_rules! set {
            ($field:ident, $value:expr) => {
                if columns.$field.is_none() && !taken.$field {
                    columns.$field = $value;
                }
            };
        }
        match known.column {
            None | Some(Column::TraceParent) => {}
            Some(Column::Time) => set!(ts, read::time(context, known.reading, value)),
            Some(Column::Level) if known.reading == Reading::LevelOrStatus => {
                set!(http_status, read::status(value));
            }
            Some(Column::Level) => {
                set!(level, read::level(context, known.reading, marks, value).map(|(level, _)| level));
            }
            Some(Column::Message) => {
                if known.reading != Reading::Wrapper {
                    set!(message, (value.kind == Kind::String).then_some(Value::Json(*value)));
                }
            }
            Some(Column::Logger) => {
                let allowed = known.reading == Reading::Plain
                    || known.reading == Reading::Named && self.marks.has(Mark::RECORD);
                set!(logger, allowed.then(|| read::text(value)).flatten());
            }
            Some(Column::ErrorType) => set!(error_type, read::text(value)),
            Some(Column::Stack) => set!(stack, read::text(value)),
            Some(Column::TraceId) => set!(trace_id, read::identifier(value)),
            Some(Column::SpanId) => set!(span_id, read::identifier(value)),
            Some(Column::RequestId) => set!(request_id, read::identifier(value)),
            Some(Column::UserId) => set!(user_id, read::identifier(value)),
            Some(Column::ClientIp) => set!(client_ip, read::address(context, value).map(|(ip, _)| ip)),
            Some(Column::HttpMethod) => set!(http_method, is_method(value).then_some(Value::Json(*value))),
            Some(Column::HttpPath) => {
                let http = columns.http_method.is_some() || columns.http_status.is_some();
                if http || known.reading != Reading::BesideHttp {
                    set!(http_path, read::path(context, value).map(|(path, _)| path));
                }
            }
            Some(Column::HttpStatus) => set!(http_status, read::status(value)),
            Some(Column::DurationMs) => set!(duration_ms, read::duration(context, known.reading, value)),
        }
    }
}

/// Rank of the name `text`; the names before it may hold any scalar.
const TEXT_RANK: u8 = 4;

fn is_method(value: &Token<'_>) -> bool {
    value.kind == Kind::String && read::http_method(value.inside())
}

/// A line of any kind inside a string.
fn line_inside<'a>(context: &Context<'a>, line: &'a [u8], wrapped: u8, taken: Filled) -> Columns<'a> {
    let json = line.first() == Some(&b'{');
    json.then(|| object(context, line, wrapped, taken))
        .flatten()
        .unwrap_or_else(|| text::parse(context, line))
}
