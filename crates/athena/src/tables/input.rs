//! Glue's `TableInput` from its JSON, and a table of Glue as such JSON.

use std::collections::HashMap;

use aws_sdk_glue::types::{Column, SerDeInfo, StorageDescriptor, Table, TableInput};
use serde_json::{Map, Value, json};

use super::wrong;
use crate::error::Error;

/// The input of `CreateTable` and `UpdateTable`.
pub(super) fn table(input: &Value) -> Result<TableInput, Error> {
    let name = input["Name"].as_str().ok_or_else(|| wrong("", "Name"))?;
    let storage = &input["StorageDescriptor"];
    let serde = &storage["SerdeInfo"];
    let serde = SerDeInfo::builder()
        .set_serialization_library(text(&serde["SerializationLibrary"]))
        .set_parameters(strings(name, "SerdeInfo.Parameters", &serde["Parameters"])?);
    let storage = StorageDescriptor::builder()
        .set_columns(Some(columns(name, "Columns", &storage["Columns"])?))
        .set_location(text(&storage["Location"]))
        .set_input_format(text(&storage["InputFormat"]))
        .set_output_format(text(&storage["OutputFormat"]))
        .compressed(storage["Compressed"].as_bool().unwrap_or_default())
        .number_of_buckets(number(&storage["NumberOfBuckets"]))
        .stored_as_sub_directories(storage["StoredAsSubDirectories"].as_bool().unwrap_or_default())
        .serde_info(serde.build());
    let table = TableInput::builder()
        .name(name)
        .set_description(text(&input["Description"]))
        .set_table_type(text(&input["TableType"]))
        .set_parameters(strings(name, "Parameters", &input["Parameters"])?)
        .set_partition_keys(Some(columns(name, "PartitionKeys", &input["PartitionKeys"])?))
        .storage_descriptor(storage.build());
    table.build().map_err(|_| wrong(name, "Name"))
}

/// A table with the names and places of a `TableInput`.
pub(super) fn json(table: &Table) -> Value {
    let storage = table.storage_descriptor();
    let serde = storage.and_then(|storage| storage.serde_info());
    json!({
        "Name": table.name(),
        "Description": table.description(),
        "TableType": table.table_type(),
        "Parameters": map(table.parameters()),
        "PartitionKeys": list(table.partition_keys()),
        "StorageDescriptor": {
            "Columns": list(storage.map(|storage| storage.columns()).unwrap_or_default()),
            "Location": storage.and_then(|storage| storage.location()),
            "InputFormat": storage.and_then(|storage| storage.input_format()),
            "OutputFormat": storage.and_then(|storage| storage.output_format()),
            "Compressed": storage.is_some_and(|storage| storage.compressed()),
            "NumberOfBuckets": storage.map(|storage| storage.number_of_buckets()),
            "SerdeInfo": {
                "SerializationLibrary": serde.and_then(|serde| serde.serialization_library()),
                "Parameters": map(serde.and_then(|serde| serde.parameters())),
            },
            "StoredAsSubDirectories": storage.is_some_and(|storage| storage.stored_as_sub_directories()),
        },
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn number(value: &Value) -> i32 {
    value.as_i64().and_then(|value| value.try_into().ok()).unwrap_or_default()
}

fn strings(table: &str, field: &str, value: &Value) -> Result<Option<HashMap<String, String>>, Error> {
    let Value::Object(map) = value else { return Ok(None) };
    let pair = |(key, value): (&String, &Value)| {
        let value = text(value).ok_or_else(|| wrong(table, &format!("{field}.{key}")))?;
        Ok((key.clone(), value))
    };
    map.iter().map(pair).collect::<Result<_, _>>().map(Some)
}

fn columns(table: &str, field: &str, value: &Value) -> Result<Vec<Column>, Error> {
    let column = |value: &Value| {
        let name = text(&value["Name"]).ok_or_else(|| wrong(table, field))?;
        let column = Column::builder().name(&name).set_type(text(&value["Type"]));
        column
            .set_comment(text(&value["Comment"]))
            .build()
            .map_err(|_| wrong(table, &format!("{field}.{name}")))
    };
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(column).collect()
}

fn map(map: Option<&HashMap<String, String>>) -> Value {
    let mut pairs: Vec<_> = map.into_iter().flatten().collect();
    // A plan says the same every time.
    pairs.sort();
    Value::Object(
        pairs.into_iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect::<Map<_, _>>(),
    )
}

fn list(columns: &[Column]) -> Value {
    let column = |one: &Column| json!({"Name": one.name(), "Type": one.r#type(), "Comment": one.comment()});
    columns.iter().map(column).collect()
}
