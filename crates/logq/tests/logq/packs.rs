//! Every query of every pack against the answers that a real Trino gave over the same data.
//!
//! The answers are golden files, `tests/logq/golden/packs`; the local engine is held against them here, without a
//! Trino. `make test-trino` asks a real Trino all queries and holds the files against it; with `UPDATE_GOLDEN=1` it
//! writes them anew.
//!
//! # When two answers are equal
//! 1. The same columns, and the same rows in the same order.
//! 2. Numbers are equal but for the order in which they were added up: to 9 digits.
//! 3. Columns of `approx_distinct` may differ by 10 %, those of `approx_percentile` by 5 %, both at least by 1: both
//!    engines estimate, each in its own way. [`APPROXIMATE`] names these columns.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::samples::{Samples, WINDOW, logq, text};

type Row = Map<String, Value>;

/// Columns that engines estimate, by the ends of their names, and by how much they may differ.
const APPROXIMATE: [(&str, f64); 12] = [
    ("p50_ms", 0.05),
    ("p90_ms", 0.05),
    ("p95_ms", 0.05),
    ("p99_ms", 0.05),
    ("median_ms", 0.05),
    ("clients", 0.1),
    ("users", 0.1),
    ("uris", 0.1),
    ("sources", 0.1),
    ("traces", 0.1),
    ("tasks", 0.1),
    ("targets", 0.1),
];

/// A query with what it must be given.
pub(crate) struct Asked {
    pub(crate) name: String,
    parameters: Vec<String>,
}

/// All queries. Parameters without a default are given values of the samples.
pub(crate) fn all() -> Vec<Asked> {
    let list = logq(["list", "--format", "json"]);
    let queries: Vec<Value> = serde_json::from_slice(&list.stdout).expect("JSON");
    let trace = Samples::get().trace();
    queries
        .iter()
        .map(|query| {
            let parameters = query["parameters"].as_object().expect("parameters");
            let missing = parameters.iter().filter(|(_, about)| about["default"].is_null());
            let given = missing.map(|(name, _)| match name.as_str() {
                "at" => "at=2026-11-23T03:00:00Z".to_owned(),
                name => format!("{name}={trace}"),
            });
            Asked { name: query["name"].as_str().expect("a name").to_owned(), parameters: given.collect() }
        })
        .collect()
}

/// The rows of a query, asked with more words.
pub(crate) fn answer(asked: &Asked, more: &[String]) -> Result<Vec<Row>, String> {
    let mut words = vec!["run".to_owned(), asked.name.clone(), "--format".to_owned(), "jsonl".to_owned()];
    words.extend(WINDOW.map(str::to_owned));
    words.extend(asked.parameters.iter().flat_map(|given| ["--param".to_owned(), given.clone()]));
    words.extend(more.iter().cloned());
    let output = logq(&words);
    if !output.status.success() {
        return Err(format!("{}: {}", asked.name, text(&output.stderr)));
    }
    Ok(text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

/// The first difference between two answers.
pub(crate) fn difference(name: &str, own: &[Row], theirs: &[Row]) -> Option<String> {
    for (number, (a, b)) in own.iter().zip(theirs).enumerate() {
        let names = |row: &Row| row.keys().cloned().collect::<Vec<_>>();
        if names(a) != names(b) {
            return Some(format!("{name}: columns {:?} against {:?}", names(a), names(b)));
        }
        let differs = a.iter().find(|(column, value)| !is_equal(column, value, &b[column.as_str()]));
        if let Some((column, value)) = differs {
            return Some(format!("{name}: row {number}, {column}: {value} against {}", b[column.as_str()]));
        }
    }
    (own.len() != theirs.len()).then(|| format!("{name}: {} rows against {}", own.len(), theirs.len()))
}

fn is_equal(column: &str, a: &Value, b: &Value) -> bool {
    let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) else { return a == b };
    let share = APPROXIMATE.iter().find(|(name, _)| column.ends_with(name)).map_or(1e-9, |(_, share)| *share);
    let least = if share < 1e-6 { 0.0 } else { 1.0 };
    (x - y).abs() <= (share * x.abs().max(y.abs())).max(least)
}

pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/logq/golden/packs").join(format!("{name}.jsonl"))
}

pub(crate) fn golden(name: &str) -> Vec<Row> {
    let text = fs::read_to_string(file(name)).unwrap_or_else(|_| panic!("{name} has a golden answer"));
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn every_query_answers_as_trino_did() {
    let sources = Samples::get().sources();
    let (mut failures, mut rows) = (Vec::new(), 0);
    let queries = all();
    for asked in &queries {
        match answer(asked, &sources) {
            Ok(own) => {
                rows += own.len();
                failures.extend(difference(&asked.name, &own, &golden(&asked.name)));
            }
            Err(error) => failures.push(error),
        }
    }
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), queries.len(), failures.join("\n"));
    assert!(rows > 500, "{rows} rows of {} queries", queries.len());
}
