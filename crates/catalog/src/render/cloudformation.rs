//! CloudFormation: `AWS::Glue::Database` and `AWS::Glue::Table`.
//!
//! A place may hold references to the template, such as `s3://${Bucket}/app/`: then locations become `Fn::Sub`, in
//! which the `${year}` of partition columns is written `${!year}`.

use serde_json::{Value, json};

use super::glue;
use crate::{location::Place, table::Table};

/// The resource of a database.
#[must_use]
pub fn database(name: &str, description: &str) -> Value {
    json!({
        "Type": "AWS::Glue::Database",
        "Properties": {
            "CatalogId": {"Ref": "AWS::AccountId"},
            "DatabaseInput": {"Name": name, "Description": description},
        },
    })
}

/// The resource of a table. `database` is its database's name, or a `{"Ref": …}` to it.
#[must_use]
pub fn table(table: &Table, place: &Place, database: &Value) -> Value {
    let mut input = glue::table_input(table, place);
    if place.root.contains("${") {
        let template = format!("{}{}", place.root, table.location.partition_template().replace("${", "${!"));
        input["StorageDescriptor"]["Location"] = json!({"Fn::Sub": place.root});
        if !table.partitions.is_empty() {
            input["Parameters"]["storage.location.template"] = json!({"Fn::Sub": template});
        }
    }
    json!({
        "Type": "AWS::Glue::Table",
        "Properties": {
            "CatalogId": {"Ref": "AWS::AccountId"},
            "DatabaseName": database,
            "TableInput": input,
        },
    })
}

/// The logical id of a table's resource: `app_logs` becomes `AppLogsTable`.
#[must_use]
pub fn logical_id(table: &Table) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    let words: String = table.name.split('_').filter(|word| !word.is_empty()).map(capital).collect();
    format!("{words}Table")
}
