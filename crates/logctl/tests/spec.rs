//! `logctl init`, `validate`, `schema`, `cost` and the table of rules: commands that need no account.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn logctl(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logctl"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).output().expect("logctl")
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_spec_that_init_writes_is_valid_and_not_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["init", "--name", "shop", "--bucket", "shop-logs", "--email", "ops@example.com"];
    let output = logctl(folder.path(), &arguments);
    assert!(output.status.success(), "{}", told(&output));
    let output = logctl(folder.path(), &["validate"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(told(&output), "sluice.toml: good, and so are dev, prod\n");
    let output = logctl(folder.path(), &["render", "cloudformation"]);
    assert!(output.status.success(), "{}", told(&output));

    let output = logctl(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("name another file with --out"), "{}", told(&output));
    let output = logctl(folder.path(), &["init", "--name", "a name", "--stdout"]);
    assert_eq!(output.status.code(), Some(78), "{}", told(&output));
    let output = logctl(folder.path(), &["init", "--stdout"]);
    assert_eq!(output.status.code(), Some(64), "{}", told(&output));
}

#[test]
fn validate_tells_every_problem_of_every_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = "name = 'api'\nalarms.thresholds = { ecs-cpu = -1 }\n[env.dev]\nalerts.email = ['nobody']\n";
    fs::write(folder.path().join("sluice.toml"), spec).expect("a spec");
    let output = logctl(folder.path(), &["validate"]);
    assert_eq!(output.status.code(), Some(78));
    let text = told(&output);
    assert!(text.contains("alarms.thresholds.ecs-cpu") && text.contains("env.dev.alerts.email"), "{text}");
    let output = logctl(folder.path(), &["validate", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["problems"].as_array().expect("a list").len(), 2);
}

#[test]
fn an_unknown_rule_is_told_with_the_nearest() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("sluice.toml"), "name = 'api'\nalarms.off = ['ecs-memry']\n")
        .expect("a spec");
    let output = logctl(folder.path(), &["render", "cloudformation"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(told(&output).contains("did you mean \"ecs-memory\"?"), "{}", told(&output));
}

#[test]
fn the_schema_is_the_one_that_is_checked_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = logctl(&root, &["schema"]);
    assert_eq!(output.stdout, fs::read(root.join("docs/sluice.schema.json")).expect("the schema"));
}

#[test]
fn the_table_of_rules_is_the_one_in_the_documentation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/alarms.md")).expect("docs/alarms.md");
    let behind = page.split_once("<!-- rules -->\n").expect("a marker").1;
    let table = behind.split_once("<!-- /rules -->").expect("a marker").0;
    let output = logctl(&root, &["alarms", "rules"]);
    let rendered = String::from_utf8(output.stdout).expect("text");
    assert!(
        table == rendered,
        "docs/alarms.md is stale: put the output of `logctl alarms rules` between the markers"
    );
}

#[test]
fn the_split_costs_less_than_everything_in_cloudwatch() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = "name = 'api'\nregion = 'ap-northeast-1'\narchive.url = 's3://example-logs/app'\n";
    fs::write(folder.path().join("sluice.toml"), spec).expect("a spec");
    let report = |arguments: &[&str]| -> serde_json::Value {
        let output = logctl(folder.path(), &[&["cost", "--format", "json"], arguments].concat());
        assert!(output.status.success(), "{}", told(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let given = report(&["--gb-per-day", "50", "--error-percent", "2"]);
    // 1,500 GB × $0.76, and 15 % of it kept for 30 days.
    assert_eq!(given["cloudwatch"]["dollars"], 1147.43);
    assert!(given["split"]["dollars"].as_f64().expect("a number") < 100.0, "{given:#}");
    assert_eq!(given["prices"]["region"], "ap-northeast-1");
    // The same volume, measured over an hour.
    let rows = r#"[{"service":"a","level":"info","megabytes":2041.6667},{"service":"a","level":"error","megabytes":41.6667}]"#;
    fs::write(folder.path().join("volume.json"), rows).expect("a file");
    let measured = report(&["--volume", "volume.json", "--over", "1h"]);
    assert_eq!(measured["cloudwatch"]["dollars"], given["cloudwatch"]["dollars"]);
    assert_eq!(measured["split"]["dollars"], given["split"]["dollars"]);

    let output = logctl(folder.path(), &["cost"]);
    assert_eq!(output.status.code(), Some(64));
    fs::write(folder.path().join("volume.json"), "{}").expect("a file");
    let output = logctl(folder.path(), &["cost", "--volume", "volume.json"]);
    assert!(told(&output).contains("is no answer of volume-and-cost"), "{}", told(&output));
}

#[test]
fn amounts_that_cannot_be_and_regions_without_prices_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = "name = 'api'\nregion = 'eu-west-3'\narchive.url = 's3://example-logs/app'\n";
    fs::write(folder.path().join("sluice.toml"), spec).expect("a spec");
    for wrong in ["--gb-per-day=-5", "--gb-per-day=NaN", "--gb-per-day=much"] {
        let output = logctl(folder.path(), &["cost", wrong]);
        assert_eq!(output.status.code(), Some(64), "{}", told(&output));
    }
    let output = logctl(folder.path(), &["cost", "--gb-per-day", "1", "--error-percent", "200"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(told(&output).contains("write a number from 0 to 100"), "{}", told(&output));
    let output = logctl(folder.path(), &["cost", "--gb-per-day", "1"]);
    assert!(
        told(&output).contains("there are no prices of eu-west-3; these are those of Tokyo"),
        "{}",
        told(&output)
    );
}

#[test]
fn the_rules_are_there_for_programs_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = logctl(folder.path(), &["alarms", "rules", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rules = rules.as_array().expect("a list");
    assert_eq!(rules.len(), 25);
    let rule = rules.iter().find(|rule| rule["id"] == "ecs-cpu").expect("a rule");
    assert_eq!((&rule["prod"], &rule["severity"]), (&"> 80 % in 5 of 5 × 1 min".into(), &"warning".into()));
}

#[test]
fn runbooks_name_queries_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for entry in fs::read_dir(root.join("docs/runbooks")).expect("runbooks").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a runbook");
        let names = text.split("logq run ").skip(1);
        for name in names.map(|rest| rest.split([' ', '`']).next().unwrap_or_default()) {
            let query = root.join("queries").join(name).with_extension("sql");
            assert!(query.exists(), "{}: {name}", entry.path().display());
        }
    }
}
