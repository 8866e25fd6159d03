//! A record that is too long for the archive is replaced by its beginning, which says so.

/// Bytes of the message that are kept.
const KEPT: usize = 1 << 20;
const SERVICE: &[u8] = b",\"service\":\"";
const MESSAGE: &[u8] = b",\"message\":\"";

/// The first columns of a record, its message cut to a mebibyte, and in `attrs` how long all of it was.
///
/// It works on the text, since a record of 64 MiB is not worth a tree of its values. The columns before the message are
/// short, and none of them can hold the text `,"message":"` with its quotes unescaped.
pub(super) fn beginning(record: &[u8]) -> Vec<u8> {
    let attrs = format!(",\"attrs\":{{\"cut\":true,\"record_bytes\":{}}}}}", record.len());
    let start = &record[..record.len().min(KEPT)];
    let inside = |name: &[u8]| memchr::memmem::find(start, name).map(|at| at + name.len());
    let mut out = Vec::with_capacity(2 * KEPT);
    if let Some(message) = inside(MESSAGE) {
        out.extend_from_slice(&record[..message + whole_characters(&record[message..], KEPT)]);
    } else {
        // Nothing but columns that are as long as that: their text is the message.
        let service = inside(SERVICE).unwrap_or(0);
        out.extend_from_slice(&record[..service + whole_characters(&record[service..], KEPT)]);
        out.push(b'"');
        out.extend_from_slice(MESSAGE);
        let text = serde_json::Value::from(String::from_utf8_lossy(start)).to_string();
        out.extend_from_slice(&text.as_bytes()[1..text.len() - 1]);
    }
    out.push(b'"');
    out.extend_from_slice(attrs.as_bytes());
    out
}

/// How many bytes of a JSON string's inside fit into `most` without a torn character or escape, up to its end.
fn whole_characters(inside: &[u8], most: usize) -> usize {
    let mut at = 0;
    let mut end = 0;
    while at < inside.len().min(most) {
        let len = match inside[at] {
            b'"' => return at,
            b'\\' if inside.get(at + 1) == Some(&b'u') => 6,
            b'\\' => 2,
            0xf0.. => 4,
            0xe0.. => 3,
            0xc0.. => 2,
            _ => 1,
        };
        // Half of a surrogate pair is not to be the end.
        let half = len == 6 && inside.get(at + 2..at + 4).is_some_and(is_high_surrogate);
        at += len;
        if at <= most && !half {
            end = at;
        }
    }
    end
}

/// The first two digits of `\uXXXX` are those of D800 to DBFF.
fn is_high_surrogate(hex: &[u8]) -> bool {
    hex[0].eq_ignore_ascii_case(&b'd') && matches!(hex[1], b'8' | b'9' | b'a' | b'b' | b'A' | b'B')
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn cut(record: &str) -> Value {
        let cut: Value = serde_json::from_slice(&beginning(record.as_bytes())).unwrap();
        assert_eq!(cut["attrs"]["record_bytes"], record.len());
        cut
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        for character in ["é", "\\n", "\\u00e9", "\\ud83d\\ude00", "\u{1f600}", "x"] {
            for shift in ["", "a", "aa", "aaa", "aaaa", "aaaaa"] {
                let message = format!("{shift}{}", character.repeat(KEPT));
                let record = format!(
                    r#"{{"ts":"t","level":"error","service":"a","message":"{message}","attrs":{{}}}}"#
                );
                let cut = cut(&record);
                assert_eq!(
                    (&cut["ts"], &cut["level"], &cut["service"]),
                    (&"t".into(), &"error".into(), &"a".into())
                );
                let whole: String = serde_json::from_str(&format!("\"{message}\"")).unwrap();
                let kept = cut["message"].as_str().unwrap();
                assert!(whole.starts_with(kept) && kept.len() >= KEPT / 6 - 12, "{character}");
            }
        }
    }

    #[test]
    fn a_short_message_stays_whole_when_another_column_is_long() {
        let stack = "y".repeat(2 * KEPT);
        let record =
            format!(r#"{{"ts":"t","level":"error","service":"a","message":"say \"hi\"","stack":"{stack}"}}"#);
        assert_eq!(cut(&record)["message"], "say \"hi\"");
        assert_eq!(cut(&record).get("stack"), None);
    }

    #[test]
    fn without_a_message_the_text_of_the_record_stands_in() {
        let attrs = "z".repeat(2 * KEPT);
        let record = format!(r#"{{"ts":"t","level":"info","service":"a","attrs":{{"k":"{attrs}"}}}}"#);
        let cut = cut(&record);
        assert_eq!((&cut["ts"], &cut["service"]), (&"t".into(), &"a".into()));
        assert!(
            cut["message"].as_str().unwrap().starts_with(r#"{"ts":"t","level":"info","service":"a","attrs""#)
        );
    }
}
