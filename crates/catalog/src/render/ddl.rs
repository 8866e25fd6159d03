//! Athena: `CREATE EXTERNAL TABLE`, laid out as people write it.

use super::glue;
use crate::{
    column_type::ColumnType, format::FormatKind, identifier::hive_identifier, location::Place, table::Table,
};

/// Types longer than this are broken into lines.
const LONG_TYPE: usize = 60;

/// The statement that makes a table in a database, without a semicolon.
#[must_use]
pub fn create_table(table: &Table, place: &Place, database: &str) -> String {
    let columns = table.columns.iter().map(|c| (c.name.as_str(), layout(&c.column_type), c.comment.as_str()));
    let name = format!("{}.{}", hive_identifier(database), hive_identifier(&table.name));
    let mut lines = vec![format!("CREATE EXTERNAL TABLE IF NOT EXISTS {name} (")];
    lines.push(declarations(columns.collect()));
    lines.push(")".to_owned());
    lines.push(format!("COMMENT {}", text(&glue::description(table))));
    if !table.partitions.is_empty() {
        let own = table.partitions.iter().map(|p| (p.name.as_str(), "string".to_owned(), p.comment.as_str()));
        lines.push(format!("PARTITIONED BY (\n{}\n)", declarations(own.collect())));
    }
    lines.push(row_format(table));
    lines.push(format!("LOCATION {}", text(&place.root)));
    lines.push(format!("TBLPROPERTIES (\n{}\n)", pairs(&glue::properties(table, place))));
    lines.join("\n")
}

fn row_format(table: &Table) -> String {
    let format = &table.format;
    let [serde, input, output] = format.kind.classes();
    let usual = format.serde.library == serde && format.input == input && format.output == output;
    match &format.kind {
        FormatKind::Parquet if usual && format.serde.parameters == format.kind.serde_parameters() => {
            "STORED AS PARQUET".to_owned()
        }
        FormatKind::Delimited { delimiter, .. }
            if usual && format.serde.parameters == format.kind.serde_parameters() =>
        {
            let delimiter = text(&delimiter.to_string());
            format!("ROW FORMAT DELIMITED FIELDS TERMINATED BY {delimiter}\nSTORED AS TEXTFILE")
        }
        _ => {
            let parameters: Vec<(String, String)> = format.serde.parameters.clone().into_iter().collect();
            let mut all = format!("ROW FORMAT SERDE {}\n", text(&format.serde.library));
            if !parameters.is_empty() {
                all += &format!("WITH SERDEPROPERTIES (\n{}\n)\n", pairs(&parameters));
            }
            all + &format!(
                "STORED AS INPUTFORMAT {}\nOUTPUTFORMAT {}",
                text(&format.input),
                text(&format.output)
            )
        }
    }
}

fn declarations(columns: Vec<(&str, String, &str)>) -> String {
    let names: Vec<String> = columns.iter().map(|(name, _, _)| hive_identifier(name)).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let lines = columns.iter().zip(names).map(|((_, kind, comment), name)| {
        let comment = if comment.is_empty() { String::new() } else { format!(" COMMENT {}", text(comment)) };
        format!("  {name:width$} {kind}{comment}")
    });
    lines.collect::<Vec<_>>().join(",\n")
}

fn pairs(pairs: &[(String, String)]) -> String {
    let lines = pairs.iter().map(|(key, value)| format!("  {} = {}", text(key), text(value)));
    lines.collect::<Vec<_>>().join(",\n")
}

/// A text as Hive's DDL takes it: backslashes escape.
fn text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n");
    format!("'{escaped}'")
}

/// A type, broken into lines when it is long.
fn layout(kind: &ColumnType) -> String {
    let mut out = String::new();
    lay_out(kind, 2, &mut out);
    out
}

fn lay_out(kind: &ColumnType, indent: usize, out: &mut String) {
    let short = kind.to_string();
    match kind {
        _ if short.len() <= LONG_TYPE => out.push_str(&short),
        ColumnType::Array(item) => {
            out.push_str("array<");
            lay_out(item, indent, out);
            out.push('>');
        }
        ColumnType::Map(key, value) => {
            out.push_str(&format!("map<{key},"));
            lay_out(value, indent, out);
            out.push('>');
        }
        ColumnType::Struct(fields) => {
            out.push_str("struct<");
            for (position, (name, field)) in fields.iter().enumerate() {
                let comma = if position == 0 { "" } else { "," };
                out.push_str(&format!("{comma}\n{:width$}{name}:", "", width = indent + 2));
                lay_out(field, indent + 2, out);
            }
            out.push_str(&format!("\n{:indent$}>", ""));
        }
        _ => out.push_str(&short),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn a_type_in_lines_reads_as_the_type() {
        let long = "x:string,".repeat(3).replace('x', "a_rather_long_name_of_a_field");
        let nested = format!(
            "map<string,struct<{}b:int>>",
            long.replacen("field", "first", 1).replacen("field", "second", 1)
        );
        let nested: ColumnType = nested.parse().unwrap();
        let catalog = Catalog::builtin();
        let all = catalog.tables.values().flat_map(|table| &table.columns).map(|column| &column.column_type);
        for kind in all.chain([&nested]) {
            assert_eq!(layout(kind).parse::<ColumnType>().as_ref(), Ok(kind));
        }
        assert!(layout(&nested).lines().count() > 3);
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(text(r"it's a \d"), r"'it\'s a \\d'");
    }
}
