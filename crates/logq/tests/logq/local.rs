//! Answers of the local engine, over an archive that the router wrote and generated logs of AWS services.

use std::fs;

use crate::samples::{Samples, command, logq, rows, sample, text};

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
    let told = text(&output.stderr);
    assert!(told.contains("no objects of this window"), "{told}");
    assert!(told.contains("the newest folder of app_logs is year=2026/month=11/day=24/hour="), "{told}");
}

#[test]
fn a_source_that_is_not_there_is_an_error_and_not_an_empty_answer() {
    let output = logq(["run", "errors/by-service", "--source", "/nowhere/archive"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(
        text(&output.stderr).contains("there is no folder /nowhere/archive; check --source"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn functions_with_syntax_of_their_own_mean_what_trino_means() {
    let (_folder, archive) = sample("backend-json.log");
    let sql = "SELECT substr('hello', -3) AS a, substring('hello', 2, 3) AS b, substring('hello' FROM -2) AS c, \
               position('l' IN 'hello') AS d, extract(hour FROM timestamp '2026-11-24 05:06:07') AS e \
               FROM app_logs WHERE year = '2026' FETCH FIRST ROW ONLY";
    let output = logq(["sql", sql, "--source", &archive.display().to_string(), "--format", "jsonl"]);
    assert_eq!(rows(&output)[0].to_string(), r#"{"a":"llo","b":"ell","c":"lo","d":3,"e":5}"#);
}

#[test]
fn an_answer_to_a_file_is_whole_or_the_file_stays_as_it_was() {
    let (folder, archive) = sample("backend-json.log");
    let (source, file) = (archive.display().to_string(), folder.path().join("answer.csv"));
    fs::write(&file, "before").expect("a file");
    let ask = |sql: &str| {
        let file = file.display().to_string();
        logq(["sql", sql, "--source", &source, "--format", "csv", "-o", &file])
    };
    let fails = "SELECT 1 / (length(level) - 5) AS x FROM app_logs WHERE year = '2026'";
    let output = ask(fails);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&file).expect("a file"), "before");
    let left = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 2, "the archive and the file, nothing half done");
    assert!(ask("SELECT count(*) AS n FROM app_logs WHERE year = '2026'").status.success());
    assert_eq!(fs::read_to_string(&file).expect("a file"), "n\r\n2175\r\n");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let (_folder, archive) = sample("backend-json.log");
    let sql = "SELECT a.ts, b.message FROM app_logs AS a CROSS JOIN app_logs AS b";
    let mut child = command()
        .args(["sql", sql, "--format", "jsonl", "--source", &archive.display().to_string()])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("logq");
    let mut line = String::new();
    let mut answer = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    std::io::BufRead::read_line(&mut answer, &mut line).expect("a line");
    assert!(line.starts_with("{\"ts\":\"2026-"), "{line}");
    drop(answer);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}
