//! The life of files while they are followed.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use sluice_log_router::input::tail::{MOST_OPEN, TailNotice};

use crate::support::{Full, Host};

#[test]
fn lines_are_stored_as_they_come_and_a_line_without_its_end_is_waited_for() {
    let mut host = Host::new();
    host.append("a.log", "one\ntwo\nthr");
    assert_eq!(host.follow(), ["one", "two"]);
    host.append("a.log", "ee\r\n\n");
    host.append("b.log", "other\n");
    assert_eq!(host.follow(), ["other", "three", ""]);
    assert!(host.follow().is_empty());
}

#[test]
fn growth_of_an_open_file_needs_no_scan() {
    let mut host = Host::new();
    host.append("a.log", "");
    host.follow();
    host.append("a.log", "one\n");
    host.read();
    assert_eq!(host.store.lines(), ["one"]);
}

#[test]
fn a_renamed_file_is_read_on_and_not_read_again() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    host.append("a.log", "two\n");
    host.rename("a.log", "a.log.1");
    // The writer has it open still.
    host.append("a.log.1", "three\n");
    host.append("a.log", "four\n");
    let mut lines = host.follow();
    lines.sort();
    assert_eq!(lines, ["four", "three", "two"]);
    host.rename("a.log.1", "a.log.2");
    host.rename("a.log", "a.log.1");
    assert!(host.settle().is_empty());
}

#[test]
fn the_last_line_of_a_renamed_file_needs_no_end_once_it_is_quiet() {
    let mut host = Host::new();
    host.append("a.log", "one\nhal");
    host.follow();
    host.rename("a.log", "a.log.1");
    assert!(host.follow().is_empty() && host.follow().is_empty());
    host.append("a.log.1", "f");
    assert!(host.follow().is_empty());
    assert_eq!((host.settle(), host.store.ends()), (vec!["half".to_owned()], 1));
    assert!(host.settle().is_empty());
    assert_eq!(host.store.ends(), 1);
}

#[test]
fn a_file_that_moved_out_of_the_patterns_is_read_to_its_end_and_closed() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    host.append("a.log", "two\nlast");
    host.rename("a.log", "old");
    assert_eq!(host.settle(), ["two", "last"]);
    assert_eq!(host.tailer.files(), (0, 0));
    // It is known when it comes back.
    host.rename("old", "a.log");
    host.append("a.log", "\nthree\n");
    assert_eq!(host.follow(), ["", "three"]);
}

#[test]
fn a_file_that_was_deleted_while_it_was_open_is_read_to_its_end() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    host.append("a.log", "two\nlast");
    host.remove("a.log");
    host.append("a.log", "another\n");
    let mut lines = host.settle();
    lines.sort();
    assert_eq!(lines, ["another", "last", "two"]);
    assert_eq!(host.tailer.files(), (1, 1));
    assert_eq!(host.store.ends(), 1);
}

#[test]
fn a_truncated_file_is_read_from_its_start_and_that_is_told() {
    let mut host = Host::new();
    host.append("a.log", "one\ntwo\n");
    host.follow();
    host.truncate("a.log");
    host.append("a.log", "3\n");
    host.read();
    // Longer than before, so that only its beginning tells.
    host.truncate("a.log");
    host.append("a.log", "four and more than was there before\n");
    host.read();
    assert_eq!(host.store.lines(), ["one", "two", "3", "four and more than was there before"]);
    let notices = host.scan();
    assert!(matches!(
        &notices[..],
        [TailNotice::Truncated { read: 8, .. }, TailNotice::Truncated { read: 2, .. }]
    ));
    assert!(notices[0].to_string().contains("a.log was truncated after 8 bytes"));
    assert!(host.scan().is_empty());
}

#[test]
fn a_file_that_is_as_long_as_before_it_was_truncated_is_read_from_its_start() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    // The clock of a file system may tick only every few milliseconds.
    std::thread::sleep(std::time::Duration::from_millis(20));
    host.truncate("a.log");
    host.append("a.log", "two\n");
    assert_eq!(host.follow(), ["two"]);
}

