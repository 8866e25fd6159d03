//! The spool: one folder, one open segment, any number of sealed ones.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::slice;

use crate::entry::{EntryRef, Position};
use crate::error::{Error, Result};
use crate::format::{MAX_FIELD_BYTES, SEGMENT_HEADER_BYTES, SegmentHeader, VERSION, entry_len};
use crate::lock::Lock;
use crate::name::{BootId, SPARE, STATE, SegmentId, progress_name, sealed_name};
use crate::options::{Fsync, Options, check_meta};
use crate::reader::SegmentReader;
use crate::recent::RecentIds;
use crate::recovery::{self, Recovered, Recovery};
use crate::segment::{OpenSegment, sync_folder};
use crate::sidecar::{self, PROGRESS_MAGIC, Sidecar};

/// Largest progress of a segment, in bytes.
pub const MAX_PROGRESS_BYTES: usize = 64 << 10;

/// A segment as the spool knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Its name.
    pub id: SegmentId,
    /// Size of its file.
    pub bytes: u64,
    /// `received_ms` of its first entry, Unix milliseconds.
    pub created_ms: i64,
}

/// A folder of segments, held alone by this process as long as the value lives.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    options: Options,
    boot: BootId,
    lock: Lock,
    next_sequence: u64,
    open: Option<OpenSegment>,
    /// Oldest first.
    sealed: Vec<SegmentInfo>,
    sealed_bytes: u64,
    /// Bytes of the file that is kept for the next segment.
    spare_bytes: u64,
    recent: RecentIds,
    /// `state` on disk holds the ids of all segments with a lower sequence.
    covered: u64,
    /// Bytes asked for by the last append, if it was refused for the byte limit.
    refused: u64,
    /// Reused for the heads of entries.
    heads: Vec<u8>,
    /// Reused for sidecar files.
    sidecar: Vec<u8>,
}

impl Spool {
    /// Opens the spool in `folder`, made if it is missing, and recovers what is there. What an earlier process
    /// left open is sealed; the first append starts a new segment, named by `boot`.
    ///
    /// # Errors
    /// When the options contradict each other, another process holds the folder, a segment of a newer release
    /// is in it, or the file system refuses. Damage is no error: the [`Recovery`] tells it.
    pub fn open(folder: &Path, options: Options, boot: BootId) -> Result<(Self, Recovery)> {
        options.check()?;
        fs::create_dir_all(folder).map_err(|e| Error::io("create folder", folder, e))?;
        let lock = Lock::acquire(folder, boot)?;
        let Recovered { segments, next_sequence, covered, recent, recovery } =
            recovery::recover(folder, &options)?;
        let mut spool = Self {
            folder: folder.to_path_buf(),
            options,
            boot,
            lock,
            next_sequence,
            open: None,
            sealed_bytes: segments.iter().map(|segment| segment.bytes).sum(),
            sealed: segments,
            spare_bytes: 0,
            recent,
            covered,
            refused: 0,
            heads: Vec::new(),
            sidecar: Vec::new(),
        };
        if spool.sealed.last().is_some_and(|last| last.id.sequence >= spool.covered) {
            // Only spares the next start the looking through. A spool on a full disk must open all the same.
            let _ = spool.save_state();
        }
        Ok((spool, recovery))
    }

    /// Appends an entry. Once this returns the entry survives the end of the process (and of the machine, with
    /// [`Fsync::EachAppend`]). Duplicates are not looked for: ask [`seen_chunk`](Self::seen_chunk) before.
    ///
    /// # Errors
    /// [`Error::SpoolFull`], [`Error::DiskFull`], [`Error::NotWritable`], [`Error::Vanished`] or
    /// [`Error::TooLarge`], and nothing of the entry is stored.
    pub fn append(&mut self, entry: EntryRef<'_>) -> Result<Position> {
        self.store(slice::from_ref(&entry), entry.received_ms)
    }

