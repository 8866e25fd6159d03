//! The open segment: its file and the way bytes get into it.
//!
//! - Head, source and chunk id of up to 32 entries are put together in one reused buffer; payloads go to the
//!   kernel from where they are. One `writev` takes them all.
//! - The file always ends with a whole entry, or the segment knows that it does not: a failed append is cut off
//!   again, and while that fails too nothing is written behind it.
//! - Its file may be that of a delivered segment, whose bytes then stand behind the last entry until they are written
//!   over or the segment is sealed: the kernel has the pages at hand already, and new ones cost more
//!   (docs/adr/0003-spool.md). What tells them from entries is the seed; readers in this process do not see them at all.
//! - Writing to a removed file succeeds and keeps nothing. So the file is looked at before an append when 64 KiB
//!   were appended since the last look, and sealing notices in any case. Looking takes 1.4 us on ext4, more than
//!   the append of a short line, and a removed file has lost all its entries, of up to 8 MiB, already.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::entry::EntryRef;
use crate::error::{Error, Result};
use crate::format::{self, SegmentHeader};
use crate::name::{SegmentId, open_name, sealed_name};
use crate::options::Fsync;
use crate::reader::SegmentReader;

/// Entries in one system call; each takes two of the 1024 slices Linux allows.
const ENTRIES_A_WRITE: usize = 32;
/// Bytes appended between two looks at whether the file is still there.
const UNCHECKED_BYTES: u64 = 64 << 10;

#[derive(Debug)]
pub(crate) struct OpenSegment {
    pub(crate) id: SegmentId,
    pub(crate) created_ms: i64,
    /// Bytes up to the end of the last whole entry.
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
    path: PathBuf,
    file: File,
    seed: u32,
    /// `bytes`, for readers.
    end: Arc<AtomicU64>,
    /// Length of the file when it was taken over; 0 for one of its own.
    reused_bytes: u64,
    /// An append failed: what stands behind `bytes` is to be cut off, and the next one goes there.
    torn: bool,
    /// `bytes` when the file was last known to have a name.
    linked_at: u64,
}

impl OpenSegment {
    /// Makes the file with its header, whole or not at all; out of `spare` when the header says that it is reused.
    pub(crate) fn create(folder: &Path, header: &SegmentHeader, spare: &Path, fsync: Fsync) -> Result<Self> {
        let path = folder.join(open_name(header.segment));
        let temporary = path.with_added_extension("tmp");
        let (bytes, seed) = format::encode_header(header);
        let file = if header.reused {
            fs::rename(spare, &temporary).and_then(|()| OpenOptions::new().write(true).open(&temporary))
        } else {
            OpenOptions::new().write(true).create_new(true).open(&temporary)
        };
        let made = file.and_then(|mut file| {
            let reused_bytes = file.metadata()?.len();
            file.write_all(&bytes)?;
            fs::rename(&temporary, &path)?;
            Ok((file, reused_bytes))
        });
        let (file, reused_bytes) = made.map_err(|e| {
            let _ = fs::remove_file(&temporary);
            Error::io("create segment", &path, e)
        })?;
        if fsync != Fsync::Never {
            sync_folder(folder)?;
        }
        Ok(Self {
            id: header.segment,
            created_ms: header.created_ms,
            bytes: bytes.len() as u64,
            entries: 0,
            path,
            file,
            seed,
            end: Arc::new(AtomicU64::new(bytes.len() as u64)),
            reused_bytes,
            torn: false,
            linked_at: bytes.len() as u64,
        })
    }

    /// A reader that follows it.
    pub(crate) fn reader(&self) -> Result<SegmentReader<File>> {
        SegmentReader::open_up_to(&self.path, Arc::clone(&self.end))
    }

    /// Bytes on disk behind the last entry that are an older segment's.
    pub(crate) fn unused_bytes(&self) -> u64 {
        self.reused_bytes.saturating_sub(self.bytes)
    }

