//! What a start knows of files: the offsets that were written down, moved on by what the spool remembers.
//!
//! The offsets are written now and then, a chunk id with every chunk. So after a crash the greatest end among a file's
//! ids is how far it was stored.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::followed::Followed;
use super::name::{ChunkId, Stored};
use super::offsets::{NameRow, Offsets, Row};

/// What a start knows.
pub(super) struct Restored {
    /// Each file once.
    pub(super) files: Vec<Followed>,
    /// Number of the next.
    pub(super) next: u32,
    /// The spool remembers more than was written down.
    pub(super) changed: bool,
}

/// Puts both together.
pub(super) fn restore(offsets: Offsets, stored: impl IntoIterator<Item: AsRef<[u8]>>) -> Restored {
    let Offsets { mut next, files } = offsets;
    let mut rows: Vec<Row> = files;
    let (mut changed, mut replaced) = (false, HashSet::new());
    let numbered = |(at, row): (usize, &Row)| row.name.as_ref().map(|name| (name.number, at));
    let mut known: HashMap<u32, usize> = rows.iter().enumerate().filter_map(numbered).collect();
    for stored in stored.into_iter().filter_map(|id| ChunkId::read(id.as_ref())) {
        next = next.max(stored.name.number.saturating_add(1));
        if stored.replaced {
            replaced.insert(stored.name.number);
        }
        match known.get(&stored.name.number) {
            Some(at) => changed |= advance(&mut rows[*at], &stored),
            None => {
                changed = true;
                known.insert(stored.name.number, rows.len());
                rows.push(row(&stored));
            }
        }
    }
    // Of all files that an inode was, only the last can still be there.
    rows.sort_by_key(|row| std::cmp::Reverse(row.name.as_ref().map(|name| name.number)));
    let mut files: Vec<Followed> = Vec::with_capacity(rows.len());
    let mut taken = HashSet::new();
    for mut row in rows {
        if row.name.as_ref().is_some_and(|name| replaced.contains(&name.number)) {
            (row.name, row.offset, row.in_line) = (None, 0, false);
            changed = true;
        }
        if taken.insert((row.device, row.inode)) {
            files.push(Followed::from_row(row));
        }
    }
    Restored { files, next: next.max(1), changed }
}

fn advance(row: &mut Row, stored: &Stored) -> bool {
    // The end of a line that was stored in pieces may be empty: then two ids have the same end.
    let is_further = (stored.end, !stored.in_line) > (row.offset, !row.in_line);
    if is_further {
        (row.offset, row.in_line) = (stored.end, stored.in_line);
    }
    is_further
}

fn row(stored: &Stored) -> Row {
    let Stored { name, end, in_line, .. } = *stored;
    Row {
        path: PathBuf::new(),
        offset: end,
        in_line,
        rotated: false,
        gone: 0,
        device: name.at.device,
        inode: name.at.inode,
        name: Some(NameRow {
            number: name.number,
            device: name.at.device,
            head_bytes: name.head.len,
            head: name.head.fingerprint,
            path: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::name::{Head, Inode, Name};
    use super::*;

    fn name(number: u32, inode: u64) -> Name {
        Name { number, at: Inode { device: 1, inode }, head: Head { len: 3, fingerprint: 9 } }
    }

    fn after(rows: Vec<Row>, ids: &[ChunkId]) -> (Vec<(u64, u64, bool)>, u32) {
        let Restored { files, next, .. } =
            restore(Offsets { next: 5, files: rows }, ids.iter().map(ChunkId::as_bytes));
        let of = |file: Followed| (file.at.inode, file.position.offset, file.position.in_line);
        (files.into_iter().map(of).collect(), next)
    }

    #[test]
    fn the_greatest_end_that_was_stored_counts() {
        let saved = row(&Stored { name: name(2, 70), end: 100, in_line: false, replaced: false });
        let ids = [name(2, 70).chunk(300, true), name(2, 70).chunk(200, false)];
        assert_eq!(after(vec![saved.clone()], &ids), (vec![(70, 300, true)], 5));
        let ids = [name(2, 70).chunk(300, false), name(2, 70).chunk(300, true), name(2, 70).end(300, false)];
        assert_eq!(after(vec![saved.clone()], &ids), (vec![(70, 300, false)], 5));
        assert_eq!(after(vec![saved], &[name(2, 70).chunk(50, false)]), (vec![(70, 100, false)], 5));
    }

    #[test]
    fn a_file_that_only_the_spool_remembers_is_known_and_its_number_not_given_again() {
        assert_eq!(after(vec![], &[name(9, 70).chunk(300, false)]), (vec![(70, 300, false)], 10));
    }

    #[test]
    fn a_file_that_was_begun_anew_is_read_from_its_start() {
        let ids = [name(2, 70).chunk(300, false), name(2, 70).replaced(300)];
        assert_eq!(after(vec![], &ids), (vec![(70, 0, false)], 5));
        let ids = [name(2, 70).replaced(300), name(3, 70).chunk(10, false)];
        assert_eq!(after(vec![], &ids), (vec![(70, 10, false)], 5));
    }

    #[test]
    fn of_two_files_in_one_place_the_later_counts() {
        let saved = row(&Stored { name: name(2, 70), end: 1000, in_line: false, replaced: false });
        assert_eq!(after(vec![saved], &[name(6, 70).chunk(10, false)]), (vec![(70, 10, false)], 7));
    }
}
