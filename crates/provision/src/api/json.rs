//! Small accessors of properties, and the form in which policies compare.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A text property; empty when there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// A whole number; none when there is none or it does not fit.
pub(super) fn int(value: &Value, name: &str) -> Option<i32> {
    value[name].as_i64().and_then(|number| i32::try_from(number).ok())
}

/// The items of a list; none when there is no list.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Key and value of each tag.
pub(super) fn tags(value: &Value) -> BTreeMap<String, String> {
    let pairs = list(value, "Tags").iter();
    pairs.map(|tag| (text(tag, "Key").to_owned(), text(tag, "Value").to_owned())).collect()
}

/// A map of texts.
pub(super) fn texts(value: &Value) -> std::collections::HashMap<String, String> {
    let pairs = value.as_object().into_iter().flatten();
    pairs.filter_map(|(key, text)| Some((key.clone(), text.as_str()?.to_owned()))).collect()
}

/// Sets a property if there is a value.
pub(super) fn put(object: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object[name] = value.into();
    }
}

/// A policy document read back from its text; null when it is no JSON.
pub(super) fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// A map as an object of texts.
pub(super) fn object<'a>(pairs: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    let sorted: BTreeMap<_, _> = pairs.into_iter().collect();
    Value::Object(
        sorted.into_iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect::<Map<_, _>>(),
    )
}
