//! Finds the strings and numbers of a JSON line, hands them out decoded, and writes back the changed ones.
//!
//! Kept apart from the crate's JSON parser on purpose: this walk must keep every other byte as it is, white
//! space and the spelling of numbers included.

use std::borrow::Cow;
use std::ops::Range;

/// A string or number of the line.
pub(super) struct Slot {
    /// Where its text is, quotes excluded.
    text: Range<usize>,
    /// The text of the key it stands under, quotes excluded; `None` for keys and elements of arrays.
    key: Option<Range<usize>>,
    is_string: bool,
}

/// Walks a line that is one JSON object; false when it is none. Strings need not be valid UTF-8.
pub(super) fn walk(line: &[u8], mut visit: impl FnMut(Slot)) -> bool {
    let mut nested: Vec<u8> = Vec::new();
    let mut key: Option<Range<usize>> = None;
    let mut at = skip_blanks(line, 0);
    if line.get(at) != Some(&b'{') {
        return false;
    }
    loop {
        // One value, or the opening of one.
        match line.get(at) {
            Some(open @ (b'{' | b'[')) => {
                nested.push(*open);
                at = skip_blanks(line, at + 1);
                let close = open + 2;
                if line.get(at) != Some(&close) {
                    key = None;
                    if *open == b'{' && !take_key(line, &mut at, &mut key, &mut visit) {
                        return false;
                    }
                    continue;
                }
            }
            Some(b'"') => {
                let Some(end) = string_end(line, at + 1) else { return false };
                visit(Slot { text: at + 1..end, key: key.take(), is_string: true });
                at = end + 1;
            }
            Some(b'-') if line[at..].starts_with(b"-Infinity") => at += 9,
            Some(b'-' | b'0'..=b'9') => {
                let n = line[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'))
                    .count();
                visit(Slot { text: at..at + n, key: key.take(), is_string: false });
                at += n;
            }
            Some(_) => {
                let Some(word) = [&b"true"[..], b"false", b"null", b"NaN", b"Infinity"]
                    .into_iter()
                    .find(|word| line[at..].starts_with(word))
                else {
                    return false;
                };
                at += word.len();
            }
            None => return false,
        }
        // What follows a value: closings, then a comma or the end.
        loop {
            at = skip_blanks(line, at);
            match (line.get(at), nested.last()) {
                (Some(b'}'), Some(b'{')) | (Some(b']'), Some(b'[')) => {
                    nested.pop();
                    at += 1;
                }
                (Some(b','), Some(open)) => {
                    let in_object = *open == b'{';
                    at = skip_blanks(line, at + 1);
                    key = None;
                    if in_object && !take_key(line, &mut at, &mut key, &mut visit) {
                        return false;
                    }
                    break;
                }
                (None, None) => return true,
                _ => return false,
            }
        }
    }
}

/// Reads `"key" :` and moves to the value.
fn take_key(
    line: &[u8],
    at: &mut usize,
    key: &mut Option<Range<usize>>,
    visit: &mut impl FnMut(Slot),
) -> bool {
    if line.get(*at) != Some(&b'"') {
        return false;
    }
    let Some(end) = string_end(line, *at + 1) else { return false };
    visit(Slot { text: *at + 1..end, key: None, is_string: true });
    *key = Some(*at + 1..end);
    let colon = skip_blanks(line, end + 1);
    *at = skip_blanks(line, colon + 1);
    line.get(colon) == Some(&b':')
}

fn skip_blanks(line: &[u8], at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count()
}

/// Where the quote stands that closes the string whose text begins at `from`.
fn string_end(line: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', line.get(from..)?)?;
        if line[at] == b'"' {
            return Some(at);
        }
        from = at + 2;
    }
}

/// Whether the line is one JSON object.
pub(super) fn is_json_object(line: &[u8]) -> bool {
    walk(line, |_| {})
}

/// The line with the strings and numbers that `redact` changes, or `None` when it changes none.
///
/// `redact` gets the decoded key (of values in objects) and the decoded value. With `every` it is asked
/// about all, else only about those in which, or in whose key, an escape stands.
pub(super) fn rewrite(
    line: &[u8],
    every: bool,
    mut redact: impl FnMut(Option<&[u8]>, &[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut copied = 0;
    let escaped = |range: &Range<usize>| memchr::memchr(b'\\', &line[range.clone()]).is_some();
    walk(line, |slot| {
        if !every && !escaped(&slot.text) && !slot.key.as_ref().is_some_and(escaped) {
            return;
        }
        let key = slot.key.map(|key| decode(&line[key]));
        let Some(new) = redact(key.as_deref(), &decode(&line[slot.text.clone()])) else { return };
        out.extend_from_slice(&line[copied..slot.text.start]);
        if !slot.is_string {
            out.push(b'"');
        }
        escape_into(&new, &mut out);
        if !slot.is_string {
            out.push(b'"');
        }
        copied = slot.text.end;
    });
    if copied == 0 {
        return None;
    }
    out.extend_from_slice(&line[copied..]);
    Some(out)
}

/// The text that a JSON string's inner part stands for; half a surrogate pair is U+FFFD.
fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(n) = memchr::memchr(b'\\', &raw[at..]) {
        out.extend_from_slice(&raw[at..at + n]);
        at += n + 1;
        let Some(kind) = raw.get(at) else { break };
        at += 1;
        out.push(match kind {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                at = decode_unicode(raw, at, &mut out);
                continue;
            }
            other => *other,
        });
    }
    out.extend_from_slice(&raw[at.min(raw.len())..]);
    Cow::Owned(out)
}

/// Appends the character whose four digits stand at `at` (and the second half of its pair).
fn decode_unicode(raw: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| {
        let digits = std::str::from_utf8(raw.get(at..at + 4)?).ok()?;
        u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
    };
    let Some(first) = unit(at) else {
        out.extend_from_slice("\u{fffd}".as_bytes());
        return at;
    };
    let second =
        || unit(at + 6).filter(|n| raw[at + 4..].starts_with(b"\\u") && (0xDC00..0xE000).contains(n));
    let (code, next) = match first {
        0xD800..=0xDBFF => match second() {
            Some(low) => (0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00), at + 10),
            None => (0xFFFD, at + 4),
        },
        _ => (first, at + 4),
    };
    let mut buffer = [0; 4];
    out.extend_from_slice(char::from_u32(code).unwrap_or('\u{fffd}').encode_utf8(&mut buffer).as_bytes());
    next
}

/// Appends a text as the inner part of a JSON string; what is no UTF-8 becomes U+FFFD.
fn escape_into(text: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for b in String::from_utf8_lossy(text).bytes() {
        match b {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]]);
            }
            _ => out.push(b),
        }
    }
}
