//! All files: new, renamed and vanished ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::PathBuf;

use super::Tailer;
use super::error::TailNotice;
use super::find::{Findings, Found};
use super::followed::Followed;
use super::name::Inode;

/// Files that are gone, yet may come back: a folder can be unmounted for a while. More are forgotten, the longest gone
/// first.
const MOST_GONE: usize = 1000;
/// After so many scans they are forgotten anyway; that is a day and more at the default of 5 s.
const FORGET_SCANS: u32 = 20_000;

impl Tailer {
    /// Looks for new, renamed and vanished files, and gives what somebody should know since the last scan.
    pub fn scan(&mut self) -> Vec<TailNotice> {
        let Findings { mut files, failed } = self.finder.find();
        self.tell_failures(failed);
        if self.is_new {
            self.follow_renumbered_devices(&files);
        }
        let skips = self.is_new && self.from_end;
        let known: BTreeSet<PathBuf> =
            self.files.iter().filter(|_| skips).map(|file| file.path.clone()).collect();
        for file in &mut self.files {
            self.desk.changed |= file.found(files.remove(&file.at));
        }
        for (at, found) in files {
            self.desk.changed = true;
            let Some(path) = found.paths.first() else { continue };
            let is_unknown = !found.paths.iter().any(|path| known.contains(path));
            let mut file = Followed::new(at, path.clone());
            file.skip_to = (skips && is_unknown).then_some(found.size);
            self.files.push(file);
        }
        self.forget();
        self.is_new = false;
        std::mem::take(&mut self.desk.notices)
    }

    fn tell_failures(&mut self, failed: Vec<(PathBuf, std::io::Error)>) {
        let mut failing = BTreeSet::new();
        for (path, error) in failed {
            if failing.insert(path.clone()) && !self.told.contains(&path) {
                self.desk.notices.push(TailNotice::Unreadable { path, error });
            }
        }
        self.told = failing;
    }

    /// A machine that starts may give its disks other numbers. A file that is missing and one that is new are the same
    /// if they differ in nothing else. Only at the start: later it would be another file.
    fn follow_renumbered_devices(&mut self, found: &BTreeMap<Inode, Found>) {
        let mut new: HashMap<u64, Vec<(Inode, &Found)>> = HashMap::new();
        let known: BTreeSet<Inode> = self.files.iter().map(|file| file.at).collect();
        for (at, found) in found.iter().filter(|(at, _)| !known.contains(at)) {
            new.entry(at.inode).or_default().push((*at, found));
        }
        for file in self.files.iter_mut().filter(|file| !found.contains_key(&file.at)) {
            let Some(named) = &file.position.name else { continue };
            let is_it = |(_, found): &(Inode, &Found)| {
                let opened = found.paths.first().and_then(|path| File::open(path).ok());
                found.size >= file.position.offset
                    && opened.is_some_and(|opened| named.name.head.matches(&opened).unwrap_or(false))
            };
            let candidates = new.entry(file.at.inode).or_default();
            if let Some(place) = candidates.iter().position(is_it) {
                file.at = candidates.swap_remove(place).0;
                self.desk.changed = true;
            }
        }
    }

    fn forget(&mut self) {
        let is_gone = |file: &Followed| file.missing && file.file.is_none();
        let mut ages: Vec<u32> =
            self.files.iter().filter(|file| is_gone(file)).map(|file| file.gone).collect();
        let mut most = FORGET_SCANS;
        if ages.len() > MOST_GONE {
            ages.sort_unstable();
            most = most.min(ages[MOST_GONE - 1]);
        }
        let mut left = MOST_GONE;
        let before = self.files.len();
        self.files.retain(|file| {
            if !is_gone(file) {
                return true;
            }
            let stays = file.position.name.is_some() && file.gone <= most && left > 0;
            left -= usize::from(stays);
            stays
        });
        self.desk.changed |= self.files.len() != before;
    }
}
