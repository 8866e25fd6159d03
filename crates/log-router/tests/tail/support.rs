//! A folder of logs, and a spool that keeps what it is given.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use sluice_log_router::input::tail::{TailChunk, TailNotice, TailSettings, Tailer};
use sluice_log_router::input::{self, EntryKind};
use tempfile::TempDir;

/// The store refuses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// What was stored, as the spool keeps it.
pub(crate) struct Stored {
    pub(crate) source: Vec<u8>,
    pub(crate) kind: EntryKind,
    pub(crate) payload: Vec<u8>,
}

/// A spool of any size; ids that it has seen are not stored again.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) entries: Vec<Stored>,
    pub(crate) ids: Vec<Vec<u8>>,
    /// So many chunks are taken before one is refused.
    pub(crate) room: Option<usize>,
}

impl Store {
    pub(crate) fn take(&mut self, chunk: TailChunk<'_>) -> Result<(), Full> {
        if let Some(room) = &mut self.room {
            *room = room.checked_sub(1).ok_or(Full)?;
        }
        assert!(chunk.source.len() <= 255);
        let id = chunk.chunk_id.as_bytes().to_vec();
        if self.ids.contains(&id) {
            assert_eq!(
                chunk.kind,
                EntryKind::Disconnected,
                "a chunk of lines came twice, or has another's id"
            );
            return Ok(());
        }
        self.ids.push(id);
        let (source, payload) = (chunk.source.to_vec(), chunk.payload.to_vec());
        self.entries.push(Stored { source, kind: chunk.kind, payload });
        Ok(())
    }

    /// All lines, as routing puts them together.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut open: HashMap<&[u8], Vec<u8>> = HashMap::new();
        let mut all = Vec::new();
        for Stored { source, kind, payload, .. } in &self.entries {
            let held = open.entry(source).or_default();
            match kind {
                EntryKind::Lines => {
                    assert!(held.is_empty(), "lines within a line");
                    all.extend(
                        input::lines(payload).map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()),
                    );
                }
                EntryKind::Piece => held.extend_from_slice(payload),
                EntryKind::LastPiece => {
                    held.extend_from_slice(payload);
                    all.push(std::mem::take(held));
                }
                EntryKind::Disconnected => assert!(payload.is_empty()),
                other => panic!("{other:?} is nothing that tail makes"),
            }
        }
        all.into_iter().map(|line| String::from_utf8(line).unwrap()).collect()
    }

    pub(crate) fn ends(&self) -> usize {
        self.entries.iter().filter(|entry| entry.kind == EntryKind::Disconnected).count()
    }
}

/// A host.
pub(crate) struct Host {
    folder: TempDir,
    pub(crate) settings: TailSettings,
    pub(crate) store: Store,
    pub(crate) tailer: Tailer,
}

impl Host {
    pub(crate) fn new() -> Host {
        Host::with(|_| {})
    }

    /// A host that follows `*.log*` in `logs/`, unless `change` says otherwise.
    pub(crate) fn with(change: impl FnOnce(&mut TailSettings)) -> Host {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        fs::create_dir(&logs).unwrap();
        let mut settings = TailSettings {
            paths: vec![format!("{}/*.log*", logs.display())],
            exclude: vec!["*.gz".to_owned()],
            offsets: folder.path().join("offsets"),
            from_end: false,
            max_line: 1 << 20,
        };
        change(&mut settings);
        let tailer = Tailer::open(settings.clone(), [[0; 0]; 0]).unwrap();
        Host { folder, settings, store: Store::default(), tailer }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("logs").join(name)
    }

    pub(crate) fn append(&self, name: &str, text: impl AsRef<[u8]>) {
        append(&self.path(name), text);
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    pub(crate) fn truncate(&self, name: &str) {
        File::options().write(true).open(self.path(name)).unwrap().set_len(0).unwrap();
    }

    /// Reads all that can be seen.
    pub(crate) fn read(&mut self) {
        let Host { tailer, store, .. } = self;
        while tailer.read(1 << 20, &mut |chunk| store.take(chunk)).unwrap() > 0 {}
    }

    /// Scans, reads, and gives the lines of which nothing is known yet.
    pub(crate) fn follow(&mut self) -> Vec<String> {
        let before = self.store.lines().len();
        self.scan();
        self.read();
        self.store.lines().split_off(before)
    }

    pub(crate) fn scan(&mut self) -> Vec<TailNotice> {
        self.tailer.scan()
    }

    /// Waits until renamed and deleted files are over.
    pub(crate) fn settle(&mut self) -> Vec<String> {
        let before = self.store.lines().len();
        for _ in 0..5 {
            self.follow();
        }
        self.store.lines().split_off(before)
    }

    /// The process is killed and started again.
    pub(crate) fn crash(&mut self) {
        self.tailer = Tailer::open(self.settings.clone(), &self.store.ids).unwrap();
    }

    /// The process ends in order and is started again by a spool that remembers nothing.
    pub(crate) fn restart(&mut self) {
        self.tailer.save().unwrap();
        self.tailer = Tailer::open(self.settings.clone(), [[0; 0]; 0]).unwrap();
    }

    pub(crate) fn offsets(&self) -> String {
        fs::read_to_string(self.settings.offsets.join("offsets.json")).unwrap()
    }
}

pub(crate) fn append(path: &Path, text: impl AsRef<[u8]>) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_ref()).unwrap();
}
