//! `logq tables` and `logq describe`.

use std::fmt::Write;

use serde_json::json;
use sluice_catalog::Catalog;
use sluice_pipeline::Exit;

use super::args::{DescribeArgs, Format, ListArgs};
use super::failure::Failure;
use super::print;

/// The tables.
pub(super) fn tables(args: &ListArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    if matches!(args.format, Format::Json | Format::Jsonl) {
        let all: Vec<_> = catalog
            .tables
            .values()
            .map(|table| json!({ "name": table.name, "title": table.title, "comment": table.comment }))
            .collect();
        return print(format!("{}\n", json!(all)).as_bytes());
    }
    let width = catalog.tables.keys().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for table in catalog.tables.values() {
        let _ = writeln!(text, "{:width$}  {}", table.name, table.comment);
    }
    print(text.as_bytes())
}

/// The columns of a table.
pub(super) fn describe(args: &DescribeArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let table = catalog.get(&args.table).ok_or_else(|| Failure::UnknownTable {
        name: args.table.clone(),
        near: catalog.nearest(&args.table).map(str::to_owned).into_iter().collect(),
    })?;
    let columns =
        table.columns.iter().map(|column| (&column.name, column.column_type.to_string(), &column.comment));
    let partitions = table
        .partitions
        .iter()
        .map(|partition| (&partition.name, "string, partition".to_owned(), &partition.comment));
    let all: Vec<_> = columns.chain(partitions).collect();
    if matches!(args.format, Format::Json | Format::Jsonl) {
        let all: Vec<_> = all
            .iter()
            .map(|(name, kind, comment)| json!({ "name": name, "type": kind, "comment": comment }))
            .collect();
        return print(
            format!("{}\n", json!({ "name": table.name, "comment": table.comment, "columns": all }))
                .as_bytes(),
        );
    }
    let name_width = all.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let type_width = all.iter().map(|(_, kind, _)| kind.len()).max().unwrap_or(0).min(24);
    let mut text = format!("{}: {}\n\n", table.name, table.comment);
    for (name, kind, comment) in all {
        let _ = writeln!(text, "{name:name_width$}  {kind:type_width$}  {comment}");
    }
    print(text.as_bytes())
}
