//! A JSON line into the columns that are wanted, without building a tree.
//!
//! Keys are compared without case, as OpenX does. The first of equal keys that is not null counts. The line is left as soon as all wanted
//! columns are found, so what stands behind them is not looked at, but that the line ends with a brace.

use memchr::{memchr, memchr2};

/// A value inside a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'l> {
    /// It is not there, or null.
    Missing,
    /// A string, still escaped when the flag says so.
    Text(&'l [u8], bool),
    /// A number, true, false, or the text of an object or array.
    Raw(&'l [u8]),
}

/// Finds the wanted fields of a line; false when it is no JSON object.
pub(super) fn find<'l>(line: &'l [u8], names: &[&[u8]], fields: &mut Vec<Field<'l>>) -> bool {
    fields.clear();
    fields.resize(names.len(), Field::Missing);
    let line = line.trim_ascii();
    if line.first() != Some(&b'{') || line.last() != Some(&b'}') || line.len() < 2 {
        return false;
    }
    let (mut at, mut left) = (1, names.len());
    // Keys come in the order of the columns, so the next one is most likely the next wanted.
    let mut expected = 0;
    loop {
        at = blank(line, at);
        match line.get(at) {
            Some(b'}') => return at + 1 == line.len(),
            Some(b'"') => {}
            _ => return false,
        }
        if left == 0 {
            return true;
        }
        let Some((key, _, end)) = string(line, at) else { return false };
        at = blank(line, end);
        if line.get(at) != Some(&b':') {
            return false;
        }
        at = blank(line, at + 1);
        let Some((value, end)) = value(line, at) else { return false };
        let column = if names.get(expected).is_some_and(|name| *name == key) {
            Some(expected)
        } else {
            names.iter().position(|name| name.eq_ignore_ascii_case(key))
        };
        if let Some(column) = column {
            expected = column + 1;
            // A null leaves the column as it is: counted, two of one key would hide another column.
            if fields[column] == Field::Missing && value != Field::Missing {
                left -= 1;
                fields[column] = value;
            }
        }
        at = blank(line, end);
        match line.get(at) {
            Some(b',') => at += 1,
            Some(b'}') => return at + 1 == line.len(),
            _ => return false,
        }
    }
}

