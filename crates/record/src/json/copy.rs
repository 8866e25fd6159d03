//! Copies a validated value into the output: byte for byte when it is clean, else with the few
//! mends that make it one line of strict JSON that every reader takes.

use super::scan::{Flags, Kind, Token};
use crate::escape::{hex4, write_controls_escaped, write_escaped};

/// Appends `token`. White space between tokens is dropped, raw control characters in strings are escaped,
/// `NaN` and the infinities become strings, an unpaired surrogate `\ud800` becomes the text `\ud800`, and a value nested deeper than `max_depth` becomes a string
/// that holds its JSON text (so that no reader's recursion limit is met).
#[inline]
pub(crate) fn write_token(out: &mut Vec<u8>, token: &Token<'_>, max_depth: usize) {
    if token.depth as usize > max_depth {
        let mut text = Vec::with_capacity(token.raw.len());
        mend(&mut text, token.raw);
        out.push(b'"');
        write_escaped(out, &text);
        out.push(b'"');
    } else if token.flags.is_clean() {
        out.extend_from_slice(token.raw);
    } else if token.kind == Kind::String && !token.flags.has(Flags::LONE_SURROGATE) {
        out.push(b'"');
        write_controls_escaped(out, token.inside());
        out.push(b'"');
    } else {
        mend(out, token.raw);
    }
}

/// Copies the inside of a string, escaping raw controls and the backslash of unpaired surrogates.
fn mend_inside(out: &mut Vec<u8>, inside: &[u8]) {
    let mut rest = inside;
    while let Some(slash) = memchr::memchr(b'\\', rest) {
        write_controls_escaped(out, &rest[..slash]);
        rest = &rest[slash..];
        let len = match surrogate(rest) {
            Some(0xd800..0xdc00) if matches!(rest.get(6..).and_then(surrogate), Some(0xdc00..0xe000)) => 12,
            Some(_) => {
                out.push(b'\\');
                6
            }
            None if rest.get(1) == Some(&b'u') => 6,
            None => 2,
        };
        let len = len.min(rest.len());
        out.extend_from_slice(&rest[..len]);
        rest = &rest[len..];
    }
    write_controls_escaped(out, rest);
}

/// The code of an escape that is half of a surrogate pair.
fn surrogate(text: &[u8]) -> Option<u32> {
    text.strip_prefix(b"\\u").and_then(hex4).filter(|code| (0xd800..0xe000).contains(code))
}

/// Rewrites validated JSON token by token.
fn mend(out: &mut Vec<u8>, raw: &[u8]) {
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'"' => {
                let end = string_end(raw, at);
                out.push(b'"');
                mend_inside(out, &raw[at + 1..end]);
                out.push(b'"');
                at = end + 1;
            }
            b'N' | b'I' | b'-' if !raw.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                let len = match byte {
                    b'N' => 3,
                    b'I' => 8,
                    _ => 9,
                };
                out.push(b'"');
                out.extend_from_slice(&raw[at..at + len]);
                out.push(b'"');
                at += len;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
}

/// The position of the quote that closes the string opened at `open`.
fn string_end(raw: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while raw[at] != b'"' {
        at += if raw[at] == b'\\' { 2 } else { 1 };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::super::Scanner;
    use super::*;

    fn copied(value: &str, max_depth: usize) -> String {
        let token = Scanner::new(value.as_bytes()).value().expect("valid");
        let mut out = Vec::new();
        write_token(&mut out, &token, max_depth);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn clean_values_are_copied_byte_for_byte() {
        for value in
            [r#"{"a":1.0,"a":1e400,"b":"\u00e9\/"}"#, "123456789012345678901234567890", r#""x""#, "[]"]
        {
            assert_eq!(copied(value, 64), value);
        }
    }

    #[test]
    fn white_space_between_tokens_goes_and_inside_strings_stays() {
        assert_eq!(copied("{ \"a b\" : [ 1 , \"c  d\" ] }", 64), r#"{"a b":[1,"c  d"]}"#);
    }

    #[test]
    fn control_characters_are_escaped_and_numbers_json_lacks_become_strings() {
        assert_eq!(
            copied("[NaN,-Infinity,Infinity,-1,\"a\tb\"]", 64),
            "[\"NaN\",\"-Infinity\",\"Infinity\",-1,\"a\\tb\"]"
        );
        assert_eq!(copied("NaN", 64), "\"NaN\"");
    }

    #[test]
    fn unpaired_surrogates_become_text_and_pairs_stay() {
        assert_eq!(
            copied(r#""a\ud800b\\\udfff\ud83d\ude00\u00e9""#, 64),
            r#""a\\ud800b\\\\udfff\ud83d\ude00\u00e9""#
        );
    }

    #[test]
    fn deeper_nesting_becomes_a_string_of_its_json_text() {
        assert_eq!(copied("[[ \"a\" ]]", 1), r#""[[\"a\"]]""#);
    }
}
