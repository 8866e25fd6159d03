use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Place, feed, router, sample};

fn is_error(record: &Value) -> bool {
    ["error", "fatal"].map(Value::from).contains(&record["level"])
}

#[test]
fn the_errors_file_has_exactly_the_records_at_error_and_above() {
    let place = Place::new();
    place.file("errors.jsonl", "what was here before\n");
    place.route(&[], sample("backend-json.log"));
    let mut archived: Vec<String> =
        place.records().into_iter().filter(|filed| is_error(&filed.record)).map(|filed| filed.json).collect();
    let mut errors = place.errors();
    assert_eq!(errors.len(), 71);
    archived.sort();
    errors.sort();
    assert_eq!(errors, archived);
}

#[test]
fn the_least_level_of_errors_can_be_set() {
    let place = Place::new();
    let config = place.file("sluice.toml", "name = 'api'\nerrors.min_level = 'warn'");
    let lines = "[info] a\n[warn] b\n[error] c\n[fatal] d\n";
    let summary = place.route(&["--config", config.to_str().unwrap()], lines);
    assert_eq!(summary["errors"], 3);
    assert_eq!(place.errors().len(), 3);
}

#[test]
fn errors_go_to_standard_output_by_default_and_nothing_else_does() {
    let place = Place::new();
    let archive = format!("file://{}", place.path("archive").display());
    for errors in [&[][..], &["--errors", "-"]] {
        let mut command = router(&["pipe", "--archive", &archive]);
        command.args(errors);
        let output = feed(command, &sample("backend-text.log"));
        assert_eq!(output.status.code(), Some(0));
        let lines: Vec<Value> = output
            .stdout
            .split_inclusive(|b| *b == b'\n')
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 61);
        assert!(lines.iter().all(is_error));
        assert!(String::from_utf8(output.stderr).unwrap().contains("949"));
    }
}

#[test]
fn the_folders_of_an_errors_url_are_made() {
    let place = Place::new();
    let path = place.path("a/b/errors.jsonl");
    let mut command = router(&["pipe", "--archive", &format!("file://{}", place.path("archive").display())]);
    command.arg("--errors").arg(format!("file://{}", path.display()));
    assert_eq!(feed(command, b"[error] a\n").status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), 1);
}

#[test]
fn a_reader_that_has_seen_enough_does_not_keep_lines_from_the_archive() {
    let place = Place::new();
    let input = "[error] again and again\n".repeat(100_000);
    let path = place.file("input.log", &input);
    let mut command = router(&["pipe", "--archive", &format!("file://{}", place.path("archive").display())]);
    command.arg("--summary").arg(place.path("summary.json")).arg(path);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("again"));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert!(stderr.contains("the reader went away"), "{stderr}");
    let summary = place.summary();
    assert_eq!((&summary["records"], &summary["errors"]), (&100_000.into(), &100_000.into()));
    assert!(summary["errors_unread"].as_u64().unwrap() > 0);
    assert_eq!(place.records().len(), 100_000);
}
