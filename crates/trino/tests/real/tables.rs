//! Tables in Glue from the definitions, and their files in S3.

use std::fs;
use std::path::Path;

use serde_json::json;
use sluice_catalog::{Catalog, Placeholders, render::glue::table_input};
use sluice_testkit::moto::Moto;

pub(super) const BUCKET: &str = "logs";

/// Makes the database `sluice` and its tables.
pub(super) fn create(moto: &Moto, tables: &[(&str, &str)]) {
    moto.glue("CreateDatabase", &json!({"DatabaseInput": {"Name": "sluice"}}));
    let catalog = Catalog::builtin();
    for (name, prefix) in tables {
        let place = Placeholders::new()
            .with("archive", &format!("s3://{BUCKET}/archive"))
            .with("bucket", BUCKET)
            .with("prefix", prefix)
            .with("account", "123456789012")
            .with("region", "ap-northeast-1")
            .with("web_acl", "shop");
        let table = catalog.get(name).unwrap();
        let input = table_input(table, &table.location.resolve(&place).unwrap());
        moto.glue("CreateTable", &json!({"DatabaseName": "sluice", "TableInput": input}));
    }
}

/// Puts every file below a folder into the bucket.
pub(super) fn upload(moto: &Moto, folder: &Path, prefix: &str) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let key = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            count += upload(moto, &path, &format!("{key}/"));
        } else {
            moto.put_object(BUCKET, &key, fs::read(&path).unwrap());
            count += 1;
        }
    }
    count
}
