//! Reads a segment entry by entry through one reused buffer.
//!
//! - The buffer starts at 64 KiB and grows to the largest entry met, but only as fast as bytes really arrive: a
//!   forged length costs at most twice the bytes the source holds.
//! - The end of the data is not final. `next_entry` answers `None` there, and goes on once more was appended.
//!   In a file, what stands behind the last whole entry is then read again from its first byte, since a failed
//!   append may have been rolled back in between.
//! - An open segment in a file that was another's ends where no entry follows; this process knows where anyway.
//! - Damage does not move the reader. `next_entry` repeats its answer until `resync` is called.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::entry::Entry;
use crate::error::{Error, ReadError, Result};
use crate::format::{self, ENTRY_HEAD_BYTES, EntryHead, FIXED, HeaderFault, SegmentHeader};
use crate::name::OPEN;
use crate::window::Window;

/// Bytes of a segment that belong to no whole entry, with whole entries behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorruptRange {
    /// The first of them.
    pub offset: u64,
    /// How many.
    pub bytes: u64,
}

/// A reader over the entries of one segment; over a file it can follow an open segment.
#[derive(Debug)]
pub struct SegmentReader<R> {
    window: Window<R>,
    header: SegmentHeader,
    seed: u32,
    torn_bytes: u64,
    damage: Option<Damage>,
    /// What stands behind the last entry may be an older segment's.
    stale_tail: bool,
}

#[derive(Debug, Clone, Copy)]
enum Damage {
    /// Nothing is known about the entry, not even where it ends.
    Head,
    /// The head is right, so the entry's length is known.
    Entry(usize),
    /// Damage up to the end of a source that cannot go back.
    Rest,
}

impl SegmentReader<File> {
    /// Opens the segment at `path`.
    ///
    /// # Errors
    /// When the file cannot be read or its header is not that of a segment this release reads.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io("open segment", path, e))?;
        let mut reader =
            Self::from_reader(file).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
        reader.window.rewind = Some(|file, offset| file.seek(SeekFrom::Start(offset)).map(drop));
        reader.stale_tail = reader.header.reused && path.extension().is_some_and(|ending| ending == OPEN);
        Ok(reader)
    }

    /// The same, up to a byte that moves.
    pub(crate) fn open_up_to(path: &Path, limit: Arc<AtomicU64>) -> Result<Self> {
        let mut reader = Self::open(path)?;
        // What was read ahead may be another segment's.
        reader.stale_tail = false;
        reader.window.limit = Some(limit);
        reader.window.go_back().map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
        Ok(reader)
    }

    /// Opens the segment at `path` to read on from `offset`, where an entry starts or ended before.
    /// An offset inside the header means the first entry.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_at(path: &Path, offset: u64) -> Result<Self> {
        let mut reader = Self::open(path)?;
        reader.window.offset = offset.max(reader.window.offset);
        reader.window.go_back().map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
        Ok(reader)
    }
}

impl<R: Read> SegmentReader<R> {
    /// Reads a segment from anything.
    ///
    /// # Errors
    /// When the source cannot be read or does not start with the header of a segment this release reads.
    pub fn from_reader(source: R) -> Result<Self, ReadError> {
        let mut window = Window::new(source);
        window.fill(FIXED)?;
        let fixed = window.bytes();
        let len = format::header_len(&fixed[..fixed.len().min(FIXED)])?;
        if !window.fill(len)? {
            return Err(HeaderFault::Short.into());
        }
        let (header, seed) = format::decode_header(window.pass(len))?;
        Ok(Self { window, header, seed, torn_bytes: 0, damage: None, stale_tail: false })
    }

    /// Facts from the first bytes of the segment.
    #[must_use]
    pub fn header(&self) -> &SegmentHeader {
        &self.header
    }

