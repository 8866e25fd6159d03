//! Answers of the local engine, over an archive that the router wrote and generated logs of AWS services.

use std::fs;

use serde_json::Value;

use crate::samples::{Samples, WINDOW, logq, rows, sample, text};

#[test]
fn levels_are_counted_from_the_index_without_reading_a_record() {
    let (_folder, archive) = sample("backend-json.log");
    let archive = archive.display().to_string();
    let sql = "SELECT level, count(*) AS n FROM app_logs WHERE year = '2026' GROUP BY level ORDER BY n DESC";
    let output = logq(["sql", sql, "--source", &archive, "--format", "jsonl", "--stats"]);
    let counts: Vec<(String, u64)> = rows(&output)
        .iter()
        .map(|row| (row["level"].as_str().expect("a level").to_owned(), row["n"].as_u64().expect("a count")))
        .collect();
    let wanted = [("info", 1045), ("debug", 885), ("warn", 174), ("error", 65), ("fatal", 6)];
    assert_eq!(counts, wanted.map(|(level, n)| (level.to_owned(), n)));
    assert!(text(&output.stderr).contains("members: 0 read"), "{}", text(&output.stderr));
}

#[test]
fn errors_are_read_without_the_members_of_other_levels() {
    let (_folder, archive) = sample("backend-json.log");
    let archive = archive.display().to_string();
    let sql =
        "SELECT count(message) AS n, count(fingerprint) AS f FROM app_logs WHERE level IN ('error', 'fatal')";
    let output = logq(["sql", sql, "--source", &archive, "--format", "jsonl", "--stats"]);
    assert_eq!(rows(&output)[0].to_string(), r#"{"n":71,"f":71}"#);
    assert!(text(&output.stderr).contains("members: 1 read"), "{}", text(&output.stderr));
}

#[test]
fn counts_over_alb_waf_and_flow_logs_are_those_of_the_generator() {
    let samples = Samples::get();
    let count = |table: &str| {
        let sql = format!("SELECT count(*) AS n FROM {table}");
        let mut arguments = vec!["sql".to_owned(), sql, "--format".to_owned(), "jsonl".to_owned()];
        arguments.extend(samples.sources());
        rows(&logq(&arguments))[0]["n"].as_u64().expect("a count")
    };
    let summary = &samples.summary;
    assert_eq!(count("alb_access_logs"), summary.alb.lines);
    assert_eq!(count("vpc_flow_logs"), summary.flows.records);
    assert_eq!(count("waf_logs"), summary.waf.records);
    assert_eq!(count("app_logs"), summary.app.values().map(|service| service.records).sum::<u64>());
}

/// What `logq` says of an archive whose only object is cut where `len` says.
fn cut(sql: &str, len: impl Fn(&[u8]) -> usize) {
    let (_folder, archive) = sample("backend-json.log");
    let object = archive.join("year=2026/month=11/day=24/hour=05");
    let object = fs::read_dir(object).expect("a folder").next().expect("an object").expect("an entry").path();
    let bytes = fs::read(&object).expect("an object");
    fs::write(&object, &bytes[..len(&bytes)]).expect("an object");
    let archive = archive.display().to_string();
    let output = logq(["sql", sql, "--source", &archive]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    let told = text(&output.stderr);
    let name = object.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(told.contains(&name) && told.contains("incomplete"), "{told}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_truncated_object_ends_the_query_and_is_named() {
    cut("SELECT count(message) AS n FROM app_logs", |bytes| bytes.len() / 2);
}

#[test]
fn an_object_that_ends_with_a_whole_member_is_found_to_be_truncated_too() {
    let end_of_first = |bytes: &[u8]| {
        let index = sluice_archive::Index::read(bytes).expect("an index");
        usize::try_from(index.members()[0].end()).expect("a length")
    };
    cut("SELECT count(message) AS n FROM app_logs", end_of_first);
    cut("SELECT level, count(*) AS n FROM app_logs GROUP BY level", end_of_first);
}

#[test]
fn lines_that_are_no_json_are_rows_of_nulls_and_said_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let hour = folder.path().join("year=2026/month=11/day=24/hour=05");
    fs::create_dir_all(&hour).expect("a folder");
    let lines = "{\"ts\":\"2026-11-24T05:00:00.000Z\",\"level\":\"info\",\"message\":\"a\\u00e9\\n\"}\nnot json\n{\"ts\":\"2026";
    fs::write(hour.join("a.json"), lines).expect("an object");
    let source = folder.path().display().to_string();
    let sql = "SELECT count(*) AS n, count(ts) AS t, max(message) AS m FROM app_logs";
    let output = logq(["sql", sql, "--source", &source, "--format", "jsonl"]);
    assert_eq!(rows(&output)[0], serde_json::json!({ "n": 3, "t": 1, "m": "aé\n" }));
    assert!(
        text(&output.stderr).contains("2 lines are not of the table's format"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_window_without_objects_is_said_to_be_so() {
    let (_folder, archive) = sample("backend-json.log");
    let archive = archive.display().to_string();
    let window = ["--from", "2025-01-01", "--to", "2025-01-02"];
    let output = logq(["run", "errors/by-service", "--source", &archive].iter().chain(&window));
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("no objects of this window"), "{}", text(&output.stderr));
}
