//! Examples of every named pattern, near misses, and the laws of the module's header.

use std::borrow::Cow;

use proptest::prelude::*;

use super::{CustomRule, NAMED, RedactError, Redactor};

fn all() -> Redactor {
    Redactor::new(&NAMED.iter().map(|p| p.name).collect::<Vec<_>>(), &[]).unwrap()
}

fn redact(redactor: &mut Redactor, line: &str) -> String {
    String::from_utf8(redactor.redact_line(line.as_bytes()).into_owned()).unwrap()
}

fn custom(name: &str, pattern: &str, replacement: Option<&str>) -> CustomRule {
    CustomRule { name: name.into(), pattern: pattern.into(), replacement: replacement.map(Into::into) }
}

#[test]
fn the_example_of_every_named_pattern_is_replaced_in_text_and_in_json() {
    for pattern in NAMED {
        let mut redactor = Redactor::new(&[pattern.name], &[]).unwrap();
        let mark = format!("[redacted:{}]", pattern.name);
        let text = redact(&mut redactor, &format!("got {} here", pattern.example));
        assert!(text.contains(&mark) && text.starts_with("got ") && text.ends_with(" here"), "{text}");
        let line = serde_json::json!({ "message": format!("x {}", pattern.example) }).to_string();
        let json = redact(&mut redactor, &line);
        assert!(json.contains(&mark), "{json}");
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
        assert_eq!(redactor.counts().collect::<Vec<_>>(), [(pattern.name, 2)]);
        assert_eq!(redact(&mut redactor, &text), text, "what was redacted is not found again");
        assert_eq!(redact(&mut redactor, &json), json);
    }
}

#[test]
fn what_only_resembles_a_secret_stays_and_the_line_is_borrowed() {
    let mut redactor = all();
    for line in [
        "order 4111111111111112 with a wrong check digit",
        "at 1763942400123 ms, trace 4bf92f3577b34da6a3ce929d0e0e4736",
        "ratio 0.4111111111111111 and 4111111111111111.5",
        "version 1.2.3 and 1.2.3.4.5 and 300.1.1.1",
        "user@localhost, @mention, a@b",
        "http://host:8080/path and https://host/a@b",
        "Bearer of news; eyJ.no.token; AKIA123; ghp_short; xoxb-1",
        "{\"password\":null,\"password_reset\":true,\"n\":4111111111111112}",
        "{\"text\":\"a \\\"quoted\\\" line\\nand another\"}",
        "",
        "{",
    ] {
        assert!(
            matches!(redactor.redact_line(line.as_bytes()), Cow::Borrowed(b) if b == line.as_bytes()),
            "{line}"
        );
    }
}

