//! Values as JSON.
//!
//! Strings and binaries are JSON strings, with U+FFFD for what is no UTF-8. Integers are exact; floats are the
//! shortest text that reads back the same, `null` when JSON has no text for them. An `EventTime` is its seconds with
//! nine decimals, another extension value its bytes in hexadecimal. Keys that are no strings are their own JSON in one.

use std::fmt::Write as _;
use std::io::Write as _;

use super::{Fields, Value};
use crate::msgpack::NANOS_EXT;
use crate::time::Time;

impl Fields<'_> {
    /// Appends the record as a JSON object. Keys that stand twice do so there, too.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let mut separator = b'{';
        for (key, value) in self.iter() {
            out.push(separator);
            separator = b',';
            match key {
                Value::Str(text) | Value::Bin(text) => string(text, out),
                other => {
                    let mut text = Vec::new();
                    other.write_json(&mut text);
                    string(&text, out);
                }
            }
            out.push(b':');
            value.write_json(out);
        }
        if separator == b'{' {
            out.push(separator);
        }
        out.push(b'}');
    }
}

impl Value<'_> {
    /// Appends the value as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        // Writing into memory does not fail.
        let _ = match self {
            Value::Nil => out.write_all(b"null"),
            Value::Bool(truth) => write!(out, "{truth}"),
            Value::Int(number) => write!(out, "{number}"),
            Value::UInt(number) => write!(out, "{number}"),
            Value::F32(number) => float(out, number.is_finite(), number.abs() < 1e16, number),
            Value::F64(number) => float(out, number.is_finite(), number.abs() < 1e16, number),
            Value::Str(text) | Value::Bin(text) => {
                string(text, out);
                Ok(())
            }
            Value::Array(items) => {
                let mut separator = b'[';
                for item in items.iter() {
                    out.push(separator);
                    separator = b',';
                    item.write_json(out);
                }
                if separator == b'[' {
                    out.push(separator);
                }
                out.write_all(b"]")
            }
            Value::Map(fields) => {
                fields.write_json(out);
                Ok(())
            }
            Value::Ext(NANOS_EXT, payload) if payload.len() == 8 => {
                let Time { secs, nanos } =
                    payload.first_chunk().copied().map(Time::from_event_time).unwrap_or_default();
                write!(out, "{secs}.{nanos:09}")
            }
            Value::Ext(_, payload) => {
                let mut hex = String::with_capacity(2 * payload.len());
                for byte in *payload {
                    let _ = write!(hex, "{byte:02x}");
                }
                write!(out, "\"{hex}\"")
            }
        };
    }
}

fn float(
    out: &mut Vec<u8>,
    finite: bool,
    short: bool,
    number: &(impl std::fmt::Display + std::fmt::LowerExp),
) -> std::io::Result<()> {
    match (finite, short) {
        (false, _) => out.write_all(b"null"),
        (true, true) => write!(out, "{number}"),
        (true, false) => write!(out, "{number:e}"),
    }
}

/// Appends a JSON string.
fn string(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        escaped(bytes, out);
    } else {
        escaped(String::from_utf8_lossy(bytes).as_bytes(), out);
    }
    out.push(b'"');
}

fn escaped(text: &[u8], out: &mut Vec<u8>) {
    let mut from = 0;
    for (at, byte) in text.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => {
                out.extend_from_slice(&text[from..at]);
                let _ = write!(out, "\\u{byte:04x}");
                from = at + 1;
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(&text[from..at]);
        out.extend_from_slice(escape);
        from = at + 1;
    }
    out.extend_from_slice(&text[from..]);
}
