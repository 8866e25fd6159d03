//! The built-in definitions, and what is said about those that are wrong.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use sluice_catalog::{BUILTIN, Catalog, ColumnType, Table};

#[test]
fn every_problem_of_a_file_is_told_at_once() {
    let told = Table::parse(include_str!("mistakes/mistakes.toml"), "mistakes.toml").unwrap_err().to_string();
    let expected = include_str!("mistakes/expected.txt");
    assert_eq!(told.lines().collect::<Vec<_>>(), expected.lines().collect::<Vec<_>>(), "\n{told}\n");
}

#[test]
fn single_mistakes_are_told_with_a_remedy() {
    for (change, told) in [
        (("name = \"app_logs\"", ""), "t.toml: name: the key is missing; add name = …"),
        (
            ("name = \"app_logs\"", "name = \"App-Logs\""),
            "name: \"App-Logs\" is not a name that every engine takes",
        ),
        (("name = \"app_logs\"", "name = = 1"), "t.toml:2:8: invalid TOML"),
        (("hour=${hour}/", "hour=${hour}"), "the location does not end in \"/\"; write \"{archive}/year="),
        (("hour=${hour}/", ""), "the location lacks the partition column \"hour\"; add \"hour=${hour}/\""),
        (("hour=${hour}", "hour=${hours}"), "\"hours\" is no partition column; did you mean \"${hour}\"?"),
        (("day=${day}", "day=${month}"), "the location has the partition column \"month\" twice"),
        (("{archive}", "{archve}"), "unknown placeholder {archve}; did you mean \"archive\"?"),
        (("[0, 23], digits = 2", "[0, 23]"), "\"hour\" is not padded to 2 digits; write digits = 2"),
        (("[0, 23]", "[23, 0]"), "the range begins at 23, behind its end 0; write [0, 23]"),
        (("[0, 23]", "[0]"), "the range is not two whole numbers; write the first and the last"),
        (("[1, 31],", "[1, 31], interval = 5,"), "\"day\" goes in steps though finer parts follow it"),
        (
            ("kind = \"iso8601\"", "kind = \"epoch_ms\""),
            "the column \"ts\" is of type string; such a time needs type bigint",
        ),
        (("column = \"ts\"", "column = \"tz\""), "there is no column \"tz\"; did you mean \"ts\"?"),
        (("digits = 3", "digits = 3\nlag = \"1 hour\""), "\"1 hour\" is not a duration of at most 30d"),
        (
            ("kind = \"json\"", "kind = \"jsn\""),
            "format.kind: \"jsn\" is none of the choices; did you mean \"json\"?",
        ),
        (
            ("kind = \"json\"", "kind = \"regex\"\nexpression = \"(a)(?:b)\""),
            "the expression has 1 groups for 22 columns",
        ),
        (
            ("kind = \"json\"", "kind = \"json\"\ndelimiter = \",\""),
            "only the format \"delimited\" has this key",
        ),
        (
            ("\"Name of the container\"", &format!("\"{}\"", "x".repeat(256))),
            "shorten it: Glue takes no more",
        ),
    ] {
        let (_, text) = BUILTIN[0];
        assert!(text.contains(change.0), "{} is not in the definition", change.0);
        let problems = Table::parse(&text.replacen(change.0, change.1, 1), "t.toml").unwrap_err();
        let lines = problems.to_string();
        assert!(lines.contains(told), "{} → {}: {lines}", change.0, change.1);
        assert!(problems.iter().all(|problem| !problem.remedy.is_empty()));
        assert!(problems.iter().count() <= 2, "one mistake is told as many: {lines}");
    }
}

#[test]
fn records_and_their_table_have_the_same_columns() {
    let document = include_str!("../../../docs/record-format.md");
    let rows = document.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let cells = rows.take_while(|line| line.starts_with('|')).map(|line| line.split('|').nth(1).unwrap());
    let documented: Vec<String> = cells
        .flat_map(|cell| cell.split_whitespace().map(|name| name.trim_matches('`').to_owned()))
        .collect();
    let catalog = Catalog::builtin();
    let names = |table: &str| -> Vec<String> {
        catalog.get(table).unwrap().columns.iter().map(|column| column.name.clone()).collect()
    };
    assert_eq!(names("app_logs"), documented);
    assert_eq!(names("app_logs_parquet"), [documented, vec!["event_time".to_owned()]].concat());
}

#[test]
fn one_sql_runs_on_both_forms_of_the_records() {
    let catalog = Catalog::builtin();
    let (raw, compacted) = (catalog.get("app_logs").unwrap(), catalog.get("app_logs_parquet").unwrap());
    assert_eq!(raw.columns[..], compacted.columns[..raw.columns.len()]);
    assert_eq!((&raw.time, &raw.partitions), (&compacted.time, &compacted.partitions));
    assert_eq!(compacted.column("event_time").unwrap().column_type, ColumnType::Timestamp);
    let (parquet, text) = (catalog.get("vpc_flow_logs").unwrap(), catalog.get("vpc_flow_logs_text").unwrap());
    assert_eq!((&parquet.columns, &parquet.time), (&text.columns, &text.time));
}

#[test]
fn every_column_says_what_it_holds() {
    for table in Catalog::builtin().tables.values() {
        assert!(!table.title.is_empty() && !table.comment.is_empty(), "{}", table.name);
        let columns = table.columns.iter().map(|c| (&c.name, &c.comment));
        for (name, comment) in columns.chain(table.partitions.iter().map(|p| (&p.name, &p.comment))) {
            assert!(!comment.is_empty(), "{}.{name} has no comment", table.name);
        }
    }
}