fn blank(line: &[u8], mut at: usize) -> usize {
    while line.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The inside of the string that begins at a quote, whether it has escapes, and where what follows begins.
fn string(line: &[u8], at: usize) -> Option<(&[u8], bool, usize)> {
    let start = at + 1;
    let (mut from, mut escaped) = (start, false);
    loop {
        let found = from + memchr2(b'"', b'\\', line.get(from..)?)?;
        if line[found] == b'"' {
            return Some((&line[start..found], escaped, found + 1));
        }
        escaped = true;
        from = found + 2;
    }
}

fn value(line: &[u8], at: usize) -> Option<(Field<'_>, usize)> {
    match line.get(at)? {
        b'"' => string(line, at).map(|(text, escaped, end)| (Field::Text(text, escaped), end)),
        b'{' | b'[' => {
            let end = nested(line, at)?;
            Some((Field::Raw(&line[at..end]), end))
        }
        _ => {
            let inside = |b: &u8| !matches!(b, b',' | b'}' | b']') && !b.is_ascii_whitespace();
            let len = line[at..].iter().take_while(|b| inside(b)).count();
            let text = &line[at..at + len];
            let field = if text == b"null" { Field::Missing } else { Field::Raw(text) };
            (len > 0).then_some((field, at + len))
        }
    }
}

/// Where the object or array that begins here ends.
fn nested(line: &[u8], at: usize) -> Option<usize> {
    let (mut depth, mut at) = (0usize, at);
    loop {
        match line.get(at)? {
            b'"' => {
                at = string(line, at)?.2;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The text of an escaped string; None when an escape is none.
pub(super) fn unescape(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let mut rest = text;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let Some(&escape) = rest.get(at + 1) else { return false };
        rest = &rest[at + 2..];
        match escape {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'"' | b'\\' | b'/' => out.push(escape),
            b'u' => {
                let unit = |text: &[u8]| {
                    let digits = std::str::from_utf8(text.get(..4)?).ok()?;
                    u32::from_str_radix(digits, 16).ok()
                };
                let Some(first) = unit(rest) else { return false };
                rest = &rest[4..];
                let mut code = first;
                if (0xd800..0xdc00).contains(&first)
                    && rest.starts_with(b"\\u")
                    && let Some(second @ 0xdc00..0xe000) = unit(&rest[2..])
                {
                    code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    rest = &rest[6..];
                }
                let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => return false,
        }
    }
    out.extend_from_slice(rest);
    true
}

/// JSON text without white space between its tokens.
pub(super) fn compact<'t>(text: &'t [u8], out: &'t mut Vec<u8>) -> &'t [u8] {
    let mut at = 0;
    out.clear();
    while at < text.len() {
        if text[at] == b'"' {
            let end = string(text, at).map_or(text.len(), |(_, _, end)| end);
            out.extend_from_slice(&text[at..end]);
            at = end;
        } else {
            if !text[at].is_ascii_whitespace() {
                out.push(text[at]);
            }
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn found<'l>(line: &'l str, names: &[&str]) -> Option<Vec<Field<'l>>> {
        let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let mut fields = Vec::new();
        find(line.as_bytes(), &names, &mut fields).then_some(fields)
    }

    #[test]
    fn wanted_fields_are_found_and_others_skipped() {
        let line = r#" {"a" : "x" , "b":{"c":"}\"{","a":1},"C":[1,"]"],"d":null,"e":-1.5e3,"f":"a\"b"} "#;
        let fields = found(line, &["f", "a", "c", "d", "e", "z"]).expect("JSON");
        assert_eq!(
            fields,
            [
                Field::Text(br#"a\"b"#, true),
                Field::Text(b"x", false),
                Field::Raw(br#"[1,"]"]"#),
                Field::Missing,
                Field::Raw(b"-1.5e3"),
                Field::Missing
            ]
        );
        assert_eq!(found("{}", &["a"]), Some(vec![Field::Missing]));
    }

    #[test]
    fn a_key_that_is_null_twice_hides_no_other_column() {
        let fields = found(r#"{"a":null,"a":null,"b":"x"}"#, &["a", "b"]).expect("JSON");
        assert_eq!(fields, [Field::Missing, Field::Text(b"x", false)]);
    }

    #[test]
    fn what_is_no_object_is_malformed() {
        for line in
            ["", "x", "{", "{\"a\":1", "[1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}x}", "{a:1}", "{\"a\":\"}"]
        {
            assert_eq!(found(line, &["b"]), None, "{line}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,12}|[\"\\\\\n\t/]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn fields_are_those_that_a_whole_parser_finds(
            map in prop::collection::btree_map("[a-z]{1,2}", any_json(), 0..8),
            pretty in any::<bool>(),
        ) {
            let value = json!(map);
            let line = if pretty { format!("{value:#}").replace('\n', " ") } else { value.to_string() };
            let names = ["a", "b", "ab", "zz"];
            let fields = found(&line, &names).expect("JSON");
            for (name, field) in names.iter().zip(fields) {
                let (mut one, mut two) = (Vec::new(), Vec::new());
                let read = match field {
                    Field::Missing => Value::Null,
                    Field::Text(text, false) => Value::from(String::from_utf8_lossy(text).into_owned()),
                    Field::Text(text, true) => {
                        prop_assert!(unescape(text, &mut one));
                        Value::from(String::from_utf8_lossy(&one).into_owned())
                    }
                    Field::Raw(text) => serde_json::from_slice(compact(text, &mut two)).expect("JSON"),
                };
                prop_assert_eq!(&read, map.get(*name).unwrap_or(&Value::Null), "{} in {}", name, line);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(line in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut fields = Vec::new();
            find(&line, &[b"a"], &mut fields);
            let (mut one, mut two) = (Vec::new(), Vec::new());
            unescape(&line, &mut one);
            compact(&line, &mut two);
        }
    }
}