    /// Appends all entries or, on failure, none; much cheaper than one by one. Returns where the first one lies
    /// and `None` for an empty slice. All of them go to one segment.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn append_batch(&mut self, entries: &[EntryRef<'_>]) -> Result<Option<Position>> {
        entries.first().map(|first| self.store(entries, first.received_ms)).transpose()
    }

    fn store(&mut self, entries: &[EntryRef<'_>], now_ms: i64) -> Result<Position> {
        let total =
            entries.iter().try_fold(0, |sum, entry| self.check(entry).map(|()| sum + entry_len(entry)))?;
        self.check_room(total)?;
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.start_segment(now_ms)?,
        };
        let position = Position { segment: open.id, offset: open.bytes };
        let stored = open.append(entries, total, &mut self.heads, self.options.fsync);
        self.keep_unless_vanished(open, &stored);
        stored?;
        self.refused = 0;
        for entry in entries {
            self.recent.push(entry.chunk_bytes());
        }
        Ok(position)
    }

    fn check(&self, entry: &EntryRef<'_>) -> Result<()> {
        let limits = [
            ("entry payload", entry.payload.len(), self.options.max_entry_bytes as usize),
            ("entry source", entry.source.len(), MAX_FIELD_BYTES),
            ("entry chunk id", entry.chunk_bytes().len(), MAX_FIELD_BYTES),
        ];
        match limits.into_iter().find(|(_, bytes, limit)| bytes > limit) {
            Some((field, bytes, limit)) => Err(Error::TooLarge { field, bytes, limit }),
            None => Ok(()),
        }
    }

    fn check_room(&mut self, entries: u64) -> Result<()> {
        let header = match self.open {
            Some(_) => 0,
            None => SEGMENT_HEADER_BYTES + self.options.meta.len(),
        };
        let (needed, free) = (entries + header as u64, self.free_bytes());
        if needed + self.unused_bytes() > free {
            self.drop_unused()?;
        }
        if needed > free {
            self.refused = needed;
            return Err(Error::SpoolFull { needed, free, limit: self.options.max_bytes });
        }
        Ok(())
    }

    /// Bytes on disk besides [`total_bytes`](Self::total_bytes): the file that is kept, and what the open segment's
    /// was longer before.
    fn unused_bytes(&self) -> u64 {
        self.spare_bytes + self.open.as_ref().map_or(0, OpenSegment::unused_bytes)
    }

    fn drop_unused(&mut self) -> Result<()> {
        if self.spare_bytes > 0 {
            remove_if_there(&self.folder.join(SPARE))?;
            self.spare_bytes = 0;
        }
        self.open.as_mut().map_or(Ok(()), OpenSegment::drop_unused)
    }

    fn start_segment(&mut self, created_ms: i64) -> Result<OpenSegment> {
        if !self.lock.still_holds() {
            return Err(Error::Vanished {
                doing: "start a segment in",
                path: self.folder.clone(),
                lost_bytes: 0,
            });
        }
        let mut header = SegmentHeader {
            reused: self.spare_bytes > 0,
            version: VERSION,
            segment: SegmentId { sequence: self.next_sequence, boot: self.boot },
            created_ms,
            meta: self.options.meta.clone(),
        };
        let spare = self.folder.join(SPARE);
        self.spare_bytes = 0;
        let mut made = OpenSegment::create(&self.folder, &header, &spare, self.options.fsync);
        if made.is_err() && header.reused {
            // Somebody removed it, or a part of it could not be written: a file of its own may do.
            header.reused = false;
            made = OpenSegment::create(&self.folder, &header, &spare, self.options.fsync);
        }
        let open = made?;
        self.next_sequence += 1;
        Ok(open)
    }

    /// Puts the open segment back, or forgets it and its chunk ids when its file is gone.
    fn keep_unless_vanished(&mut self, open: OpenSegment, result: &Result<()>) {
        if matches!(result, Err(Error::Vanished { .. })) {
            self.recent.forget_unsealed();
        } else {
            self.open = Some(open);
        }
    }

    /// Whether the open segment has entries and is large or old enough to be sealed, or the spool is full (only
    /// sealed segments can be delivered and deleted). A clock that was set back counts as time passed.
    #[must_use]
    pub fn needs_seal(&self, now_ms: i64) -> bool {
        self.open.as_ref().is_some_and(|open| {
            let age_ms = u128::from(now_ms.abs_diff(open.created_ms));
            open.entries > 0
                && (open.bytes >= self.options.segment_bytes
                    || age_ms >= self.options.segment_age.as_millis()
                    || self.is_full())
        })
    }

    /// Seals the open segment; the next append starts another. `None` when there is no entry to seal.
    ///
    /// # Errors
    /// When the file system refuses; the segment then stays open, unless it [vanished](Error::Vanished).
    pub fn seal(&mut self) -> Result<Option<SegmentInfo>> {
        let Some(mut open) = self.open.take_if(|open| open.entries > 0) else { return Ok(None) };
        let info = SegmentInfo { id: open.id, bytes: open.bytes, created_ms: open.created_ms };
        let sealed = open.seal(&self.folder, self.options.fsync);
        if sealed.is_err() {
            self.keep_unless_vanished(open, &sealed);
            sealed?;
        }
        self.sealed.push(info);
        self.sealed_bytes += info.bytes;
        self.recent.seal();
        if self.options.fsync != Fsync::Never {
            sync_folder(&self.folder)?;
        }
        // Without it the next start looks through the segment; a full disk must not keep it from being sealed.
        let _ = self.save_state();
        Ok(Some(info))
    }

    /// Forces what was appended to the open segment to disk.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn sync(&mut self) -> Result<()> {
        self.open.as_ref().map_or(Ok(()), OpenSegment::sync)
    }

    /// The open segment, if an append has started one.
    #[must_use]
    pub fn open_segment(&self) -> Option<SegmentInfo> {
        self.open.as_ref().map(|open| SegmentInfo {
            id: open.id,
            bytes: open.bytes,
            created_ms: open.created_ms,
        })
    }

    /// The sealed segments, oldest first.
    #[must_use]
    pub fn sealed_segments(&self) -> &[SegmentInfo] {
        &self.sealed
    }

    /// Deletes a sealed segment and its progress. One that somebody else removed already is just forgotten.
    ///
    /// # Errors
    /// When the segment is open or unknown, or the file system refuses.
    pub fn delete(&mut self, segment: SegmentId) -> Result<()> {
        self.let_go(segment, |_, path, _| remove_if_there(path))
    }

    /// The same for a segment that nobody reads any more: its file may be kept for the next one. A reader that was
    /// left would come upon entries that are none.
    ///
    /// Nothing is kept unless forcing to disk is left to the kernel: after a crash of the machine the next segment's
    /// name could stand over the old one's bytes.
    ///
    /// # Errors
    /// As [`delete`](Self::delete).
    pub fn reuse(&mut self, segment: SegmentId) -> Result<()> {
        self.let_go(segment, |spool, path, bytes| {
            let of_use = spool.options.fsync == Fsync::Never
                && spool.spare_bytes == 0
                && bytes <= 2 * spool.options.segment_bytes;
            if of_use && fs::rename(path, spool.folder.join(SPARE)).is_ok() {
                spool.spare_bytes = bytes;
                return Ok(());
            }
            remove_if_there(path)
        })
    }

    fn let_go(
        &mut self,
        segment: SegmentId,
        file: impl FnOnce(&mut Self, &Path, u64) -> Result<()>,
    ) -> Result<()> {
        let Ok(at) = self.sealed.binary_search_by_key(&segment, |info| info.id) else {
            let is_open = self.open.as_ref().is_some_and(|open| open.id == segment);
            return Err(if is_open {
                Error::WrongSegment { segment, state: "still open", advice: "seal it first" }
            } else {
                unknown(segment)
            });
        };
        if segment.sequence >= self.covered {
            // Its ids must outlive it. On a full disk room comes first.
            match self.save_state() {
                Err(Error::DiskFull { .. }) | Ok(()) => {}
                Err(other) => return Err(other),
            }
        }
        let path = self.folder.join(sealed_name(segment));
        let bytes = self.sealed[at].bytes;
        file(self, &path, bytes)?;
        self.sealed.remove(at);
        self.sealed_bytes -= bytes;
        if segment.sequence >= self.covered {
            // There is room now; failing that, the next sealing or deletion tries again.
            let _ = self.save_state();
        }
        // Only now: a segment without its progress would be delivered twice, progress without a segment is nothing.
        remove_if_there(&self.folder.join(progress_name(segment)))
    }

    /// Replaces what is known of a segment's delivery, at most [`MAX_PROGRESS_BYTES`], at once or not at all.
    ///
    /// # Errors
    /// When it is too large, the segment is unknown or the file system refuses.
    pub fn save_progress(&mut self, segment: SegmentId, progress: &[u8]) -> Result<()> {
        self.path(segment)?;
        if progress.len() > MAX_PROGRESS_BYTES {
            let (bytes, limit) = (progress.len(), MAX_PROGRESS_BYTES);
            return Err(Error::TooLarge { field: "segment progress", bytes, limit });
        }
        sidecar::begin(PROGRESS_MAGIC, &mut self.sidecar);
        self.sidecar.extend_from_slice(progress);
        let path = self.folder.join(progress_name(segment));
        sidecar::replace(&path, &mut self.sidecar, self.options.fsync != Fsync::Never)
    }

    /// What [`save_progress`](Self::save_progress) was given last, in this process or an earlier one.
    ///
    /// # Errors
    /// When the segment is unknown, the file damaged or the file system refuses.
    pub fn load_progress(&self, segment: SegmentId) -> Result<Option<Vec<u8>>> {
        self.path(segment)?;
        let path = self.folder.join(progress_name(segment));
        match sidecar::load(&path, PROGRESS_MAGIC)? {
            Sidecar::Missing => Ok(None),
            Sidecar::Body(progress) => Ok(Some(progress)),
            Sidecar::Damaged => Err(Error::DamagedProgress { path }),
        }
    }

    /// Opens a segment of this spool for reading, open or sealed. The reader goes on when the segment is sealed
    /// or deleted meanwhile.
    ///
    /// # Errors
    /// When the segment is unknown or cannot be read.
    pub fn reader(&self, segment: SegmentId) -> Result<SegmentReader<File>> {
        match self.open.as_ref().filter(|open| open.id == segment) {
            Some(open) => open.reader(),
            None => SegmentReader::open(&self.path(segment)?),
        }
    }

    /// Where a segment's file is now; sealing renames it.
    ///
    /// # Errors
    /// When the segment is unknown.
    pub fn path(&self, segment: SegmentId) -> Result<PathBuf> {
        if let Some(open) = self.open.as_ref().filter(|open| open.id == segment) {
            return Ok(open.path().to_path_buf());
        }
        match self.sealed.binary_search_by_key(&segment, |info| info.id) {
            Ok(_) => Ok(self.folder.join(sealed_name(segment))),
            Err(_) => Err(unknown(segment)),
        }
    }

    /// Whether an entry with this chunk id is among the last
    /// [`recent_ids`](Options::recent_ids) stored, by this process or earlier ones.
    #[must_use]
    pub fn seen_chunk(&self, chunk_id: &[u8]) -> bool {
        self.recent.contains(chunk_id)
    }

    /// The chunk ids that [`seen_chunk`](Self::seen_chunk) knows, oldest first, each once.
    #[must_use]
    pub fn recent_chunks(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.recent.iter()
    }

    /// Bytes of all segments, open and sealed; `state`, progress and quarantined files are not counted. A file that is
    /// kept for reuse is given up when they and it would pass [`Options::max_bytes`].
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.sealed_bytes + self.open.as_ref().map_or(0, |open| open.bytes)
    }

    /// Bytes left under [`Options::max_bytes`].
    #[must_use]
    pub fn free_bytes(&self) -> u64 {
        self.options.max_bytes.saturating_sub(self.total_bytes())
    }

    /// Whether the byte limit is reached: no byte is free, or the last append was refused with
    /// [`Error::SpoolFull`] and would be again.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.free_bytes() < self.refused.max(1)
    }

    /// The bytes for the header of every segment started from now on.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn set_meta(&mut self, meta: Vec<u8>) -> Result<()> {
        check_meta(&meta)?;
        self.options.meta = meta;
        Ok(())
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes down the ids of all sealed segments and the sequence they reach up to.
    fn save_state(&mut self) -> Result<()> {
        let covered = self.open.as_ref().map_or(self.next_sequence, |open| open.id.sequence);
        sidecar::encode_state(covered, &self.recent, &mut self.sidecar);
        let path = self.folder.join(STATE);
        sidecar::replace(&path, &mut self.sidecar, self.options.fsync != Fsync::Never)?;
        self.covered = covered;
        Ok(())
    }
}

fn unknown(segment: SegmentId) -> Error {
    Error::WrongSegment { segment, state: "not in this spool", advice: "list the segments again" }
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io("delete", path, e)),
        _ => Ok(()),
    }
}
