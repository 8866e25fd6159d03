//! The segments of a folder, for who only looks: no lock is taken and nothing is changed, so a process that uses the
//! folder is not disturbed. What is found may be sealed or deleted by it at any moment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::name::{self, FileKind, SegmentId, progress_name};
use crate::sidecar::{self, PROGRESS_MAGIC, Sidecar};

/// What a segment's file name says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SegmentState {
    /// A process appends to it, or did when it ended.
    Open,
    /// It is complete.
    Sealed,
    /// Its header could not be trusted; it was set aside.
    Quarantined,
}

/// A segment's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// Its name.
    pub id: SegmentId,
    /// What it is.
    pub state: SegmentState,
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

impl SegmentFile {
    /// What is known of the segment's delivery, as [`Spool::load_progress`](crate::Spool::load_progress) gives it.
    ///
    /// # Errors
    /// When the file is damaged or cannot be read.
    pub fn progress(&self) -> Result<Option<Vec<u8>>> {
        let path = self.path.with_file_name(progress_name(self.id));
        match sidecar::load(&path, PROGRESS_MAGIC)? {
            Sidecar::Missing => Ok(None),
            Sidecar::Body(progress) => Ok(Some(progress)),
            Sidecar::Damaged => Err(Error::DamagedProgress { path }),
        }
    }
}

/// All segments in `folder`, oldest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<SegmentFile>> {
    let fail = |e| Error::io("list", folder, e);
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let file_name = entry.file_name();
        let (id, state) = match file_name.to_str().map_or(FileKind::Foreign, name::classify) {
            FileKind::Open(id) => (id, SegmentState::Open),
            FileKind::Sealed(id) => (id, SegmentState::Sealed),
            FileKind::Quarantined(id) => (id, SegmentState::Quarantined),
            _ => continue,
        };
        let path = entry.path();
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => all.push(SegmentFile { id, state, path, bytes: found.len() }),
            Ok(_) => {}
            // Sealed or deleted just now.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::io("look at", &path, e)),
        }
    }
    all.sort_by(|a, b| (a.id, a.state, &a.path).cmp(&(b.id, b.state, &b.path)));
    Ok(all)
}
