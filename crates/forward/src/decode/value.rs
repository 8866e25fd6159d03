//! Values of a record, borrowed from the message.

use crate::msgpack::{Head, head, skip};
use crate::quick::string;

/// A value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Nil,
    /// A truth value.
    Bool(bool),
    /// A number below zero.
    Int(i64),
    /// A number from zero on.
    UInt(u64),
    /// A float of 32 bits.
    F32(f32),
    /// A float of 64 bits.
    F64(f64),
    /// Text, as a rule in UTF-8.
    Str(&'a [u8]),
    /// Bytes.
    Bin(&'a [u8]),
    /// Values.
    Array(Items<'a>),
    /// Keys and values.
    Map(Fields<'a>),
    /// A value of an extension type.
    Ext(i8, &'a [u8]),
}

/// The values of an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Items<'a> {
    bytes: &'a [u8],
    len: usize,
}

/// The keys and values of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    len: usize,
}

impl<'a> Items<'a> {
    pub(crate) fn new(bytes: &'a [u8], len: usize) -> Items<'a> {
        Items { bytes, len }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The values.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let (mut rest, mut left) = (self.bytes, self.len);
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            take(&mut rest)
        })
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<'a> Fields<'a> {
    #[inline]
    pub(super) fn new(bytes: &'a [u8], len: usize) -> Fields<'a> {
        Fields { bytes, len }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Keys with their values, in the order of the message.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> + use<'a> {
        let (mut rest, mut left) = (self.bytes, self.len);
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            Some((take(&mut rest)?, take(&mut rest)?))
        })
    }

    /// The same while both are strings; `None` for the first pair that is not.
    #[inline]
    pub fn strings(&self) -> impl Iterator<Item = Option<(&'a [u8], &'a [u8])>> + use<'a> {
        let (bytes, mut at, mut left) = (self.bytes, 0, self.len);
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let pair = string(bytes, at).and_then(|key| {
                let value = string(bytes, key.end)?;
                at = value.end;
                Some((&bytes[key], &bytes[value]))
            });
            Some(pair)
        })
    }

    /// The first value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.iter().find(|(found, _)| *found == Value::Str(key.as_bytes())).map(|(_, value)| value)
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// Takes the first value off.
#[inline]
fn take<'a>(rest: &mut &'a [u8]) -> Option<Value<'a>> {
    let bytes = *rest;
    let (head, at) = head(bytes, 0).ok()??;
    let (value, end) = match head {
        Head::Str(len) => (Value::Str(bytes.get(at..at + len)?), at + len),
        Head::UInt(number) => (Value::UInt(number), at),
        Head::Int(number) => (Value::Int(number), at),
        Head::Nil => (Value::Nil, at),
        Head::Bool(truth) => (Value::Bool(truth), at),
        Head::F32(number) => (Value::F32(number), at),
        Head::F64(number) => (Value::F64(number), at),
        Head::Bin(len) => (Value::Bin(bytes.get(at..at + len)?), at + len),
        Head::Ext(kind, len) => (Value::Ext(kind, bytes.get(at..at + len)?), at + len),
        Head::Array(len) => {
            let end = skip(bytes, 0)?;
            (Value::Array(Items { bytes: &bytes[at..end], len }), end)
        }
        Head::Map(len) => {
            let end = skip(bytes, 0)?;
            (Value::Map(Fields { bytes: &bytes[at..end], len }), end)
        }
    };
    *rest = &bytes[end..];
    Some(value)
}
