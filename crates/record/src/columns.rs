//! What was found in one logical message, before it is written.
//!
//! Everything borrows from the line or from the arena of that line, so a record is copied once: into the output.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::engine::Source;
use crate::json::Names;
use crate::level::Level;
use crate::time::{Millis, Stamp, Zone};
use crate::value::Value;

const HOUR_MS: Millis = 3_600_000;

/// What the parsers know besides the line.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) arena: &'a Bump,
    /// Names of JSON fields.
    pub(crate) names: &'a Names,
    /// Time of the record when it states none; a time of day is resolved against it.
    pub(crate) fallback_ms: Millis,
    /// `fallback_ms` is the time of the line before rather than that of receipt.
    pub(crate) inherited: bool,
    /// Dates without a year are resolved against it.
    pub(crate) reference_ms: Millis,
    pub(crate) zone: &'a Zone,
    /// Level of an access line with a 4xx status.
    pub(crate) access_4xx: Level,
}

impl Context<'_> {
    pub(crate) fn resolve(&self, stamp: Stamp) -> Option<Millis> {
        let reference_ms = match stamp.month {
            // A time of day lies within half a day of the line before.
            0 if self.inherited => self.fallback_ms.saturating_add(11 * HOUR_MS),
            0 => self.fallback_ms,
            _ => self.reference_ms,
        };
        // What claims to be older than Unix is a zero value.
        stamp.resolve(reference_ms, self.zone).filter(|ms| *ms >= 0)
    }

    /// The level of an access line without a level of its own.
    pub(crate) fn level_of_status(&self, status: u16) -> Level {
        match status {
            500.. => Level::Error,
            400..=499 => self.access_4xx,
            _ => Level::Info,
        }
    }
}

/// A duration in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Duration<'a> {
    /// A JSON number, written as it stands.
    Raw(&'a [u8]),
    /// Converted from another unit.
    Millis(f64),
}

/// Which columns hold something.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filled {
    pub(crate) ts: bool,
    pub(crate) level: bool,
    pub(crate) message: bool,
    pub(crate) logger: bool,
    pub(crate) error_type: bool,
    pub(crate) stack: bool,
    pub(crate) trace_id: bool,
    pub(crate) span_id: bool,
    pub(crate) request_id: bool,
    pub(crate) user_id: bool,
    pub(crate) client_ip: bool,
    pub(crate) http_method: bool,
    pub(crate) http_path: bool,
    pub(crate) http_status: bool,
    pub(crate) duration_ms: bool,
}

impl Filled {
    /// What holds something here or there.
    pub(crate) fn and(self, other: Filled) -> Filled {
        Filled {
            ts: self.ts || other.ts,
            level: self.level || other.level,
            message: self.message || other.message,
            logger: self.logger || other.logger,
            error_type: self.error_type || other.error_type,
            stack: self.stack || other.stack,
            trace_id: self.trace_id || other.trace_id,
            span_id: self.span_id || other.span_id,
            request_id: self.request_id || other.request_id,
            user_id: self.user_id || other.user_id,
            client_ip: self.client_ip || other.client_ip,
            http_method: self.http_method || other.http_method,
            http_path: self.http_path || other.http_path,
            http_status: self.http_status || other.http_status,
            duration_ms: self.duration_ms || other.duration_ms,
        }
    }
}

/// The columns of a record and the fields that fill none.
pub(crate) struct Columns<'a> {
    pub(crate) ts: Option<Millis>,
    pub(crate) level: Option<Level>,
    pub(crate) message: Option<Value<'a>>,
    pub(crate) logger: Option<Value<'a>>,
    pub(crate) error_type: Option<Value<'a>>,
    pub(crate) stack: Option<Value<'a>>,
    pub(crate) trace_id: Option<Value<'a>>,
    pub(crate) span_id: Option<Value<'a>>,
    pub(crate) request_id: Option<Value<'a>>,
    pub(crate) user_id: Option<Value<'a>>,
    pub(crate) client_ip: Option<Value<'a>>,
    pub(crate) http_method: Option<Value<'a>>,
    pub(crate) http_path: Option<Value<'a>>,
    pub(crate) http_status: Option<u16>,
    pub(crate) duration_ms: Option<Duration<'a>>,
    pub(crate) source: Option<Source>,
    /// Keys with their values, in the order of the line.
    pub(crate) attrs: BumpVec<'a, (Value<'a>, Value<'a>)>,
}

/// Takes over columns that are empty here and not there.
macro_rules! fill {
    ($here:ident, $there:ident; $($field:ident),*) => {
        $($here.$field = $here.$field.or($there.$field);)*
    };
}

impl<'a> Columns<'a> {
    pub(crate) fn new(arena: &'a Bump) -> Columns<'a> {
        Columns {
            ts: None,
            level: None,
            message: None,
            logger: None,
            error_type: None,
            stack: None,
            trace_id: None,
            span_id: None,
            request_id: None,
            user_id: None,
            client_ip: None,
            http_method: None,
            http_path: None,
            http_status: None,
            duration_ms: None,
            source: None,
            attrs: BumpVec::new_in(arena),
        }
    }

    /// Which columns hold something.
    pub(crate) fn filled(&self) -> Filled {
        Filled {
            ts: self.ts.is_some(),
            level: self.level.is_some(),
            message: self.message.is_some(),
            logger: self.logger.is_some(),
            error_type: self.error_type.is_some(),
            stack: self.stack.is_some(),
            trace_id: self.trace_id.is_some(),
            span_id: self.span_id.is_some(),
            request_id: self.request_id.is_some(),
            user_id: self.user_id.is_some(),
            client_ip: self.client_ip.is_some(),
            http_method: self.http_method.is_some(),
            http_path: self.http_path.is_some(),
            http_status: self.http_status.is_some(),
            duration_ms: self.duration_ms.is_some(),
        }
    }

    /// Fills what is empty from `inner`, whose `attrs` go behind these.
    pub(crate) fn fill_from(&mut self, inner: Columns<'a>) {
        fill!(self, inner;
            ts,
            level,
            message,
            logger,
            error_type,
            stack,
            trace_id,
            span_id,
            request_id,
            user_id,
            client_ip,
            http_method,
            http_path,
            http_status,
            duration_ms,
            source
        );
        self.attrs.extend(inner.attrs);
    }

    /// Fills ids, HTTP and duration from `inner` where they are empty.
    pub(crate) fn fill_context(&mut self, inner: &Columns<'a>) {
        fill!(self, inner;
            trace_id,
            span_id,
            request_id,
            user_id,
            client_ip,
            http_method,
            http_path,
            http_status,
            duration_ms
        );
    }

    /// Adds a text to `attrs`.
    pub(crate) fn attr(&mut self, key: &'static str, text: &'a [u8]) {
        self.attrs.push((Value::Plain(key.as_bytes()), Value::Plain(text)));
    }

    /// Adds a run of digits to `attrs`.
    pub(crate) fn attr_number(&mut self, key: &'static str, digits: &'a [u8]) {
        self.attrs.push((Value::Plain(key.as_bytes()), Value::Number(digits)));
    }
}
