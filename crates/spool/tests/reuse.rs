//! The file of a delivered segment becomes that of the next.

#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

mod support;

use std::collections::VecDeque;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use proptest::prelude::*;
use sluice_spool::{Error, Fsync, Options, SegmentInfo, SegmentReader, Spool, verify};
use support::*;

/// A spool whose open segment has one short entry in a file that held a long one.
fn reused(folder: &Path) -> Spool {
    let (mut spool, _) = open(folder);
    let old = fill(&mut spool, &[7; 50_000]);
    spool.reuse(old.id).unwrap();
    spool.append(line(b"new")).unwrap();
    spool
}

fn fill(spool: &mut Spool, payload: &[u8]) -> SegmentInfo {
    for _ in 0..4 {
        spool.append(line(payload)).unwrap();
    }
    spool.seal().unwrap().unwrap()
}

fn inode(path: &Path) -> u64 {
    fs::metadata(path).unwrap().ino()
}

#[test]
fn the_next_segment_takes_the_file_and_nothing_of_the_old_one_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let old = fill(&mut spool, b"old");
    let before = inode(&only(folder.path(), ".sealed"));
    spool.reuse(old.id).unwrap();
    assert_eq!(spool.total_bytes(), 0);
    let next = spool.append(line(b"new")).unwrap().segment;
    let mut following = spool.reader(next).unwrap();
    assert_eq!(inode(&only(folder.path(), ".open")), before);
    assert_eq!(following.next_entry().unwrap().unwrap().payload, b"new");
    assert!(following.next_entry().unwrap().is_none());
    assert_eq!(following.torn_bytes(), 0);
    spool.append(line(b"newer")).unwrap();
    assert_eq!(following.next_entry().unwrap().unwrap().payload, b"newer");
    assert_eq!(payloads(&spool), [&b"new"[..], b"newer"]);
    let sealed = spool.seal().unwrap().unwrap();
    assert!(following.next_entry().unwrap().is_none());
    let path = only(folder.path(), ".sealed");
    assert_eq!(fs::metadata(&path).unwrap().len(), sealed.bytes);
    assert!(verify(&path).unwrap().is_clean());
    assert_eq!(read_payloads(&path), [&b"new"[..], b"newer"]);
}

#[test]
fn who_looks_at_the_open_file_sees_its_own_entries_and_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = reused(folder.path());
    let path = only(folder.path(), ".open");
    assert!(fs::metadata(&path).unwrap().len() > 200_000);
    let report = verify(&path).unwrap();
    assert!(report.is_clean() && report.header.reused);
    assert_eq!(report.entries, 1);
    let mut reader = SegmentReader::open(&path).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"new");
    assert!(reader.next_entry().unwrap().is_none());
    // It follows, too.
    spool.append(line(b"newer")).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"newer");
}

#[test]
fn a_process_that_is_killed_leaves_its_entries_and_nothing_is_called_torn() {
    let folder = tempfile::tempdir().unwrap();
    drop(reused(folder.path()));
    let (spool, recovery) = open(folder.path());
    assert!(!recovery.found_damage());
    assert_eq!(payloads(&spool), [b"new"]);
    assert_eq!(segment_bytes(folder.path()), spool.total_bytes());
}

#[test]
fn an_append_that_was_cut_short_over_old_bytes_is_left_out_and_damage_before_others_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = reused(folder.path());
    spool.append(line(&[8; 5000])).unwrap();
    let whole = spool.open_segment().unwrap().bytes;
    spool.append(line(&[9; 5000])).unwrap();
    drop(spool);
    let path = only(folder.path(), ".open");
    // The last entry's end was never written: old bytes stand there.
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&[7; 3000], whole + 2000).unwrap();
    assert_eq!(verify(&path).unwrap().entries, 2);
    file.write_all_at(b"N", whole - 5010).unwrap();
    let (spool, recovery) = open(folder.path());
    assert_eq!(recovery.corrupt.len() + recovery.torn.len(), 1, "{recovery:?}");
    assert_eq!(spool.total_bytes(), segment_bytes(folder.path()));
}

