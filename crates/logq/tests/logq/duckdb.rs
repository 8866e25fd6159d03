//! Answers over the same files by another engine: DuckDB, in the tests' Python environment (`make clients`).

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::samples::{Samples, logq, rows};

/// The window of the samples, as a condition.
const WINDOW: &str = "year = '2026' AND month = '11' AND day = '23' AND hour BETWEEN '00' AND '06'";

/// Columns that both engines read, by DuckDB's types.
const APP: &str = "{ts: 'VARCHAR', level: 'VARCHAR', service: 'VARCHAR', message: 'VARCHAR', logger: 'VARCHAR', \
    error_type: 'VARCHAR', stack: 'VARCHAR', trace_id: 'VARCHAR', user_id: 'VARCHAR', http_method: 'VARCHAR', \
    http_path: 'VARCHAR', http_status: 'INTEGER', duration_ms: 'DOUBLE', fingerprint: 'VARCHAR', attrs: 'JSON'}";

#[test]
fn duckdb_gives_the_same_answers_over_the_same_files() {
    let samples = Samples::get();
    let text = include_str!("duckdb/questions.toml");
    let questions: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text).expect("TOML");
    let root = samples.folder.path().display();
    let views = json!({
        "app_logs": format!(
            "SELECT * FROM read_json('{root}/archive/**/*.json.gz', format = 'newline_delimited', columns = {APP}, \
             hive_partitioning = true, hive_types_autocast = false)"
        ),
        "vpc_flow_logs": format!(
            "SELECT * FROM read_parquet('{root}/raw/vpc/**/*.parquet', hive_partitioning = true, \
             hive_types_autocast = false)"
        ),
        "waf_logs": format!("SELECT * FROM read_json('{root}/raw/waf/**/*.gz', format = 'newline_delimited')"),
    });
    let of = |sql: &str| sql.replace(" W ", &format!(" {WINDOW} ")).replace(" W)", &format!(" {WINDOW})"));
    let asked: BTreeMap<&String, String> = questions
        .iter()
        .map(|(name, question)| {
            let sql = format!("{} ", question.get("duckdb").unwrap_or(&question["sql"]));
            (name, of(&sql))
        })
        .collect();
    let answers = duckdb(&json!({ "views": views, "questions": asked }));
    let (mut compared, mut differences) = (0, Vec::new());
    for (name, question) in &questions {
        let mut arguments = vec!["sql".to_owned(), of(&format!("{} ", question["sql"]))];
        arguments.extend(["--format".to_owned(), "jsonl".to_owned()]);
        arguments.extend(samples.sources());
        let own: Vec<Vec<Value>> = rows(&logq(&arguments))
            .iter()
            .map(|row| row.as_object().expect("a row").values().cloned().collect())
            .collect();
        let theirs: Vec<Vec<Value>> = serde_json::from_value(answers[name].clone()).expect("rows");
        assert!(!own.is_empty() && own[0].iter().any(|value| !value.is_null()), "{name} has an answer");
        compared += own.len();
        let is_same = own.len() == theirs.len()
            && own.iter().flatten().zip(theirs.iter().flatten()).all(|(a, b)| is_equal(a, b));
        if !is_same {
            let first = own.iter().zip(&theirs).find(|(a, b)| !a.iter().zip(*b).all(|(a, b)| is_equal(a, b)));
            differences.push(format!(
                "{name}: {} rows against {}; first: {first:?}",
                own.len(),
                theirs.len()
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(questions.len() >= 20 && compared > 200, "{} questions, {compared} rows", questions.len());
}

/// Numbers are equal but for the order in which they were added up.
fn is_equal(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        _ => a == b,
    }
}

fn duckdb(question: &Value) -> Value {
    let python = sluice_testkit::moto::python();
    let mut child = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/logq/duckdb/answers.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tests' Python; make clients installs it");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(question.to_string().as_bytes()).expect("a question");
    drop(input);
    let output = child.wait_with_output().expect("an answer");
    assert!(output.status.success(), "DuckDB refused a question; see above");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
