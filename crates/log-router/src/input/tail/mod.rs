//! Files that are followed as they grow: every line of every file is stored exactly once.
//!
//! ```no_run
//! use sluice_log_router::input::tail::{TailSettings, Tailer};
//! # fn spool() -> Vec<Vec<u8>> { Vec::new() }
//! # fn append(_: sluice_log_router::input::tail::TailChunk<'_>) -> Result<(), std::io::Error> { Ok(()) }
//! let settings = TailSettings {
//!     paths: vec!["/var/log/app/*.log".to_owned()],
//!     exclude: vec!["*.gz".to_owned()],
//!     offsets: "/var/lib/log-router/tail".into(),
//!     from_end: false,
//!     max_line: 1 << 20,
//! };
//! let mut tailer = Tailer::open(settings, spool())?; // the chunk ids that the spool remembers
//! for notice in tailer.scan() { // every inputs.tail.scan_every
//!     eprintln!("{notice}");
//! }
//! while tailer.read(1 << 20, &mut |chunk| append(chunk))? > 0 {}
//! tailer.save()?; // now and then
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! No threads, no clock: a scan counts as time.
//!
//! | file | does |
//! |---|---|
//! | `find.rs` | which files the patterns mean |
//! | `name.rs` | what tells a file from all others, and the ids of its chunks |
//! | `followed.rs` | what is known of one file |
//! | `turn.rs` | reads what is new in a file, stores its lines |
//! | `read.rs` `scan.rs` | all files: whose turn it is; new, renamed and vanished ones |
//! | `offsets.rs` `restore.rs` | what is written down, and what a start makes of it |
//! | `error.rs` | what can go wrong |
//!
//! # Invariants
//!
//! 1. **An offset moves with what is stored.** A file's offset is the end of the last frame that `store` took. What was
//!    read beyond it, the beginning of a line, is not held but read again.
//! 2. **Each chunk carries its offset.** Its id names the file and the chunk's end. The spool keeps ids with the data,
//!    so after a crash the greatest id of a file says how far it was stored, however old the written offsets are.
//!    The spool must remember more ids (`spool.recent_ids`) than chunks come in between two [`Tailer::save`].
//! 3. **A file is its device, inode and first bytes**, not its path. A renamed file is read on, a path under which
//!    another file appears is a new file, and an inode that another file got is noticed by its first bytes. Files get
//!    numbers, so that ids differ even when a file begins twice with the same bytes.
//! 4. **A file is over when it was renamed, moved away or deleted and then was quiet for three scans.** Only then its
//!    last line needs no line feed. A file that is open is read to its end whatever happened to its name.
//! 5. **A file that shrank, or begins otherwise, is read from its start**, and that is told: what was written between
//!    the last read and then is lost.
//! 6. **At most [`MOST_OPEN`] files are open.** Beyond that the one that was quiet longest is closed until a scan finds
//!    that it grew. What is written to a closed file and deleted before a scan sees it is lost.
//! 7. **Memory** is one buffer of 64 KiB, one line, and some hundred bytes a file.

mod error;
mod find;
mod followed;
mod name;
mod offsets;
mod read;
mod restore;
mod scan;
mod turn;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub use error::{TailError, TailNotice};
use find::Finder;
use followed::Followed;
pub use name::ChunkId;
use offsets::{Offsets, OffsetsFile};
use restore::Restored;
use turn::Desk;
pub use turn::TailChunk;

/// Most files that are open at a time. A process may open 1024 by default, and clients need some of them.
pub const MOST_OPEN: usize = 256;

/// What to follow, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailSettings {
    /// Files to follow, with `*`, `?`, `[…]` and `**` as a shell means them.
    pub paths: Vec<String>,
    /// Files among them to leave out: with a slash the whole path, without one the name in whatever folder.
    pub exclude: Vec<String>,
    /// Folder that remembers how far each file was read.
    pub offsets: PathBuf,
    /// Leave out the lines that files have when they are first seen at the start. A path whose file an earlier run
    /// followed is read from its beginning all the same: it was rotated meanwhile.
    pub from_end: bool,
    /// Longer lines are stored in pieces of so many bytes.
    pub max_line: usize,
}

/// Follows files.
#[derive(Debug)]
pub struct Tailer {
    finder: Finder,
    offsets: OffsetsFile,
    from_end: bool,
    files: Vec<Followed>,
    desk: Desk,
    /// Whose turn it is.
    cursor: usize,
    open: usize,
    /// No scan was made yet.
    is_new: bool,
    /// What could not be looked at in the last scan.
    told: BTreeSet<PathBuf>,
}

impl Tailer {
    /// Loads the offsets. `stored` gives the chunk ids that the spool remembers; those of others are passed over.
    ///
    /// # Errors
    /// When a pattern makes no sense or the offsets cannot be read.
    pub fn open(
        settings: TailSettings,
        stored: impl IntoIterator<Item: AsRef<[u8]>>,
    ) -> Result<Tailer, TailError> {
        let TailSettings { paths, exclude, offsets, from_end, max_line } = settings;
        let finder = Finder::new(paths, &exclude)?;
        let offsets = OffsetsFile::in_folder(&offsets)?;
        let Restored { files, next, changed } = restore::restore(offsets.load()?, stored);
        Ok(Tailer {
            finder,
            offsets,
            from_end,
            files,
            desk: Desk::new(max_line, next, changed),
            cursor: 0,
            open: 0,
            is_new: true,
            told: BTreeSet::new(),
        })
    }

    /// Writes the offsets down, if they changed; a crash leaves the old ones or the new ones. Where a lost machine must
    /// not cost lines, make the spool's data safe first.
    ///
    /// # Errors
    /// When the folder cannot be written. Nothing is lost by that as long as the spool remembers.
    pub fn save(&mut self) -> Result<(), TailError> {
        if self.desk.changed {
            let files = self.files.iter().filter_map(Followed::to_row).collect();
            self.offsets.save(&Offsets { next: self.desk.next, files })?;
            self.desk.changed = false;
        }
        Ok(())
    }

    /// How many files are followed, and how many of them are open.
    #[must_use]
    pub fn files(&self) -> (usize, usize) {
        (self.files.iter().filter(|file| !file.missing || file.file.is_some()).count(), self.open)
    }
}
