//! The captured logs of `examples/logs` give the records that their programs counted while they wrote them.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn logs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/logs")
}

/// Pipes one sample; its summary and its errors.
fn pipe(name: &str) -> (Value, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_log-router"))
        .args(["pipe", "--service", "shop", "--format", "json", "--errors", "-", "--archive"])
        .arg(format!("file://{}", folder.path().display()))
        .arg(logs().join(name))
        .output()
        .unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let errors = output.stdout.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    let errors = errors.map(|line| serde_json::from_slice(line).unwrap()).collect();
    (serde_json::from_slice(&output.stderr).unwrap(), errors)
}

#[test]
fn the_shops_logs_have_the_records_and_levels_that_it_counted_itself() {
    for style in ["json", "text"] {
        let (summary, errors) = pipe(&format!("backend-{style}.log"));
        let text = std::fs::read_to_string(logs().join(format!("backend-{style}.expected.json"))).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(summary["lines"], expected["lines"], "{style}");
        assert_eq!(summary["records"], expected["records"], "{style}");
        let levels = &expected["records_by_level"];
        for (level, word) in [
            ("debug", "debug"),
            ("info", "info"),
            ("warn", "warning"),
            ("error", "error"),
            ("fatal", "critical"),
        ] {
            assert_eq!(summary["levels"][level], levels[word], "{style}: {level}");
        }
        let severe = levels["error"].as_u64().unwrap() + levels["critical"].as_u64().unwrap();
        assert_eq!(errors.len() as u64, severe, "{style}");
        let traces = errors.iter().filter(|record| record.get("stack").is_some()).count() as u64;
        assert_eq!(Some(traces), expected["tracebacks"].as_u64(), "{style}");
        for (class, count) in expected["tracebacks_by_type"].as_object().unwrap() {
            let ends = |record: &&Value| {
                record["error_type"].as_str().is_some_and(|name| name.rsplit('.').next() == Some(class))
            };
            assert_eq!(Some(errors.iter().filter(ends).count() as u64), count.as_u64(), "{style}: {class}");
        }
    }
}

#[test]
fn every_crash_is_one_error_with_its_stack() {
    for (name, records, errors) in [
        ("go-nil-map", 2, 1),
        ("go-nil-pointer", 1, 1),
        ("java-uncaught", 5, 2),
        ("node-type-error", 2, 1),
        ("node-rejection", 2, 1),
        ("node-rejected-value", 2, 1),
        ("rust-panic", 5, 2),
    ] {
        let (summary, found) = pipe(&format!("crash-{name}.log"));
        assert_eq!((summary["records"].as_u64(), found.len()), (Some(records), errors), "{name}");
        assert!(found.iter().all(|record| record.get("stack").is_some()), "{name}");
    }
}
