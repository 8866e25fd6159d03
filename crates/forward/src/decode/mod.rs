//! Reads messages that were stored.

mod json;
mod value;

use crate::msgpack::{Head, head, skip};
use crate::quick::{self, Quick};
use crate::shape::{Kind, Shape, event_record, outline};
use crate::{DecodeError, Limits, Refused, Time, inflate, time};
pub use value::{Fields, Items, Value};

/// One event.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Its tag.
    pub tag: &'a [u8],
    /// Its time.
    pub time: Time,
    /// Its fields.
    pub record: Fields<'a>,
}

/// Reads messages.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
}

impl Decoder {
    /// A decoder by these limits; they matter for compressed chunks only.
    #[must_use]
    pub fn new(limits: Limits) -> Decoder {
        Decoder { limits }
    }

    /// Calls `each` for every event of the messages, which stand one after the other, and gives their number.
    ///
    /// # Errors
    /// When a message cannot be read. The events before the place were given out.
    pub fn events(&mut self, messages: &[u8], each: &mut impl FnMut(Event<'_>)) -> Result<u64, DecodeError> {
        let (mut offset, mut events) = (0, 0);
        while offset < messages.len() {
            let mut count = |event: Event<'_>| {
                events += 1;
                each(event);
            };
            if let Some(Quick { tag, time, fields, count: len, end }) = quick::message(messages, offset) {
                count(Event { tag: &messages[tag], time, record: Fields::new(&messages[fields], len) });
                offset = end;
                continue;
            }
            let decoded = skip(messages, offset)
                .ok_or(Refused::NotForward { offset: 0, what: "the message is cut off" })
                .and_then(|end| self.message(&messages[offset..end], &mut count).map(|()| end));
            match decoded {
                Ok(end) => offset = end,
                Err(source) => return Err(DecodeError { offset, events, source }),
            }
        }
        Ok(events)
    }

    fn message(&self, bytes: &[u8], each: &mut impl FnMut(Event<'_>)) -> Result<(), Refused> {
        let Shape { kind, tag, body, .. } = outline(bytes)?;
        let tag = &bytes[tag];
        match kind {
            Kind::Heartbeat => Ok(()),
            Kind::Message => {
                let (time, at) = time::read(bytes, body.start)?.unwrap_or_default();
                each(Event { tag, time, record: fields(bytes, at, body.end)? });
                Ok(())
            }
            Kind::Forward | Kind::Packed => {
                let mut at = body.start;
                while at < body.end {
                    at = event(&bytes[..body.end], at, tag, each)?;
                }
                Ok(())
            }
            Kind::CompressedPacked(compression) => {
                inflate::each(&bytes[body], compression, &self.limits, &mut |bytes| {
                    event(bytes, 0, tag, each).map(drop)
                })
            }
        }
    }
}

/// The message at the beginning of the bytes and its length, if it is whole and one as FireLens and most clients send
/// them: one event, its record a map of strings, no option. `None` says nothing of the message: others are left out.
#[must_use]
#[inline]
pub fn plain(messages: &[u8]) -> Option<(Event<'_>, usize)> {
    let Quick { tag, time, fields, count, end } = quick::message(messages, 0)?;
    Some((Event { tag: &messages[tag], time, record: Fields::new(&messages[fields], count) }, end))
}

/// Gives the event at `at` and says where it ends.
fn event(bytes: &[u8], at: usize, tag: &[u8], each: &mut impl FnMut(Event<'_>)) -> Result<usize, Refused> {
    let (time, record) = event_record(bytes, at)?;
    let end =
        skip(bytes, record).ok_or(Refused::NotForward { offset: record, what: "a record is cut off" })?;
    each(Event { tag, time, record: fields(bytes, record, end)? });
    Ok(end)
}

fn fields(bytes: &[u8], at: usize, end: usize) -> Result<Fields<'_>, Refused> {
    match head(bytes, at)? {
        Some((Head::Map(count), len)) => Ok(Fields::new(&bytes[at + len..end], count)),
        _ => Err(Refused::shape(at, "a record is no map")),
    }
}
