//! The scanner: walks one JSON text, hands out top-level keys and values as slices, and validates
//! everything it passes, so that a slice can be copied into the output without a second look.
//!
//! Beyond RFC 8259 it accepts what real loggers emit, and says so in [`Flags`] for the writer to mend:
//! raw control characters inside strings, and `NaN`, `Infinity`, `-Infinity` (Python's `json.dumps`).

use crate::escape::{find_special, hex4};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Kind {
    String,
    Number,
    True,
    False,
    Null,
    Object,
    Array,
    /// `NaN`, `Infinity` or `-Infinity`.
    NonFinite,
}

/// Properties of a value that need the writer's or reader's attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags(u16);

impl Flags {
    /// A backslash stands in a string.
    pub(crate) const ESCAPED: Flags = Flags(1);
    /// A raw control character stands in a string.
    pub(crate) const CONTROL: Flags = Flags(2);
    /// Insignificant white space stands between tokens.
    pub(crate) const SPACED: Flags = Flags(4);
    /// A number that JSON does not have.
    pub(crate) const NON_FINITE: Flags = Flags(8);
    /// `\ud800`–`\udfff` without its partner: grammatical, but no Unicode text.
    pub(crate) const LONE_SURROGATE: Flags = Flags(16);

    #[inline]
    pub(crate) fn set(&mut self, other: Flags) {
        self.0 |= other.0;
    }

    #[inline]
    pub(crate) fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// True when the bytes can be copied as they are.
    #[inline]
    pub(crate) fn is_clean(self) -> bool {
        self.0 & !Flags::ESCAPED.0 == 0
    }
}

/// A value: its bytes (quotes and brackets included), kind, flags and nesting depth (0 for scalars).
///
/// The three last fields fill eight bytes, so that a copy takes no stores that overlap. For the same reason the
/// scanner's steps hand back flags in registers and tokens are put together where they are used: a token that is
/// written to memory and read back at once stalls the processor (a fifth of the time of a JSON line).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) raw: &'a [u8],
    pub(crate) kind: Kind,
    pub(crate) flags: Flags,
    pub(crate) depth: u32,
}

impl<'a> Token<'a> {
    /// The bytes between a string's quotes.
    #[inline]
    pub(crate) fn inside(&self) -> &'a [u8] {
        match self.raw.len() {
            0 | 1 => &[],
            n => &self.raw[1..n - 1],
        }
    }
}

/// The text is not the JSON that was expected at this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

/// Values nested deeper than this are not taken as JSON at all.
pub(crate) const DEEPEST: usize = 1024;

