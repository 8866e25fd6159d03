//! `logctl render` as users run it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SPEC: &str = "name = 'api'\nregion = 'us-east-1'\narchive.url = 's3://example-logs/app'\n";

fn logctl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_logctl")).current_dir(folder).args(arguments).output().expect("logctl")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder(spec: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("sluice.toml"), spec).expect("a spec");
    folder
}

#[test]
fn the_checked_in_files_are_fresh() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let arguments = ["render", "fluent-bit", "--config", "fluent-bit-conf/sluice.toml", "--check"];
    let output = logctl(Path::new(root), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stdout).matches("unchanged").count(), 12);
}

#[test]
fn check_finds_what_is_missing_stale_and_left_over_and_a_rendering_mends_it() {
    let folder = folder(&format!("{SPEC}[env.dev]\n[env.prod]\n"));
    let check = || logctl(folder.path(), &["render", "fluent-bit", "--check"]);
    assert_eq!(check().status.code(), Some(2));
    assert!(logctl(folder.path(), &["render", "fluent-bit"]).status.success());
    assert_eq!(check().status.code(), Some(0));

    let path = folder.path().join("fluent-bit-conf/dev/fluent-bit.conf");
    let edited = fs::read_to_string(&path).expect("a file").replace("use_put_object", "Use_Put_Object");
    fs::write(&path, edited.replace("Grace", "Graze")).expect("a file");
    fs::remove_file(folder.path().join("fluent-bit-conf/prod/Dockerfile")).expect("a file");
    let output = check();
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stdout);
    assert!(told.contains("stale      fluent-bit-conf/dev/fluent-bit.conf\n"), "{told}");
    assert!(told.contains("\n-    Graze "), "{told}");
    assert!(told.contains("missing    fluent-bit-conf/prod/Dockerfile\n"), "{told}");

    // Another topology has no parsers.
    let forward = "inputs.forward.tcp = '127.0.0.1:24225'\nfluent_bit.topology = 'forward'\n";
    fs::write(folder.path().join("sluice.toml"), format!("{SPEC}{forward}[env.dev]\n[env.prod]\n"))
        .expect("a spec");
    assert!(text(&check().stdout).contains("left over  fluent-bit-conf/dev/parsers.conf\n"));
    assert!(logctl(folder.path(), &["render", "fluent-bit"]).status.success());
    assert!(!folder.path().join("fluent-bit-conf/dev/parsers.conf").exists());
    assert_eq!(check().status.code(), Some(0));
}

#[test]
fn json_tells_the_state_of_each_file() {
    let folder = folder(SPEC);
    let output = logctl(folder.path(), &["render", "fluent-bit", "--out", "here", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["files"][0]["path"], "here/fluent-bit.conf");
    assert_eq!(report["files"][0]["state"], "missing");
    assert!(folder.path().join("here/fluent-bit.conf").exists());
}

#[test]
fn what_the_target_cannot_do_names_file_environment_setting_and_remedy() {
    let folder = folder(&format!("{SPEC}[env.prod]\nredact.named = ['email']\n"));
    let output = logctl(folder.path(), &["render", "fluent-bit"]);
    assert_eq!(output.status.code(), Some(78));
    let told = text(&output.stderr);
    assert!(told.contains("sluice.toml (env.prod)") && told.contains("redact: "), "{told}");
    assert!(!folder.path().join("fluent-bit-conf").exists());
}

#[test]
fn a_wrong_spec_and_a_wrong_command_line_have_exit_codes_of_their_own() {
    let folder = folder("name = 'api'\narchive.lvel = 6");
    let output = logctl(folder.path(), &["render", "fluent-bit"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output.stderr).contains("did you mean \"archive.level\""));
    assert_eq!(logctl(folder.path(), &["render", "fluentbit"]).status.code(), Some(64));
    assert_eq!(logctl(folder.path(), &["render", "--help"]).status.code(), Some(0));
}

#[test]
fn the_checked_in_files_of_the_account_are_fresh() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (target, files) in [("cloudformation", 2), ("iam", 2), ("dashboards", 4), ("glue", 12)] {
        let arguments = ["render", target, "--config", "infra/sluice.toml", "--check"];
        let output = logctl(Path::new(root), &arguments);
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert_eq!(told.matches("unchanged").count(), files, "{told}");
    }
}
