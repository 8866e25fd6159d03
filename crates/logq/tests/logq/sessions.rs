//! The shell, tail, history, and defaults of one's own.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use sluice_testkit::process::Child;

use crate::samples::{command, logq, rows, sample, text};

fn shell(archive: &Path, typed: &str, history: &Path) -> Output {
    let mut child = command()
        .args(["shell", "--format", "jsonl", "--from", "2026-11-24", "--to", "2026-11-25", "--source"])
        .arg(archive)
        .env("LOGQ_HISTORY", history)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("logq");
    child.stdin.take().expect("a pipe").write_all(typed.as_bytes()).expect("typed");
    child.wait_with_output().expect("an end")
}

#[test]
fn the_shell_takes_questions_over_lines_and_commands_and_notes_what_was_asked() {
    let (folder, archive) = sample("backend-json.log");
    let history = folder.path().join("history.jsonl");
    let typed = "SELECT count(*) AS n\nFROM app_logs -- all; of them\nWHERE {{window}};\n.format csv\n\
                 .run errors/by-service limit=1\n.stats on\nSELECT 1 AS one;\n.quit\nSELECT never;\n";
    let output = shell(&archive, typed, &history);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "{\"n\":2175}");
    assert!(lines[1].starts_with("service,"), "{told}");
    assert_eq!(lines[lines.len() - 2..], ["one", "1"], "{told}");
    assert!(text(&output.stderr).contains("1 rows in"));
    let list =
        command().args(["history", "--format", "json"]).env("LOGQ_HISTORY", &history).output().expect("logq");
    let entries: Vec<Value> = serde_json::from_slice(&list.stdout).expect("JSON");
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[1]["name"], "errors/by-service");
    assert!(entries[0]["bytes"].as_u64().expect("bytes") > 0 && entries[0]["rows"] == 1);
    let people = command().args(["history", "-n", "1"]).env("LOGQ_HISTORY", &history).output().expect("logq");
    assert!(text(&people.stdout).trim_end().ends_with("SELECT 1 AS one"), "{}", text(&people.stdout));
}

#[test]
fn a_question_that_fails_ends_what_is_piped_into_the_shell() {
    let (folder, archive) = sample("backend-json.log");
    let output = shell(&archive, "SELECT levl FROM app_logs;\nSELECT 1 AS one;\n", &folder.path().join("h"));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("did you mean level?"), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
}

#[test]
fn tail_prints_what_is_there_by_time_and_filter() {
    let (_folder, archive) = sample("backend-json.log");
    let archive = archive.display().to_string();
    let tail = |more: &[&str]| {
        let words = ["tail", "--no-follow", "--since", "2026-11-24T00:00:00Z", "--source", &archive];
        logq(words.iter().chain(more))
    };
    let errors = rows(&tail(&["--level", "error", "--json"]));
    assert_eq!(errors.len(), 71);
    let times: Vec<&str> = errors.iter().map(|record| record["ts"].as_str().expect("a time")).collect();
    assert!(times.is_sorted());
    let people = text(&tail(&["--level", "fatal"]).stdout);
    assert_eq!(people.lines().filter(|line| line.contains(" FATAL shop")).count(), 6, "{people}");
    let found = rows(&tail(&["--json", "--grep", "caf(é|\\\\u00e9)"]));
    assert!(!found.is_empty() && found.len() < 2175);
    assert!(tail(&["--service", "other"]).stdout.is_empty());
    assert_eq!(tail(&["--level", "loud"]).status.code(), Some(64));
}

#[test]
fn tail_follows_objects_that_come_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let (empty, now) = (folder.path().join("live"), jiff::Timestamp::now());
    fs::create_dir_all(&empty).expect("a folder");
    let mut child = Child::start(
        command().args(["tail", "--json", "--every", "100ms", "--source"]).arg(&empty).stdout(Stdio::piped()),
    );
    let lines = child.take_stdout().expect("a pipe");
    let hour = now.strftime("year=%Y/month=%m/day=%d/hour=%H").to_string();
    let record = format!("{{\"ts\":\"{now:.3}\",\"level\":\"error\",\"message\":\"late\"}}\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(record.as_bytes()).expect("gzip");
    let place = empty.join(hour);
    fs::create_dir_all(&place).expect("a folder");
    fs::write(place.join(".part"), gzip.finish().expect("gzip")).expect("an object");
    fs::rename(place.join(".part"), place.join("a.json.gz")).expect("an object");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(lines), &mut line).expect("a line");
    assert_eq!(line, record);
    child.signal(rustix::process::Signal::INT);
    assert_eq!(child.wait(Duration::from_secs(10)).code(), Some(130));
}

#[test]
fn defaults_come_from_a_file_and_the_environment_wins_over_it() {
    let (folder, archive) = sample("backend-json.log");
    let file = folder.path().join("logq.toml");
    let defaults = format!("source = {:?}\nformat = \"jsonl\"\n", archive.display().to_string());
    fs::write(&file, defaults).expect("a file");
    let sql = "SELECT count(*) AS n FROM app_logs WHERE year = '2026'";
    let ask = |format: Option<&str>| {
        let mut command = command();
        command.args(["sql", sql]).env("LOGQ_CONFIG", &file);
        format.map(|format| command.env("LOGQ_FORMAT", format));
        text(&command.output().expect("logq").stdout)
    };
    assert_eq!(ask(None), "{\"n\":2175}\n");
    assert_eq!(ask(Some("csv")), "n\n2175\n");
    fs::write(&file, "fromat = 1").expect("a file");
    let output = command().args(["list"]).env("LOGQ_CONFIG", &file).output().expect("logq");
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output.stderr).contains("did you mean format?"));
}

#[test]
fn a_query_that_would_read_too_much_is_refused() {
    let (_folder, archive) = sample("backend-json.log");
    let archive = archive.display().to_string();
    let ask = |size: &str| {
        let sql = "SELECT count(message) AS n FROM app_logs WHERE year = '2026'";
        logq(["sql", sql, "--source", &archive, "--max-scan", size, "--format", "csv"])
    };
    let refused = ask("1KiB");
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--max-scan allows 1KiB"), "{}", text(&refused.stderr));
    assert_eq!(text(&ask("1GiB").stdout), "n\n2175\n");
}

#[test]
fn manual_pages_and_completions_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("man");
    assert!(logq(["man".as_ref(), place.as_os_str()]).status.success());
    let page = fs::read_to_string(place.join("logq-run.1")).expect("a page");
    assert!(page.contains(".TH logq-run 1") && page.contains("max\\-scan"), "{page}");
    assert!(place.join("logq.1").exists());
    for shell in ["bash", "zsh", "fish"] {
        assert!(text(&logq(["completions", shell]).stdout).contains("logq"), "{shell}");
    }
}
