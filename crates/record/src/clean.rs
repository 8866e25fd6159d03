//! Makes text of bytes: replaces what is not UTF-8, takes ANSI escape sequences out.

use std::borrow::Cow;

/// Valid UTF-8: each bad sequence becomes U+FFFD. Borrowed when nothing had to be replaced.
pub(crate) fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    Cow::Owned(out)
}

/// Standard base64 with padding (RFC 4648 §4).
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    data_encoding::BASE64.encode(bytes).into_bytes()
}

/// The line without ANSI escape sequences: CSI (colours, cursor), OSC (titles, links) and two-byte ones.
/// Borrowed when it has none.
pub(crate) fn without_ansi(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(0x1b, line) else { return Cow::Borrowed(line) };
    let mut out = Vec::with_capacity(line.len());
    let mut copied = 0;
    let mut at = first;
    loop {
        let len = sequence_len(&line[at..]);
        if len > 0 {
            out.extend_from_slice(&line[copied..at]);
            copied = at + len;
        }
        let next = at + len.max(1);
        match line.get(next..).and_then(|rest| memchr::memchr(0x1b, rest)) {
            Some(found) => at = next + found,
            None => break,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(line);
    }
    out.extend_from_slice(&line[copied..]);
    Cow::Owned(out)
}

/// The length of the sequence that begins with the escape character at `rest[0]`; 0 when it is none.
fn sequence_len(rest: &[u8]) -> usize {
    match rest.get(1) {
        Some(b'[') => {
            let parameters = rest[2..].iter().take_while(|b| (0x20..0x40).contains(*b)).count();
            match rest.get(2 + parameters) {
                Some(0x40..=0x7e) => 3 + parameters,
                _ => 0,
            }
        }
        Some(b']') => {
            // Up to BEL or ESC \.
            let body = &rest[2..];
            match body.iter().position(|b| matches!(b, 0x07 | 0x1b)) {
                Some(end) if body[end] == 0x07 => 2 + end + 1,
                Some(end) if body.get(end + 1) == Some(&b'\\') => 2 + end + 2,
                _ => 0,
            }
        }
        Some(b'(' | b')') if rest.len() > 2 => 3,
        Some(0x40..=0x5f) => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_links_and_charsets_go_and_other_escapes_stay() {
        for (with, without) in [
            ("\x1b[32mINFO\x1b[0m ok", "INFO ok"),
            ("\x1b[38;5;196mred\x1b[m", "red"),
            ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", "link"),
            ("a\x1b(Bb", "ab"),
            ("end\x1b", "end\x1b"),
            ("\x1b[12", "\x1b[12"),
            ("plain", "plain"),
        ] {
            assert_eq!(String::from_utf8_lossy(&without_ansi(with.as_bytes())), without, "{with:?}");
        }
    }

    #[test]
    fn bad_bytes_are_replaced_and_good_ones_kept() {
        assert_eq!(&*utf8(b"a\xff\xc3\xa9\xe2\x82b"), "a\u{fffd}é\u{fffd}b".as_bytes());
        assert!(matches!(utf8("é".as_bytes()), Cow::Borrowed(_)));
    }
}
