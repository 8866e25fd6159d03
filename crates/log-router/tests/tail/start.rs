//! Starts: what was read before is not read again, what came meanwhile is.

use std::fs;
use std::os::unix::fs::MetadataExt;

use sluice_log_router::input::tail::{TailError, TailSettings, Tailer};

use crate::support::{Host, append};

#[test]
fn a_start_goes_on_where_the_last_run_ended() {
    let mut host = Host::new();
    host.append("a.log", "one\ntw");
    host.follow();
    host.restart();
    host.append("a.log", "o\n");
    assert_eq!(host.follow(), ["two"]);
    host.restart();
    assert!(host.follow().is_empty());
}

#[test]
fn a_file_that_was_rotated_meanwhile_is_read_on_under_its_new_name() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.append("a.log.1", "old\n");
    host.follow();
    host.restart();
    host.append("a.log", "two\nlast");
    host.rename("a.log.1", "a.log.2");
    host.rename("a.log", "a.log.1");
    host.append("a.log", "three\n");
    let mut lines = host.settle();
    lines.sort();
    assert_eq!(lines, ["last", "three", "two"]);
}

#[test]
fn that_a_file_was_rotated_is_remembered() {
    let mut host = Host::new();
    host.append("a.log", "one\nlast");
    host.follow();
    host.rename("a.log", "a.log.1");
    host.follow();
    host.restart();
    assert_eq!(host.settle(), ["last"]);
}

#[test]
fn a_file_that_was_truncated_or_replaced_meanwhile_is_read_from_its_start() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.append("b.log", "one of b\n");
    host.follow();
    host.restart();
    host.truncate("a.log");
    host.append("a.log", "two and more\n");
    host.remove("b.log");
    host.append("b.log", "new\n");
    let mut lines = host.follow();
    lines.sort();
    assert_eq!(lines, ["new", "two and more"]);
}

#[test]
fn the_end_leaves_out_what_was_there_at_the_first_start_only() {
    let mut host = Host::with(|settings| settings.from_end = true);
    host.append("a.log", "old\nhal");
    host.append("empty.log", "");
    host.scan();
    host.append("a.log", "f\nnew\n");
    assert_eq!(host.follow(), ["half", "new"]);
    host.append("b.log", "a new file\n");
    assert_eq!(host.follow(), ["a new file"]);
    host.restart();
    host.append("empty.log", "no longer\n");
    host.append("a.log", "meanwhile\n");
    host.rename("a.log", "a.log.1");
    host.append("a.log", "after the rotation\n");
    host.append("c.log", "old, too\n");
    let mut lines = host.settle();
    lines.sort();
    assert_eq!(lines, ["after the rotation", "meanwhile", "no longer"]);
    host.append("c.log", "new\n");
    assert_eq!(host.follow(), ["new"]);
}

#[test]
fn a_disk_that_got_another_number_is_recognised() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    host.tailer.save().unwrap();
    let device = fs::metadata(host.path("a.log")).unwrap().dev();
    let file = host.settings.offsets.join("offsets.json");
    let text = host.offsets().replace(&format!("\"device\":{device},"), "\"device\":77,");
    fs::write(&file, text).unwrap();
    host.tailer = Tailer::open(host.settings.clone(), [[0; 0]; 0]).unwrap();
    host.append("a.log", "two\n");
    assert_eq!(host.follow(), ["two"]);
    host.restart();
    assert!(host.follow().is_empty());
}

#[test]
fn the_offsets_are_small_and_written_only_when_they_changed() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    host.tailer.save().unwrap();
    let text = host.offsets();
    assert!(text.contains("/a.log\",\"offset\":4,") && text.lines().count() == 3, "{text}");
    fs::remove_file(host.settings.offsets.join("offsets.json")).unwrap();
    host.follow();
    host.tailer.save().unwrap();
    assert!(!host.settings.offsets.join("offsets.json").exists());
    for n in 0..1100 {
        host.append(&format!("{n}.log"), format!("{n}\n"));
    }
    host.follow();
    for n in 0..1100 {
        host.remove(&format!("{n}.log"));
    }
    host.settle();
    host.tailer.save().unwrap();
    let lines = host.offsets().lines().count();
    assert!(lines < 1010, "{lines}");
}

#[test]
fn damaged_offsets_and_bad_patterns_end_the_start() {
    let host = Host::new();
    fs::write(host.settings.offsets.join("offsets.json"), "{").unwrap();
    assert!(matches!(Tailer::open(host.settings.clone(), [[0; 0]; 0]), Err(TailError::Damaged { .. })));
    let settings = TailSettings { paths: vec!["/a/**b".to_owned()], ..host.settings.clone() };
    assert!(matches!(Tailer::open(settings, [[0; 0]; 0]), Err(TailError::Pattern { .. })));
}

#[test]
fn a_folder_that_comes_later_is_found() {
    let mut host = Host::with(|settings| {
        let root = settings.offsets.parent().unwrap().display().to_string();
        settings.paths = vec![format!("{root}/later/**/*.log")];
    });
    assert!(host.follow().is_empty());
    let deep = host.settings.offsets.parent().unwrap().join("later/in/there");
    fs::create_dir_all(&deep).unwrap();
    append(&deep.join("a.log"), "one\n");
    assert_eq!(host.follow(), ["one"]);
}
