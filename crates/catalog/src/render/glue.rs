//! AWS Glue: the `TableInput` of `CreateTable` and `UpdateTable`, with the API's own names.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    format::{Compression, FormatKind},
    location::Place,
    table::Table,
};

/// The `TableInput` of a table.
#[must_use]
pub fn table_input(table: &Table, place: &Place) -> Value {
    let column =
        |name: &str, kind: &str, comment: &str| json!({"Name": name, "Type": kind, "Comment": comment});
    let columns = table.columns.iter().map(|c| column(&c.name, &c.column_type.to_string(), &c.comment));
    let partitions = table.partitions.iter().map(|p| column(&p.name, "string", &p.comment));
    let format = &table.format;
    json!({
        "Name": table.name,
        "Description": description(table),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters(table, place),
        "PartitionKeys": partitions.collect::<Vec<_>>(),
        "StorageDescriptor": {
            "Columns": columns.collect::<Vec<_>>(),
            "Location": place.root,
            "InputFormat": format.input,
            "OutputFormat": format.output,
            "Compressed": format.compression != Compression::None,
            "NumberOfBuckets": -1,
            "SerdeInfo": {
                "SerializationLibrary": format.serde.library,
                "Parameters": format.serde.parameters,
            },
            "StoredAsSubDirectories": false,
        },
    })
}

/// A description of a table in a line or two.
pub(super) fn description(table: &Table) -> String {
    if table.comment.is_empty() { table.title.clone() } else { format!("{}. {}", table.title, table.comment) }
}

/// The table's properties: projection, location of partitions, and what readers want to know.
pub(super) fn parameters(table: &Table, place: &Place) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = properties(table, place).into_iter().collect();
    all.insert("EXTERNAL".to_owned(), "TRUE".to_owned());
    all
}

/// The same in the order in which people write them, without what `CREATE EXTERNAL TABLE` says itself.
pub(super) fn properties(table: &Table, place: &Place) -> Vec<(String, String)> {
    let mut all = vec![("classification".to_owned(), table.format.kind.classification().to_owned())];
    if table.format.compression == Compression::Gzip {
        all.push(("compressionType".to_owned(), "gzip".to_owned()));
    }
    if let FormatKind::Delimited { header_lines, .. } = table.format.kind
        && header_lines > 0
    {
        all.push(("skip.header.line.count".to_owned(), header_lines.to_string()));
    }
    all.extend(table.parameters.clone());
    if table.partitions.is_empty() {
        return all;
    }
    all.push(("projection.enabled".to_owned(), "true".to_owned()));
    for partition in &table.partitions {
        let own = partition.projection.properties().into_iter();
        all.extend(own.map(|(key, value)| (format!("projection.{}.{key}", partition.name), value)));
    }
    all.push(("storage.location.template".to_owned(), place.template.clone()));
    all
}
