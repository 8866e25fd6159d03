//! Reading JSON text from front to back without building anything: values that are not wanted are
//! passed over, but checked, so that text which is no JSON before the value wanted is found out.

use super::number::double;
use super::path::Step;

/// Values deeper than this are refused, as Trino refuses them.
const DEEPEST: usize = 1000;

/// A text between quotes, as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Quoted<'a> {
    /// Adds the text with its escapes resolved.
    pub(super) fn decode_into(self, out: &mut String) {
        if !self.escaped {
            out.push_str(self.raw);
            return;
        }
        let mut rest = self.raw;
        while let Some(at) = rest.find('\\') {
            out.push_str(&rest[..at]);
            let (kind, after) = (rest.as_bytes()[at + 1], &rest[at + 2..]);
            rest = after;
            out.push(match kind {
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'u' => {
                    let first = hex(rest);
                    rest = &rest[4..];
                    match first {
                        0xD800..0xDC00
                            if rest.starts_with("\\u") && (0xDC00..0xE000).contains(&hex(&rest[2..])) =>
                        {
                            let second = hex(&rest[2..]);
                            rest = &rest[6..];
                            char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
                                .unwrap_or('?')
                        }
                        // Half a pair is no character: Trino writes a question mark.
                        first => char::from_u32(first).unwrap_or('?'),
                    }
                }
                other => other as char,
            });
        }
        out.push_str(rest);
    }

    fn equals(self, key: &str) -> bool {
        if !self.escaped {
            return self.raw == key;
        }
        let mut decoded = String::new();
        self.decode_into(&mut decoded);
        decoded == key
    }

    /// The text between the quotes, escapes and all.
    pub(super) fn decoded(self) -> String {
        let mut decoded = String::new();
        self.decode_into(&mut decoded);
        decoded
    }
}

/// Four hexadecimal digits; checked when the text was passed over.
fn hex(text: &str) -> u32 {
    text.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(u32::from('?'))
}

