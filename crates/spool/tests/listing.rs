//! Looking at a folder that another process uses.

mod support;

use sluice_spool::{Error, SegmentState, list, verify};
use support::*;

#[test]
fn a_folder_in_use_can_be_listed_and_its_segments_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    for payload in [b"a", b"b"] {
        spool.append(line(payload)).unwrap();
        spool.seal().unwrap();
    }
    let first = spool.sealed_segments()[0].id;
    spool.save_progress(first, b"half").unwrap();
    spool.append(line(b"c")).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "foreign").unwrap();
    let before = files(folder.path());
    let found = list(folder.path()).unwrap();
    let states: Vec<_> = found.iter().map(|segment| segment.state).collect();
    assert_eq!(states, [SegmentState::Sealed, SegmentState::Sealed, SegmentState::Open]);
    assert_eq!((found[0].id, found[0].bytes), (first, spool.sealed_segments()[0].bytes));
    assert_eq!(found[0].progress().unwrap().as_deref(), Some(&b"half"[..]));
    assert_eq!(found[1].progress().unwrap(), None);
    assert!(found.iter().all(|segment| verify(&segment.path).unwrap().entries == 1));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_segment_that_was_set_aside_is_listed_and_damaged_progress_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"a")).unwrap();
    let id = spool.seal().unwrap().unwrap().id;
    spool.save_progress(id, b"half").unwrap();
    drop(spool);
    std::fs::write(only(folder.path(), ".progress"), b"?").unwrap();
    std::fs::write(only(folder.path(), ".sealed"), b"no segment").unwrap();
    drop(open(folder.path()));
    let found = list(folder.path()).unwrap();
    assert_eq!(found.iter().map(|segment| segment.state).collect::<Vec<_>>(), [SegmentState::Quarantined]);
    assert!(matches!(found[0].progress(), Err(Error::DamagedProgress { .. })));
}
