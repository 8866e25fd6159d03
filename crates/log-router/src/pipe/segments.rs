//! The spool of a run: frames are appended, a segment that is large enough is sealed, routed and deleted.
//!
//! Invariant: where a segment ends, and the time that its lines inherit, depend on the lines alone and not on the
//! frames they came in, so a pipe that is read in blocks of any size gives the same objects.

use std::fs;
use std::time::Duration;

use sluice_record::MOST_AHEAD_MS;
use sluice_spool::{EntryRef, Fsync, Options, Spool};
use tempfile::TempDir;
use xxhash_rust::xxh3::Xxh3;

use super::opening::{Found, Opening};
use super::seam::Seam;
use super::summary::Summary;
use super::{ErrorsTo, Pipe, PipeError, Received};
use crate::input::{self, EntryKind, Frame};
use crate::route::{ObjectName, Place, Routed, Router};
use crate::sink::{ErrorLines, FolderArchive};

/// A spool of one process's own needs no limit but that of the disk.
const NO_LIMIT: u64 = u64::MAX / 2;
/// The spool's name for this run, which is its only one. Keys of objects have the hash of the content instead.
const BOOT: &str = "00000000";
/// Digits of the content's hash in keys.
const HASH_DIGITS: usize = 12;

/// The spool and what its segments are routed to.
pub(super) struct Segments {
    // Dropped before the folder that it lies in.
    spool: Spool,
    _folder: TempDir,
    router: Router,
    archive: FolderArchive,
    errors: ErrorLines,
    service: String,
    received: Received,
    seam: Seam,
    /// What is held of the file's beginning; `None` behind it.
    opening: Option<Opening>,
    /// What a line without a time takes when none of its segment stands before it; `None` before the first opening's end.
    carried_ms: Option<i64>,
    /// That is the clock's.
    clocked: bool,
    source: u64,
    /// The last frame was a piece of a line that goes on.
    in_pieces: bool,
    /// Hash of the lines in the open segment, and their bytes, line feeds included.
    content: Xxh3,
    bytes: u64,
    number: u64,
    lines: u64,
    routed: Routed,
}

impl Segments {
    pub(super) fn open(pipe: &Pipe, router: Router, archive: FolderArchive) -> Result<Segments, PipeError> {
        let parent = &pipe.spool_parent;
        let folder = fs::create_dir_all(parent)
            .and_then(|()| tempfile::Builder::new().prefix("log-router-").tempdir_in(parent))
            .map_err(|source| PipeError::SpoolFolder { path: parent.clone(), source })?;
        let options = Options {
            segment_age: Duration::MAX,
            max_bytes: NO_LIMIT,
            fsync: Fsync::Never,
            recent_ids: 0,
            ..Options::default()
        };
        let boot = BOOT.parse().expect("eight digits are a boot id");
        let (spool, _) = Spool::open(folder.path(), options, boot)?;
        let errors = match &pipe.errors {
            ErrorsTo::File(path) => ErrorLines::file(path)?,
            ErrorsTo::Stdout => ErrorLines::stdout(),
        };
        Ok(Segments {
            spool,
            _folder: folder,
            router,
            archive,
            errors,
            service: pipe.rules.service.clone(),
            received: pipe.received,
            seam: Seam::new(pipe.segment_bytes, &pipe.rules.settings),
            opening: Some(Opening::default()),
            carried_ms: None,
            clocked: false,
            source: 0,
            in_pieces: false,
            content: Xxh3::new(),
            bytes: 0,
            number: 0,
            lines: 0,
            routed: Routed::default(),
        })
    }

    /// Takes a frame; the segment it ends is routed.
    pub(super) fn append(&mut self, frame: Frame<'_>) -> Result<(), PipeError> {
        self.lines += frame.lines;
        let Some(opening) = &mut self.opening else { return self.divide(frame.kind, frame.payload) };
        match opening.look(frame, self.seam.engine(), self.received.ms()) {
            Found::NotYet => Ok(()),
            Found::Time(time) => self.end_opening(Some(time)),
            Found::NoTime => self.end_opening(None),
        }
    }

