//! What differs between a table and its input, field by field.

use serde_json::Value;

use super::Difference;

/// Settings that change what is read; others than ours go.
const READING: [&str; 4] =
    ["projection.", "storage.location.template", "skip.header.line.count", "has_encrypted_data"];

/// Parameters that others added become part of the input, so that an update keeps them.
pub(super) fn keep_foreign_parameters(input: &mut Value, is: &Value) {
    let Some(present) = is["Parameters"].as_object() else { return };
    for (key, value) in present {
        let reads = READING.iter().any(|prefix| key.starts_with(prefix));
        if !reads && input["Parameters"].get(key).is_none() {
            input["Parameters"][key.as_str()] = value.clone();
        }
    }
}

/// The fields of the input that are otherwise in the table, and parameters that the input does not have.
pub(super) fn differences(is: &Value, wanted: &Value) -> Vec<Difference> {
    let mut all = Vec::new();
    compare("", is, wanted, &mut all);
    all
}

fn compare(path: &str, is: &Value, wanted: &Value, all: &mut Vec<Difference>) {
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (is, wanted) {
        (Value::Object(is), Value::Object(wanted)) => {
            for (key, value) in wanted {
                compare(&at(key), is.get(key).unwrap_or(&Value::Null), value, all);
            }
            // Only maps of strings have keys that the input lacks; elsewhere Glue adds fields of its own.
            if path.ends_with("Parameters") {
                for (key, value) in is.iter().filter(|(key, _)| !wanted.contains_key(*key)) {
                    compare(&at(key), value, &Value::Null, all);
                }
            }
        }
        (Value::Array(is), Value::Array(wanted)) if wanted.iter().all(|one| one["Name"].is_string()) => {
            columns(path, is, wanted, all);
        }
        _ if text(is) == text(wanted) => {}
        _ => all.push(Difference { field: path.to_owned(), is: text(is), wanted: text(wanted) }),
    }
}

/// Columns are compared by name, and then by their order.
fn columns(path: &str, is: &[Value], wanted: &[Value], all: &mut Vec<Difference>) {
    let name = |column: &Value| column["Name"].as_str().unwrap_or_default().to_owned();
    let find = |list: &[Value], wanted: &str| list.iter().find(|one| name(one) == wanted).cloned();
    for column in wanted {
        let field = format!("{path}.{}", name(column));
        match find(is, &name(column)) {
            Some(present) => compare(&field, &present, column, all),
            None => all.push(Difference { field, is: None, wanted: text(&column["Type"]) }),
        }
    }
    for column in is.iter().filter(|column| find(wanted, &name(column)).is_none()) {
        let field = format!("{path}.{}", name(column));
        all.push(Difference { field, is: text(&column["Type"]), wanted: None });
    }
    let order = |list: &[Value]| list.iter().map(name).collect::<Vec<_>>();
    let (mut sorted_is, mut sorted_wanted) = (order(is), order(wanted));
    let moved = sorted_is != sorted_wanted;
    sorted_is.sort();
    sorted_wanted.sort();
    if moved && sorted_is == sorted_wanted {
        let shown = |list: &[Value]| Some(order(list).join(", "));
        all.push(Difference { field: format!("{path} (order)"), is: shown(is), wanted: shown(wanted) });
    }
}

/// A value as people read it. Nothing, and an empty text, are the same to Glue.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Array(list) if list.is_empty() => None,
        Value::Object(map) if map.is_empty() => None,
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(is: &Value, wanted: &Value) -> Vec<String> {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let all = differences(is, wanted);
        all.iter().map(|one| format!("{}: {} → {}", one.field, shown(&one.is), shown(&one.wanted))).collect()
    }

    #[test]
    fn columns_are_compared_by_name_and_then_by_order() {
        let column = |name: &str, kind: &str| json!({"Name": name, "Type": kind, "Comment": ""});
        let is = json!({"Columns": [column("a", "int"), column("b", "string"), column("c", "string")]});
        let wanted =
            json!({"Columns": [column("a", "bigint"), column("d", "string"), column("b", "string")]});
        assert_eq!(
            told(&is, &wanted),
            ["Columns.a.Type: int → bigint", "Columns.d: - → string", "Columns.c: string → -"]
        );
        let turned = json!({"Columns": [column("b", "string"), column("a", "int"), column("c", "string")]});
        assert_eq!(told(&is, &turned), ["Columns (order): a, b, c → b, a, c"]);
    }

    #[test]
    fn what_glue_adds_is_no_difference_but_settings_of_the_projection_are() {
        let wanted = json!({"Parameters": {"a": "1"}, "StorageDescriptor": {"Location": "s3://b/"}});
        let mut is = json!({"CreateTime": 1, "Parameters": {"a": "1", "note": "x", "projection.old.type": "enum"},
            "StorageDescriptor": {"Location": "s3://b/", "SortColumns": []}});
        let mut input = wanted.clone();
        keep_foreign_parameters(&mut input, &is);
        assert_eq!(input["Parameters"], json!({"a": "1", "note": "x"}));
        assert_eq!(told(&is, &input), ["Parameters.projection.old.type: enum → -"]);
        is["Parameters"].as_object_mut().unwrap().remove("projection.old.type");
        assert_eq!(told(&is, &input), [""; 0]);
    }

    #[test]
    fn nothing_and_an_empty_text_are_the_same() {
        assert_eq!(told(&json!({}), &json!({"Description": "", "PartitionKeys": []})), [""; 0]);
    }
}
