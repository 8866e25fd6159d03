//! Any bytes are a line of JSON or not: what a query finds in a line that serde_json reads is what serde_json finds.
//!
//! The file is taken as it is: the crate around it would bring DataFusion under the sanitizer.
#![no_main]
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

#[path = "../../crates/query/src/read/json.rs"]
mod json;

use json::{Field, compact, find, unescape};

const NAMES: [&str; 5] = ["ts", "level", "message", "attrs", "http_status"];

/// An object's keys and values as they stand there: serde_json's own keeps the last of equal keys.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;
            fn expecting(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                text.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(InOrder)
    }
}

fuzz_target!(|line: &[u8]| {
    let names = NAMES.map(str::as_bytes);
    let (mut fields, mut text) = (Vec::new(), Vec::new());
    let found = find(line, &names, &mut fields);
    for field in &fields {
        match field {
            Field::Text(inside, true) => drop(unescape(inside, &mut text)),
            Field::Raw(raw) => {
                // Taking white space away once is enough.
                let once = compact(raw, &mut text).to_vec();
                assert_eq!(compact(&once, &mut text), once);
            }
            _ => {}
        }
    }
    let Ok(Pairs(pairs)) = serde_json::from_slice::<Pairs>(line) else { return };
    assert!(found, "an object was not read");
    for (name, field) in NAMES.iter().zip(&fields) {
        let same: Vec<&Value> =
            pairs.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect();
        // Keys are compared as they are written: one with an escape is another key, which serde_json does not tell.
        if line.contains(&b'\\') && (same.len() > 1 || *field == Field::Missing) {
            continue;
        }
        let wanted = same.into_iter().find(|value| !value.is_null()).unwrap_or(&Value::Null);
        let read = match field {
            Field::Missing => Value::Null,
            Field::Text(inside, false) => Value::from(String::from_utf8_lossy(inside).into_owned()),
            Field::Text(inside, true) => {
                assert!(unescape(inside, &mut text), "an escape of valid JSON is none");
                Value::from(String::from_utf8_lossy(&text).into_owned())
            }
            Field::Raw(raw) => serde_json::from_slice(compact(raw, &mut text)).expect("a value of valid JSON"),
        };
        assert_eq!(&read, wanted, "{name}");
    }
});
