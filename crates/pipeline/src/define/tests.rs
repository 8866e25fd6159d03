//! What holds for every definition.

use crate::{
    Spec,
    define::{Definition, Fallback, Setting, Shape},
    reader::Reader,
    source::{Entry, Source, Value, literal},
    values::{duration::format_duration, whole::Whole},
};

/// Every definition that is no table, with its dotted key.
fn leaves(definitions: &'static [Definition], path: &str) -> Vec<(String, &'static Definition)> {
    let dot = if path.is_empty() { "" } else { "." };
    let below = |definition: &'static Definition| {
        let key = format!("{path}{dot}{}", definition.name);
        match definition.children() {
            [] => vec![(key, definition)],
            children => leaves(children, &key),
        }
    };
    definitions.iter().flat_map(below).collect()
}

/// The spec with one key set, before defaults are derived and contradictions looked for.
fn spec(key: &str, value: Entry) -> Spec {
    let wrap = |value, key: &str| Entry {
        value: Value::Table([(key.to_owned(), value)].into()),
        ..Entry::default()
    };
    let root = key.rsplit('.').fold(value, wrap);
    let resolver = |name: &str| Some(name.to_lowercase());
    let mut reader = Reader::new(Source { file: "", text: "" }, &resolver, &[]);
    let spec = Spec::read(&(), &root, &mut reader).unwrap();
    let missing_name = usize::from(key != "name");
    assert_eq!(reader.finish().problems.len(), missing_name, "{key}");
    spec
}

#[test]
fn every_setting_reaches_the_typed_spec() {
    let name = |definition: &Definition| literal(definition.example.unwrap()).unwrap();
    for (key, definition) in leaves(Spec::definitions(), "") {
        // A required or derived setting stands in with its example, so another value must be seen.
        let (one, other) = match definition.fallback {
            Fallback::Literal(default) => (literal(default).unwrap(), name(definition)),
            _ => match &definition.shape {
                Shape::Duration(_) => (literal("'2s'").unwrap(), name(definition)),
                Shape::Text(_) | Shape::Path => (literal("'a'").unwrap(), name(definition)),
                Shape::Size(_) => (literal("'64KiB'").unwrap(), name(definition)),
                Shape::Optional(_) => (literal("'off'").unwrap(), name(definition)),
                Shape::List(_) => (literal("[]").unwrap(), name(definition)),
                Shape::Map(_) => (literal("{}").unwrap(), name(definition)),
                shape => panic!("{key}: no other value is known for {shape:?}"),
            },
        };
        assert_ne!(spec(&key, one), spec(&key, other), "{key}");
    }
}

#[test]
fn a_literal_default_is_what_an_absent_key_means() {
    let empty = spec("name", literal("'api'").unwrap());
    for (key, definition) in leaves(Spec::definitions(), "") {
        if let Fallback::Literal(default) = definition.fallback {
            assert_eq!(spec(&key, literal(default).unwrap()), empty, "{key}");
        }
    }
}

#[test]
fn no_number_within_its_range_contradicts_a_default() {
    for (key, definition) in leaves(Spec::definitions(), "") {
        let inside = match &definition.shape {
            Shape::Optional(inside) => inside,
            shape => shape,
        };
        let ends = match inside {
            Shape::Size(sizes) => [sizes.0, sizes.1].map(|end| end.to_string()),
            Shape::Whole(Whole::Range(least, greatest)) => [least, greatest].map(ToString::to_string),
            Shape::Duration(span) => span.ends().map(|end| format!("'{}'", format_duration(end))),
            _ => continue,
        };
        // Moving to Glacier later than objects are deleted by default needs a word about deletion.
        for end in ends.iter().take(if key.ends_with("glacier_after") { 1 } else { 2 }) {
            let told = Spec::parse(&format!("name = 'api'\n{key} = {end}"), "f", None);
            assert!(told.is_ok(), "{key} = {end}: {told:?}");
        }
    }
}

#[test]
fn every_setting_is_documented() {
    for (key, definition) in leaves(Spec::definitions(), "") {
        assert!(definition.summary().ends_with(['.', ':']), "{key}: {:?}", definition.summary());
        assert!(definition.lines().all(|line| line.chars().count() < 120), "{key}");
    }
}
