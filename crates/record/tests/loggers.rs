//! Every case of `tests/loggers/*.toml` gives the record it lists. The README there says how to add one.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sluice_record::{Engine, Origin, Settings};

/// 2026-11-24T12:00:00Z
const RECEIVED_MS: i64 = 1_795_521_600_000;
const RECEIVED: &str = "2026-11-24T12:00:00.000Z";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    logger: String,
    line: String,
    ts: Option<String>,
    level: String,
    message: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, toml::Value>,
    attrs: Option<String>,
    #[allow(dead_code)]
    note: Option<String>,
}

fn files() -> Vec<(PathBuf, File)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/loggers");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let file = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, file)
        })
        .collect()
}

fn records(text: &str) -> Vec<String> {
    let mut engine = Engine::new(Settings::default());
    let stream = engine.stream(Origin::new("test"));
    let mut all = Vec::new();
    let mut emit =
        |record: sluice_record::Record<'_>| all.push(String::from_utf8(record.json.to_vec()).unwrap());
    for line in text.split('\n') {
        engine.push(stream, line.as_bytes(), RECEIVED_MS, &mut emit);
    }
    engine.flush(&mut emit);
    all
}

/// The text of `attrs` in a record: it is the last key.
fn attrs_of(record: &str) -> Option<&str> {
    let at = record.find(",\"attrs\":{")?;
    Some(&record[at + 9..record.len() - 1])
}

/// What differs from the case, a line each.
fn check(case: &Case) -> Vec<String> {
    let all = records(&case.line);
    let [text] = &all[..] else { return vec![format!("{} records: {all:#?}", all.len())] };
    // Raw, since `attrs` may hold numbers that no type here holds.
    let record: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).unwrap();
    let mut wrong = Vec::new();
    let mut same = |key: &str, expected: Option<Value>| {
        let got: Option<Value> = record.get(key).map(|raw| serde_json::from_str(raw.get()).unwrap());
        if got != expected {
            let show = |value: Option<Value>| value.map_or("nothing".to_owned(), |value| value.to_string());
            wrong.push(format!("{key} is {}, expected {}", show(got), show(expected)));
        }
    };
    same("ts", Some(case.ts.as_deref().unwrap_or(RECEIVED).into()));
    same("level", Some(case.level.as_str().into()));
    same("message", case.message.as_deref().map(Value::from));
    for key in [
        "logger",
        "error_type",
        "stack",
        "trace_id",
        "span_id",
        "request_id",
        "user_id",
        "client_ip",
        "http_method",
        "http_path",
        "http_status",
        "duration_ms",
        "source",
    ] {
        same(key, case.columns.get(key).map(|value| serde_json::to_value(value).unwrap()));
    }
    let json = case.line.starts_with('{') && !case.line.contains('\n');
    if (json || case.attrs.is_some()) && attrs_of(text) != case.attrs.as_deref() {
        wrong.push(format!("attrs are {:?}, expected {:?}", attrs_of(text), case.attrs));
    }
    wrong
}

#[test]
fn every_logger_of_the_table_gives_the_listed_record() {
    let mut failures = String::new();
    let (mut cases, mut failed) = (0, 0);
    let mut loggers = std::collections::BTreeSet::new();
    for (path, file) in files() {
        for case in &file.case {
            cases += 1;
            loggers.insert(case.logger.split([' ', ',']).next().unwrap().to_lowercase());
            let wrong = check(case);
            if !wrong.is_empty() {
                failed += 1;
                let name = path.file_name().unwrap().to_string_lossy();
                failures += &format!("\n{name}: {}: {}\n", case.logger, case.line);
                for wrong in wrong {
                    failures += &format!("    {wrong}\n");
                }
            }
        }
    }
    println!("{cases} cases of {} loggers", loggers.len());
    assert!(failures.is_empty(), "{failed} of {cases} cases differ\n{failures}");
    assert!(cases >= 120 && loggers.len() >= 30, "{cases} cases of {} loggers", loggers.len());
}
