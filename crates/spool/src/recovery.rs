//! What opening a spool does with the files it finds.
//!
//! 1. Look at every header. A version from the future ends it here, before anything was changed.
//! 2. Quarantine segments whose header cannot be trusted; remove leftovers of atomic replacements, progress
//!    without a segment, the spare file and open segments without a whole entry.
//! 3. Cut each open segment behind its last whole entry and seal it. Damage in the middle stays, reported.
//! 4. Rebuild the recent ids: those in `state`, then those of the segments that `state` does not cover.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use crate::error::{Error, ReadError, Result};
use crate::format::{HeaderFault, SegmentHeader};
use crate::name::{self, FileKind, SegmentId, sealed_name};
use crate::options::{Fsync, Options};
use crate::reader::{CorruptRange, SegmentReader};
use crate::recent::RecentIds;
use crate::segment::sync_folder;
use crate::sidecar::{self, PROGRESS_MAGIC, STATE_MAGIC, Sidecar};
use crate::spool::SegmentInfo;
use crate::verify::{Report, scan};

/// What [`Spool::open`](crate::Spool::open) found and did. All empty for a folder in good order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Segments left open by the last process, in the order they were written, now sealed.
    pub sealed: Vec<SegmentId>,
    /// Appends cut short by the end of the last process, now cut off.
    pub torn: Vec<TornTail>,
    /// Damage inside segments that were looked through; a reader meets it again.
    pub corrupt: Vec<(PathBuf, CorruptRange)>,
    /// Segments set aside for a header that cannot be trusted. They count in no total; look at them and remove them.
    pub quarantined: Vec<Quarantined>,
    /// Segments set aside by an earlier start and still there.
    pub quarantined_before: Vec<PathBuf>,
    /// Files that are not the spool's, left alone.
    pub foreign: Vec<PathBuf>,
    /// Own files that stood for nothing any more, removed.
    pub removed: Vec<PathBuf>,
    /// Progress that was damaged, removed: these segments are delivered from their start.
    pub damaged_progress: Vec<SegmentId>,
    /// `state` was damaged; every segment was looked through instead.
    pub damaged_state: bool,
}

impl Recovery {
    /// Whether bytes were lost or need an operator's look: anything cut, damaged or set aside now.
    #[must_use]
    pub fn found_damage(&self) -> bool {
        !(self.torn.is_empty()
            && self.corrupt.is_empty()
            && self.quarantined.is_empty()
            && self.damaged_progress.is_empty())
            || self.damaged_state
    }
}

/// An append that the end of a process cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// The segment's file, as it was named when found.
    pub path: PathBuf,
    /// Bytes up to the end of the last whole entry.
    pub kept_bytes: u64,
    /// Bytes behind it, dropped. Nobody was told that they are stored.
    pub dropped_bytes: u64,
}

/// A segment set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Where it is now.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What is wrong with it.
    pub fault: HeaderFault,
}

/// What recovery hands to the spool.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) segments: Vec<SegmentInfo>,
    pub(crate) next_sequence: u64,
    pub(crate) covered: u64,
    pub(crate) recent: RecentIds,
    pub(crate) recovery: Recovery,
}

struct Found {
    id: SegmentId,
    path: PathBuf,
    is_open: bool,
    header: Result<SegmentHeader, HeaderFault>,
}

pub(crate) fn recover(folder: &Path, options: &Options) -> Result<Recovered> {
    let mut recovery = Recovery::default();
    let mut found = Vec::new();
    let mut progress = Vec::new();
    let mut temporary = Vec::new();
    let mut last_sequence = 0;
    for (name, path) in list(folder)? {
        match name.to_str().map_or(FileKind::Foreign, name::classify) {
            FileKind::Open(id) => found.push(look_at(id, path, true)?),
            FileKind::Sealed(id) => found.push(look_at(id, path, false)?),
            FileKind::Progress(id) => progress.push((id, path)),
            FileKind::Quarantined(id) => {
                last_sequence = last_sequence.max(id.sequence);
                recovery.quarantined_before.push(path);
            }
            FileKind::Temporary => temporary.push(path),
            // Of use to nobody but the process that kept it.
            FileKind::Spare => remove(&path)?,
            FileKind::Own => {}
            FileKind::Foreign => recovery.foreign.push(path),
        }
    }
    // Sealed before open, so that of twins the sealed one is kept.
    found.sort_by_key(|found| (found.id, found.is_open));

    let mut recent = RecentIds::new(options.recent_ids);
    let covered = load_state(folder, &mut recent, &mut recovery)?;
    let mut segments: Vec<SegmentInfo> = Vec::with_capacity(found.len());
    for segment in found {
        last_sequence = last_sequence.max(segment.id.sequence);
        let twin = segments.last().is_some_and(|last| last.id == segment.id);
        let fault = segment.header.as_ref().err().copied().or(twin.then_some(HeaderFault::Twin));
        if let Some(fault) = fault {
            recovery.quarantined.push(quarantine(&segment.path, fault)?);
            continue;
        }
        segments.extend(take_over(folder, options, segment, covered, &mut recent, &mut recovery)?);
    }
    recent.seal();
    for path in temporary {
        remove(&path)?;
        recovery.removed.push(path);
    }
    check_progress(progress, &segments, &mut recovery)?;
    recovery.foreign.sort();
    let next_sequence = covered.max(last_sequence + 1);
    Ok(Recovered { segments, next_sequence, covered, recent, recovery })
}

