//! The rendered inputs in moto's Glue: what `CreateTable` takes, `GetTable` gives back.

use serde_json::json;
use sluice_catalog::{Catalog, Placeholders, render::glue::table_input};
use sluice_testkit::moto::Moto;

#[test]
fn glue_takes_every_table_and_gives_it_back() {
    let moto = Moto::start();
    moto.glue("CreateDatabase", &json!({"DatabaseInput": {"Name": "sluice"}}));
    let values = ["archive", "compacted", "bucket", "prefix", "account", "region", "web_acl"];
    let values = values.into_iter().fold(Placeholders::new(), |all, name| all.with(name, name));
    for (name, table) in Catalog::builtin().tables {
        let input = table_input(&table, &table.location.resolve(&values).unwrap());
        moto.glue("CreateTable", &json!({"DatabaseName": "sluice", "TableInput": input}));
        let stored = moto.glue("GetTable", &json!({"DatabaseName": "sluice", "Name": name}));
        for (key, value) in input.as_object().unwrap() {
            assert_eq!(&stored["Table"][key], value, "{name}: {key}");
        }
    }
}
