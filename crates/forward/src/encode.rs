//! Writes messages, as clients do, and acknowledgements.

use std::io::{self, Write};

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::msgpack::{Head, NANOS_EXT, head, skip, text};
use crate::{Compression, Time, Value};

/// What a message says of itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Ask for an acknowledgement of this id.
    pub chunk: Option<&'a [u8]>,
    /// Say how many events there are.
    pub size: Option<u64>,
    /// Times are whole seconds, as clients before Fluentd 0.14 have them.
    pub integer_times: bool,
    /// Write an option though it says nothing, as Docker does.
    pub empty: bool,
}

/// Fields of a record.
pub type Record<'r> = [(&'r str, Value<'r>)];

/// Appends a message of one event.
pub fn message(out: &mut Vec<u8>, tag: &str, time: Time, record: &Record<'_>, options: &Options<'_>) {
    let optional = options.is_written(None);
    array(out, 3 + usize::from(optional));
    string(out, tag.as_bytes());
    write_time(out, time, options);
    fields(out, record);
    if optional {
        options.write(out, None);
    }
}

/// Appends a message in Forward mode.
pub fn forward(out: &mut Vec<u8>, tag: &str, events: &[(Time, &Record<'_>)], options: &Options<'_>) {
    let optional = options.is_written(None);
    array(out, 2 + usize::from(optional));
    string(out, tag.as_bytes());
    array(out, events.len());
    for (time, record) in events {
        event(out, *time, record, options);
    }
    if optional {
        options.write(out, None);
    }
}

/// Appends a message in `PackedForward` mode.
pub fn packed(out: &mut Vec<u8>, tag: &str, events: &[(Time, &Record<'_>)], options: &Options<'_>) {
    let mut content = Vec::new();
    for (time, record) in events {
        event(&mut content, *time, record, options);
    }
    chunk(out, tag, &content, None, options);
}

/// Appends a message in `CompressedPackedForward` mode.
///
/// # Errors
/// Never in practice: it writes into memory.
pub fn compressed(
    out: &mut Vec<u8>,
    tag: &str,
    events: &[(Time, &Record<'_>)],
    compression: Compression,
    options: &Options<'_>,
) -> io::Result<()> {
    let mut content = Vec::new();
    for (time, record) in events {
        event(&mut content, *time, record, options);
    }
    let content = match compression {
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&content)?;
            encoder.finish()?
        }
        Compression::Zstd => compress_to_vec(&content[..], CompressionLevel::Fastest),
    };
    chunk(out, tag, &content, Some(compression), options);
    Ok(())
}

/// Appends the acknowledgement of a chunk.
pub fn ack(chunk: &[u8], out: &mut Vec<u8>) {
    map(out, 1);
    string(out, b"ack");
    string(out, chunk);
}

/// Reads an acknowledgement: the chunk's id and how many bytes it took. `None` when it is not whole or none.
#[must_use]
pub fn decode_ack(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (Head::Map(1), at) = head(bytes, 0).ok()?? else { return None };
    let (b"ack", at) = text(bytes, at)? else { return None };
    text(bytes, at)
}

fn chunk(
    out: &mut Vec<u8>,
    tag: &str,
    content: &[u8],
    compressed: Option<Compression>,
    options: &Options<'_>,
) {
    let optional = options.is_written(compressed);
    array(out, 2 + usize::from(optional));
    string(out, tag.as_bytes());
    binary(out, content);
    if optional {
        options.write(out, compressed);
    }
}

fn event(out: &mut Vec<u8>, time: Time, record: &Record<'_>, options: &Options<'_>) {
    array(out, 2);
    write_time(out, time, options);
    fields(out, record);
}

fn write_time(out: &mut Vec<u8>, time: Time, options: &Options<'_>) {
    if options.integer_times {
        value(out, &Value::Int(time.secs));
        return;
    }
    out.extend_from_slice(&[0xd7, NANOS_EXT as u8]);
    out.extend_from_slice(&(time.secs as u32).to_be_bytes());
    out.extend_from_slice(&time.nanos.to_be_bytes());
}

impl Options<'_> {
    fn is_written(&self, compressed: Option<Compression>) -> bool {
        self.empty || self.chunk.is_some() || self.size.is_some() || compressed.is_some()
    }

    fn write(&self, out: &mut Vec<u8>, compressed: Option<Compression>) {
        let said = [self.chunk.is_some(), self.size.is_some(), compressed.is_some()];
        map(out, said.into_iter().filter(|said| *said).count());
        if let Some(chunk) = self.chunk {
            string(out, b"chunk");
            string(out, chunk);
        }
        if let Some(size) = self.size {
            string(out, b"size");
            value(out, &Value::UInt(size));
        }
        if let Some(compression) = compressed {
            string(out, b"compressed");
            string(out, compression.to_string().as_bytes());
        }
    }
}

fn fields(out: &mut Vec<u8>, record: &Record<'_>) {
    map(out, record.len());
    for (key, item) in record {
        string(out, key.as_bytes());
        value(out, item);
    }
}

/// Appends a value.
pub fn value(out: &mut Vec<u8>, item: &Value<'_>) {
    match *item {
        Value::Nil => out.push(0xc0),
        Value::Bool(truth) => out.push(if truth { 0xc3 } else { 0xc2 }),
        Value::Int(number) if number >= 0 => value(out, &Value::UInt(number as u64)),
        Value::Int(number @ -32..0) => out.push(number as u8),
        Value::Int(number) => put(out, 0xd3, number.to_be_bytes()),
        Value::UInt(number @ 0..0x80) => out.push(number as u8),
        Value::UInt(number) => match u32::try_from(number) {
            Ok(number) => put(out, 0xce, number.to_be_bytes()),
            Err(_) => put(out, 0xcf, number.to_be_bytes()),
        },
        Value::F32(number) => put(out, 0xca, number.to_be_bytes()),
        Value::F64(number) => put(out, 0xcb, number.to_be_bytes()),
        Value::Str(text) => string(out, text),
        Value::Bin(bytes) => binary(out, bytes),
        Value::Array(items) => {
            array(out, items.len());
            out.extend_from_slice(items.bytes());
        }
        Value::Map(inner) => {
            map(out, inner.len());
            out.extend_from_slice(&inner.bytes()[..end_of(inner.bytes(), 2 * inner.len())]);
        }
        Value::Ext(kind, payload) => {
            put(out, 0xc9, (payload.len() as u32).to_be_bytes());
            out.push(kind as u8);
            out.extend_from_slice(payload);
        }
    }
}

/// Where so many values end.
fn end_of(bytes: &[u8], values: usize) -> usize {
    (0..values).try_fold(0, |at, _| skip(bytes, at)).unwrap_or(bytes.len())
}

fn put<const N: usize>(out: &mut Vec<u8>, first: u8, rest: [u8; N]) {
    out.push(first);
    out.extend_from_slice(&rest);
}

pub(crate) fn string(out: &mut Vec<u8>, text: &[u8]) {
    match text.len() {
        len @ 0..32 => out.push(0xa0 | len as u8),
        len @ 32..0x100 => put(out, 0xd9, (len as u8).to_be_bytes()),
        len @ 0x100..0x1_0000 => put(out, 0xda, (len as u16).to_be_bytes()),
        len => put(out, 0xdb, (len as u32).to_be_bytes()),
    }
    out.extend_from_slice(text);
}

pub(crate) fn binary(out: &mut Vec<u8>, bytes: &[u8]) {
    match bytes.len() {
        len @ 0..0x100 => put(out, 0xc4, (len as u8).to_be_bytes()),
        len @ 0x100..0x1_0000 => put(out, 0xc5, (len as u16).to_be_bytes()),
        len => put(out, 0xc6, (len as u32).to_be_bytes()),
    }
    out.extend_from_slice(bytes);
}

pub(crate) fn array(out: &mut Vec<u8>, len: usize) {
    match len {
        0..16 => out.push(0x90 | len as u8),
        16..0x1_0000 => put(out, 0xdc, (len as u16).to_be_bytes()),
        _ => put(out, 0xdd, (len as u32).to_be_bytes()),
    }
}

pub(crate) fn map(out: &mut Vec<u8>, len: usize) {
    match len {
        0..16 => out.push(0x80 | len as u8),
        16..0x1_0000 => put(out, 0xde, (len as u16).to_be_bytes()),
        _ => put(out, 0xdf, (len as u32).to_be_bytes()),
    }
}
