//! Functions of URLs, read as `java.net.URI` reads them.

use crate::function::{Call, Definition, Kind, Returns};
use datafusion::arrow::array::{ArrayRef, Int64Array, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use std::borrow::Cow;
use std::sync::Arc;

/// The functions of URLs.
pub(crate) const FUNCTIONS: &[Definition] = &[
    define(&["url_extract_protocol"], |call| part(call, |url| Cow::Borrowed(url.scheme))),
    define(&["url_extract_host"], |call| part(call, |url| Cow::Borrowed(url.host))),
    define(&["url_extract_path"], |call| part(call, |url| unescape(url.path))),
    define(&["url_extract_query"], |call| part(call, |url| unescape(url.query))),
    define(&["url_extract_fragment"], |call| part(call, |url| unescape(url.fragment))),
    Definition {
        names: &["url_extract_port"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Int64),
        body: |call| {
            let texts = call.text(0)?;
            let ports: Int64Array = (0..call.rows).map(|row| Url::parse(texts.get(row)?)?.port).collect();
            Ok(Arc::new(ports))
        },
    },
    Definition {
        names: &["url_extract_parameter"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: parameter,
    },
    Definition {
        names: &["url_encode"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| {
            let texts = call.text(0)?;
            Ok(Arc::new((0..call.rows).map(|row| texts.get(row).map(encode)).collect::<StringArray>()))
        },
    },
    Definition {
        names: &["url_decode"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| {
            let texts = call.text(0)?;
            let decoded: std::result::Result<StringArray, String> =
                (0..call.rows).map(|row| texts.get(row).map(decode).transpose()).collect();
            Ok(Arc::new(decoded.map_err(|error| call.error(error))?))
        },
    },
];

const fn define(names: &'static [&'static str], body: fn(&Call<'_>) -> Result<ArrayRef>) -> Definition {
    Definition { names, forms: &[&[Kind::Text]], returns: Returns::Is(|| DataType::Utf8), body }
}

/// A part of every URL; NULL for text that is none.
fn part(call: &Call<'_>, get: for<'a> fn(Url<'a>) -> Cow<'a, str>) -> Result<ArrayRef> {
    let texts = call.text(0)?;
    let parts: StringArray = (0..call.rows).map(|row| Url::parse(texts.get(row)?).map(get)).collect();
    Ok(Arc::new(parts))
}

fn parameter(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, names) = (call.text(0)?, call.text(1)?);
    let values: StringArray = (0..call.rows)
        .map(|row| {
            let (url, wanted) = (Url::parse(texts.get(row)?)?, names.get(row)?);
            url.query.split('&').filter(|_| !url.query.is_empty()).find_map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (name == wanted).then(|| decode(value).unwrap_or_else(|_| value.to_owned()))
            })
        })
        .collect();
    Ok(Arc::new(values))
}

/// The parts of a URL, empty when missing.
#[derive(Debug, Default)]
struct Url<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<i64>,
    path: &'a str,
    query: &'a str,
    fragment: &'a str,
}

impl<'a> Url<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let bad = |c: char| c.is_control() || c.is_whitespace() || "\"<>\\^`{|}".contains(c);
        if text.contains(bad) {
            return None;
        }
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'%'
                && !bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            {
                return None;
            }
        }
        let mut url = Self::default();
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        url.fragment = fragment;
        let mut rest = rest;
        if let Some((scheme, after)) = rest.split_once(':')
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        {
            url.scheme = scheme;
            rest = after;
            if !rest.starts_with('/') {
                // Without a slash there is nothing more to tell apart, as in `mailto:`.
                return (!rest.is_empty()).then_some(url);
            }
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        url.query = query;
        match rest.strip_prefix("//") {
            Some(after) => {
                let end = after.find('/').unwrap_or(after.len());
                url.authority(&after[..end]);
                url.path = &after[end..];
            }
            None => url.path = rest,
        }
        Some(url)
    }

    /// Host and port, when they are those of a server.
    fn authority(&mut self, authority: &'a str) {
        let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
        let end = if server.starts_with('[') {
            server.find(']').map_or(server.len(), |at| at + 1)
        } else {
            server.find(':').unwrap_or(server.len())
        };
        let (host, port) = server.split_at(end);
        let named = host.starts_with('[')
            || host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        let port = match port.strip_prefix(':') {
            None | Some("") => None,
            Some(port) => match port.parse::<u32>() {
                Ok(port) => Some(i64::from(port)),
                Err(_) => return,
            },
        };
        if named {
            self.host = host;
            self.port = port;
        }
    }
}

fn digit(byte: Option<&u8>) -> Option<u8> {
    (*byte? as char).to_digit(16).map(|digit| digit as u8)
}

/// Resolves `%xx`.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(escapes(text, false).unwrap_or_else(|_| text.to_owned()))
}

fn escapes(text: &str, plus: bool) -> std::result::Result<String, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'%' => match (digit(bytes.get(at)), digit(bytes.get(at + 1))) {
                (Some(high), Some(low)) => {
                    out.push(high * 16 + low);
                    at += 2;
                }
                _ => return Err(format!("Illegal hex characters in escape (%) pattern: {text}")),
            },
            b'+' if plus => out.push(b' '),
            byte => out.push(byte),
        }
    }
    Ok(String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Resolves `%xx` and `+`, as forms are encoded.
fn decode(text: &str) -> std::result::Result<String, String> {
    escapes(text, true)
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'_' | b'.' => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
