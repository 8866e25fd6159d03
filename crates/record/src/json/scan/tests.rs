use super::*;
use proptest::prelude::*;

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

fn scan(text: &[u8]) -> Result<Fields, Broken> {
    let mut scanner = Scanner::new(text);
    scanner.open()?;
    let mut fields = Vec::new();
    while let Some((key, value)) = scanner.field(fields.is_empty())? {
        fields.push((key.inside().to_vec(), value.raw.to_vec()));
    }
    scanner.end()?;
    Ok(fields)
}

#[test]
fn values_are_handed_out_byte_for_byte() {
    let fields = scan(br#" {"a" : 1.50e+3,"a":[1, {"b":null}] , "c\n":"x\"y"} "#).expect("valid");
    assert_eq!(
        fields,
        [
            (b"a".to_vec(), b"1.50e+3".to_vec()),
            (b"a".to_vec(), br#"[1, {"b":null}]"#.to_vec()),
            (br"c\n".to_vec(), br#""x\"y""#.to_vec()),
        ]
    );
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        "{",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":+1}",
        "{\"a\":tru}",
        "{\"a\":truex}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":[1}",
        "{\"a\":{\"b\"]}",
        "{\"a\":1} x",
        "{\"a\":\"b}",
        "{\"a\":[1,]}",
        "{\"a\":[,]}",
        "{\"a\":[1 2]}",
        "{\"a\":1 \"b\":2}",
    ] {
        assert_eq!(scan(text.as_bytes()), Err(Broken), "{text}");
    }
}

#[test]
fn nesting_is_bounded_without_recursion() {
    let deep = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
    assert!(scan(deep(DEEPEST).as_bytes()).is_ok());
    assert!(scan(deep(DEEPEST + 1).as_bytes()).is_err());
    assert!(scan(deep(2_000_000).as_bytes()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_judged_as_serde_judges_them(text in r#"\{("[ab]":(1|-2\.5e3|"x"|null|true|\[1,\{\}\]|\{"k": 0\}|00|nul),? ?){0,3}\}"#) {
        let serde = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        prop_assert_eq!(scan(text.as_bytes()).is_ok(), serde, "{}", text);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut text = b"{\"a\":".to_vec();
        text.extend_from_slice(&bytes);
        let _ = scan(&text);
    }
}
