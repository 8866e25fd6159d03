//! Tables in Glue from the definitions, and their files in S3.

use std::fs;
use std::path::Path;

use crate::moto::Moto;
use serde_json::json;
use sluice_catalog::{Catalog, Placeholders, render::glue::table_input};

/// The bucket of all files.
pub const BUCKET: &str = "logs";
/// The database of all tables.
pub const DATABASE: &str = "sluice";

/// Makes the database and tables of it: each with the prefix, in the bucket, below which AWS delivers its files. The
/// archive of the router lies under `archive/`, its compacted hours under `parquet/`.
///
/// # Panics
/// When Glue refuses one.
pub fn create(moto: &Moto, tables: &[(&str, &str)]) {
    moto.glue("CreateDatabase", &json!({"DatabaseInput": {"Name": DATABASE}}));
    let catalog = Catalog::builtin();
    for (name, prefix) in tables {
        let place = Placeholders::new()
            .with("archive", &format!("s3://{BUCKET}/archive"))
            .with("compacted", &format!("s3://{BUCKET}/parquet"))
            .with("bucket", BUCKET)
            .with("prefix", prefix)
            .with("account", "123456789012")
            .with("region", "ap-northeast-1")
            .with("web_acl", "shop");
        let table = catalog.get(name).expect("a table of ours");
        let input = table_input(table, &table.location.resolve(&place).expect("a place"));
        moto.glue("CreateTable", &json!({"DatabaseName": DATABASE, "TableInput": input}));
    }
}

/// Puts every file below a folder into the bucket, under a prefix; returns how many.
///
/// # Panics
/// When a file cannot be read or stored.
pub fn upload(moto: &Moto, folder: &Path, prefix: &str) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let key = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            count += upload(moto, &path, &format!("{key}/"));
        } else {
            moto.put_object(BUCKET, &key, fs::read(&path).expect("a file"));
            count += 1;
        }
    }
    count
}