    /// Gives them back.
    pub(crate) fn drop_unused(&mut self) -> Result<()> {
        if self.unused_bytes() > 0 {
            self.file.set_len(self.bytes).map_err(|e| Error::io("shorten", &self.path, e))?;
            self.reused_bytes = 0;
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends all entries or none. `total` is the sum of their lengths.
    pub(crate) fn append(
        &mut self,
        entries: &[EntryRef<'_>],
        total: u64,
        heads: &mut Vec<u8>,
        fsync: Fsync,
    ) -> Result<()> {
        self.cut_torn_end()?;
        self.check_linked()?;
        let written = self.write(entries, heads).and_then(|()| match fsync {
            Fsync::EachAppend => self.file.sync_data(),
            Fsync::Never | Fsync::Seal => Ok(()),
        });
        match written {
            Ok(()) => {
                self.bytes += total;
                self.end.store(self.bytes, Ordering::Release);
                self.entries += entries.len() as u64;
                Ok(())
            }
            Err(e) => {
                self.torn = true;
                // The first failure is the one to tell; if the cut fails as well, the next append tries again.
                let _ = self.cut_torn_end();
                Err(Error::io("append to", &self.path, e))
            }
        }
    }

    fn write(&mut self, entries: &[EntryRef<'_>], heads: &mut Vec<u8>) -> io::Result<()> {
        for entries in entries.chunks(ENTRIES_A_WRITE) {
            heads.clear();
            let mut ends = [0; ENTRIES_A_WRITE];
            for (entry, end) in entries.iter().zip(&mut ends) {
                format::encode_entry(entry, self.seed, heads);
                *end = heads.len();
            }
            let mut slices = [IoSlice::new(&[]); 2 * ENTRIES_A_WRITE];
            let mut start = 0;
            for ((entry, end), pair) in entries.iter().zip(ends).zip(slices.chunks_exact_mut(2)) {
                pair[0] = IoSlice::new(&heads[start..end]);
                pair[1] = IoSlice::new(entry.payload);
                start = end;
            }
            write_all(&mut self.file, &mut slices[..2 * entries.len()])?;
        }
        Ok(())
    }

    fn cut_torn_end(&mut self) -> Result<()> {
        if self.torn {
            let cut =
                self.file.set_len(self.bytes).and_then(|()| self.file.seek(SeekFrom::Start(self.bytes)));
            cut.map_err(|e| Error::io("cut a failed append off", &self.path, e))?;
            self.torn = false;
            self.reused_bytes = 0;
        }
        Ok(())
    }

    fn check_linked(&mut self) -> Result<()> {
        if self.bytes - self.linked_at < UNCHECKED_BYTES {
            return Ok(());
        }
        let meta = self.file.metadata().map_err(|e| Error::io("look at", &self.path, e))?;
        if meta.nlink() == 0 {
            return Err(self.vanished("append to"));
        }
        self.linked_at = self.bytes;
        Ok(())
    }

    fn vanished(&self, doing: &'static str) -> Error {
        Error::Vanished { doing, path: self.path.clone(), lost_bytes: self.bytes }
    }

    /// Forces its bytes to disk.
    pub(crate) fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|e| Error::io("sync", &self.path, e))
    }

    /// Gives the file its final name. On failure it is still the open segment.
    pub(crate) fn seal(&mut self, folder: &Path, fsync: Fsync) -> Result<()> {
        self.cut_torn_end()?;
        self.drop_unused()?;
        if fsync == Fsync::Seal {
            self.sync()?;
        }
        let sealed = folder.join(sealed_name(self.id));
        fs::rename(&self.path, sealed).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => self.vanished("seal"),
            _ => Error::io("seal", &self.path, e),
        })
    }
}

/// `Write::write_all` for slices.
fn write_all(file: &mut File, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    while !slices.is_empty() {
        match file.write_vectored(slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => IoSlice::advance_slices(&mut slices, n),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Makes names given or taken away in `folder` last.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|e| Error::io("sync folder", folder, e))
}
