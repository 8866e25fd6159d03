//! Values as they travel from a line to the record without being copied.

use bumpalo::Bump;

use crate::escape::{unescape, write_escaped};
use crate::json::{Kind, Token, write_token};

/// What a field holds before it is settled whether it becomes a column or stays in `attrs`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    /// A JSON token of the line.
    Json(Token<'a>),
    /// Plain text from a text line, written as a JSON string.
    Plain(&'a [u8]),
    /// A run of digits from a text line, written as a JSON number.
    Number(&'a [u8]),
}

impl<'a> Value<'a> {
    /// Appends the value as a JSON string: strings as they are, anything else by its JSON text.
    #[inline]
    pub(crate) fn write_string(&self, out: &mut Vec<u8>) {
        match self {
            Value::Json(token) if token.kind == Kind::String => write_token(out, token, usize::MAX),
            Value::Json(token) => {
                let mut text = Vec::new();
                write_token(&mut text, token, usize::MAX);
                out.push(b'"');
                write_escaped(out, &text);
                out.push(b'"');
            }
            Value::Plain(bytes) | Value::Number(bytes) => {
                out.push(b'"');
                write_escaped(out, bytes);
                out.push(b'"');
            }
        }
    }

    /// The characters of a string or plain text, decoded; the JSON text of anything else.
    pub(crate) fn decoded(&self, arena: &'a Bump) -> &'a [u8] {
        match self {
            Value::Json(token) if token.kind == Kind::String => unescape(arena, token.inside()),
            Value::Json(token) => token.raw,
            Value::Plain(bytes) | Value::Number(bytes) => bytes,
        }
    }

    /// Appends the value as JSON.
    pub(crate) fn write(&self, out: &mut Vec<u8>, max_depth: usize) {
        match self {
            Value::Json(token) => write_token(out, token, max_depth),
            Value::Plain(_) => self.write_string(out),
            Value::Number(digits) => {
                let digits = match digits.iter().position(|&d| d != b'0') {
                    Some(first) => &digits[first..],
                    None => b"0",
                };
                out.extend_from_slice(digits);
            }
        }
    }
}
