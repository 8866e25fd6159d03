//! Writes a record: one compact JSON object, keys in the fixed order of docs/record-format.md.

use std::io::Write;

use crate::columns::{Columns, Duration};
use crate::engine::Origin;
use crate::escape::write_escaped;
use crate::level::Level;
use crate::time::{Millis, write_rfc3339};
use crate::value::Value;

/// The parts of an origin as JSON, escaped once for all of its records.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// `,"service":"api"`
    service: Vec<u8>,
    /// `,"container":"app","task":"0123","cluster":"prod"`
    place: Vec<u8>,
    /// `"docker.labels":"x"`
    attrs: Vec<u8>,
}

impl Prepared {
    pub(crate) fn new(origin: &Origin) -> Prepared {
        let mut prepared = Prepared::default();
        put(&mut prepared.service, "service", Some(&origin.service));
        put(&mut prepared.place, "container", origin.container.as_deref());
        put(&mut prepared.place, "task", origin.task.as_deref());
        put(&mut prepared.place, "cluster", origin.cluster.as_deref());
        for (name, value) in &origin.attrs {
            if !prepared.attrs.is_empty() {
                prepared.attrs.push(b',');
            }
            prepared.attrs.push(b'"');
            write_escaped(&mut prepared.attrs, name.as_bytes());
            prepared.attrs.extend_from_slice(b"\":\"");
            write_escaped(&mut prepared.attrs, value.as_bytes());
            prepared.attrs.push(b'"');
        }
        prepared
    }
}

fn put(out: &mut Vec<u8>, key: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    out.extend_from_slice(b",\"");
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":\"");
    write_escaped(out, value.as_bytes());
    out.push(b'"');
}

/// What is settled about a record besides its columns.
pub(crate) struct Settled {
    pub(crate) ts_ms: Millis,
    pub(crate) level: Level,
    pub(crate) fingerprint: Option<u64>,
    pub(crate) max_depth: usize,
}

/// Appends the record, without a line feed.
pub(crate) fn write(out: &mut Vec<u8>, columns: &Columns<'_>, origin: &Prepared, settled: &Settled) {
    let depth = settled.max_depth;
    out.extend_from_slice(b"{\"ts\":\"");
    write_rfc3339(out, settled.ts_ms);
    out.extend_from_slice(b"\",\"level\":\"");
    out.extend_from_slice(settled.level.as_str().as_bytes());
    out.push(b'"');
    out.extend_from_slice(&origin.service);
    text(out, b",\"message\":", &columns.message);
    text(out, b",\"logger\":", &columns.logger);
    text(out, b",\"error_type\":", &columns.error_type);
    text(out, b",\"stack\":", &columns.stack);
    text(out, b",\"trace_id\":", &columns.trace_id);
    text(out, b",\"span_id\":", &columns.span_id);
    text(out, b",\"request_id\":", &columns.request_id);
    text(out, b",\"user_id\":", &columns.user_id);
    text(out, b",\"client_ip\":", &columns.client_ip);
    text(out, b",\"http_method\":", &columns.http_method);
    text(out, b",\"http_path\":", &columns.http_path);
    if let Some(status) = columns.http_status {
        let _ = write!(out, ",\"http_status\":{status}");
    }
    match columns.duration_ms {
        Some(Duration::Raw(number)) => {
            out.extend_from_slice(b",\"duration_ms\":");
            out.extend_from_slice(number);
        }
        // Six digits are a nanosecond; more would only show how binary fractions round.
        Some(Duration::Millis(ms)) => {
            let _ = write!(out, ",\"duration_ms\":{}", (ms * 1e6).round() / 1e6);
        }
        None => {}
    }
    if let Some(source) = columns.source {
        out.extend_from_slice(b",\"source\":\"");
        out.extend_from_slice(source.as_str().as_bytes());
        out.push(b'"');
    }
    out.extend_from_slice(&origin.place);
    if let Some(hash) = settled.fingerprint {
        let _ = write!(out, ",\"fingerprint\":\"{hash:016x}\"");
    }
    let mut separator: &[u8] = b",\"attrs\":{";
    for (key, value) in &columns.attrs {
        out.extend_from_slice(separator);
        key.write_string(out);
        out.push(b':');
        value.write(out, depth);
        separator = b",";
    }
    if !origin.attrs.is_empty() {
        out.extend_from_slice(separator);
        out.extend_from_slice(&origin.attrs);
    }
    if !columns.attrs.is_empty() || !origin.attrs.is_empty() {
        out.push(b'}');
    }
    out.push(b'}');
}

#[inline]
fn text(out: &mut Vec<u8>, key: &[u8], value: &Option<Value<'_>>) {
    if let Some(value) = value {
        out.extend_from_slice(key);
        value.write_string(out);
    }
}
