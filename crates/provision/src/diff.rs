//! Two descriptions of a resource, compared field by field.
//!
//! Lists whose items have an `Id`, `Sid` or dimension's `Name` compare by that, whatever their order; numbers compare
//! by value; in policies one action and a list of one action are the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where: `LifecycleConfiguration.Rules.objects.ExpirationInDays`.
    pub path: String,
    /// What is there; null when there is nothing.
    pub before: Value,
    /// What should be there; null when nothing should.
    pub after: Value,
}

impl Change {
    /// The property at the top level that it belongs to.
    #[must_use]
    pub fn property(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }
}

/// What differs between what is there and what is desired.
#[must_use]
pub fn changes(found: &Value, desired: &Value) -> Vec<Change> {
    let mut all = Vec::new();
    compare("", &canonical("", found), &canonical("", desired), &mut all);
    all
}

/// The tags that are desired and not there, or with another value. Other tags are nobody's business.
#[must_use]
pub fn tag_changes(found: &BTreeMap<String, String>, desired: &BTreeMap<String, String>) -> Vec<Change> {
    let differs = desired.iter().filter(|(key, value)| found.get(*key) != Some(value));
    differs
        .map(|(key, value)| Change {
            path: format!("Tags.{key}"),
            before: found.get(key).map_or(Value::Null, |old| old.as_str().into()),
            after: value.as_str().into(),
        })
        .collect()
}

fn compare(path: &str, found: &Value, desired: &Value, all: &mut Vec<Change>) {
    let at = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match (found, desired) {
        (Value::Object(old), Value::Object(new)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let side = |object: &Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                compare(&at(key), &side(old), &side(new), all);
            }
        }
        (Value::Array(old), Value::Array(new)) if !old.is_empty() && !new.is_empty() => {
            for index in 0..old.len().max(new.len()) {
                let side = |list: &[Value]| list.get(index).cloned().unwrap_or_default();
                compare(&at(&index.to_string()), &side(old), &side(new), all);
            }
        }
        (Value::Number(old), Value::Number(new)) if old.as_f64() == new.as_f64() => {}
        (old, new) if old == new => {}
        (old, new) => {
            all.push(Change { path: path.to_owned(), before: old.clone(), after: new.clone() });
        }
    }
}

/// The same value in the one form that compares.
fn canonical(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, inside)| (key.clone(), canonical(key, inside)))
                .filter(|(_, inside)| !inside.is_null())
                .collect(),
        ),
        Value::Array(list) => {
            let items: Vec<Value> = list.iter().map(|item| canonical("", item)).collect();
            by_name(key, &items).unwrap_or_else(|| match (key, items.as_slice()) {
                // A policy's list of one.
                ("Action" | "Resource" | "AWS" | "Service", [one]) => one.clone(),
                ("Action" | "Resource" | "AWS" | "Service", _) => {
                    let mut items = items.clone();
                    items.sort_by_key(Value::to_string);
                    Value::Array(items)
                }
                _ => Value::Array(items.clone()),
            })
        }
        // A text that holds JSON, such as a dashboard's body.
        Value::String(text) if key == "DashboardBody" => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        plain => plain.clone(),
    }
}

/// A list as an object, by what names its items; none when they have no names.
fn by_name(key: &str, items: &[Value]) -> Option<Value> {
    let name = match key {
        "Rules" | "Metrics" => "Id",
        "Statement" => "Sid",
        "Dimensions" => "Name",
        _ => return None,
    };
    let mut object = Map::new();
    for item in items {
        let own = item.get(name)?.as_str()?.to_owned();
        if object.insert(own, item.clone()).is_some() {
            return None;
        }
    }
    Some(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(found: Value, desired: Value) -> Vec<String> {
        changes(&found, &desired).into_iter().map(|change| change.path).collect()
    }

    #[test]
    fn a_changed_field_is_named_by_its_path() {
        let found = json!({"L": {"Rules": [{"Id": "b", "D": 1}, {"Id": "a", "D": 365}]}});
        let desired = json!({"L": {"Rules": [{"Id": "a", "D": 30}, {"Id": "b", "D": 1}]}});
        let all = changes(&found, &desired);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].path.as_str(), all[0].property()), ("L.Rules.a.D", "L"));
        assert_eq!((&all[0].before, &all[0].after), (&json!(365), &json!(30)));
    }

    #[test]
    fn what_only_looks_different_is_equal() {
        assert_eq!(paths(json!({"T": 80.0}), json!({"T": 80})), [""; 0]);
        let policy = |action: Value| json!({"Statement": [{"Sid": "A", "Action": action}]});
        assert_eq!(paths(policy(json!("s3:*")), policy(json!(["s3:*"]))), [""; 0]);
        assert_eq!(paths(policy(json!(["a", "b"])), policy(json!(["b", "a"]))), [""; 0]);
        let body = |text: &str| json!({"DashboardBody": text});
        assert_eq!(paths(body("{\"a\": 1}"), body("{\"a\":1}")), [""; 0]);
    }

    #[test]
    fn what_was_added_by_hand_is_a_difference() {
        assert_eq!(paths(json!({"A": 1, "OKActions": ["x"]}), json!({"A": 1})), ["OKActions"]);
        assert_eq!(paths(json!({"A": 1}), json!({"A": 1, "B": null})), [""; 0]);
    }
}
