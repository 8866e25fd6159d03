//! Whether whole bytes are a Forward message, and what it consists of.

use std::fmt;
use std::ops::Range;

use crate::msgpack::{Head, Walker, head, skip, text};
use crate::{Limits, Refused, inflate, time};

/// How a chunk is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// RFC 1952, one member or several.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        })
    }
}

/// The modes of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing: `nil` keeps the connection alive.
    Heartbeat,
    /// One event.
    Message,
    /// An array of events.
    Forward,
    /// Events one after the other in a string.
    Packed,
    /// The same, compressed.
    CompressedPacked(Compression),
}

/// A message that was looked at from end to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    /// Events in it. Those of a compressed chunk are counted by [`check`] only.
    pub(crate) events: u64,
    /// Where the bytes of the chunk id stand.
    pub(crate) chunk: Option<Range<usize>>,
    /// Where the tag stands.
    pub(crate) tag: Range<usize>,
    /// Where the events stand: of `Message` its time, of `Forward` the first event, else the content.
    pub(crate) body: Range<usize>,
}

/// The shape of the whole message `bytes`, the content of chunks included.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<Shape, Refused> {
    let mut shape = outline(bytes)?;
    let mut walker = Walker::new(limits.depth());
    shape.events = match shape.kind {
        Kind::Heartbeat => 0,
        Kind::Message => {
            let record = time_at(bytes, shape.body.start)?;
            record_end(bytes, record, &mut walker)?;
            1
        }
        Kind::Forward | Kind::Packed => {
            let (mut at, mut events) = (shape.body.start, 0);
            while at < shape.body.end {
                at = event_end(&bytes[..shape.body.end], at, &mut walker)?;
                events += 1;
            }
            events
        }
        Kind::CompressedPacked(compression) => {
            let mut events = 0;
            inflate::each(&bytes[shape.body.clone()], compression, limits, &mut |event| {
                event_end(event, 0, &mut walker)?;
                events += 1;
                Ok(())
            })?;
            events
        }
    };
    Ok(shape)
}

/// The parts of a whole message; the events themselves are not looked at.
pub(crate) fn outline(bytes: &[u8]) -> Result<Shape, Refused> {
    let count = match whole(head(bytes, 0)?)? {
        (Head::Nil, _) => {
            return Ok(Shape { kind: Kind::Heartbeat, events: 0, chunk: None, tag: 0..0, body: 0..0 });
        }
        (Head::Array(count @ 2..=4), _) => count,
        (Head::Array(_), _) => return Err(Refused::shape(0, "a message has two to four parts")),
        _ => return Err(Refused::shape(0, "a message is an array")),
    };
    let at = whole(head(bytes, 0)?)?.1;
    let Some((tag, second)) = text(bytes, at) else { return Err(Refused::shape(at, "the tag is no string")) };
    let tag = second - tag.len()..second;
    let (kind, body, end, parts) = match whole(head(bytes, second)?)? {
        (Head::Array(_), len) => {
            let end = end_of(bytes, second)?;
            (Kind::Forward, second + len..end, end, 2)
        }
        (Head::Str(content) | Head::Bin(content), len) => {
            let end = second + len + content;
            (Kind::Packed, second + len..end, end, 2)
        }
        _ => {
            let record = time_at(bytes, second)?;
            if count < 3 {
                return Err(Refused::shape(second, "an event has a time and a record"));
            }
            let end = end_of(bytes, record)?;
            (Kind::Message, second..end, end, 3)
        }
    };
    if count > parts + 1 {
        return Err(Refused::shape(0, "the message has too many parts"));
    }
    let mut shape = Shape { kind, events: 0, chunk: None, tag, body };
    if count > parts {
        options(bytes, end, &mut shape)?;
    }
    Ok(shape)
}

fn options(bytes: &[u8], at: usize, shape: &mut Shape) -> Result<(), Refused> {
    let (count, len) = match whole(head(bytes, at)?)? {
        (Head::Nil, _) => return Ok(()),
        (Head::Map(count), len) => (count, len),
        _ => return Err(Refused::shape(at, "the option is no map")),
    };
    let mut at = at + len;
    for _ in 0..count {
        let value = end_of(bytes, at)?;
        let end = end_of(bytes, value)?;
        let key = text(bytes, at).map_or(&b""[..], |(key, _)| key);
        match (key, text(bytes, value)) {
            (b"chunk", Some((id, end))) if !id.is_empty() => shape.chunk = Some(end - id.len()..end),
            (b"compressed", Some((name, _))) if shape.kind == Kind::Packed => {
                shape.kind = match name {
                    b"gzip" => Kind::CompressedPacked(Compression::Gzip),
                    b"zstd" => Kind::CompressedPacked(Compression::Zstd),
                    b"text" => Kind::Packed,
                    other => {
                        let name = String::from_utf8_lossy(&other[..other.len().min(32)]).into_owned();
                        return Err(Refused::UnknownCompression { name });
                    }
                };
            }
            _ => {}
        }
        at = end;
    }
    Ok(())
}

/// Where the event at `at` ends: `[time, record]` or `[[time, metadata], record]`.
fn event_end(bytes: &[u8], at: usize, walker: &mut Walker) -> Result<usize, Refused> {
    let record = event_record(bytes, at)?.1;
    record_end(bytes, record, walker)
}

/// The time of the event at `at`, and where its record stands.
#[inline]
pub(crate) fn event_record(bytes: &[u8], at: usize) -> Result<(time::Time, usize), Refused> {
    let (Head::Array(2), len) = whole(head(bytes, at)?)? else {
        return Err(Refused::shape(at, "an event is an array of a time and a record"));
    };
    let first = at + len;
    let (Head::Array(2), len) = whole(head(bytes, first)?)? else {
        return whole(time::read(bytes, first)?);
    };
    let (time, metadata) = whole(time::read(bytes, first + len)?)?;
    let (Head::Map(_), _) = whole(head(bytes, metadata)?)? else {
        return Err(Refused::shape(metadata, "the metadata of an event is no map"));
    };
    Ok((time, end_of(bytes, metadata)?))
}

fn time_at(bytes: &[u8], at: usize) -> Result<usize, Refused> {
    Ok(whole(time::read(bytes, at)?)?.1)
}

fn record_end(bytes: &[u8], at: usize, walker: &mut Walker) -> Result<usize, Refused> {
    let (Head::Map(_), _) = whole(head(bytes, at)?)? else {
        return Err(Refused::shape(at, "a record is no map"));
    };
    walker.begin(at);
    whole(walker.run(bytes, usize::MAX)?)
}

fn end_of(bytes: &[u8], at: usize) -> Result<usize, Refused> {
    whole(skip(bytes, at))
}

/// What is read here must be there: the message is whole.
fn whole<T>(found: Option<T>) -> Result<T, Refused> {
    found.ok_or(Refused::NotForward { offset: 0, what: "a part ends in the middle of a value" })
}
