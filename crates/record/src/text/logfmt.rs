//! `key=value` lines (logfmt: slog, logrus, go-kit, Heroku), and pairs inside other messages.
//!
//! The pairs are written as a JSON object and read as a JSON line, so that names and values mean the same in both.

use bumpalo::collections::Vec as BumpVec;

use crate::columns::{Columns, Context};
use crate::escape::write_escaped;
use crate::json;
use crate::level::Level;

/// Most pairs read from one line.
const MOST_PAIRS: usize = 256;

/// One pair: key, value as written (without quotes), and whether it was quoted.
type Pair<'a> = (&'a [u8], &'a [u8], bool);

/// Columns of a logfmt line: it begins with a pair, consists of pairs, and some pair is a level, message or time.
pub(super) fn parse<'a>(context: &Context<'a>, text: &'a [u8]) -> Option<Columns<'a>> {
    if !begins_with_pair(text) || text.contains(&b'\n') {
        return None;
    }
    let mut pairs: BumpVec<'a, Pair<'a>> = BumpVec::new_in(context.arena);
    let mut telling = false;
    for pair in Pairs(text) {
        let pair = pair.ok()?;
        telling |= is_telling(pair.0, pair.1);
        if pairs.len() == MOST_PAIRS {
            return None;
        }
        pairs.push(pair);
    }
    if !telling {
        return None;
    }
    json::parse(context, object(context, &pairs))
}

/// The level of a logfmt line; None when it is no such line. For the joiner.
pub(super) fn level(text: &[u8]) -> Option<Option<Level>> {
    if !begins_with_pair(text) {
        return None;
    }
    let mut level = None;
    let mut telling = false;
    for (key, value, _) in Pairs(text).map_while(Result::ok).take(MOST_PAIRS) {
        telling |= is_telling(key, value);
        if level.is_none() && matches!(key, b"level" | b"lvl" | b"severity") {
            level = Level::from_word(value);
        }
    }
    telling.then_some(level)
}

/// Fills context columns (ids, HTTP, duration) from pairs inside a message.
pub(super) fn pairs<'a>(context: &Context<'a>, columns: &mut Columns<'a>, message: &'a [u8]) {
    if memchr::memchr(b'=', message).is_none() {
        return;
    }
    let mut found: BumpVec<'a, Pair<'a>> = BumpVec::new_in(context.arena);
    for equals in memchr::memchr_iter(b'=', message).take(MOST_PAIRS) {
        let key = key_before(message, equals);
        if json::is_context(context.names, key) {
            let (value, quoted, _) = value_at(message, equals + 1);
            let value = if quoted { value } else { bare(value) };
            if !value.is_empty() {
                found.push((key, value, quoted));
            }
        }
    }
    if found.is_empty() {
        return;
    }
    if let Some(inner) = json::parse(context, object(context, &found)) {
        columns.fill_context(&inner);
    }
}

/// Whether a pair shows that its line is a logger's.
fn is_telling(key: &[u8], value: &[u8]) -> bool {
    match key {
        b"level" | b"lvl" | b"severity" => Level::from_word(value).is_some(),
        b"msg" | b"message" | b"time" | b"ts" | b"timestamp" | b"t" => true,
        _ => false,
    }
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'@' | b'/')
}

fn begins_with_pair(text: &[u8]) -> bool {
    let key = text.iter().take(64).take_while(|b| is_key(**b)).count();
    key > 0 && text.get(key) == Some(&b'=') && !text[0].is_ascii_digit()
}

/// The key that ends at the sign of equality.
fn key_before(message: &[u8], equals: usize) -> &[u8] {
    let len = message[..equals].iter().rev().take(64).take_while(|b| is_key(**b)).count();
    &message[equals - len..equals]
}

/// The value at `at`, whether it was quoted, and the position behind it.
fn value_at(text: &[u8], at: usize) -> (&[u8], bool, usize) {
    let rest = &text[at.min(text.len())..];
    if let Some(inside) = rest.strip_prefix(b"\"") {
        let mut end = 0;
        while let Some(byte) = inside.get(end) {
            match byte {
                b'\\' => end += 2,
                b'"' => return (&inside[..end], true, at + end + 2),
                _ => end += 1,
            }
        }
    }
    let len = rest.iter().position(|b| matches!(b, b' ' | b'\t' | b'\n')).unwrap_or(rest.len());
    (&rest[..len], false, at + len)
}

/// A bare value without the punctuation of a sentence around it.
fn bare(value: &[u8]) -> &[u8] {
    let end =
        value.iter().rposition(|b| !matches!(b, b',' | b';' | b')' | b']' | b'}')).map_or(0, |at| at + 1);
    &value[..end]
}

/// The pairs of a line, separated by blanks. An error is a part that is none.
struct Pairs<'a>(&'a [u8]);

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<Pair<'a>, ()>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_ascii_start();
        if text.is_empty() {
            return None;
        }
        let key = text.iter().take_while(|b| is_key(**b)).count();
        match text.get(key) {
            _ if key == 0 => Some(Err(())),
            Some(b'=') => {
                let (value, quoted, end) = value_at(text, key + 1);
                self.0 = &text[end..];
                Some(Ok((&text[..key], value, quoted)))
            }
            // A key alone is true.
            None | Some(b' ' | b'\t') => {
                self.0 = &text[key..];
                Some(Ok((&text[..key], b"true", false)))
            }
            Some(_) => Some(Err(())),
        }
    }
}

/// The pairs as the text of a JSON object of strings.
fn object<'a>(context: &Context<'a>, pairs: &[Pair<'a>]) -> &'a [u8] {
    let mut out = Vec::new();
    for (key, value, quoted) in pairs {
        out.extend_from_slice(if out.is_empty() { b"{\"" } else { b",\"" });
        write_escaped(&mut out, key);
        out.extend_from_slice(b"\":\"");
        if *quoted {
            write_quoted(&mut out, value);
        } else {
            write_escaped(&mut out, value);
        }
        out.push(b'"');
    }
    out.extend_from_slice(if out.is_empty() { b"{}" } else { b"}" });
    context.arena.alloc_slice_copy(&out)
}

/// The inside of a string quoted as Go does: JSON's escapes stay, others (`\x00`, `\a`) show as they are written.
fn write_quoted(out: &mut Vec<u8>, inside: &[u8]) {
    let mut at = 0;
    while let Some(slash) = memchr::memchr(b'\\', &inside[at..]) {
        write_escaped(out, &inside[at..at + slash]);
        at += slash;
        let known = match inside.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if inside.get(at + 2..).and_then(crate::escape::hex4).is_some() => 6,
            _ => 0,
        };
        if known == 0 {
            out.extend_from_slice(b"\\\\");
            at += 1;
        } else {
            out.extend_from_slice(&inside[at..at + known]);
            at += known;
        }
    }
    write_escaped(out, &inside[at..]);
}
