//! The part of MessagePack that Forward needs: the head of a value, and stepping over values.
//!
//! Invariant: nothing here allocates for, or trusts, a length that its bytes do not prove.

mod walk;

pub(crate) use walk::{Walker, skip};

use crate::Refused;

/// The ext type of an `EventTime`.
pub(crate) const NANOS_EXT: i8 = 0;

/// What stands before a value's payload: all of a number, the length of anything else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Head {
    Nil,
    Bool(bool),
    Int(i64),
    UInt(u64),
    F32(f32),
    F64(f64),
    Str(usize),
    Bin(usize),
    Array(usize),
    Map(usize),
    Ext(i8, usize),
}

/// The head of the value at `at` and its length in bytes; `None` when the bytes end before it does.
#[inline]
pub(crate) fn head(bytes: &[u8], at: usize) -> Result<Option<(Head, usize)>, Refused> {
    let Some(rest) = bytes.get(at..) else { return Ok(None) };
    let Some((&first, rest)) = rest.split_first() else { return Ok(None) };
    if first == 0xc1 {
        return Err(Refused::NotMessagePack { offset: at });
    }
    Ok(decode(first, rest))
}

macro_rules! be {
    ($kind:ty, $bytes:expr) => {
        <$kind>::from_be_bytes(*$bytes.first_chunk()?)
    };
}

#[inline]
fn decode(first: u8, rest: &[u8]) -> Option<(Head, usize)> {
    Some(match first {
        0x00..=0x7f => (Head::UInt(u64::from(first)), 1),
        0x80..=0x8f => (Head::Map(usize::from(first & 0x0f)), 1),
        0x90..=0x9f => (Head::Array(usize::from(first & 0x0f)), 1),
        0xa0..=0xbf => (Head::Str(usize::from(first & 0x1f)), 1),
        // 0xc1 never comes here.
        0xc0 | 0xc1 => (Head::Nil, 1),
        0xc2 => (Head::Bool(false), 1),
        0xc3 => (Head::Bool(true), 1),
        0xc4 => (Head::Bin(usize::from(be!(u8, rest))), 2),
        0xc5 => (Head::Bin(usize::from(be!(u16, rest))), 3),
        0xc6 => (Head::Bin(be!(u32, rest) as usize), 5),
        0xc7 => (Head::Ext(*rest.get(1)? as i8, usize::from(be!(u8, rest))), 3),
        0xc8 => (Head::Ext(*rest.get(2)? as i8, usize::from(be!(u16, rest))), 4),
        0xc9 => (Head::Ext(*rest.get(4)? as i8, be!(u32, rest) as usize), 6),
        0xca => (Head::F32(be!(f32, rest)), 5),
        0xcb => (Head::F64(be!(f64, rest)), 9),
        0xcc => (Head::UInt(u64::from(be!(u8, rest))), 2),
        0xcd => (Head::UInt(u64::from(be!(u16, rest))), 3),
        0xce => (Head::UInt(u64::from(be!(u32, rest))), 5),
        0xcf => (Head::UInt(be!(u64, rest)), 9),
        0xd0 => (Head::Int(i64::from(be!(i8, rest))), 2),
        0xd1 => (Head::Int(i64::from(be!(i16, rest))), 3),
        0xd2 => (Head::Int(i64::from(be!(i32, rest))), 5),
        0xd3 => (Head::Int(be!(i64, rest)), 9),
        0xd4..=0xd8 => (Head::Ext(*rest.first()? as i8, 1 << (first - 0xd4)), 2),
        0xd9 => (Head::Str(usize::from(be!(u8, rest))), 2),
        0xda => (Head::Str(usize::from(be!(u16, rest))), 3),
        0xdb => (Head::Str(be!(u32, rest) as usize), 5),
        0xdc => (Head::Array(usize::from(be!(u16, rest))), 3),
        0xdd => (Head::Array(be!(u32, rest) as usize), 5),
        0xde => (Head::Map(usize::from(be!(u16, rest))), 3),
        0xdf => (Head::Map(be!(u32, rest) as usize), 5),
        0xe0..=0xff => (Head::Int(i64::from(first as i8)), 1),
    })
}

/// The string or binary at `at` and where it ends. `None` when it is none, or the bytes end before it does.
pub(crate) fn text(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let (Head::Str(len) | Head::Bin(len), head) = head(bytes, at).ok()?? else { return None };
    let start = at + head;
    let end = start.checked_add(len)?;
    Some((bytes.get(start..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_cut_short_is_none_and_whole_is_itself() {
        let cases: [(&[u8], Head); 12] = [
            (&[0x7f], Head::UInt(127)),
            (&[0xe0], Head::Int(-32)),
            (&[0xcd, 1, 0], Head::UInt(256)),
            (&[0xd1, 0xff, 0xfe], Head::Int(-2)),
            (&[0xbf], Head::Str(31)),
            (&[0xda, 1, 0], Head::Str(256)),
            (&[0xc6, 0, 1, 0, 0], Head::Bin(65536)),
            (&[0xdd, 0, 0, 1, 0], Head::Array(256)),
            (&[0xde, 0, 16], Head::Map(16)),
            (&[0xd7, 0], Head::Ext(0, 8)),
            (&[0xc8, 1, 0, 0xff], Head::Ext(-1, 256)),
            (&[0xca, 0x3f, 0x80, 0, 0], Head::F32(1.0)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(head(bytes, 0), Ok(Some((expected, bytes.len()))));
            for cut in 0..bytes.len() {
                assert_eq!(head(&bytes[..cut], 0), Ok(None));
            }
        }
        assert_eq!(head(&[0, 0xc1], 1), Err(Refused::NotMessagePack { offset: 1 }));
        assert_eq!(head(&[0], 7), Ok(None));
    }
}
