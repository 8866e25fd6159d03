use std::fs;
use std::process::Output;

use crate::support::{Place, feed, files, router};

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn fails(output: &Output, code: i32, expected: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for part in expected {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(output.stdout.is_empty());
}

#[test]
fn an_archive_that_cannot_be_written_fails_before_anything_is_read() {
    let place = Place::new();
    let file = place.file("file", "in the way");
    let errors = place.file("errors.jsonl", "of an earlier run");
    let archive = format!("file://{}/below", file.display());
    let mut command = router(&["pipe", "--archive", &archive]);
    command.arg("--errors").arg(&errors);
    let output = feed(command, b"line\n");
    fails(
        &output,
        1,
        &["cannot make the archive's folder", "below", "something else has that name", "because: "],
    );
    assert_eq!(fs::read_to_string(errors).unwrap(), "of an earlier run");
}

#[test]
fn an_object_that_cannot_be_put_in_place_fails_the_run_and_leaves_no_half_of_it() {
    let place = Place::new();
    let line = "2026-11-24T01:02:03Z INFO a: b\n";
    place.route(&[], line);
    let object = files(&place.path("archive")).remove(0);
    fs::remove_file(&object).unwrap();
    fs::create_dir(&object).unwrap();
    let output = feed(place.pipe(&[]), line.as_bytes());
    fails(&output, 1, &["cannot put in place", object.to_str().unwrap()]);
    assert!(files(&place.path("archive")).is_empty());
    assert_eq!(fs::read_dir(place.path("spool")).unwrap().count(), 0);
}

#[test]
fn a_spool_that_cannot_be_made_is_named() {
    let place = Place::new();
    let file = place.file("file", "in the way");
    let mut command = router(&["pipe", "--archive", &format!("file://{}", place.path("archive").display())]);
    command.arg("--spool").arg(file);
    fails(&feed(command, b"line\n"), 1, &["cannot make a folder for the spool", "--spool", "because: "]);
}

#[test]
fn a_missing_input_file_fails_before_anything_is_read() {
    let place = Place::new();
    let first = place.file("first.log", "line\n");
    let mut command = place.pipe(&[]);
    command.arg(first).arg(place.path("missing.log"));
    fails(&feed(command, b""), 1, &["cannot open", "missing.log", "Nothing was read"]);
    let mut command = place.pipe(&[]);
    command.arg(place.path("."));
    fails(&feed(command, b""), 1, &["cannot open", "is a directory"]);
    assert!(files(&place.path("archive")).is_empty());
}

#[test]
fn an_unknown_key_is_told_with_its_line_and_the_nearest_key() {
    let place = Place::new();
    let config = place.file("sluice.toml", "name = 'api'\n\n[archive]\nlvel = 6\nurl = 'ftp://x'\n");
    let output = feed(place.pipe(&["--config", config.to_str().unwrap()]), b"line\n");
    fails(
        &output,
        78,
        &["sluice.toml:4:1: archive.lvel", "did you mean \"archive.level\"", "sluice.toml:5:"],
    );
    let output = feed(place.pipe(&["--config", "/nowhere/sluice.toml"]), b"line\n");
    fails(&output, 78, &["/nowhere/sluice.toml", "cannot be read"]);
    let output = feed(place.pipe(&["--config", config.to_str().unwrap(), "--env", "prod"]), b"line\n");
    fails(&output, 78, &["env.prod", "no such environment"]);
}

#[test]
fn a_bucket_is_refused_as_long_as_only_folders_can_be_written() {
    let place = Place::new();
    let config = place.file("sluice.toml", "name = 'api'\narchive.url = 's3://example-logs/app'");
    let by_config = router(&["pipe", "--config", config.to_str().unwrap()]);
    fails(&feed(by_config, b""), 78, &["s3://example-logs/app", "file:// only"]);
    let by_flag = router(&["pipe", "--archive", "s3://example-logs/app"]);
    fails(&feed(by_flag, b""), 78, &["s3://example-logs/app", "file:// only"]);
}

#[test]
fn a_command_line_that_makes_no_sense_is_a_usage_error_with_an_example() {
    let place = Place::new();
    let input = place.file("app.log", "line\n");
    let input = input.to_str().unwrap();
    for (args, expected) in [
        (&["pipe"][..], "--archive file:///"),
        (&["pipe", "--archve", "file:///x"], "--archive"),
        (&["pipe", "--archive", "logs"], "/logs"),
        (&["pipe", "--archive", "file://logs"], "three slashes"),
        (&["pipe", "--archive", "file:///x", "--env", "dev"], "--config"),
        (&["pipe", "--archive", "file:///x", "--errors", "s3://a/b"], "standard output"),
        (&["pipe", "--archive", "file:///x", "--errors", input, input], "overwrite the input"),
        (&["pipe", "--archive", "file:///x", "--service", "a b"], "--service"),
        (&["pipe", "--archive", "file:///x", "--received-at", "yesterday"], "--received-at"),
        (&["route"], "route"),
        (&[], "Usage"),
    ] {
        fails(&feed(router(args), b""), 64, &[expected]);
    }
    assert_eq!(fs::read_to_string(input).unwrap(), "line\n");
}

#[test]
fn help_and_version_go_to_standard_output() {
    for args in
        [&["--version"][..], &["--help"], &["pipe", "--help"], &["help", "check"], &["completions", "bash"]]
    {
        let output = feed(router(args), b"");
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{args:?}");
    }
}
