//! Files under the plan's folder: made with their folders, counted, compressed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use libdeflater::{CompressionLvl, Compressor};

use crate::Error;
use crate::summary::FileCounts;

/// Writes files below a folder and counts them by their first folder.
pub(crate) struct Files {
    root: PathBuf,
    gzip: Compressor,
    written: BTreeMap<String, FileCounts>,
}

impl Files {
    pub(crate) fn new(root: &Path) -> Result<Self, Error> {
        make_folder(root)?;
        Ok(Self {
            root: root.to_owned(),
            gzip: Compressor::new(CompressionLvl::new(6).unwrap_or_default()),
            written: BTreeMap::new(),
        })
    }

    /// Where a name lies, its folders made.
    pub(crate) fn place(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.root.join(name);
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        Ok(path)
    }

    pub(crate) fn plain(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.place(name)?;
        fs::write(&path, bytes).map_err(|source| Error::Write { path, source })?;
        self.count(name, bytes.len() as u64);
        Ok(())
    }

    pub(crate) fn gzip(&mut self, name: &str, text: &[u8]) -> Result<(), Error> {
        let mut packed = vec![0; self.gzip.gzip_compress_bound(text.len())];
        // The buffer has the bound's size, so that it always suffices.
        let length = self.gzip.gzip_compress(text, &mut packed).unwrap_or(0);
        self.plain(name, &packed[..length])
    }

    /// Counts a file that somebody else wrote.
    pub(crate) fn count(&mut self, name: &str, bytes: u64) {
        let top = name.split('/').next().unwrap_or(name).to_owned();
        let counts = self.written.entry(top).or_default();
        counts.files += 1;
        counts.bytes += bytes;
    }

    pub(crate) fn into_counts(self) -> BTreeMap<String, FileCounts> {
        self.written
    }
}

fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Folder { path: path.to_owned(), source })
}