    /// Where the next entry starts: the end of the last one given out, or of the header.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.window.offset
    }

    /// Bytes behind the last whole entry when `next_entry` last answered `None`: an append that was cut short.
    #[must_use]
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// The next entry, or `None` at the present end of the data.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] for an entry whose bytes changed; [`resync`](Self::resync) goes on behind it.
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>, ReadError> {
        let Some((head, len)) = self.load()? else { return Ok(None) };
        let offset = self.window.offset;
        let rest = &self.window.pass(len)[ENTRY_HEAD_BYTES..];
        let (source, rest) = rest.split_at(head.source_len);
        let (chunk, payload) = rest.split_at(head.chunk_len);
        Ok(Some(Entry {
            offset,
            end: offset + len as u64,
            kind: head.kind,
            received_ms: head.received_ms,
            source,
            chunk_id: (!chunk.is_empty()).then_some(chunk),
            payload,
        }))
    }

    /// Brings the next entry into the window and checks it.
    fn load(&mut self) -> Result<Option<(EntryHead, usize)>, ReadError> {
        if matches!(self.damage, Some(Damage::Rest)) {
            return Ok(None);
        }
        if !self.window.fill(ENTRY_HEAD_BYTES)? {
            return self.end_of_data();
        }
        let offset = self.window.offset;
        let Some(head) = EntryHead::decode(self.window.bytes(), self.seed) else {
            if self.is_stale()? {
                return Ok(None);
            }
            self.damage = Some(Damage::Head);
            return Err(ReadError::Corrupt { offset, part: "head" });
        };
        let len = head.entry_len();
        if !self.window.fill(len)? {
            return self.end_of_data();
        }
        if !format::entry_is_intact(&self.window.bytes()[..len], self.seed) {
            if self.is_stale()? {
                return Ok(None);
            }
            self.damage = Some(Damage::Entry(len));
            return Err(ReadError::Corrupt { offset, part: "entry" });
        }
        self.damage = None;
        Ok(Some((head, len)))
    }

    /// Whether the bytes at hand, which are no entry, are what the file held before: nothing behind them is one either.
    fn is_stale(&mut self) -> Result<bool, ReadError> {
        if !self.stale_tail {
            return Ok(false);
        }
        let offset = self.window.offset;
        let found = self.search_head()?;
        self.window.offset = offset;
        self.window.go_back()?;
        if !found {
            (self.damage, self.torn_bytes) = (None, 0);
        }
        Ok(!found)
    }

    fn end_of_data<T>(&mut self) -> Result<Option<T>, ReadError> {
        self.damage = None;
        let behind = self.window.bytes().len() as u64;
        self.torn_bytes = if self.stale_tail { 0 } else { behind };
        if behind > 0 {
            self.window.go_back()?;
        }
        Ok(None)
    }

    /// Moves behind damage, to where the next entry's head is intact, and says what was passed over. `None` when
    /// there is none up to the end; the rest then counts as [`torn_bytes`](Self::torn_bytes). Without damage it
    /// passes over 0 bytes.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn resync(&mut self) -> Result<Option<CorruptRange>, ReadError> {
        let offset = self.window.offset;
        let found = match self.damage {
            None => true,
            Some(Damage::Rest) => return Ok(None),
            // The window may have been emptied by going back.
            Some(Damage::Entry(len)) => {
                self.window.fill(len)?;
                self.window.advance(len);
                true
            }
            Some(Damage::Head) => {
                self.window.fill(1)?;
                self.search_head()?
            }
        };
        if !found {
            self.torn_bytes = self.window.offset - offset + self.window.bytes().len() as u64;
            self.window.offset = offset;
            if !self.window.go_back()? {
                self.damage = Some(Damage::Rest);
            }
            return Ok(None);
        }
        self.damage = None;
        Ok(Some(CorruptRange { offset, bytes: self.window.offset - offset }))
    }

    fn search_head(&mut self) -> Result<bool, ReadError> {
        loop {
            self.window.advance(1);
            if !self.window.fill(ENTRY_HEAD_BYTES)? {
                return Ok(false);
            }
            if EntryHead::decode(self.window.bytes(), self.seed).is_some() {
                return Ok(true);
            }
        }
    }
}
