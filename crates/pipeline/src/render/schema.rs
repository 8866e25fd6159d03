//! The JSON Schema (draft 2020-12) of the spec, for editors.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::{
    define::{Definition, Fallback, Shape},
    source::{self, Value},
    spec::Spec,
    values::{duration, size, text::Text, url},
};

/// The JSON Schema of `sluice.toml`. What it cannot say (contradictions, time zones, whether a regular expression
/// compiles) is left to [`Spec::parse`].
pub fn json_schema() -> Json {
    let mut tables = Map::new();
    let mut settings = properties(Spec::definitions(), "", &mut tables);
    let overlay = object(settings.clone(), &[]);
    settings.insert(
        "env".to_owned(),
        json!({
            "description": "Overlays by environment, chosen with --env and laid over the rest.",
            "type": "object",
            "propertyNames": { "pattern": Text::Name.pattern() },
            "additionalProperties": { "$ref": "#/$defs/overlay" },
        }),
    );
    tables.insert("overlay".to_owned(), overlay);
    let mut schema = object(settings, &required(Spec::definitions()));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("sluice.toml");
    schema["$defs"] = Json::Object(tables);
    sorted(schema)
}

/// The same with keys in order, whether or not another crate of the build turns on serde_json's `preserve_order`.
fn sorted(value: Json) -> Json {
    match value {
        Json::Object(map) => {
            let by_key: BTreeMap<_, _> = map.into_iter().collect();
            by_key.into_iter().map(|(key, value)| (key, sorted(value))).collect()
        }
        Json::Array(items) => items.into_iter().map(sorted).collect(),
        scalar => scalar,
    }
}

fn object(properties: Map<String, Json>, required: &[&str]) -> Json {
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn required(definitions: &[Definition]) -> Vec<&'static str> {
    let absent = |shape: &Shape| {
        matches!(shape, Shape::Optional(_) | Shape::List(_) | Shape::Map(_) | Shape::Table(_))
    };
    let needed = |d: &&Definition| matches!(d.fallback, Fallback::Unset) && !absent(&d.shape);
    definitions.iter().filter(needed).map(|d| d.name).collect()
}

fn properties(definitions: &[Definition], path: &str, tables: &mut Map<String, Json>) -> Map<String, Json> {
    let property = |definition: &Definition| {
        let key =
            if path.is_empty() { definition.name.to_owned() } else { format!("{path}.{}", definition.name) };
        let mut schema = shape(&definition.shape, &key, tables);
        let mut description = definition.text();
        match definition.fallback {
            Fallback::Literal(text) => schema["default"] = literal(text),
            Fallback::Derived(how) => description = format!("{description} Default: {how}."),
            Fallback::Unset => {}
        }
        schema["description"] = json!(description);
        if let Some(example) = definition.example {
            schema["examples"] = json!([literal(example)]);
        }
        (definition.name.to_owned(), schema)
    };
    definitions.iter().map(property).collect()
}

/// The schema of a shape. Tables stand once under `$defs`, since the base and every overlay have them.
fn shape(shape_of: &Shape, key: &str, tables: &mut Map<String, Json>) -> Json {
    match shape_of {
        Shape::Text(text) => match text.pattern() {
            Some(pattern) => json!({ "type": "string", "pattern": pattern }),
            None => json!({ "type": "string" }),
        },
        Shape::Secret | Shape::Path => json!({ "type": "string", "minLength": 1 }),
        Shape::Address => {
            json!({ "type": "string", "pattern": "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$" })
        }
        Shape::ArchiveUrl => json!({ "type": "string", "pattern": url::PATTERN }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Whole(whole) => whole_number(*whole),
        Shape::Size(sizes) => json!({ "anyOf": [
            { "type": "string", "pattern": size::PATTERN },
            { "type": "integer", "minimum": sizes.0, "maximum": sizes.1 },
        ] }),
        Shape::Duration(_) => json!({ "type": "string", "minLength": 2, "pattern": duration::PATTERN }),
        Shape::Choice(choices) => {
            json!({ "enum": choices.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
        }
        Shape::Either(first, second) => {
            json!({ "anyOf": [shape(first, key, tables), shape(second, key, tables)] })
        }
        Shape::Optional(inside) => json!({ "anyOf": [shape(inside, key, tables), { "const": "off" }] }),
        Shape::List(item) => json!({ "type": "array", "items": shape(item, key, tables) }),
        Shape::Map(value) => {
            json!({ "type": "object", "additionalProperties": shape(value, key, tables) })
        }
        Shape::Table(children) => {
            let table = object(properties(children(), key, tables), &required(children()));
            tables.insert(key.to_owned(), table);
            json!({ "$ref": format!("#/$defs/{key}") })
        }
    }
}

fn whole_number(whole: crate::values::whole::Whole) -> Json {
    use crate::values::whole::Whole;
    match whole {
        Whole::Range(least, greatest) => json!({ "type": "integer", "minimum": least, "maximum": greatest }),
        Whole::OneOf(numbers) => json!({ "enum": numbers }),
    }
}

fn literal(text: &str) -> Json {
    source::literal(text).map_or(Json::Null, |entry| to_json(&entry.value))
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Date(text) => json!(text),
        Value::Whole(number) => json!(i64::try_from(*number).ok()),
        Value::Float(number) => json!(number),
        Value::Bool(truth) => json!(truth),
        Value::List(items) => items.iter().map(|item| to_json(&item.value)).collect(),
        Value::Table(table) => {
            table.iter().map(|(key, entry)| (key.clone(), to_json(&entry.value))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every schema that has a default or examples, checked against the patterns and enums it states itself.
    fn visit(schema: &Json, checked: &mut usize) {
        let values =
            schema.get("default").into_iter().chain(schema["examples"].as_array().into_iter().flatten());
        for value in values {
            let alternatives = schema["anyOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
            assert!(alternatives.iter().any(|one| allows(one, value)), "{value} in {schema}");
            *checked += 1;
        }
        match schema {
            Json::Object(map) => map.values().for_each(|below| visit(below, checked)),
            Json::Array(items) => items.iter().for_each(|below| visit(below, checked)),
            _ => {}
        }
    }

    fn allows(schema: &Json, value: &Json) -> bool {
        let nested = |one: &Json| allows(one, value);
        let kind = match schema["type"].as_str() {
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64(),
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            _ => true,
        };
        let pattern = schema["pattern"].as_str().zip(value.as_str());
        kind && pattern.is_none_or(|(pattern, text)| regex::Regex::new(pattern).unwrap().is_match(text))
            && schema["enum"].as_array().is_none_or(|choices| choices.contains(value))
            && schema.get("const").is_none_or(|only| only == value)
            && schema["minimum"].as_i64().zip(value.as_i64()).is_none_or(|(least, number)| least <= number)
            && schema["anyOf"].as_array().is_none_or(|alternatives| alternatives.iter().any(nested))
    }

    #[test]
    fn the_schema_allows_its_own_defaults_and_examples() {
        let mut checked = 0;
        visit(&json_schema(), &mut checked);
        assert!(checked > 100, "{checked}");
    }

    #[test]
    fn every_table_refuses_unknown_keys_and_every_reference_resolves() {
        let schema = json_schema();
        for (name, table) in schema["$defs"].as_object().unwrap() {
            assert_eq!(table["additionalProperties"], json!(false), "{name}");
        }
        let text = schema.to_string();
        for reference in text.split("\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
    }
}
