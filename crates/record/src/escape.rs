//! JSON string escaping and un-escaping, eight bytes at a time.
//!
//! Invariants: [`write_escaped`] given valid UTF-8 writes the inside of a valid JSON string;
//! [`unescape`] given the inside of a valid JSON string gives back the characters.

use bumpalo::Bump;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The position at or after `from` of the first byte that cannot stand bare inside a JSON string
/// (`"`, `\` or below 0x20), or the length.
#[inline]
pub(crate) fn find_special(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        // Each term marks a byte's high bit when it matches; a borrow can mark bytes above the
        // first match only, and only the first is read.
        let hit = ((quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash)
            | (word.wrapping_sub(ONES * 0x20) & !word))
            & HIGH;
        if hit != 0 {
            return at + (hit.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while at < bytes.len() && !matches!(bytes[at], b'"' | b'\\' | 0..=0x1f) {
        at += 1;
    }
    at
}

/// Appends `raw` (valid UTF-8) as the inside of a JSON string.
pub(crate) fn write_escaped(out: &mut Vec<u8>, raw: &[u8]) {
    let mut start = 0;
    loop {
        let at = find_special(raw, start);
        out.extend_from_slice(&raw[start..at]);
        let Some(&byte) = raw.get(at) else { return };
        write_escape(out, byte);
        start = at + 1;
    }
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\r' => out.extend_from_slice(b"\\r"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        _ => {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[(byte >> 4) as usize]);
            out.push(HEX[(byte & 15) as usize]);
        }
    }
}

/// Appends the inside of a JSON string that may hold raw control characters, escaping only those.
pub(crate) fn write_controls_escaped(out: &mut Vec<u8>, inside: &[u8]) {
    for &byte in inside {
        if byte < 0x20 {
            write_escape(out, byte);
        } else {
            out.push(byte);
        }
    }
}

/// The characters of the inside of a JSON string; borrowed when nothing is escaped.
pub(crate) fn unescape<'a>(bump: &'a Bump, inside: &'a [u8]) -> &'a [u8] {
    let Some(first) = memchr::memchr(b'\\', inside) else { return inside };
    let mut out = bumpalo::collections::Vec::with_capacity_in(inside.len(), bump);
    out.extend_from_slice(&inside[..first]);
    let mut at = first;
    while let Some(&byte) = inside.get(at) {
        if byte != b'\\' {
            let next = memchr::memchr(b'\\', &inside[at..]).map_or(inside.len(), |n| at + n);
            out.extend_from_slice(&inside[at..next]);
            at = next;
            continue;
        }
        let Some(&kind) = inside.get(at + 1) else { break };
        at += 2;
        match kind {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'u' => {
                let (ch, used) = unicode_escape(&inside[at..]);
                at += used;
                let mut utf8 = [0u8; 4];
                out.extend_from_slice(ch.encode_utf8(&mut utf8).as_bytes());
            }
            other => out.push(other),
        }
    }
    out.into_bump_slice()
}

/// Reads `XXXX` (and `\uXXXX` of a surrogate pair) behind `\u`; gives the character and the bytes used.
fn unicode_escape(rest: &[u8]) -> (char, usize) {
    let Some(high) = hex4(rest) else { return (char::REPLACEMENT_CHARACTER, 0) };
    if (0xd800..0xdc00).contains(&high)
        && rest.get(4..6) == Some(b"\\u")
        && let Some(low) = rest.get(6..).and_then(hex4)
        && (0xdc00..0xe000).contains(&low)
    {
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 10);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 4)
}

/// Four hexadecimal digits at the start of `bytes`.
pub(crate) fn hex4(bytes: &[u8]) -> Option<u32> {
    bytes.get(..4)?.iter().try_fold(0u32, |n, &digit| Some(n << 4 | (digit as char).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escaped_text_is_a_json_string_that_reads_back(text in any::<String>()) {
            let mut out = vec![b'"'];
            write_escaped(&mut out, text.as_bytes());
            out.push(b'"');
            prop_assert_eq!(&serde_json::from_slice::<String>(&out).expect("valid"), &text);
            let bump = Bump::new();
            prop_assert_eq!(unescape(&bump, &out[1..out.len() - 1]), text.as_bytes());
        }

        #[test]
        fn any_json_string_unescapes_as_serde_reads_it(text in any::<String>()) {
            let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let bump = Bump::new();
            prop_assert_eq!(unescape(&bump, escaped.as_bytes()), text.as_bytes());
        }

        #[test]
        fn the_first_special_byte_is_found(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let naive = bytes.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap_or(bytes.len());
            prop_assert_eq!(find_special(&bytes, 0), naive);
        }
    }
}