#[test]
fn a_file_that_begins_again_with_the_same_lines_is_stored_again() {
    let mut host = Host::new();
    for _ in 0..3 {
        host.append("a.log", "banner\n");
        assert_eq!(host.follow(), ["banner"]);
        host.truncate("a.log");
        host.follow();
    }
    host.crash();
    host.append("a.log", "banner\n");
    assert_eq!(host.follow(), ["banner"]);
}

#[test]
fn a_link_is_followed_to_its_file_and_to_the_next_one() {
    let mut host = Host::new();
    host.append("target", "one\n");
    symlink(host.path("target"), host.path("a.log")).unwrap();
    symlink(host.path("target"), host.path("b.log")).unwrap();
    assert_eq!(host.follow(), ["one"]);
    host.append("target", "two\n");
    host.append("next", "three\n");
    host.remove("a.log");
    host.remove("b.log");
    symlink(host.path("next"), host.path("a.log")).unwrap();
    let mut lines = host.settle();
    lines.sort();
    assert_eq!(lines, ["three", "two"]);
}

#[test]
fn folders_and_compressed_files_are_passed_over() {
    let mut host = Host::new();
    fs::create_dir(host.path("folder.log")).unwrap();
    host.append("a.log.2.gz", "\x1f\n");
    assert!(host.follow().is_empty() && host.scan().is_empty());
    assert_eq!(host.tailer.files(), (0, 0));
}

#[test]
fn what_cannot_be_read_is_told_once_and_read_when_it_can_be() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    fs::set_permissions(host.path("a.log"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(host.path("a.log")).is_ok() {
        return; // The superuser reads everything.
    }
    assert!(host.follow().is_empty());
    assert!(matches!(&host.scan()[..], [TailNotice::Unreadable { .. }]));
    assert!(host.follow().is_empty());
    assert!(host.scan().is_empty());
    fs::set_permissions(host.path("a.log"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(host.follow(), ["one"]);
}

#[test]
fn what_the_store_refuses_comes_again() {
    let mut host = Host::new();
    host.append("a.log", "one\ntwo\n");
    host.append("b.log", "three\n");
    host.scan();
    host.store.room = Some(1);
    let store = &mut host.store;
    assert_eq!(host.tailer.read(1 << 20, &mut |chunk| store.take(chunk)), Err(Full));
    host.store.room = None;
    host.read();
    let mut lines = host.store.lines();
    lines.sort();
    assert_eq!(lines, ["one", "three", "two"]);
}

#[test]
fn the_files_take_turns_within_the_budget() {
    let mut host = Host::new();
    let line = format!("{}\n", "x".repeat(999));
    host.append("a.log", line.repeat(1000));
    host.append("b.log", line.repeat(1000));
    host.scan();
    let store = &mut host.store;
    let read = host.tailer.read(200_000, &mut |chunk| store.take(chunk)).unwrap();
    assert!((200_000..=200_000 + 1000).contains(&read) || read <= 200_000, "{read}");
    let mut sources: Vec<&[u8]> = host.store.entries.iter().map(|entry| &entry.source[..]).collect();
    sources.dedup();
    assert!(sources.len() >= 3, "a, b, a and so on");
}

#[test]
fn a_line_that_is_longer_than_the_limit_comes_in_pieces_and_one_longer_than_the_budget_comes_at_all() {
    let mut host = Host::with(|settings| settings.max_line = 100_000);
    let long = "y".repeat(250_000);
    host.append("a.log", format!("{long}\r\nshort\n"));
    host.scan();
    let store = &mut host.store;
    while host.tailer.read(1000, &mut |chunk| store.take(chunk)).unwrap() > 0 {}
    assert_eq!(host.store.lines(), [long.as_str(), "short"]);
    assert_eq!(host.store.entries.len(), 4);
}

#[test]
fn more_files_than_may_be_open_are_all_followed() {
    let mut host = Host::new();
    let count = MOST_OPEN + 40;
    for round in 0..3 {
        for n in 0..count {
            host.append(&format!("{n}.log"), format!("{round} {n}\n"));
        }
        host.follow();
        assert_eq!(host.tailer.files(), (count, MOST_OPEN));
    }
    host.settle();
    let mut lines = host.store.lines();
    lines.sort();
    lines.dedup();
    assert_eq!((lines.len(), host.store.lines().len()), (3 * count, 3 * count));
}
