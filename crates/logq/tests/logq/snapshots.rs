//! What people see, as golden files. `UPDATE_GOLDEN=1 cargo test -p sluice-logq --test logq snapshots` writes them
//! anew; review the difference.

use std::fs;
use std::path::Path;

use crate::samples::{logq, sample, text};

/// Compares what a command wrote with its golden file: standard output, then standard error when there is any.
fn seen(name: &str, words: &[&str], hide: &[(&str, &str)]) {
    let output = logq(words);
    let shown: Vec<String> = words
        .iter()
        .map(|word| if word.contains(' ') { format!("{word:?}") } else { (*word).to_owned() })
        .collect();
    let mut all = format!("$ logq {}\n{}", shown.join(" "), text(&output.stdout));
    if !output.stderr.is_empty() {
        all += &format!("--- standard error\n{}", text(&output.stderr));
    }
    all += &format!("--- exit code {}\n", output.status.code().expect("a code"));
    for (from, to) in hide {
        all = all.replace(from, to);
    }
    all = all.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logq/golden").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, all).expect("a golden file");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == all, "{name}.txt is not what is seen; run with UPDATE_GOLDEN=1 and review\n{all}");
}

#[test]
fn help() {
    for command in [
        "list", "show", "run", "sql", "report", "shell", "tail", "history", "tables", "describe", "compact",
        "publish",
    ] {
        seen(&format!("help-{command}"), &[command, "--help"], &[]);
    }
    seen("help", &["--help"], &[]);
}

#[test]
fn what_can_be_asked() {
    seen("list", &["list"], &[]);
    seen("list-errors", &["list", "errors"], &[]);
    seen("show", &["show", "performance/latency-by-route"], &[]);
    seen("tables", &["tables"], &[]);
    seen("describe", &["describe", "app_logs"], &[]);
}

#[test]
fn answers_in_every_form_for_people() {
    let (_folder, archive) = sample("backend-json.log");
    let archive = archive.display().to_string();
    let hide = [(archive.as_str(), "ARCHIVE")];
    let window = ["--source", &archive, "--from", "2026-11-24", "--to", "2026-11-25"];
    for form in ["table", "vertical", "markdown", "csv", "json", "jsonl", "chart"] {
        let words = ["run", "errors/top-fingerprints", "--param", "limit=3", "--format", form];
        let words: Vec<&str> = words.into_iter().chain(window).collect();
        seen(&format!("answer-{form}"), &words, &hide);
    }
    let words = ["run", "errors/rate-by-minute", "--format", "chart"];
    seen("answer-line", &words.into_iter().chain(window).collect::<Vec<_>>(), &hide);
    let words = ["run", "performance/latency-histogram", "--format", "chart"];
    seen("answer-histogram", &words.into_iter().chain(window).collect::<Vec<_>>(), &hide);
}

#[test]
fn errors_point_at_the_place_in_the_sql() {
    let (_folder, archive) = sample("backend-json.log");
    let archive = archive.display().to_string();
    let hide = [(archive.as_str(), "ARCHIVE")];
    for (name, sql) in [
        ("column", "SELECT service,\n  count(*) AS n\nFROM app_logs\nWHERE levl = 'error'\nGROUP BY service"),
        ("table", "SELECT 1 FROM app_log"),
        ("function", "SELECT count_iff(level = 'error') FROM app_logs"),
        ("grammar", "SELECT level,\n  FROM app_logs WHERE"),
        ("quote", "SELECT 'a FROM app_logs"),
        ("grouping", "SELECT level, service, count(*) FROM app_logs GROUP BY level"),
        ("type", "SELECT json_extract_scalar(attrs) FROM app_logs"),
        ("placeholder", "SELECT 1 FROM app_logs WHERE {{windw}}"),
    ] {
        seen(&format!("error-{name}"), &["sql", sql, "--source", &archive], &hide);
    }
}
