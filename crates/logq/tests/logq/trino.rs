//! Every query of every pack on a real Trino, over Glue tables of our own definitions: `make test-trino`.

use std::fs;
use std::process::Output;
use std::sync::OnceLock;

use sluice_testkit::moto::Moto;
use sluice_testkit::tables;
use sluice_testkit::trino::Trino;

use crate::packs::{all, answer, difference, file, golden};
use crate::samples::{Samples, command, rows, text};

/// Where the tables of the samples lie, below their folder.
const TABLES: [(&str, &str); 6] = [
    ("app_logs", ""),
    ("app_logs_parquet", ""),
    ("alb_access_logs", "raw/alb"),
    ("alb_connection_logs", "raw/alb-connection"),
    ("vpc_flow_logs", "raw/vpc"),
    ("waf_logs", "raw/waf"),
];

/// A Trino over the samples in moto, started once for all tests of the process.
struct Cluster {
    moto: Moto,
    _server: Trino,
    /// What makes `logq` ask it.
    words: Vec<String>,
}

impl Cluster {
    fn get() -> &'static Cluster {
        static MADE: OnceLock<Cluster> = OnceLock::new();
        MADE.get_or_init(|| {
            let moto = Moto::start();
            let server = Trino::start(&moto);
            moto.create_bucket(tables::BUCKET);
            tables::create(&moto, &TABLES);
            tables::upload(&moto, Samples::get().folder.path(), "");
            let address = server.endpoint().replacen("http://", "http://ann@", 1);
            let address = format!("{address}/awsdatacatalog/{}", tables::DATABASE);
            let words = ["--engine", "trino", "--trino", &address].map(str::to_owned).to_vec();
            Cluster { moto, _server: server, words }
        })
    }

    /// A command that finds the objects of moto.
    fn logq(&self, words: &[&str]) -> Output {
        let mut command = command();
        command.env("AWS_ENDPOINT_URL", self.moto.endpoint()).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing");
        command.args(words).output().expect("logq")
    }
}

#[test]
#[ignore = "needs a Trino: make test-trino"]
fn the_view_over_compacted_and_raw_hours_has_each_record_once_on_trino() {
    let cluster = Cluster::get();
    let places = ["--source", "s3://logs/archive", "--source", "app_logs_parquet=s3://logs/parquet"];
    let until = ["--from", "2026-11-23T00:00:00Z", "--to", "2026-11-23T03:00:00Z"];
    let compacted =
        rows(&cluster.logq(&[&["compact", "--format", "jsonl"], &places[..], &until[..]].concat()));
    assert_eq!(compacted.len(), 3, "{compacted:?}");
    let count = |table: &str, words: &[String]| {
        let sql = format!(
            "SELECT year, hour, level, count(*) AS n, count(trace_id) AS traces, max(ts) AS last FROM {table} \
             WHERE year || month || day BETWEEN '20261122' AND '20261124' \
             GROUP BY year, hour, level ORDER BY year, hour, level"
        );
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        rows(&cluster.logq(&[&["sql", &sql, "--format", "jsonl"], &words[..]].concat()))
    };
    let sql =
        text(&cluster.logq(&[&["tables", "view", "--from", "2026-11-22"], &places[..]].concat()).stdout);
    let words: Vec<&str> = cluster.words.iter().map(String::as_str).collect();
    let made = cluster.logq(&[&["sql", &sql], &words[..]].concat());
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert_eq!(sql.matches("BETWEEN '2026112300' AND '2026112302'").count(), 2, "{sql}");
    let places = places.map(str::to_owned);
    let raw = count("app_logs", &cluster.words);
    assert!(raw.len() > 12, "{raw:?}");
    assert_eq!(count("app_logs_all", &cluster.words), raw);
    assert_eq!(count("app_logs_all", &places), raw);
    assert!(count("app_logs_parquet", &cluster.words).len() < raw.len());
}

#[test]
#[ignore = "needs a Trino: make test-trino"]
fn every_query_answers_on_trino_and_the_local_engine_agrees() {
    let samples = Samples::get();
    let cluster = Cluster::get();
    let trino = &cluster.words;
    let is_updated = std::env::var_os("UPDATE_GOLDEN").is_some();
    let (mut failures, mut rows, mut empty) = (Vec::new(), 0, Vec::new());
    let queries = all();
    for asked in &queries {
        let theirs = match answer(asked, trino) {
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
            failures
                .extend(difference(asked, &theirs, &golden(&asked.name)).map(|d| format!("on Trino, {d}")));
        }
        match answer(asked, &samples.sources()) {
            Ok(own) => failures.extend(difference(asked, &own, &theirs)),
            Err(error) => failures.push(error),
        }
    }
    eprintln!("{} queries, {rows} rows compared; without rows: {empty:?}", queries.len());
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}
