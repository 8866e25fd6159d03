//! Reading a segment that is still being written, from a place in the middle, and past damage.

mod support;

use std::fs::{self, OpenOptions};
use std::io::Write;

use sluice_spool::{CorruptRange, ReadError, SegmentReader, verify};
use support::*;

#[test]
fn a_reader_follows_the_open_segment_and_outlives_its_sealing_and_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let segment = spool.append(line(b"one")).unwrap().segment;
    let mut reader = spool.reader(segment).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"one");
    assert!(reader.next_entry().unwrap().is_none());
    spool.append(line(&[7; 200_000])).unwrap();
    spool.append(line(b"three")).unwrap();
    spool.seal().unwrap().unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, [7; 200_000]);
    spool.delete(segment).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"three");
    assert!(reader.next_entry().unwrap().is_none());
    assert_eq!(reader.torn_bytes(), 0);
}

#[test]
fn bytes_of_a_failed_append_are_read_again_once_they_were_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"one")).unwrap();
    let path = only(folder.path(), ".open");
    let whole = fs::metadata(&path).unwrap().len();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&[0xaa; 20]).unwrap();
    let mut reader = SegmentReader::open(&path).unwrap();
    reader.next_entry().unwrap().unwrap();
    assert!(reader.next_entry().unwrap().is_none());
    assert_eq!(reader.torn_bytes(), 20);
    file.set_len(whole).unwrap();
    spool.append(line(b"two")).unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"two");
}

#[test]
fn reading_goes_on_from_where_an_entry_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"one")).unwrap();
    let second = spool.append(line(b"two")).unwrap();
    let path = only(folder.path(), ".open");
    let mut from_start = SegmentReader::open_at(&path, 0).unwrap();
    let end = from_start.next_entry().unwrap().unwrap().end;
    assert_eq!(end, second.offset);
    let mut reader = SegmentReader::open_at(&path, end).unwrap();
    let entry = reader.next_entry().unwrap().unwrap();
    assert_eq!((entry.offset, entry.payload), (end, &b"two"[..]));
    assert!(reader.next_entry().unwrap().is_none());
}

#[test]
fn damage_keeps_its_place_until_it_is_passed_and_verify_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"one")).unwrap();
    let second = spool.append(line(b"two")).unwrap().offset;
    let third = spool.append(chunk(b"id", b"three")).unwrap().offset;
    let path = only(folder.path(), ".open");
    let mut bytes = fs::read(&path).unwrap();
    bytes[third as usize - 1] ^= 1;
    fs::write(&path, &bytes).unwrap();

    let mut reader = SegmentReader::open(&path).unwrap();
    reader.next_entry().unwrap().unwrap();
    for _ in 0..2 {
        let error = reader.next_entry().unwrap_err();
        assert!(matches!(error, ReadError::Corrupt { offset, part: "entry" } if offset == second), "{error}");
    }
    let range = CorruptRange { offset: second, bytes: third - second };
    assert_eq!(reader.resync().unwrap(), Some(range));
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"three");

    let report = verify(&path).unwrap();
    assert_eq!((report.entries, report.payload_bytes, report.chunk_ids), (2, 8, 1));
    assert_eq!((report.corrupt, report.corrupt_bytes), (vec![range], third - second));
    assert_eq!((report.torn_bytes, report.first_received_ms), (0, Some(1000)));
}

#[test]
fn a_segment_logged_inside_another_is_never_taken_for_its_entries() {
    let inner = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(inner.path());
    spool.append(line(b"not mine")).unwrap();
    let logged = fs::read(only(inner.path(), ".open")).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) =
        sluice_spool::Spool::open(folder.path(), sluice_spool::Options::default(), boot("99999999")).unwrap();
    let first = spool.append(line(&logged)).unwrap().offset as usize;
    spool.append(line(b"mine")).unwrap();
    let path = only(folder.path(), ".open");
    let mut bytes = fs::read(&path).unwrap();
    bytes[first + 8] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let mut reader = SegmentReader::open(&path).unwrap();
    assert!(matches!(reader.next_entry(), Err(ReadError::Corrupt { part: "head", .. })));
    reader.resync().unwrap().unwrap();
    assert_eq!(reader.next_entry().unwrap().unwrap().payload, b"mine");
}
