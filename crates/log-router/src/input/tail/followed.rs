//! One file that is followed: where it lies, how far it was read, whether more is to come.

use std::fs::File;
use std::path::PathBuf;

use super::find::Found;
use super::name::{Head, Inode, Name};
use super::offsets::{NameRow, Row};

/// How many scans a file that was renamed, moved away or deleted must be quiet before it is over: its writer goes on
/// writing to it until it opens the new one, and may be in the middle of a line.
pub(super) const QUIET_SCANS: u32 = 3;

/// A file.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) at: Inode,
    /// One of the names it was found under; the one it had before, if it still has that.
    pub(super) path: PathBuf,
    pub(super) file: Option<File>,
    pub(super) position: Position,
    /// The size up to which all whole lines are stored; None before it was first read in this run.
    pub(super) looked: Option<u64>,
    /// Its size when it was looked at last.
    pub(super) size: u64,
    /// When it had been written to then: seconds and nanoseconds.
    pub(super) modified: (i64, i64),
    /// It is closed, and there may be something to read.
    pub(super) wanted: bool,
    /// No pattern means it any more.
    pub(super) missing: bool,
    /// It has another name than before.
    pub(super) rotated: bool,
    /// It has no name at all.
    pub(super) deleted: bool,
    /// It is over: its last line was taken and its end told.
    pub(super) ended: bool,
    /// The lines that it had at this size are left out.
    pub(super) skip_to: Option<u64>,
    /// It could not be read, and that was told.
    pub(super) unreadable: bool,
    /// The round of reading in which it last had something new.
    pub(super) touched: u64,
    /// Scans since it was last found, once it is closed.
    pub(super) gone: u32,
    grew: bool,
    quiet: u32,
}

/// How far a file was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Position {
    /// None while nothing was stored of it.
    pub(super) name: Option<Named>,
    /// Everything before it is stored.
    pub(super) offset: u64,
    /// That is within a line which is stored in pieces.
    pub(super) in_line: bool,
}

/// A name with what is told with every chunk.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: Name,
    pub(super) source: Vec<u8>,
    /// Where the file lay when it was named. Empty when only the spool remembers it and it was not found yet.
    pub(super) path: PathBuf,
}

impl Named {
    pub(super) fn new(name: Name, path: PathBuf) -> Named {
        Named { name, source: name.source(), path }
    }
}

impl Followed {
    /// A file that was never seen before.
    pub(super) fn new(at: Inode, path: PathBuf) -> Followed {
        Followed {
            at,
            path,
            file: None,
            position: Position::default(),
            looked: None,
            size: 0,
            modified: (0, 0),
            wanted: true,
            missing: false,
            rotated: false,
            deleted: false,
            ended: false,
            skip_to: None,
            unreadable: false,
            touched: 0,
            gone: 0,
            grew: false,
            quiet: 0,
        }
    }

    /// A file of which an earlier run knew.
    pub(super) fn from_row(row: Row) -> Followed {
        let Row { path, offset, in_line, rotated, gone, device, inode, name } = row;
        let name = name.map(|name| {
            let NameRow { number, device, head_bytes, head, path: first } = name;
            let head = Head { len: head_bytes, fingerprint: head };
            Named::new(
                Name { number, at: Inode { device, inode }, head },
                first.unwrap_or_else(|| path.clone()),
            )
        });
        let position = Position { name, offset, in_line };
        Followed { position, rotated, gone, ..Followed::new(Inode { device, inode }, path) }
    }

    /// What the next run is to know; None when there is nothing.
    pub(super) fn to_row(&self) -> Option<Row> {
        let Followed { at: Inode { device, inode }, ref path, rotated, gone, .. } = *self;
        let Position { ref name, offset, in_line } = self.position;
        let name = name.as_ref().map(|Named { name, path: first, .. }| NameRow {
            number: name.number,
            device: name.at.device,
            head_bytes: name.head.len,
            head: name.head.fingerprint,
            path: (first != path).then(|| first.clone()),
        });
        let is_known = name.is_some() || !self.missing && self.skip_to.is_none();
        is_known.then(|| Row { path: path.clone(), offset, in_line, rotated, gone, device, inode, name })
    }

    /// Takes what a scan found of it; true when there is something to write down.
    pub(super) fn found(&mut self, found: Option<Found>) -> bool {
        let waited = self.missing || self.rotated;
        self.quiet = if waited && !std::mem::take(&mut self.grew) { self.quiet.saturating_add(1) } else { 0 };
        let Some(found) = found else {
            self.missing = true;
            self.wanted = false;
            self.gone = self.gone.saturating_add(u32::from(self.file.is_none()));
            return false;
        };
        (self.missing, self.gone) = (false, 0);
        let is_renamed = !found.paths.contains(&self.path);
        if is_renamed && let Some(path) = found.paths.into_iter().next() {
            // What only the spool remembered has no path.
            self.rotated |= !self.path.as_os_str().is_empty();
            self.path = path;
            if let Some(named) = self.position.name.as_mut().filter(|named| named.path.as_os_str().is_empty())
            {
                named.path.clone_from(&self.path);
            }
        }
        let unread = self.looked != Some(found.size) || self.rotated && !self.ended;
        self.wanted = self.file.is_none() && unread;
        is_renamed
    }

    /// Takes note that it has something new.
    pub(super) fn touch(&mut self, round: u64) {
        (self.grew, self.ended, self.touched) = (true, false, round);
    }

    /// Its content is another now; everything about the old one is forgotten and its position given back.
    pub(super) fn begin_anew(&mut self) -> Position {
        (self.looked, self.rotated, self.ended, self.skip_to, self.quiet) = (None, false, false, None, 0);
        std::mem::take(&mut self.position)
    }

    /// Whether nothing more is expected of it, and that was not dealt with yet.
    pub(super) fn is_over(&self) -> bool {
        (self.missing || self.rotated) && self.quiet >= QUIET_SCANS && !self.ended
    }
}