#[test]
fn a_kept_file_is_given_up_rather_than_passing_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open_with(folder.path(), small(70_000));
    for _ in 0..10 {
        spool.append(line(&[7; 1000])).unwrap();
    }
    let old = fill(&mut spool, &[7; 1000]);
    spool.reuse(old.id).unwrap();
    assert!(files(folder.path()).contains(&"spare".to_owned()));
    spool.append(line(b"new")).unwrap();
    let mut stored = 1;
    while match spool.append(line(&[8; 900])) {
        Ok(_) => true,
        Err(Error::SpoolFull { .. }) => false,
        Err(other) => panic!("{other}"),
    } {
        stored += 1;
        assert!(segment_bytes(folder.path()) <= 70_000);
    }
    assert!(stored > 70, "{stored}");
    assert_eq!(contents(&spool).len(), stored);
}

#[test]
fn one_file_is_kept_and_none_where_the_disk_is_forced_or_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let (one, two) = (fill(&mut spool, b"one"), fill(&mut spool, b"two"));
    spool.reuse(one.id).unwrap();
    spool.reuse(two.id).unwrap();
    assert_eq!(files(folder.path()), ["lock", "spare", "state"]);
    drop(spool);
    let options = Options { fsync: Fsync::Seal, ..Options::default() };
    let (mut spool, recovery) = open_with(folder.path(), options);
    assert!(recovery.foreign.is_empty() && !recovery.found_damage());
    let three = fill(&mut spool, b"three");
    spool.reuse(three.id).unwrap();
    assert_eq!(files(folder.path()), ["lock", "state"]);
}

#[test]
fn a_kept_file_that_somebody_removed_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let old = fill(&mut spool, b"old");
    spool.reuse(old.id).unwrap();
    fs::remove_file(folder.path().join("spare")).unwrap();
    spool.append(line(b"new")).unwrap();
    assert_eq!(payloads(&spool), [b"new"]);
}

/// Something that happens to a spool.
#[derive(Debug, Clone)]
enum Step {
    Append(u8, usize),
    Seal,
    /// The oldest is delivered.
    Deliver,
    /// The process is killed and begins anew.
    Kill,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (any::<u8>(), prop_oneof![4 => 0..200_usize, 1 => 0..80_000_usize])
            .prop_map(|(byte, len)| Step::Append(byte, len)),
        2 => Just(Step::Seal),
        2 => Just(Step::Deliver),
        1 => Just(Step::Kill),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_spool_holds_what_was_stored_and_not_delivered(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let (mut spool, _) = open(folder.path());
        let mut sealed: VecDeque<Vec<Vec<u8>>> = VecDeque::new();
        let mut last: Vec<Vec<u8>> = Vec::new();
        for step in steps {
            match step {
                Step::Append(byte, len) => {
                    last.push(vec![byte; len]);
                    spool.append(line(&vec![byte; len])).unwrap();
                }
                Step::Seal => {
                    prop_assert_eq!(spool.seal().unwrap().is_some(), !last.is_empty());
                    if !last.is_empty() {
                        sealed.push_back(std::mem::take(&mut last));
                    }
                }
                Step::Deliver => {
                    if let Some(oldest) = spool.sealed_segments().first().copied() {
                        spool.reuse(oldest.id).unwrap();
                        sealed.pop_front();
                    }
                }
                Step::Kill => {
                    drop(spool);
                    let (again, recovery) = open(folder.path());
                    prop_assert!(!recovery.found_damage(), "{:?}", recovery);
                    spool = again;
                    if !last.is_empty() {
                        sealed.push_back(std::mem::take(&mut last));
                    }
                }
            }
            let expected: Vec<Vec<u8>> = sealed.iter().flatten().chain(&last).cloned().collect();
            prop_assert_eq!(payloads(&spool), expected);
        }
    }
}
