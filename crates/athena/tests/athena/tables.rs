//! Tables in moto's Glue.

use serde_json::{Value, json};
use sluice_athena::Error;
use sluice_athena::tables::{Action, OWNED, OWNER, Plan, Tables};
use sluice_catalog::{Catalog, Placeholders, render::glue::table_input};
use sluice_testkit::moto::Moto;

use crate::{configuration, runtime};

fn inputs() -> Vec<Value> {
    let values = ["archive", "compacted", "bucket", "prefix", "account", "region", "web_acl"];
    let values = values.into_iter().fold(Placeholders::new(), |all, name| all.with(name, name));
    let tables = Catalog::builtin().tables.into_values();
    tables.map(|table| table_input(&table, &table.location.resolve(&values).unwrap())).collect()
}

fn get(moto: &Moto, name: &str) -> Value {
    moto.glue("GetTable", &json!({"DatabaseName": "logs", "Name": name}))["Table"].clone()
}

fn action<'a>(plan: &'a Plan, table: &str) -> &'a Action {
    &plan.tables.iter().find(|step| step.table == table).unwrap().action
}

#[test]
fn tables_are_made_once_changed_where_they_differ_and_then_left_alone() {
    let (moto, runtime) = (Moto::start(), runtime());
    let tables = Tables::new(&configuration(&runtime, &moto.endpoint()));
    let mut inputs = inputs();
    let first = runtime.block_on(tables.plan("logs", &inputs)).unwrap();
    assert!(first.creates_database && first.tables.iter().all(|step| step.action == Action::Create));
    assert_eq!(moto.glue("GetDatabases", &json!({}))["DatabaseList"], json!([]));
    runtime.block_on(tables.apply(&first)).unwrap();
    for input in &inputs {
        let stored = get(&moto, input["Name"].as_str().unwrap());
        // The SDK does not send what is false by default.
        let mut wanted = input["StorageDescriptor"].clone();
        wanted.as_object_mut().unwrap().retain(|_, value| *value != false);
        assert_eq!(stored["StorageDescriptor"], wanted);
        assert_eq!(stored["Parameters"][OWNER], OWNED);
    }
    let second = runtime.block_on(tables.plan("logs", &inputs)).unwrap();
    assert!(second.is_empty(), "{second:?}");

    let place = inputs.iter().position(|input| input["Name"] == "app_logs").unwrap();
    inputs[place]["StorageDescriptor"]["Columns"][0]["Type"] = "timestamp".into();
    inputs[place]["Parameters"]["projection.year.range"] = "2026,2040".into();
    let third = runtime.block_on(tables.plan("logs", &inputs)).unwrap();
    let Action::Update(differences) = action(&third, "app_logs") else { panic!("{third:?}") };
    let told: Vec<_> =
        differences.iter().map(|one| (one.field.as_str(), one.wanted.as_deref().unwrap())).collect();
    let first_column = inputs[place]["StorageDescriptor"]["Columns"][0]["Name"].as_str().unwrap();
    let field = format!("StorageDescriptor.Columns.{first_column}.Type");
    assert_eq!(told, [("Parameters.projection.year.range", "2026,2040"), (field.as_str(), "timestamp")]);
    let others = third.tables.iter().filter(|step| step.table != "app_logs");
    assert!(others.clone().count() > 3 && others.into_iter().all(|step| step.action == Action::Unchanged));
    runtime.block_on(tables.apply(&third)).unwrap();
    assert_eq!(get(&moto, "app_logs")["Parameters"]["projection.year.range"], "2026,2040");
    assert!(runtime.block_on(tables.plan("logs", &inputs)).unwrap().is_empty());
}

#[test]
fn a_table_of_somebody_else_is_compared_but_not_touched() {
    let (moto, runtime) = (Moto::start(), runtime());
    let tables = Tables::new(&configuration(&runtime, &moto.endpoint()));
    let mut theirs = inputs().into_iter().find(|input| input["Name"] == "app_logs").unwrap();
    theirs["Description"] = "ours, by hand".into();
    moto.glue("CreateDatabase", &json!({"DatabaseInput": {"Name": "logs"}}));
    moto.glue("CreateTable", &json!({"DatabaseName": "logs", "TableInput": theirs}));
    let before = get(&moto, "app_logs");
    let inputs: Vec<Value> = inputs().into_iter().filter(|input| input["Name"] == "app_logs").collect();
    let plan = runtime.block_on(tables.plan("logs", &inputs)).unwrap();
    let Action::Foreign(differences) = action(&plan, "app_logs") else { panic!("{plan:?}") };
    assert_eq!(differences.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["Description"]);
    assert!(plan.is_empty());
    runtime.block_on(tables.apply(&plan)).unwrap();
    assert_eq!(get(&moto, "app_logs"), before);
}

#[test]
fn parameters_that_others_added_stay() {
    let (moto, runtime) = (Moto::start(), runtime());
    let tables = Tables::new(&configuration(&runtime, &moto.endpoint()));
    let mut inputs: Vec<Value> = inputs().into_iter().filter(|input| input["Name"] == "waf_logs").collect();
    let mut theirs = inputs[0].clone();
    theirs["Parameters"][OWNER] = OWNED.into();
    theirs["Parameters"]["team"] = "security".into();
    moto.glue("CreateDatabase", &json!({"DatabaseInput": {"Name": "logs"}}));
    moto.glue("CreateTable", &json!({"DatabaseName": "logs", "TableInput": theirs}));
    inputs[0]["Description"] = "new".into();
    let plan = runtime.block_on(tables.plan("logs", &inputs)).unwrap();
    runtime.block_on(tables.apply(&plan)).unwrap();
    let after = get(&moto, "waf_logs");
    assert_eq!((&after["Description"], &after["Parameters"]["team"]), (&json!("new"), &json!("security")));
}

#[test]
fn an_input_that_is_not_glue_s_is_told_before_anything_is_done() {
    let (moto, runtime) = (Moto::start(), runtime());
    let tables = Tables::new(&configuration(&runtime, &moto.endpoint()));
    let broken = json!({"Name": "t", "Parameters": {"a": 1}});
    let error = runtime.block_on(tables.plan("logs", &[broken])).unwrap_err();
    assert!(matches!(&error, Error::Input { field, .. } if field == "Parameters.a"), "{error}");
}
