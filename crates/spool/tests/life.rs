//! The life of segments: sealed by size, age or need, delivered with progress, deleted; and the limits.

mod support;

use std::time::Duration;

use sluice_spool::{ENTRY_HEAD_BYTES, Error, MAX_PROGRESS_BYTES, Options, SEGMENT_HEADER_BYTES, Spool};
use support::*;

#[test]
fn an_idle_spool_makes_no_segment_and_has_nothing_to_seal() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, recovery) = open(folder.path());
    assert_eq!(recovery, sluice_spool::Recovery::default());
    assert_eq!(spool.append_batch(&[]).unwrap(), None);
    assert!(!spool.needs_seal(i64::MAX) && spool.seal().unwrap().is_none());
    assert_eq!((spool.open_segment(), spool.total_bytes()), (None, 0));
    assert_eq!(files(folder.path()), ["lock"]);
}

#[test]
fn a_segment_needs_sealing_by_size_by_age_and_when_the_clock_was_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        Options { segment_bytes: 200, segment_age: Duration::from_millis(500), ..Options::default() };
    let (mut spool, _) = open_with(folder.path(), options);
    spool.append(line(b"x")).unwrap();
    assert!(!spool.needs_seal(1000) && !spool.needs_seal(1499));
    assert!(spool.needs_seal(1500) && spool.needs_seal(400));
    spool.append(line(&[0; 100])).unwrap();
    assert!(spool.needs_seal(1000));
    let sealed = spool.seal().unwrap().unwrap();
    assert_eq!((sealed.created_ms, sealed.bytes), (1000, spool.total_bytes()));
    assert!(!spool.needs_seal(1500));
}

#[test]
fn segments_are_listed_oldest_first_and_deleted_with_their_progress() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let mut ids = Vec::new();
    for payload in [b"a", b"b", b"c"] {
        ids.push(spool.append(line(payload)).unwrap().segment);
        spool.seal().unwrap();
    }
    assert_eq!(spool.sealed_segments().iter().map(|s| s.id).collect::<Vec<_>>(), ids);
    spool.save_progress(ids[1], b"half").unwrap();
    spool.save_progress(ids[1], b"nearly").unwrap();
    assert_eq!(spool.load_progress(ids[1]).unwrap().unwrap(), b"nearly");
    assert_eq!(spool.load_progress(ids[0]).unwrap(), None);
    spool.delete(ids[1]).unwrap();
    assert_eq!(payloads(&spool), [b"a", b"c"]);
    assert_eq!(spool.total_bytes(), segment_bytes(folder.path()));
    assert!(!files(folder.path()).iter().any(|name| name.ends_with(".progress")));
    assert!(matches!(spool.delete(ids[1]), Err(Error::WrongSegment { .. })));
    assert!(matches!(spool.save_progress(ids[1], b""), Err(Error::WrongSegment { .. })));
}

#[test]
fn an_open_segment_cannot_be_deleted_but_its_progress_survives_sealing_and_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let segment = spool.append(line(b"a")).unwrap().segment;
    assert!(matches!(spool.delete(segment), Err(Error::WrongSegment { state: "still open", .. })));
    spool.save_progress(segment, b"17").unwrap();
    let too_much = vec![0; MAX_PROGRESS_BYTES + 1];
    assert!(matches!(spool.save_progress(segment, &too_much), Err(Error::TooLarge { .. })));
    drop(spool);
    let (spool, recovery) = open(folder.path());
    assert_eq!(recovery.sealed, [segment]);
    assert_eq!(spool.load_progress(segment).unwrap().unwrap(), b"17");
}

#[test]
fn the_byte_limit_is_kept_to_the_byte_and_deleting_makes_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open_with(folder.path(), small(70_000));
    let entry = line(&[1; 1000]);
    let refused = loop {
        match spool.append(entry) {
            Ok(_) => assert!(!spool.is_full()),
            Err(e) => break e,
        }
    };
    assert!(
        matches!(refused, Error::SpoolFull { limit: 70_000, .. }) && refused.is_out_of_room(),
        "{refused}"
    );
    assert!(spool.is_full() && spool.total_bytes() <= 70_000);
    assert_eq!(spool.total_bytes(), segment_bytes(folder.path()));
    assert!(spool.needs_seal(1000), "only a sealed segment can make room");
    let sealed = spool.seal().unwrap().unwrap();
    assert!(spool.is_full());
    spool.delete(sealed.id).unwrap();
    assert!(!spool.is_full());
    spool.append(entry).unwrap();
    let expected = SEGMENT_HEADER_BYTES + ENTRY_HEAD_BYTES + "stdin".len() + 1000;
    assert_eq!(spool.total_bytes(), expected as u64);
}

#[test]
fn an_entry_over_a_limit_is_refused_with_its_whole_batch() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open_with(folder.path(), small(1 << 20));
    spool.append(line(b"before")).unwrap();
    let long = [b'x'; 256];
    let payload = [0; 1001];
    let source = sluice_spool::EntryRef { source: &long, ..line(b"") };
    for (bad, limited) in
        [(line(&payload), "entry payload"), (source, "entry source"), (chunk(&long, b""), "entry chunk id")]
    {
        let error = spool.append_batch(&[line(b"good"), bad]).unwrap_err();
        assert!(matches!(error, Error::TooLarge { field, .. } if field == limited), "{error}");
    }
    assert_eq!(payloads(&spool), [b"before"]);
}

#[test]
fn meta_goes_into_segments_started_after_it_was_set() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let first = spool.append(line(b"a")).unwrap().segment;
    spool.set_meta(b"{\"service\":\"api\"}".to_vec()).unwrap();
    spool.seal().unwrap();
    let second = spool.append(line(b"b")).unwrap().segment;
    assert_eq!(spool.reader(first).unwrap().header().meta, b"");
    assert_eq!(spool.reader(second).unwrap().header().meta, b"{\"service\":\"api\"}");
}

#[test]
fn every_way_to_sync_stores_the_same() {
    use sluice_spool::Fsync::{EachAppend, Never, Seal};
    for fsync in [Never, Seal, EachAppend] {
        let folder = tempfile::tempdir().unwrap();
        let (mut spool, _) = open_with(folder.path(), Options { fsync, ..Options::default() });
        spool.append(line(b"a")).unwrap();
        let sealed = spool.seal().unwrap().unwrap();
        spool.append(line(b"b")).unwrap();
        spool.save_progress(sealed.id, b"p").unwrap();
        drop(spool);
        let (spool, _) = open_with(folder.path(), Options { fsync, ..Options::default() });
        assert_eq!(payloads(&spool), [b"a", b"b"], "{fsync:?}");
    }
}

#[test]
fn a_spool_is_held_by_one_at_a_time_and_says_by_whom() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, _) = open(folder.path());
    let error = Spool::open(folder.path(), Options::default(), boot("ffffffff")).unwrap_err();
    let pid = std::process::id();
    assert!(
        matches!(&error, Error::Locked { holder, .. } if *holder == format!("pid {pid} boot 0123abcd")),
        "{error}"
    );
    drop(spool);
    Spool::open(folder.path(), Options::default(), boot("ffffffff")).unwrap();
}
