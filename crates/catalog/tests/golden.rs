//! What is rendered from each built-in table, held against files under `golden/`.
//!
//! `UPDATE_GOLDEN=1 cargo test -p sluice-catalog --test golden` writes them anew; review the difference.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use serde_json::json;
use sluice_catalog::{Catalog, Place, Placeholders, Table, render};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn place(table: &Table) -> Place {
    let values = Placeholders::new()
        .with("archive", "s3://example-logs/app")
        .with("compacted", "s3://example-logs/app-parquet")
        .with("bucket", if table.name == "waf_logs" { "aws-waf-logs-example" } else { "example-aws-logs" })
        .with("prefix", if table.name == "alb_connection_logs" { "connections" } else { "" })
        .with("account", "123456789012")
        .with("region", "ap-northeast-1")
        .with("web_acl", "example");
    table.location.resolve(&values).unwrap()
}

/// Holds a text against its file, or writes it.
fn check(name: &str, text: &str) {
    let path = folder().join(name);
    let text = format!("{}\n", text.trim_end());
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, golden,
        "{name} is not what is rendered: run with UPDATE_GOLDEN=1 and review the difference"
    );
}

fn for_each(suffix: &str, render: impl Fn(&Table, &Place) -> String) {
    for table in Catalog::builtin().tables.values() {
        check(&format!("{}.{suffix}", table.name), &render(table, &place(table)));
    }
}

#[test]
fn glue_table_inputs() {
    for_each("glue.json", |table, place| {
        serde_json::to_string_pretty(&render::glue::table_input(table, place)).unwrap()
    });
}

#[test]
fn ddl() {
    for_each("sql", |table, place| render::ddl::create_table(table, place, "sluice") + ";");
}

#[test]
fn cloudformation() {
    for_each("cfn.json", |table, place| {
        let resources = json!({
            "LogDatabase": render::cloudformation::database("sluice", "Logs that Sluice archives"),
            render::cloudformation::logical_id(table):
                render::cloudformation::table(table, place, &json!({"Ref": "LogDatabase"})),
        });
        serde_json::to_string_pretty(&json!({ "Resources": resources })).unwrap()
    });
}

#[test]
fn arrow_schemas() {
    for_each("arrow.txt", |table, _| {
        let schema = render::arrow::schema(table);
        let lines: Vec<String> =
            schema.fields().iter().map(|field| format!("{}: {}", field.name(), field.data_type())).collect();
        lines.join("\n")
    });
}

#[test]
fn no_golden_file_is_left_over() {
    let wanted: BTreeSet<String> = Catalog::builtin()
        .tables
        .keys()
        .flat_map(|name| {
            ["glue.json", "sql", "cfn.json", "arrow.txt"].map(|suffix| format!("{name}.{suffix}"))
        })
        .collect();
    let found: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn references_to_a_template_are_substituted_and_partition_columns_are_not() {
    let catalog = Catalog::builtin();
    let table = catalog.get("app_logs").unwrap();
    let place = table.location.resolve(&Placeholders::new().with("archive", "s3://${Bucket}/app")).unwrap();
    let resource = render::cloudformation::table(table, &place, &json!("sluice"));
    let input = &resource["Properties"]["TableInput"];
    assert_eq!(input["StorageDescriptor"]["Location"], json!({"Fn::Sub": "s3://${Bucket}/app/"}));
    assert_eq!(
        input["Parameters"]["storage.location.template"],
        json!({"Fn::Sub": "s3://${Bucket}/app/year=${!year}/month=${!month}/day=${!day}/hour=${!hour}/"})
    );
}
