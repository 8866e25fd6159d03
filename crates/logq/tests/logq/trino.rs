//! Every query of every pack on a real Trino, over Glue tables of our own definitions: `make test-trino`.

use std::fs;

use sluice_testkit::moto::Moto;
use sluice_testkit::tables;
use sluice_testkit::trino::Trino;

use crate::packs::{all, answer, difference, file, golden};
use crate::samples::Samples;

/// Where the tables of the samples lie, below their folder.
const TABLES: [(&str, &str); 5] = [
    ("app_logs", ""),
    ("alb_access_logs", "raw/alb"),
    ("alb_connection_logs", "raw/alb-connection"),
    ("vpc_flow_logs", "raw/vpc"),
    ("waf_logs", "raw/waf"),
];

#[test]
#[ignore = "needs a Trino: make test-trino"]
fn every_query_answers_on_trino_and_the_local_engine_agrees() {
    let samples = Samples::get();
    let moto = Moto::start();
    let server = Trino::start(&moto);
    moto.create_bucket(tables::BUCKET);
    tables::create(&moto, &TABLES);
    tables::upload(&moto, samples.folder.path(), "");
    let address = server.endpoint().replacen("http://", "http://ann@", 1);
    let trino = ["--engine", "trino", "--trino"].map(str::to_owned);
    let trino: Vec<String> =
        trino.into_iter().chain([format!("{address}/awsdatacatalog/{}", tables::DATABASE)]).collect();
    let is_updated = std::env::var_os("UPDATE_GOLDEN").is_some();
    let (mut failures, mut rows, mut empty) = (Vec::new(), 0, Vec::new());
    let queries = all();
    for asked in &queries {
        let theirs = match answer(asked, &trino) {
            Ok(theirs) => theirs,
            Err(error) => {
                failures.push(format!("on Trino, {error}"));
                continue;
            }
        };
        rows += theirs.len();
        if theirs.is_empty() {
            empty.push(asked.name.as_str());
        }
        if is_updated {
            let path = file(&asked.name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            let lines = theirs.iter().map(|row| format!("{}\n", serde_json::Value::from(row.clone())));
            fs::write(path, lines.collect::<String>()).expect("a golden file");
        } else {
            failures.extend(
                difference(&asked.name, &theirs, &golden(&asked.name)).map(|d| format!("on Trino, {d}")),
            );
        }
        match answer(asked, &samples.sources()) {
            Ok(own) => failures.extend(difference(&asked.name, &own, &theirs)),
            Err(error) => failures.push(error),
        }
    }
    eprintln!("{} queries, {rows} rows compared; without rows: {empty:?}", queries.len());
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}
