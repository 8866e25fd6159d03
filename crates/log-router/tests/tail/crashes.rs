//! Crashes: the offsets are old, the spool remembers.

use std::path::Path;

use sluice_log_router::input::tail::{ChunkId, Tailer};
use sluice_spool::{EntryRef, Options, Spool};

use crate::support::Host;

#[test]
fn after_a_crash_each_file_is_read_on_from_where_the_spool_has_it() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    host.tailer.save().unwrap();
    host.append("a.log", "two\n");
    host.append("b.log", "never written down\n");
    host.follow();
    host.crash();
    host.append("a.log", "three\n");
    host.rename("b.log", "b.log.1");
    assert_eq!(host.settle(), ["three"]);
    assert!(!host.offsets().contains("b.log"));
}

#[test]
fn a_crash_before_the_first_offsets_were_written_repeats_nothing() {
    let mut host = Host::new();
    host.append("a.log", "one\n");
    host.follow();
    host.crash();
    assert!(!host.settings.offsets.join("offsets.json").exists());
    assert!(host.follow().is_empty());
}

#[test]
fn a_crash_within_a_line_that_is_stored_in_pieces_goes_on_within_it() {
    let mut host = Host::with(|settings| settings.max_line = 10);
    host.append("a.log", "0123456789abcdefghijKLM");
    host.follow();
    assert_eq!(host.store.entries.len(), 2);
    host.crash();
    host.append("a.log", "NOPQ\r\nnext\n");
    assert_eq!(host.follow(), ["0123456789abcdefghijKLMNOPQ", "next"]);
}

#[test]
fn a_crash_between_two_chunks_of_a_file_repeats_none() {
    let lines: String = (0..40_000).map(|n| format!("line {n}\n")).collect();
    for room in 1..6 {
        let mut host = Host::new();
        host.append("a.log", &lines);
        host.scan();
        host.store.room = Some(room);
        let store = &mut host.store;
        host.tailer.read(usize::MAX, &mut |chunk| store.take(chunk)).unwrap_err();
        host.store.room = None;
        host.crash();
        host.follow();
        assert!(host.store.lines().iter().map(String::as_str).eq(lines.lines()), "after {room} chunks");
    }
}

#[test]
fn another_file_in_the_place_of_one_that_the_spool_remembers_is_read_whole() {
    let mut host = Host::new();
    host.append("a.log", "one and then some more\n");
    host.follow();
    host.crash();
    host.truncate("a.log");
    host.append("a.log", "another, which is longer than the first\n");
    assert_eq!(host.follow(), ["another, which is longer than the first"]);
}

fn open_spool(folder: &Path, boot: &str) -> Spool {
    Spool::open(folder, Options::default(), boot.parse().unwrap()).unwrap().0
}

#[test]
fn the_spool_itself_remembers_what_is_needed() {
    let mut host = Host::new();
    let spools = tempfile::tempdir().unwrap();
    let mut spool = open_spool(spools.path(), "00000000");
    let mut all = Vec::new();
    for round in 1..9 {
        host.append("a.log", format!("{round} a\n{round} b\n"));
        host.append(&format!("{round}.log"), format!("{round} c\n"));
        host.scan();
        host.tailer
            .read(100, &mut |chunk| {
                let chunk_id = Some(chunk.chunk_id.as_bytes());
                let (kind, source, payload) = (chunk.kind as u8, chunk.source, chunk.payload);
                spool.append(EntryRef { kind, received_ms: 0, source, chunk_id, payload }).map(drop)
            })
            .unwrap();
        if round % 3 == 0 {
            host.tailer.save().unwrap();
        }
        if round % 4 == 0 {
            spool.seal().unwrap().unwrap();
        }
        drop(spool);
        spool = open_spool(spools.path(), &format!("{round:08}"));
        deliver(&mut spool, &mut all);
        assert!(spool.recent_chunks().all(ChunkId::is_tails));
        host.tailer = Tailer::open(host.settings.clone(), spool.recent_chunks()).unwrap();
    }
    all.sort();
    let mut expected: Vec<String> =
        (1..9).flat_map(|round| ["a", "b", "c"].map(|name| format!("{round} {name}"))).collect();
    expected.sort();
    assert_eq!(all, expected);
}

/// Takes the lines of all sealed segments out.
fn deliver(spool: &mut Spool, all: &mut Vec<String>) {
    while let Some(segment) = spool.sealed_segments().first().copied() {
        let mut reader = spool.reader(segment.id).unwrap();
        while let Some(entry) = reader.next_entry().unwrap() {
            all.extend(std::str::from_utf8(entry.payload).unwrap().lines().map(ToOwned::to_owned));
        }
        spool.delete(segment.id).unwrap();
    }
}