    /// A file has ended and another follows.
    pub(super) fn next_source(&mut self) -> Result<(), PipeError> {
        self.end_opening(None)?;
        if self.bytes > 0 {
            self.store(EntryKind::SourceEnd, b"")?;
        }
        self.source += 1;
        self.seam.reset();
        self.opening = Some(Opening::default());
        Ok(())
    }

    /// Routes what is left.
    pub(super) fn finish(&mut self) -> Result<(), PipeError> {
        self.end_opening(None)?;
        self.route_open()
    }

    /// What has been done so far.
    pub(super) fn summary(&self, bytes: u64, elapsed: Duration, interrupted: bool) -> Summary {
        Summary {
            lines: self.lines,
            bytes,
            routed: self.routed.clone(),
            errors_unread: self.errors.unread(),
            redactions: self.router.redactions().map(|(name, count)| (name.to_owned(), count)).collect(),
            elapsed,
            interrupted,
        }
    }

    /// Stores what was held of a file's beginning, in which this time is the first.
    fn end_opening(&mut self, first_time: Option<i64>) -> Result<(), PipeError> {
        let frames = self.opening.take().map(Opening::into_frames).unwrap_or_default();
        if frames.is_empty() {
            return Ok(());
        }
        self.clocked = match (first_time.or(self.carried_ms), self.received) {
            (None, Received::Clock(_)) => true,
            (None, Received::Stated(_)) => false,
            (Some(_), _) => self.clocked && first_time.is_none(),
        };
        self.carried_ms = first_time.or(self.carried_ms).or(Some(self.received.ms()));
        for (kind, payload) in frames {
            self.divide(kind, &payload)?;
        }
        Ok(())
    }

    /// Stores a frame, in two segments when one is to end within it.
    fn divide(&mut self, kind: EntryKind, payload: &[u8]) -> Result<(), PipeError> {
        if self.seam.is_far(self.bytes + payload.len() as u64) || self.in_pieces {
            return self.store(kind, payload);
        }
        let (mut stored, mut at, base) = (0, 0, self.bytes);
        let mut from = base;
        for line in input::lines(payload) {
            if self.seam.ends_before(line, from + (at - stored) as u64) {
                if at > stored {
                    self.store(kind, &payload[stored..at - 1])?;
                }
                self.route_open()?;
                (stored, from) = (at, 0);
                // It is the first of the next segment.
                self.seam.ends_before(line, 0);
            }
            at += line.len() + 1;
        }
        self.store(kind, &payload[stored..])
    }

    fn store(&mut self, kind: EntryKind, payload: &[u8]) -> Result<(), PipeError> {
        if self.bytes == 0 && self.clocked {
            // The time is part of what is stored then, and two runs must not share keys.
            self.content.update(&self.received.ms().to_le_bytes());
        }
        self.spool.append(EntryRef {
            kind: kind as u8,
            received_ms: self.carried_ms.unwrap_or(self.received.ms()),
            source: &self.source.to_le_bytes(),
            chunk_id: None,
            payload,
        })?;
        self.content.update(payload);
        self.bytes += payload.len() as u64;
        self.in_pieces = kind == EntryKind::Piece;
        if !self.in_pieces {
            self.content.update(b"\n");
            self.bytes += 1;
        }
        Ok(())
    }

    /// Seals the open segment, routes it and deletes it.
    fn route_open(&mut self) -> Result<(), PipeError> {
        let Some(sealed) = self.spool.seal()? else { return Ok(()) };
        self.number += 1;
        let name = ObjectName {
            service: self.service.clone(),
            task: "pipe".to_owned(),
            boot: format!("{:016x}", self.content.digest())[..HASH_DIGITS].to_owned(),
            segment: self.number,
        };
        let mut segment = self.spool.reader(sealed.id)?;
        let routed =
            self.router.route(&mut segment, &name, &Place::default(), &mut self.archive, &mut self.errors)?;
        self.spool.delete(sealed.id)?;
        // What lines do not inherit within a segment, the next one must not either.
        let latest = self.received.ms().saturating_add(MOST_AHEAD_MS);
        self.carried_ms = routed.last_ts.filter(|ts| *ts <= latest).or(self.carried_ms);
        self.routed.add(&routed);
        self.content.reset();
        self.bytes = 0;
        self.seam.reset();
        Ok(())
    }
}
