//! Samples for a test, and their lines.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use sluice_samples::{Plan, Summary, write};
use tempfile::TempDir;

/// Samples of a few hours, with the incident and the deployment in them.
pub(crate) struct Samples {
    folder: TempDir,
    pub(crate) summary: Summary,
}

pub(crate) fn plan(folder: &Path) -> Plan {
    Plan { hours: 4, requests_per_hour: 600, ..Plan::new(folder) }
}

pub(crate) fn samples() -> Samples {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(&plan(folder.path())).unwrap();
    Samples { folder, summary }
}

impl Samples {
    /// The files of a folder by their names below it.
    pub(crate) fn files(&self, top: &str) -> BTreeMap<String, Vec<u8>> {
        let files = tree(&self.folder.path().join(top));
        let bytes = files.values().map(|bytes| bytes.len() as u64).sum::<u64>();
        let counts = self.summary.files[top];
        assert_eq!((counts.files, counts.bytes), (files.len() as u64, bytes), "the summary's files of {top}");
        files
    }

    /// The lines of a folder's gzip files.
    pub(crate) fn lines(&self, top: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, bytes) in self.files(top) {
            let mut text = String::new();
            GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            assert!(text.ends_with('\n'), "{name} ends within a line");
            lines.extend(text.lines().map(str::to_owned));
        }
        lines
    }
}

/// All files below a folder.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Counts values.
pub(crate) fn tally<K: Ord>(values: impl IntoIterator<Item = K>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}
