//! The rendered inputs in moto's Glue: what `CreateTable` takes, `GetTable` gives back.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use serde_json::{Value, json};
use sluice_catalog::{Catalog, Placeholders, render::glue::table_input};
use sluice_testkit::{client::call, moto::Moto};

fn glue(moto: &Moto, operation: &str, input: &Value) -> Value {
    let target = format!("AWSGlue.{operation}");
    let headers = [
        ("x-amz-target", target.as_str()),
        ("content-type", "application/x-amz-json-1.1"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/glue/aws4_request, SignedHeaders=host, Signature=0",
        ),
    ];
    let answer = call("POST", &moto.endpoint(), &headers, input.to_string()).unwrap();
    assert!(answer.status.is_success(), "{operation}: {} {}", answer.status, answer.text());
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

#[test]
fn glue_takes_every_table_and_gives_it_back() {
    let moto = Moto::start();
    glue(&moto, "CreateDatabase", &json!({"DatabaseInput": {"Name": "sluice"}}));
    let values = ["archive", "compacted", "bucket", "prefix", "account", "region", "web_acl"];
    let values = values.into_iter().fold(Placeholders::new(), |all, name| all.with(name, name));
    for (name, table) in Catalog::builtin().tables {
        let input = table_input(&table, &table.location.resolve(&values).unwrap());
        glue(&moto, "CreateTable", &json!({"DatabaseName": "sluice", "TableInput": input}));
        let stored = glue(&moto, "GetTable", &json!({"DatabaseName": "sluice", "Name": name}));
        for (key, value) in input.as_object().unwrap() {
            assert_eq!(&stored["Table"][key], value, "{name}: {key}");
        }
    }
}