/// A scalar, or the start of an array or object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'a> {
    Null,
    True,
    False,
    Number(&'a str),
    Text(Quoted<'a>),
    Array,
    Object,
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// Nothing when the text is not JSON.
type Scan<T> = Option<T>;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    fn eat(&mut self, wanted: u8) -> bool {
        self.space();
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// Whether nothing but space is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// The next value, or the start of it.
    #[inline]
    pub(super) fn token(&mut self) -> Scan<Token<'a>> {
        self.space();
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.quoted().map(Token::Text)
            }
            b'{' => {
                self.at += 1;
                Some(Token::Object)
            }
            b'[' => {
                self.at += 1;
                Some(Token::Array)
            }
            b't' => self.word("true").map(|()| Token::True),
            b'f' => self.word("false").map(|()| Token::False),
            b'n' => self.word("null").map(|()| Token::Null),
            b'-' | b'0'..=b'9' => self.number().map(Token::Number),
            _ => None,
        }
    }

    fn word(&mut self, word: &str) -> Scan<()> {
        let rest = &self.text.as_bytes()[self.at..];
        let whole = rest.starts_with(word.as_bytes())
            && !rest.get(word.len()).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        self.at += word.len();
        whole.then_some(())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Scan<&'a str> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let zero = self.peek() == Some(b'0');
        let digits = self.digits();
        if digits == 0 || (zero && digits > 1) {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return None;
            }
        }
        Some(&self.text[start..self.at])
    }

    /// The text up to the closing quote, the opening one being behind.
    #[inline]
    fn quoted(&mut self) -> Scan<Quoted<'a>> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut escaped = false;
        loop {
            // Eight bytes at a time while there is neither quote, backslash nor control character.
            while let Some(chunk) = bytes.get(self.at..self.at + 8) {
                let word = u64::from_le_bytes(chunk.try_into().ok()?);
                match special(word) {
                    0 => self.at += 8,
                    mask => {
                        self.at += mask.trailing_zeros() as usize / 8;
                        break;
                    }
                }
            }
            match *bytes.get(self.at)? {
                b'"' => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Some(Quoted { raw, escaped });
                }
                b'\\' => {
                    escaped = true;
                    match *bytes.get(self.at + 1)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
                        b'u' => {
                            let digits = bytes.get(self.at + 2..self.at + 6)?;
                            if !digits.iter().all(u8::is_ascii_hexdigit) {
                                return None;
                            }
                            self.at += 6;
                        }
                        _ => return None,
                    }
                }
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
    }

    /// The next key of an object and, passed, its colon; `first` for the one after the brace.
    #[inline]
    fn key(&mut self, first: bool) -> Scan<Option<Quoted<'a>>> {
        if self.eat(b'}') {
            return Some(None);
        }
        if !first && !self.eat(b',') {
            return None;
        }
        if !self.eat(b'"') {
            return None;
        }
        let key = self.quoted()?;
        self.eat(b':').then_some(Some(key))
    }

    /// Whether there is another element in an array; `first` for the one after the bracket.
    #[inline]
    pub(super) fn element(&mut self, first: bool) -> Scan<bool> {
        if self.eat(b']') {
            return Some(false);
        }
        (first || self.eat(b',')).then_some(true)
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self) -> Scan<()> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: usize) -> Scan<()> {
        let token = self.token()?;
        self.skip_rest(token, depth)
    }

    /// Passes over what follows a token.
    pub(super) fn skip_rest(&mut self, token: Token<'a>, depth: usize) -> Scan<()> {
        if depth >= DEEPEST {
            return None;
        }
        match token {
            Token::Array => {
                let mut first = true;
                while self.element(first)? {
                    self.skip_at(depth + 1)?;
                    first = false;
                }
            }
            Token::Object => {
                let mut first = true;
                while self.key(first)?.is_some() {
                    self.skip_at(depth + 1)?;
                    first = false;
                }
            }
            _ => {}
        }
        Some(())
    }

    /// Goes to the first value at a path; nothing when there is none or the text before it is no JSON.
    #[inline]
    pub(super) fn find(mut self, path: &[Step]) -> Option<Self> {
        for step in path {
            match self.token()? {
                Token::Object => self.find_key(&step.key)?,
                Token::Array => self.find_index(step.index?)?,
                _ => return None,
            }
        }
        Some(self)
    }

    fn find_key(&mut self, wanted: &str) -> Option<()> {
        let mut first = true;
        while let Some(key) = self.key(first)? {
            if key.equals(wanted) {
                return Some(());
            }
            self.skip()?;
            first = false;
        }
        None
    }

    fn find_index(&mut self, wanted: usize) -> Option<()> {
        let mut index = 0;
        while self.element(index == 0)? {
            if index == wanted {
                return Some(());
            }
            self.skip()?;
            index += 1;
        }
        None
    }

    /// The elements of an array or entries of an object that follow a token; 0 for scalars.
    pub(super) fn count(&mut self, token: Token<'a>) -> Scan<i64> {
        let mut count = 0;
        match token {
            Token::Array => {
                while self.element(count == 0)? {
                    self.skip()?;
                    count += 1;
                }
            }
            Token::Object => {
                while self.key(count == 0)?.is_some() {
                    self.skip()?;
                    count += 1;
                }
            }
            _ => {}
        }
        Some(count)
    }

    /// Copies a value without space, numbers and escapes written as Trino writes them.
    pub(super) fn copy(&mut self, out: &mut String) -> Scan<()> {
        let token = self.token()?;
        self.copy_rest(token, out, 0)
    }

    fn copy_rest(&mut self, token: Token<'a>, out: &mut String, depth: usize) -> Scan<()> {
        if depth >= DEEPEST {
            return None;
        }
        match token {
            Token::Array => {
                out.push('[');
                let mut first = true;
                while self.element(first)? {
                    if !first {
                        out.push(',');
                    }
                    let token = self.token()?;
                    self.copy_rest(token, out, depth + 1)?;
                    first = false;
                }
                out.push(']');
            }
            Token::Object => {
                out.push('{');
                let mut first = true;
                while let Some(key) = self.key(first)? {
                    if !first {
                        out.push(',');
                    }
                    write_text(key, out);
                    out.push(':');
                    let token = self.token()?;
                    self.copy_rest(token, out, depth + 1)?;
                    first = false;
                }
                out.push('}');
            }
            scalar => write_scalar(scalar, out),
        }
        Some(())
    }

    /// Copies a value as above, with the keys of objects sorted and the last of equal keys kept.
    pub(super) fn copy_sorted(&mut self, out: &mut String, depth: usize) -> Scan<()> {
        if depth >= DEEPEST {
            return None;
        }
        match self.token()? {
            Token::Array => {
                out.push('[');
                let mut first = true;
                while self.element(first)? {
                    if !first {
                        out.push(',');
                    }
                    self.copy_sorted(out, depth + 1)?;
                    first = false;
                }
                out.push(']');
            }
            Token::Object => {
                let mut entries: Vec<(String, String)> = Vec::new();
                while let Some(key) = self.key(entries.is_empty())? {
                    let mut value = String::new();
                    self.copy_sorted(&mut value, depth + 1)?;
                    entries.push((key.decoded(), value));
                }
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                out.push('{');
                let mut first = true;
                for (index, (key, value)) in entries.iter().enumerate() {
                    if entries.get(index + 1).is_some_and(|next| next.0 == *key) {
                        continue;
                    }
                    if !first {
                        out.push(',');
                    }
                    write_decoded(key, out);
                    out.push(':');
                    out.push_str(value);
                    first = false;
                }
                out.push('}');
            }
            scalar => write_scalar(scalar, out),
        }
        Some(())
    }
}

/// The high bit of every byte that is a quote, a backslash or a control character; bytes above the
/// first one marked may be marked wrongly.
#[inline]
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero(word ^ (ONES * b'"' as u64));
    let backslash = zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGH
}

fn write_scalar(token: Token<'_>, out: &mut String) {
    match token {
        Token::Null => out.push_str("null"),
        Token::True => out.push_str("true"),
        Token::False => out.push_str("false"),
        Token::Number("-0") => out.push('0'),
        Token::Number(number) if number.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) => {
            match number.parse::<f64>() {
                Ok(number) if number.is_finite() => out.push_str(&double(number)),
                Ok(number) => {
                    out.push('"');
                    out.push_str(&double(number));
                    out.push('"');
                }
                Err(_) => out.push_str(number),
            }
        }
        Token::Number(number) => out.push_str(number),
        Token::Text(text) => write_text(text, out),
        Token::Array | Token::Object => {}
    }
}

fn write_text(text: Quoted<'_>, out: &mut String) {
    if text.escaped {
        write_decoded(&text.decoded(), out);
    } else {
        out.push('"');
        out.push_str(text.raw);
        out.push('"');
    }
}

fn write_decoded(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}