fn list(folder: &Path) -> Result<Vec<(OsString, PathBuf)>> {
    let fail = |e| Error::io("list", folder, e);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let is_file = entry.file_type().map_err(fail)?.is_file();
        // A folder or a link is foreign whatever its name.
        let name = if is_file { entry.file_name() } else { OsString::new() };
        files.push((name, entry.path()));
    }
    Ok(files)
}

fn look_at(id: SegmentId, path: PathBuf, is_open: bool) -> Result<Found> {
    let header = match SegmentReader::open(&path) {
        Ok(reader) if reader.header().segment == id => Ok(reader.header().clone()),
        Ok(_) => Err(HeaderFault::OtherSegment),
        Err(Error::Read { source: ReadError::Header(HeaderFault::FutureVersion { found }), .. }) => {
            return Err(Error::FutureVersion { path, found });
        }
        Err(Error::Read { source: ReadError::Header(fault), .. }) => Err(fault),
        Err(other) => return Err(other),
    };
    Ok(Found { id, path, is_open, header })
}

fn load_state(folder: &Path, recent: &mut RecentIds, recovery: &mut Recovery) -> Result<u64> {
    let covered = match sidecar::load(&folder.join(name::STATE), STATE_MAGIC)? {
        Sidecar::Missing => return Ok(0),
        Sidecar::Body(body) => sidecar::decode_state(&body, recent),
        Sidecar::Damaged => None,
    };
    recovery.damaged_state = covered.is_none();
    Ok(covered.unwrap_or(0))
}

/// Makes a segment of an earlier process one of this spool's; `None` when there is nothing in it.
fn take_over(
    folder: &Path,
    options: &Options,
    segment: Found,
    covered: u64,
    recent: &mut RecentIds,
    recovery: &mut Recovery,
) -> Result<Option<SegmentInfo>> {
    let Found { id, mut path, is_open, header } = segment;
    let Ok(header) = header else { return Ok(None) };
    if is_open || (id.sequence >= covered && options.recent_ids > 0) {
        let report = look_through(&path, recent)?;
        recovery.corrupt.extend(report.corrupt.iter().map(|range| (path.clone(), *range)));
        if is_open {
            if report.torn_bytes > 0 {
                let (kept_bytes, dropped_bytes) = (report.whole_bytes, report.torn_bytes);
                recovery.torn.push(TornTail { path: path.clone(), kept_bytes, dropped_bytes });
            }
            if report.entries == 0 {
                remove(&path)?;
                recovery.removed.push(path);
                return Ok(None);
            }
            path = cut_and_seal(folder, &path, id, &report, options.fsync)?;
            recovery.sealed.push(id);
        }
    }
    let bytes = fs::metadata(&path).map_err(|e| Error::io("look at", &path, e))?.len();
    Ok(Some(SegmentInfo { id, bytes, created_ms: header.created_ms }))
}

fn look_through(path: &Path, recent: &mut RecentIds) -> Result<Report> {
    let mut reader = SegmentReader::open(path)?;
    scan(&mut reader, |entry| recent.push(entry.chunk_id.unwrap_or_default()))
        .map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

fn cut_and_seal(folder: &Path, path: &Path, id: SegmentId, report: &Report, fsync: Fsync) -> Result<PathBuf> {
    if report.torn_bytes > 0 || report.header.reused {
        let cut = OpenOptions::new().write(true).open(path).and_then(|file| {
            file.set_len(report.whole_bytes)?;
            if fsync == Fsync::Never { Ok(()) } else { file.sync_all() }
        });
        cut.map_err(|e| Error::io("cut the torn end off", path, e))?;
    }
    let sealed = folder.join(sealed_name(id));
    fs::rename(path, &sealed).map_err(|e| Error::io("seal", path, e))?;
    if fsync != Fsync::Never {
        sync_folder(folder)?;
    }
    Ok(sealed)
}

fn quarantine(path: &Path, fault: HeaderFault) -> Result<Quarantined> {
    let fail = |e| Error::io("quarantine", path, e);
    let bytes = fs::metadata(path).map_err(fail)?.len();
    let first = path.with_added_extension("quarantined");
    let mut aside = first.clone();
    let mut number = 0;
    while aside.try_exists().map_err(fail)? {
        number += 1;
        aside = first.with_added_extension(format!("{number}"));
    }
    fs::rename(path, &aside).map_err(fail)?;
    Ok(Quarantined { path: aside, bytes, fault })
}

fn check_progress(
    files: Vec<(SegmentId, PathBuf)>,
    segments: &[SegmentInfo],
    recovery: &mut Recovery,
) -> Result<()> {
    for (id, path) in files {
        if segments.binary_search_by_key(&id, |segment| segment.id).is_err() {
            // Kept beside a quarantined segment: whoever repairs that will want it.
            let start = format!("segment-{id}.");
            let aside = recovery.quarantined.iter().map(|q| &q.path).chain(&recovery.quarantined_before);
            if !aside.filter_map(|path| path.file_name()?.to_str()).any(|name| name.starts_with(&start)) {
                remove(&path)?;
                recovery.removed.push(path);
            }
        } else if matches!(sidecar::load(&path, PROGRESS_MAGIC)?, Sidecar::Damaged) {
            remove(&path)?;
            recovery.damaged_progress.push(id);
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|e| Error::io("remove", path, e))
}
