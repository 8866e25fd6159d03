//! Starting on what an earlier process, an operator or a bad disk left behind.

mod support;

use std::fs;

use sluice_spool::{Error, HeaderFault, Options, Spool};
use support::*;

#[test]
fn chunk_ids_outlive_the_deletion_of_their_segments() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    for id in [b"one", b"two"] {
        let segment = spool.append(chunk(id, b"x")).unwrap().segment;
        spool.seal().unwrap();
        spool.delete(segment).unwrap();
    }
    drop(spool);
    let (spool, _) = open(folder.path());
    assert_eq!(spool.total_bytes(), 0);
    assert!(spool.seen_chunk(b"one") && spool.seen_chunk(b"two") && !spool.seen_chunk(b"three"));
}

#[test]
fn a_sequence_is_never_given_twice_even_when_every_segment_was_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = 0;
    for _ in 0..3 {
        let (mut spool, _) = open(folder.path());
        let segment = spool.append(line(b"x")).unwrap().segment;
        assert!(segment.sequence > last);
        last = segment.sequence;
        spool.seal().unwrap();
        spool.delete(segment).unwrap();
    }
}

#[test]
fn a_lost_or_damaged_state_is_rebuilt_from_the_segments() {
    for damage in [None, Some(&b"junk"[..])] {
        let folder = tempfile::tempdir().unwrap();
        let (mut spool, _) = open(folder.path());
        spool.append(chunk(b"one", b"x")).unwrap();
        spool.seal().unwrap();
        drop(spool);
        let state = folder.path().join("state");
        match damage {
            None => fs::remove_file(&state).unwrap(),
            Some(junk) => fs::write(&state, junk).unwrap(),
        }
        let (spool, recovery) = open(folder.path());
        assert_eq!(recovery.damaged_state, damage.is_some());
        assert!(spool.seen_chunk(b"one"));
    }
}

#[test]
fn ids_beyond_the_limit_are_forgotten_oldest_first_across_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options { recent_ids: 2, ..Options::default() };
    let (mut spool, _) = open_with(folder.path(), options());
    for id in [b"1", b"2", b"3"] {
        spool.append(chunk(id, b"x")).unwrap();
        spool.seal().unwrap();
    }
    drop(spool);
    let (spool, _) = open_with(folder.path(), options());
    assert!(!spool.seen_chunk(b"1") && spool.seen_chunk(b"2") && spool.seen_chunk(b"3"));
}

#[test]
fn a_segment_with_a_damaged_header_is_set_aside_whole_and_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let segment = spool.append(line(b"kept")).unwrap().segment;
    spool.seal().unwrap();
    spool.save_progress(segment, b"p").unwrap();
    drop(spool);
    let path = only(folder.path(), ".sealed");
    let mut bytes = fs::read(&path).unwrap();
    bytes[30] ^= 1;
    fs::write(&path, &bytes).unwrap();

    let (mut spool, recovery) = open(folder.path());
    let [quarantined] = &recovery.quarantined[..] else { panic!("{recovery:?}") };
    assert_eq!((quarantined.fault, quarantined.bytes), (HeaderFault::Checksum, bytes.len() as u64));
    assert_eq!(fs::read(&quarantined.path).unwrap(), bytes);
    assert_eq!((spool.total_bytes(), spool.sealed_segments().len()), (0, 0));
    assert_eq!(spool.append(line(b"next")).unwrap().segment.sequence, 2);
    drop(spool);
    let (_, later) = open(folder.path());
    assert!(!later.found_damage());
    assert_eq!(later.quarantined_before, std::slice::from_ref(&quarantined.path));
    assert!(only(folder.path(), ".progress").exists());
}

#[test]
fn a_segment_of_a_newer_release_stops_the_start_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"a")).unwrap();
    spool.seal().unwrap();
    spool.append(line(b"b")).unwrap();
    drop(spool);
    let path = only(folder.path(), ".sealed");
    let mut bytes = fs::read(&path).unwrap();
    bytes[8] = 9;
    fs::write(&path, &bytes).unwrap();
    let before = files(folder.path());
    let error = Spool::open(folder.path(), Options::default(), boot("0123abcd")).unwrap_err();
    assert!(matches!(&error, Error::FutureVersion { found: 9, path: named } if *named == path), "{error}");
    assert_eq!(files(folder.path()), before);
}

#[test]
fn foreign_files_are_left_alone_and_own_leftovers_removed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("notes.txt"), "hello").unwrap();
    fs::create_dir(at("segment-0000000000000001-0123abcd.open")).unwrap();
    fs::write(at("state.tmp"), "half").unwrap();
    fs::write(at("segment-0000000000000009-0123abcd.open.tmp"), "half").unwrap();
    fs::write(at("segment-0000000000000009-0123abcd.progress"), "orphan").unwrap();
    let (_spool, recovery) = open(folder.path());
    assert_eq!(recovery.foreign, [at("notes.txt"), at("segment-0000000000000001-0123abcd.open")]);
    assert_eq!(recovery.removed.len(), 3);
    assert!(!recovery.found_damage());
    assert_eq!(files(folder.path()), ["lock", "notes.txt", "segment-0000000000000001-0123abcd.open"]);
}

#[test]
fn a_segment_under_another_name_or_beside_its_twin_is_set_aside_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"a")).unwrap();
    spool.seal().unwrap();
    drop(spool);
    let path = only(folder.path(), ".sealed");
    fs::copy(&path, folder.path().join("segment-0000000000000005-0123abcd.sealed")).unwrap();
    fs::copy(&path, path.with_extension("open")).unwrap();
    let (spool, recovery) = open(folder.path());
    let mut faults: Vec<_> = recovery.quarantined.iter().map(|q| q.fault.to_string()).collect();
    faults.sort();
    let mut expected = [HeaderFault::OtherSegment.to_string(), HeaderFault::Twin.to_string()];
    expected.sort();
    assert_eq!(faults, expected);
    assert_eq!(payloads(&spool), [b"a"]);
}

#[test]
fn damage_in_the_middle_of_an_open_segment_is_reported_and_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"one")).unwrap();
    let second = spool.append(line(b"two")).unwrap();
    let third = spool.append(line(b"three")).unwrap();
    drop(spool);
    let path = only(folder.path(), ".open");
    let mut bytes = fs::read(&path).unwrap();
    bytes[second.offset as usize] ^= 1;
    bytes.extend_from_slice(b"torn");
    fs::write(&path, &bytes).unwrap();
    let (spool, recovery) = open(folder.path());
    let [(named, range)] = &recovery.corrupt[..] else { panic!("{recovery:?}") };
    assert_eq!((named, range.offset, range.bytes), (&path, second.offset, third.offset - second.offset));
    assert_eq!(recovery.torn[0].dropped_bytes, 4);
    let mut reader = spool.reader(second.segment).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"one");
    assert!(reader.next_entry().is_err());
    reader.resync().unwrap().unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"three");
}

#[test]
fn damaged_progress_is_dropped_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let segment = spool.append(line(b"a")).unwrap().segment;
    spool.save_progress(segment, b"12345").unwrap();
    let path = only(folder.path(), ".progress");
    fs::write(&path, "not ours").unwrap();
    assert!(matches!(spool.load_progress(segment), Err(Error::DamagedProgress { .. })));
    drop(spool);
    let (spool, recovery) = open(folder.path());
    assert_eq!(recovery.damaged_progress, [segment]);
    assert_eq!(spool.load_progress(segment).unwrap(), None);
}
