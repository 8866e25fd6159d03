//! What is rendered from the definitions and checked in is fresh.

use std::{fs, path::Path};

use sluice_pipeline::{BEGIN_TABLE, END_TABLE, json_schema, render_example, settings_table};

fn checked_in(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
}

fn assert_fresh(path: &str, checked_in: &str, rendered: &str) {
    let command = "cargo run -p sluice-pipeline --example render";
    assert!(checked_in == rendered, "{path} is stale: run `{command}` and check in the result");
}

#[test]
fn the_example_is_fresh() {
    assert_fresh("sluice.example.toml", &checked_in("sluice.example.toml"), &render_example());
}

#[test]
fn the_schema_is_fresh() {
    let path = "docs/sluice.schema.json";
    assert_fresh(path, &checked_in(path), &format!("{:#}\n", json_schema()));
}

#[test]
fn the_table_of_settings_is_fresh() {
    let page = checked_in("docs/configuration.md");
    let table = page.split_once(BEGIN_TABLE).unwrap().1.split_once(END_TABLE).unwrap().0;
    assert_fresh("docs/configuration.md", table, &format!("\n{}\n", settings_table()));
}
