//! A file's turn: what is new in it is read, and its whole lines are stored.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::error::TailNotice;
use super::followed::{Followed, Named, Position};
use super::name::{ChunkId, Head, Inode, MOST_OFFSET, Name, read_full};
use crate::input::{EntryKind, Frame, Framer};

/// Bytes that are read at a time.
const BLOCK_BYTES: usize = 64 << 10;
/// A budget that is less does not make reads any smaller.
const LEAST_READ: usize = 4 << 10;

/// Something to be stored.
#[derive(Debug, Clone, Copy)]
pub struct TailChunk<'a> {
    /// What tells the file's entries from those of others, at most 255 bytes. It stays when the file is renamed.
    pub source: &'a [u8],
    /// Where the file lay when its first lines were stored. It stays, too.
    pub path: &'a Path,
    /// Lines, pieces of a long one, or [`EntryKind::Disconnected`] for the end of the file.
    pub kind: EntryKind,
    /// The bytes of the entry.
    pub payload: &'a [u8],
    /// The id that must be stored with it.
    pub chunk_id: ChunkId,
    /// How many lines end in it.
    pub lines: u64,
}

/// Stores a chunk.
pub(super) type Store<'s, E> = &'s mut dyn FnMut(TailChunk<'_>) -> Result<(), E>;

/// Why a turn ended early.
pub(super) enum Fault<E> {
    Read(io::Error),
    Store(E),
}

impl<E> From<io::Error> for Fault<E> {
    fn from(error: io::Error) -> Fault<E> {
        Fault::Read(error)
    }
}

/// What the turns of all files share.
#[derive(Debug)]
pub(super) struct Desk {
    framer: Framer,
    buffer: Vec<u8>,
    /// Number of the next file that is named.
    pub(super) next: u32,
    /// Files that were begun anew, which was not told yet, and how far they had been stored.
    pub(super) replaced: VecDeque<(Named, u64)>,
    pub(super) notices: Vec<TailNotice>,
    /// There is something to write down.
    pub(super) changed: bool,
    /// Counts the rounds of reading.
    pub(super) round: u64,
}

impl Desk {
    pub(super) fn new(max_line: usize, next: u32, changed: bool) -> Desk {
        Desk {
            framer: Framer::new(max_line),
            buffer: vec![0; BLOCK_BYTES],
            next,
            replaced: VecDeque::new(),
            notices: Vec::new(),
            changed,
            round: 0,
        }
    }
}

/// Names a file.
fn name(next: &mut u32, at: Inode, head: Head, path: &Path) -> Named {
    let number = *next;
    *next = number.wrapping_add(1).max(1);
    Named::new(Name { number, at, head }, path.to_path_buf())
}

impl Followed {
    /// Reads on; gives the bytes that are stored.
    pub(super) fn turn<E>(
        &mut self,
        desk: &mut Desk,
        budget: usize,
        store: Store<'_, E>,
    ) -> Result<u64, Fault<E>> {
        let Some(file) = self.file.take() else { return Ok(0) };
        let result = self.turn_of(&file, desk, budget, store);
        self.file = Some(file);
        result
    }

    fn turn_of<E>(
        &mut self,
        file: &File,
        desk: &mut Desk,
        budget: usize,
        store: Store<'_, E>,
    ) -> Result<u64, Fault<E>> {
        let found = file.metadata()?;
        self.size = found.len().min(MOST_OFFSET);
        self.deleted = found.nlink() == 0;
        let modified = (found.mtime(), found.mtime_nsec());
        let was_written = std::mem::replace(&mut self.modified, modified) != modified;
        // One that was truncated may be as long as before by now.
        if was_written || self.looked != Some(self.size) {
            self.check_content(file, desk)?;
        }
        if self.looked != Some(self.size) {
            self.touch(desk.round);
        } else if !self.is_over() {
            return Ok(0);
        }
        let before = self.position.offset;
        self.read_lines(file, desk, budget, store)?;
        if self.looked == Some(self.size) && self.is_over() {
            self.finish(file, desk, store)?;
        }
        Ok(self.position.offset - before)
    }

    /// Notices that the file was begun anew in its place. When that happens while it is read, and it grew beyond what
    /// was read within that moment, nobody can tell.
    fn check_content(&mut self, file: &File, desk: &mut Desk) -> io::Result<()> {
        let is_same = self.size >= self.position.offset
            && self.position.name.as_ref().map_or(Ok(true), |named| named.name.head.matches(file))?;
        if !is_same {
            let was_rotated = self.rotated;
            let Position { name, offset, .. } = self.begin_anew();
            if !was_rotated {
                desk.notices.push(TailNotice::Truncated { path: self.path.clone(), read: offset });
            }
            desk.replaced.extend(name.map(|named| (named, offset)));
            desk.changed = true;
        }
        if let Some(size) = self.skip_to {
            let offset = start_of_line(file, size.min(self.size), &mut desk.buffer)?;
            if offset > 0
                && let Some(head) = Head::of(file)?
            {
                let name = Some(name(&mut desk.next, self.at, head, &self.path));
                self.position = Position { name, offset, in_line: false };
            }
            self.skip_to = None;
            desk.changed = true;
        }
        Ok(())
    }

    /// Reads until something is stored or there is no more.
    fn read_lines<E>(
        &mut self,
        file: &File,
        desk: &mut Desk,
        budget: usize,
        store: Store<'_, E>,
    ) -> Result<(), Fault<E>> {
        desk.framer.restart(self.position.in_line);
        let start = self.position.offset;
        let mut at = start;
        let most = budget.max(LEAST_READ);
        while at < self.size && self.position.offset == start {
            let len = most.min(desk.buffer.len()).min((self.size - at).try_into().unwrap_or(usize::MAX));
            let len = read_full(file, &mut desk.buffer[..len], at)?;
            if len == 0 {
                break;
            }
            at += len as u64;
            self.frames(file, desk, store, |framer, buffer, emit| {
                framer.push(&buffer[..len], &mut |frame| emit(frame))
            })?;
        }
        self.looked = Some(at);
        Ok(())
    }

    /// Takes the last line, though its line feed is missing, and tells the end.
    fn finish<E>(&mut self, file: &File, desk: &mut Desk, store: Store<'_, E>) -> Result<(), Fault<E>> {
        self.frames(file, desk, store, |framer, _, emit| framer.finish(&mut |frame| emit(frame)))?;
        let Position { name, offset, in_line } = &self.position;
        if let Some(named) = name {
            let id = named.name.end(*offset, *in_line);
            tell_end(named, id, store).map_err(Fault::Store)?;
        }
        self.ended = true;
        Ok(())
    }

    /// Stores the frames that the framer gives, each with the position that it brings.
    fn frames<E>(
        &mut self,
        file: &File,
        desk: &mut Desk,
        store: Store<'_, E>,
        give: impl FnOnce(&mut Framer, &[u8], &mut dyn FnMut(Frame<'_>) -> Result<(), E>) -> Result<(), E>,
    ) -> Result<(), Fault<E>> {
        let head = if self.position.name.is_none() { Head::of(file)? } else { None };
        let Followed { at, position, path, .. } = self;
        let Desk { framer, buffer, changed, next, .. } = desk;
        let mut emit = |frame: Frame<'_>| {
            if let (None, Some(head)) = (&position.name, head) {
                position.name = Some(name(next, *at, head, path));
            }
            let Some(named) = &position.name else { return Ok(()) };
            let (end, in_line) = (position.offset + frame.bytes, frame.kind == EntryKind::Piece);
            store(TailChunk {
                source: &named.source,
                path: &named.path,
                kind: frame.kind,
                payload: frame.payload,
                chunk_id: named.name.chunk(end, in_line),
                lines: frame.lines,
            })?;
            (position.offset, position.in_line) = (end, in_line);
            *changed = true;
            Ok(())
        };
        give(framer, buffer, &mut emit).map_err(Fault::Store)
    }
}

/// Tells that nothing more comes from a source. It may be told twice.
pub(super) fn tell_end<E>(named: &Named, chunk_id: ChunkId, store: Store<'_, E>) -> Result<(), E> {
    let (kind, Named { source, path, .. }) = (EntryKind::Disconnected, named);
    store(TailChunk { source, path, kind, payload: b"", chunk_id, lines: 0 })
}

/// Where the line begins that goes on or begins at `end`. One that is longer than the buffer is not looked through.
fn start_of_line(file: &File, end: u64, buffer: &mut [u8]) -> io::Result<u64> {
    let from = end.saturating_sub(buffer.len() as u64);
    let len = read_full(file, &mut buffer[..(end - from) as usize], from)?;
    Ok(match memchr::memrchr(b'\n', &buffer[..len]) {
        Some(at) => from + at as u64 + 1,
        None if from == 0 => 0,
        None => end,
    })
}