#[test]
fn an_escape_cannot_hide_a_match_and_all_else_is_kept_byte_for_byte() {
    let mut redactor = all();
    let cases = [
        (
            r#"{ "a" : 1.50, "m":"jane\u0040example.com" , "z":"\u00e9"}"#,
            r#"{ "a" : 1.50, "m":"[redacted:email]" , "z":"\u00e9"}"#,
        ),
        (r#"{"m":"x\nAKIAIOSFODNN7EXAMPLE"}"#, r#"{"m":"x\n[redacted:aws_access_key]"}"#),
        (r#"{"u":"postgres:\/\/u:p@h\/d"}"#, r#"{"u":"postgres://[redacted:basic_auth_url]@h/d"}"#),
        (r#"{"jane@example.com":[1,"x"]}"#, r#"{"[redacted:email]":[1,"x"]}"#),
        (r#"{"card":4111111111111111}"#, r#"{"card":"[redacted:credit_card]"}"#),
        (r#"{"userPassword":"abc def"}"#, r#"{"userPassword":"[redacted:password_field]"}"#),
        (r#"{"pass\u0077ord":"abc"}"#, r#"{"pass\u0077ord":"[redacted:password_field]"}"#),
        (r#"{"password" : 12345}"#, r#"{"password" : "[redacted:password_field]"}"#),
        (r#"{"a":{"b":[{"c":"203.0.113.7"}]}}"#, r#"{"a":{"b":[{"c":"[redacted:ipv4]"}]}}"#),
    ];
    for (line, want) in cases {
        assert_eq!(redact(&mut redactor, line), want);
    }
}

#[test]
fn a_line_that_only_begins_like_json_is_treated_as_text() {
    let mut redactor = all();
    assert_eq!(redact(&mut redactor, "{jane@example.com}"), "{[redacted:email]}");
    assert_eq!(redact(&mut redactor, "{\"a\":\"jane@example.com"), "{\"a\":\"[redacted:email]");
    assert_eq!(redactor.redact_line(b"\xff jane@example.com \xfe").as_ref(), b"\xff [redacted:email] \xfe");
}

#[test]
fn cards_are_found_with_separators_and_beside_other_numbers() {
    let mut redactor = Redactor::new(&["credit_card"], &[]).unwrap();
    for (line, want) in [
        ("4111-1111-1111-1111 2026", "[redacted:credit_card] 2026"),
        ("2222 4111 1111 1111 1111", "2222 [redacted:credit_card]"),
        ("378282246310005,5555555555554444.", "[redacted:credit_card],[redacted:credit_card]."),
        ("30569309025904 6011111111111117", "[redacted:credit_card] [redacted:credit_card]"),
    ] {
        assert_eq!(redact(&mut redactor, line), want);
    }
}

#[test]
fn custom_rules_have_groups_anchors_and_their_own_replacement() {
    let rules = [
        custom("order", r"order-(\d{2})\d+", Some("order-$1**")),
        custom("whole", r"^secret$", None),
        custom("self", "aa", Some("aaaa")),
    ];
    let mut redactor = Redactor::new(&[], &rules).unwrap();
    assert_eq!(redact(&mut redactor, "see order-12345"), "see order-12**");
    assert_eq!(
        redact(&mut redactor, r#"{"a":"secret","b":"a secret"}"#),
        r#"{"a":"[redacted:whole]","b":"a secret"}"#
    );
    assert_eq!(redact(&mut redactor, "aa"), "aaaa");
    assert_eq!(redactor.counts().collect::<Vec<_>>(), [("order", 1), ("whole", 1), ("self", 1)]);
}

#[test]
fn a_key_that_holds_a_secret_still_names_the_one_in_its_value() {
    let mut redactor = Redactor::new(&["password_field"], &[]).unwrap();
    let line = redactor.redact_line(br##"{"password=a.password":"#"}"##).into_owned();
    assert!(!line.contains(&b'#'), "{}", String::from_utf8_lossy(&line));
}

#[test]
fn wrong_rules_are_refused_with_their_name() {
    assert!(
        matches!(Redactor::new(&["emial"], &[]), Err(RedactError::UnknownName { name }) if name == "emial")
    );
    let broken = Redactor::new(&[], &[custom("x", "(", None)]);
    assert!(matches!(broken, Err(RedactError::Pattern { name, .. }) if name == "x"));
    let empty = Redactor::new(&[], &[custom("x", "a*", None)]);
    assert!(matches!(empty, Err(RedactError::MatchesEmpty { name }) if name == "x"));
    let twice = Redactor::new(&["email"], &[custom("email", "x", None)]);
    assert!(matches!(twice, Err(RedactError::Duplicate { name }) if name == "email"));
}

/// Pieces that are, hold, or resemble secrets.
fn text() -> impl Strategy<Value = String> {
    let secrets: Vec<String> = NAMED.iter().map(|p| p.example.to_owned()).collect();
    let piece = prop_oneof![
        prop::sample::select(secrets),
        "[ -~é]{0,6}",
        "[0-9 .@:-]{0,8}",
        prop::sample::select(vec!["4111", " 1111", "-1111", "\n", "\"", "\\", "\u{1F600}", "password", "="])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        text().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        Just(serde_json::json!(4111111111111111u64)),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Writes every character of strings as an escape.
fn escape_all(line: &str, value: &serde_json::Value) -> String {
    let serde_json::Value::String(text) = value else { return line.to_owned() };
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_json_stays_valid_and_nothing_that_matches_remains(fields in prop::collection::vec((text(), json()), 0..4)) {
        let line = serde_json::Value::Object(fields.into_iter().collect()).to_string();
        let mut redactor = all();
        let once = redactor.redact_line(line.as_bytes()).into_owned();
        serde_json::from_slice::<serde_json::Value>(&once).unwrap();
        prop_assert!(matches!(redactor.redact_line(&once), Cow::Borrowed(_)), "{}", String::from_utf8_lossy(&once));
        if redactor.counts().all(|(_, n)| n == 0) {
            prop_assert_eq!(&once[..], line.as_bytes());
        }
    }

    #[test]
    fn nothing_that_matches_remains_in_text(line in text()) {
        let mut redactor = all();
        let once = redactor.redact_line(line.as_bytes()).into_owned();
        prop_assert!(matches!(redactor.redact_line(&once), Cow::Borrowed(_)), "{}", String::from_utf8_lossy(&once));
    }

    #[test]
    fn an_escaped_string_is_redacted_like_a_plain_one(value in text()) {
        let value = serde_json::Value::from(value);
        let plain = format!("{{\"m\":{value}}}");
        let hidden = format!("{{\"m\":\"{}\"}}", escape_all(&plain, &value));
        let mut redactor = all();
        let read = |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line).unwrap();
        prop_assert_eq!(
            read(&redactor.redact_line(plain.as_bytes())),
            read(&redactor.redact_line(hidden.as_bytes()))
        );
    }

    #[test]
    fn any_bytes_are_taken(line in prop::collection::vec(any::<u8>(), 0..60), brace in any::<bool>()) {
        let mut line = line;
        if brace {
            line.splice(0..0, *b"{\"a\":\"");
        }
        let mut redactor = all();
        let once = redactor.redact_line(&line).into_owned();
        if redactor.counts().all(|(_, n)| n == 0) {
            prop_assert_eq!(once, line);
        }
    }
}
