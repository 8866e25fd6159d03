//! What the tests of this crate share.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};

use sluice_spool::{BootId, EntryRef, Options, Recovery, SegmentReader, Spool};

pub fn boot(text: &str) -> BootId {
    text.parse().expect("a boot id")
}

pub fn open(folder: &Path) -> (Spool, Recovery) {
    open_with(folder, Options::default())
}

pub fn open_with(folder: &Path, options: Options) -> (Spool, Recovery) {
    Spool::open(folder, options, boot("0123abcd")).expect("the spool opens")
}

/// Options with room for few small entries.
pub fn small(max_bytes: u64) -> Options {
    Options { max_entry_bytes: 1000, max_bytes, ..Options::default() }
}

pub fn line(payload: &[u8]) -> EntryRef<'_> {
    EntryRef { kind: 1, received_ms: 1000, source: b"stdin", chunk_id: None, payload }
}

pub fn chunk<'a>(id: &'a [u8], payload: &'a [u8]) -> EntryRef<'a> {
    EntryRef { kind: 2, received_ms: 1000, source: b"tcp", chunk_id: Some(id), payload }
}

/// An entry as read back, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    pub kind: u8,
    pub received_ms: i64,
    pub source: Vec<u8>,
    pub chunk_id: Vec<u8>,
    pub payload: Vec<u8>,
}

impl Owned {
    pub fn of(entry: &EntryRef<'_>) -> Self {
        Self {
            kind: entry.kind,
            received_ms: entry.received_ms,
            source: entry.source.to_vec(),
            chunk_id: entry.chunk_id.unwrap_or_default().to_vec(),
            payload: entry.payload.to_vec(),
        }
    }

    pub fn as_ref(&self) -> EntryRef<'_> {
        EntryRef {
            kind: self.kind,
            received_ms: self.received_ms,
            source: &self.source,
            chunk_id: Some(&self.chunk_id),
            payload: &self.payload,
        }
    }
}

/// All entries of all segments, oldest first.
pub fn contents(spool: &Spool) -> Vec<Owned> {
    let mut all = Vec::new();
    for segment in spool.sealed_segments().iter().copied().chain(spool.open_segment()) {
        let mut reader = spool.reader(segment.id).expect("the segment opens");
        while let Some(entry) = reader.next_entry().expect("the segment reads") {
            all.push(Owned::of(&entry.to_ref()));
        }
        assert_eq!(reader.torn_bytes(), 0);
    }
    all
}

pub fn payloads(spool: &Spool) -> Vec<Vec<u8>> {
    contents(spool).into_iter().map(|entry| entry.payload).collect()
}

pub fn read_payloads(path: &Path) -> Vec<Vec<u8>> {
    let mut reader = SegmentReader::open(path).expect("the segment opens");
    let mut all = Vec::new();
    while let Some(entry) = reader.next_entry().expect("the segment reads") {
        all.push(entry.payload.to_vec());
    }
    all
}

pub fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the folder lists")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

/// Sizes of all segment files, as the file system tells them.
pub fn segment_bytes(folder: &Path) -> u64 {
    let is_segment = |name: &String| name.ends_with(".open") || name.ends_with(".sealed");
    files(folder)
        .iter()
        .filter(|name| is_segment(name))
        .map(|name| fs::metadata(folder.join(name)).expect("metadata").len())
        .sum()
}

/// The path of the only file whose name ends in `ending`.
pub fn only(folder: &Path, ending: &str) -> PathBuf {
    let mut names = files(folder);
    names.retain(|name| name.ends_with(ending));
    assert_eq!(names.len(), 1, "{names:?}");
    folder.join(&names[0])
}