/// A position in one JSON text.
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Scanner { text, at: 0 }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips white space; true when there was some.
    #[inline]
    fn space(&mut self) -> bool {
        let from = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.at != from
    }

    /// Enters the object the text must be. Then call [`Scanner::field`] until it gives None.
    pub(crate) fn open(&mut self) -> Result<(), Broken> {
        self.space();
        self.expect(b'{')
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek() != Some(byte) {
            return Err(Broken);
        }
        self.at += 1;
        Ok(())
    }

    /// The next key and value of the open object; None behind its closing brace. `first` is true for the first call.
    #[inline(always)]
    pub(crate) fn field(&mut self, first: bool) -> Result<Option<(Token<'a>, Token<'a>)>, Broken> {
        self.space();
        match self.peek() {
            Some(b'}') => {
                self.at += 1;
                return Ok(None);
            }
            Some(b',') if !first => {
                self.at += 1;
                self.space();
            }
            _ if first => {}
            _ => return Err(Broken),
        }
        let key = self.string_token()?;
        self.space();
        self.expect(b':')?;
        self.space();
        let value = self.value()?;
        Ok(Some((key, value)))
    }

    /// Only white space may follow.
    pub(crate) fn end(&mut self) -> Result<(), Broken> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { Err(Broken) }
    }

    /// A whole value.
    #[inline(always)]
    pub(crate) fn value(&mut self) -> Result<Token<'a>, Broken> {
        let start = self.at;
        let (kind, flags, depth) = match self.peek() {
            Some(b'"') => (Kind::String, self.string()?, 0),
            Some(open @ (b'{' | b'[')) => {
                let (flags, depth) = self.nested()?;
                (if open == b'{' { Kind::Object } else { Kind::Array }, flags, depth)
            }
            Some(_) => {
                let (kind, flags) = self.atom()?;
                (kind, flags, 0)
            }
            None => return Err(Broken),
        };
        Ok(Token { raw: &self.text[start..self.at], kind, flags, depth })
    }

    #[inline(always)]
    fn string_token(&mut self) -> Result<Token<'a>, Broken> {
        let start = self.at;
        let flags = self.string()?;
        Ok(Token { raw: &self.text[start..self.at], kind: Kind::String, flags, depth: 0 })
    }

    /// The elements of the array `raw`, which was validated before.
    pub(crate) fn elements(raw: &'a [u8]) -> impl Iterator<Item = Token<'a>> {
        let mut scanner = Scanner { text: raw, at: 1 };
        std::iter::from_fn(move || {
            scanner.space();
            if scanner.peek() == Some(b',') {
                scanner.at += 1;
                scanner.space();
            }
            if scanner.peek() == Some(b']') {
                return None;
            }
            scanner.value().ok()
        })
    }

    /// Passes a string; what it holds that needs attention.
    #[inline]
    fn string(&mut self) -> Result<Flags, Broken> {
        if self.peek() != Some(b'"') {
            return Err(Broken);
        }
        let mut flags = Flags::default();
        let mut at = self.at + 1;
        loop {
            at = find_special(self.text, at);
            match self.text.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    flags.set(Flags::ESCAPED);
                    at = self.escape(at, &mut flags)?;
                }
                Some(_) => {
                    flags.set(Flags::CONTROL);
                    at += 1;
                }
                None => return Err(Broken),
            }
        }
        self.at = at + 1;
        Ok(flags)
    }

    /// Validates the escape at `at`; gives the position behind it.
    fn escape(&self, at: usize, flags: &mut Flags) -> Result<usize, Broken> {
        match self.text.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                let code = self.text.get(at + 2..).and_then(hex4).ok_or(Broken)?;
                match code {
                    0xd800..0xdc00 => {
                        let low = (self.text.get(at + 6..at + 8) == Some(b"\\u"))
                            .then(|| self.text.get(at + 8..).and_then(hex4))
                            .flatten();
                        if low.is_some_and(|low| (0xdc00..0xe000).contains(&low)) {
                            return Ok(at + 12);
                        }
                        flags.set(Flags::LONE_SURROGATE);
                    }
                    0xdc00..0xe000 => flags.set(Flags::LONE_SURROGATE),
                    _ => {}
                }
                Ok(at + 6)
            }
            _ => Err(Broken),
        }
    }

    fn atom(&mut self) -> Result<(Kind, Flags), Broken> {
        let start = self.at;
        let rest = &self.text[start..];
        let mut flags = Flags::default();
        let (len, kind) = match rest.first() {
            Some(b't') if rest.starts_with(b"true") => (4, Kind::True),
            Some(b'f') if rest.starts_with(b"false") => (5, Kind::False),
            Some(b'n') if rest.starts_with(b"null") => (4, Kind::Null),
            Some(b'N') if rest.starts_with(b"NaN") => (3, Kind::NonFinite),
            Some(b'I') if rest.starts_with(b"Infinity") => (8, Kind::NonFinite),
            Some(b'-') if rest.starts_with(b"-Infinity") => (9, Kind::NonFinite),
            _ => (number_len(rest).ok_or(Broken)?, Kind::Number),
        };
        if kind == Kind::NonFinite {
            flags.set(Flags::NON_FINITE);
        }
        // `truely` and `1x` are no atoms.
        if rest.get(len).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-' | b'_'))
        {
            return Err(Broken);
        }
        self.at += len;
        Ok((kind, flags))
    }

    /// An object or array, validated without recursion: one bit a level says which it is.
    fn nested(&mut self) -> Result<(Flags, u32), Broken> {
        let mut is_object = [0u64; DEEPEST / 64];
        let mut depth = 0usize;
        let mut deepest = 0usize;
        let mut flags = Flags::default();
        loop {
            // Here a value must begin.
            match self.peek() {
                Some(open @ (b'{' | b'[')) => {
                    if depth == DEEPEST {
                        return Err(Broken);
                    }
                    let (word, bit) = (depth / 64, 1u64 << (depth % 64));
                    if open == b'{' {
                        is_object[word] |= bit;
                    } else {
                        is_object[word] &= !bit;
                    }
                    depth += 1;
                    deepest = deepest.max(depth);
                    self.at += 1;
                    if self.space() {
                        flags.set(Flags::SPACED);
                    }
                    match (open, self.peek()) {
                        (b'{', Some(b'}')) | (b'[', Some(b']')) => {}
                        (b'{', _) => {
                            self.nested_key(&mut flags)?;
                            continue;
                        }
                        _ => continue,
                    }
                }
                Some(b'"') => flags.set(self.string()?),
                Some(_) => flags.set(self.atom()?.1),
                None => return Err(Broken),
            }
            // Here a value has ended, or a container is about to.
            loop {
                if self.space() {
                    flags.set(Flags::SPACED);
                }
                let inner = depth - 1;
                let object = is_object[inner / 64] >> (inner % 64) & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        if self.space() {
                            flags.set(Flags::SPACED);
                        }
                        if object {
                            self.nested_key(&mut flags)?;
                        }
                        break;
                    }
                    Some(b'}') if object => self.at += 1,
                    Some(b']') if !object => self.at += 1,
                    _ => return Err(Broken),
                }
                depth -= 1;
                if depth == 0 {
                    return Ok((flags, deepest as u32));
                }
            }
        }
    }

    fn nested_key(&mut self, flags: &mut Flags) -> Result<(), Broken> {
        flags.set(self.string()?);
        let mut spaced = self.space();
        self.expect(b':')?;
        spaced |= self.space();
        if spaced {
            flags.set(Flags::SPACED);
        }
        Ok(())
    }
}

/// The length of the number at the start of `bytes` by RFC 8259's grammar.
fn number_len(bytes: &[u8]) -> Option<usize> {
    let digits =
        |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && bytes[at] == b'0') {
        return None;
    }
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    Some(at)
}

#[cfg(test)]
mod tests;
