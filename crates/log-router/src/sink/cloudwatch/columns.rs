//! Reads the first columns of a record without parsing it.
//!
//! Invariants:
//! - Only the top level is seen: what stands inside a text is escaped there, and reading ends at `attrs`, the last
//!   column and the only one that is an object.
//! - Bytes that are no record end the reading early; they never panic, and a cut never falls inside a character.

use memchr::memchr2;
use sluice_record::Level;

/// The columns of a record in order, each with its value as it stands, quotes included.
pub(super) fn columns(json: &[u8]) -> Columns<'_> {
    Columns { rest: json.strip_prefix(b"{").unwrap_or_default() }
}

/// See [`columns`].
pub(super) struct Columns<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Columns<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let key = string(self.rest)?;
        let behind = self.rest[key.len()..].strip_prefix(b":")?;
        let value = match behind.first()? {
            b'"' => string(behind)?,
            b'{' | b'[' => return None,
            _ => &behind[..memchr2(b',', b'}', behind)?],
        };
        self.rest = behind[value.len()..].strip_prefix(b",").unwrap_or_default();
        Some((inside(key), value))
    }
}

/// The JSON string that the text begins with, with its quotes.
fn string(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"\"")?;
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(&text[..=at]);
        }
        at += 2;
    }
}

/// A JSON string without its quotes; empty for anything else.
pub(super) fn inside(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or_default()
}

/// The columns that tell what a record is about, as they stand; empty where it has none.
#[derive(Debug, Default)]
pub(super) struct Head<'a> {
    pub(super) service: &'a [u8],
    pub(super) message: &'a [u8],
    pub(super) logger: &'a [u8],
    pub(super) error_type: &'a [u8],
    pub(super) container: &'a [u8],
}

impl<'a> Head<'a> {
    pub(super) fn of(json: &'a [u8]) -> Head<'a> {
        let mut head = Head::default();
        for (name, value) in columns(json) {
            match name {
                b"service" => head.service = value,
                b"message" => head.message = value,
                b"logger" => head.logger = value,
                b"error_type" => head.error_type = value,
                b"container" => head.container = value,
                _ => {}
            }
        }
        head
    }
}

/// The level of a record.
pub(super) fn level(json: &[u8]) -> Option<Level> {
    // It is the second column.
    let (_, value) = columns(json).take(2).find(|(name, _)| name == b"level")?;
    Level::from_word(inside(value))
}

/// Bytes of the character or escape that a text of JSON begins with; a pair of surrogates is one.
pub(super) fn unit(json: &[u8]) -> usize {
    let len = match json {
        [] => 0,
        [b'\\', b'u', ..] => match hex4(&json[2..]) {
            Some(0xd800..0xdc00) if low_surrogate(&json[6..]) => 12,
            Some(_) => 6,
            None => 2,
        },
        [b'\\', second, ..] if second.is_ascii() => 2,
        [0xf0..=0xff, ..] => 4,
        [0xe0..=0xef, ..] => 3,
        [0xc0..=0xdf, ..] => 2,
        _ => 1,
    };
    len.min(json.len())
}

fn low_surrogate(json: &[u8]) -> bool {
    json.strip_prefix(b"\\u").and_then(hex4).is_some_and(|code| (0xdc00..0xe000).contains(&code))
}

fn hex4(digits: &[u8]) -> Option<u32> {
    digits.get(..4)?.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(json: &str) -> Vec<&str> {
        columns(json.as_bytes()).map(|(name, _)| str::from_utf8(name).unwrap()).collect()
    }

    #[test]
    fn columns_are_read_up_to_attrs() {
        let json = r#"{"ts":"t","level":"error","message":"say \"hi\\\",\"","http_status":500,"attrs":{"container":"x"}}"#;
        assert_eq!(names(json), ["ts", "level", "message", "http_status"]);
        assert_eq!(columns(json.as_bytes()).nth(3).unwrap().1, b"500");
        assert_eq!(inside(Head::of(json.as_bytes()).message), br#"say \"hi\\\",\""#);
        assert_eq!(level(json.as_bytes()), Some(Level::Error));
        assert_eq!(names(r#"{"ts":"t","http_status":500}"#), ["ts", "http_status"]);
    }

    #[test]
    fn a_level_is_read_from_its_own_column_only() {
        assert_eq!(level(br#"{"ts":"t","service":"a","level":"error"}"#), None);
        assert_eq!(level(br#"{"ts":"t","attrs":{"level":"error"}}"#), None);
    }

    #[test]
    fn what_is_no_record_has_no_columns() {
        for text in
            ["", "{", "{}", "[]", "text", r#"{"a"#, r#"{"a":"#, r#"{"a":"b\"#, r#"{"a":1"#, r#"{"a" :1}"#]
        {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_escape_is_one_unit_and_so_is_a_pair_of_surrogates() {
        for (text, len) in [
            ("", 0),
            ("xy", 1),
            ("éa", 2),
            ("あa", 3),
            ("😀a", 4),
            (r#"\"a"#, 2),
            (r"\\u0041", 2),
            (r"\u00e9a", 6),
            (r"\ud83d\ude00a", 12),
            (r"\ud83d\u0041", 6),
            (r"\ude00\ud83d", 6),
            // No JSON:
            (r"\", 1),
            (r"\é", 1),
            (r"\u12é", 2),
        ] {
            assert_eq!(unit(text.as_bytes()), len, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_panic(bytes in r#"[{}":,\\a-cu0-9é😀]{0,40}"#) {
            let _ = (Head::of(bytes.as_bytes()), level(bytes.as_bytes()));
            let mut at = 0;
            while at < bytes.len() {
                let len = unit(&bytes.as_bytes()[at..]);
                prop_assert!(len > 0);
                at += len;
                prop_assert!(bytes.is_char_boundary(at));
            }
        }
    }
}
