use serde_json::Value;

use crate::support::{Place, feed, router};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_good_configuration_is_shown_as_it_resolves() {
    let place = Place::new();
    let (archive, spool) = (place.path("archive"), place.path("spool"));
    let config = place.file(
        "sluice.toml",
        format!(
            "name = 'api'\narchive.url = 'file://{}'\nspool.dir = '{}'\nredact.named = ['email']\n[env.prod]\n",
            archive.display(),
            spool.display()
        ),
    );
    let output = feed(router(&["check", "--config", config.to_str().unwrap(), "--env", "prod"]), b"");
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    for part in
        ["environment prod", "/sluice/prod/api", "fluent.sock", "email", "segments of 16MiB", "can be made"]
    {
        assert!(shown.contains(part), "{part:?} is not in {shown}");
    }
    assert!(!archive.exists() && !spool.exists());

    let output = feed(router(&["check", "--config", config.to_str().unwrap(), "--format", "json"]), b"");
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&shown["ok"], &shown["resolved"]["service"]), (&true.into(), &"api".into()));
}

#[test]
fn a_place_that_cannot_be_written_fails_the_check() {
    let place = Place::new();
    let file = place.file("file", "in the way");
    let config = place.file("sluice.toml", format!("name = 'api'\nspool.dir = '{}/below'", file.display()));
    let output = feed(router(&["check", "--config", config.to_str().unwrap()]), b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("!!  spool.dir"), "{}", text(&output.stdout));
}

#[test]
fn all_problems_are_told_at_once() {
    let place = Place::new();
    let config = place.file("sluice.toml", "name = 'api'\narchive.lvel = 6\nspool.max_bytes = '1M'\n");
    let config = config.to_str().unwrap();
    let output = feed(router(&["check", "--config", config]), b"");
    assert_eq!(output.status.code(), Some(78));
    let shown = text(&output.stderr);
    assert!(shown.contains("did you mean \"archive.level\"") && shown.contains("ambiguous"), "{shown}");

    let output = feed(router(&["check", "--config", config, "--format", "json"]), b"");
    assert_eq!(output.status.code(), Some(78));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&shown["problems"][0]["key"], &shown["problems"][0]["line"]),
        (&"archive.lvel".into(), &2.into())
    );
    assert_eq!(shown["problems"].as_array().unwrap().len(), 2);
}

#[test]
fn a_line_is_shown_as_the_record_it_becomes() {
    let place = Place::new();
    let mut command = router(&["check", "--format", "json", "--received-at", "2026-11-24T01:02:03Z"]);
    command.args([
        "--line",
        "- dashed",
        "--line",
        "ERROR:app.db:refused",
        "--line",
        "Traceback (most recent call last):",
    ]);
    command.args(["--line", "  File \"a.py\", line 1, in f", "--line", "KeyError: 'x'"]);
    command.current_dir(place.path("."));
    let output = feed(command, b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let records: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 2);
    assert_eq!((&records[1]["logger"], &records[1]["error_type"]), (&"app.db".into(), &"KeyError".into()));
    assert_eq!(
        (&records[0]["message"], &records[0]["ts"]),
        (&"- dashed".into(), &"2026-11-24T01:02:03.000Z".into())
    );
}

#[test]
fn a_sample_is_read_by_the_configuration() {
    let place = Place::new();
    let config = place.file("sluice.toml", "name = 'api'\nredact.named = ['email']");
    let sample = place.file("sample.log", "[error] mail ann@example.com\r\n\nlast");
    let mut command = router(&["check", "--config", config.to_str().unwrap(), "--sample"]);
    command.arg(sample);
    let output = feed(command, b"");
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(shown.contains("line 1\n") && shown.contains("line 3\n"), "{shown}");
    assert!(shown.contains("message      mail [redacted:email]\n"), "{shown}");
}
