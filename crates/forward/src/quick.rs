//! The way for messages as FireLens and most clients send them: one event, its record a map of strings, no option that
//! says anything. One pass over the bytes; whatever is not like that goes the long way.

use std::ops::Range;

use crate::Time;

/// The parts of such a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quick {
    pub(crate) tag: Range<usize>,
    pub(crate) time: Time,
    /// Keys and values of the record.
    pub(crate) fields: Range<usize>,
    pub(crate) count: usize,
    /// Where the message ends.
    pub(crate) end: usize,
}

/// The message at `at`, if it is such a one and whole.
#[inline]
pub(crate) fn message(bytes: &[u8], at: usize) -> Option<Quick> {
    let has_option = match bytes.get(at)? {
        0x93 => false,
        0x94 => true,
        _ => return None,
    };
    let tag = string(bytes, at + 1)?;
    let [0xd7, 0, payload @ ..] = bytes.get(tag.end..tag.end + 10)? else { return None };
    let time = Time::from_event_time(*payload.first_chunk()?);
    let map = tag.end + 10;
    let count = match bytes.get(map)? {
        first @ 0x80..=0x8f => usize::from(first & 0x0f),
        _ => return None,
    };
    let mut end = map + 1;
    for _ in 0..2 * count {
        end = string(bytes, end)?.end;
    }
    let fields = map + 1..end;
    if has_option {
        // Nil or an empty map.
        if !matches!(bytes.get(end)?, 0xc0 | 0x80) {
            return None;
        }
        end += 1;
    }
    Some(Quick { tag, time, fields, count, end })
}

/// Where the text of the string at `at` stands, if it is a whole string.
#[inline]
pub(crate) fn string(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?;
    let (start, len) = match *rest.first()? {
        first @ 0xa0..=0xbf => (1, usize::from(first & 0x1f)),
        0xd9 => (2, usize::from(*rest.get(1)?)),
        0xda => (3, usize::from(u16::from_be_bytes(*rest.get(1..)?.first_chunk()?))),
        0xdb => (5, u32::from_be_bytes(*rest.get(1..)?.first_chunk()?) as usize),
        _ => return None,
    };
    let end = start + len;
    (end <= rest.len()).then_some(at + start..at + end)
}
