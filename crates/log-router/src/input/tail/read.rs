//! All files: whose turn it is, and which of them are open.

use std::fs::File;
use std::io;

use super::error::TailNotice;
use super::name::Inode;
use super::turn::{Fault, Store, TailChunk, tell_end};
use super::{MOST_OPEN, Tailer};

impl Tailer {
    /// Reads what is new, file by file in turns of at most 64 KiB, until `budget` bytes are stored or there is no more;
    /// a line that is longer than the budget is read all the same. `store` gets runs of whole lines, pieces of long
    /// ones, and the ends of files. Gives the bytes of files that were stored.
    ///
    /// # Errors
    /// What `store` answers. That chunk counts as not read and comes again with the next call, the ones before it count.
    pub fn read<E>(
        &mut self,
        budget: usize,
        store: &mut dyn FnMut(TailChunk<'_>) -> Result<(), E>,
    ) -> Result<u64, E> {
        let budget = budget as u64;
        let mut total = 0;
        self.tell_replaced(store)?;
        loop {
            self.desk.round += 1;
            let before = total;
            for _ in 0..self.files.len() {
                if total >= budget {
                    return Ok(total);
                }
                self.cursor = (self.cursor + 1) % self.files.len();
                total += self.turn(self.cursor, (budget - total) as usize, store)?;
            }
            self.tell_replaced(store)?;
            self.forget_deleted();
            if total == before {
                return Ok(total);
            }
        }
    }

    fn turn<E>(&mut self, at: usize, left: usize, store: Store<'_, E>) -> Result<u64, E> {
        if self.files[at].wanted && self.files[at].file.is_none() {
            self.open_file(at);
        }
        let file = &mut self.files[at];
        let turn = file.turn(&mut self.desk, left, store);
        match turn {
            Ok(bytes) => {
                if file.ended && file.missing {
                    self.close(at);
                }
                Ok(bytes)
            }
            Err(Fault::Store(refusal)) => Err(refusal),
            Err(Fault::Read(error)) => {
                self.cannot_read(at, error);
                Ok(0)
            }
        }
    }

    /// What was deleted and read to its end never comes back.
    fn forget_deleted(&mut self) {
        let before = self.files.len();
        self.files.retain(|file| !(file.deleted && file.missing && file.ended && file.file.is_none()));
        self.desk.changed |= self.files.len() != before;
    }

    fn tell_replaced<E>(&mut self, store: Store<'_, E>) -> Result<(), E> {
        while let Some((named, offset)) = self.desk.replaced.front() {
            tell_end(named, named.name.replaced(*offset), store)?;
            self.desk.replaced.pop_front();
        }
        Ok(())
    }

    fn open_file(&mut self, at: usize) {
        if self.open >= MOST_OPEN && !self.close_quietest() {
            return;
        }
        let file = &mut self.files[at];
        file.wanted = false;
        let opened = File::open(&file.path).and_then(|opened| Ok((opened.metadata()?, opened)));
        match opened {
            Ok((found, opened)) if Inode::of(&found) == file.at => {
                (file.file, file.unreadable) = (Some(opened), false);
                // What was just opened is not to be closed before its turn.
                file.touched = self.desk.round;
                file.modified = (0, 0);
                self.open += 1;
            }
            // Another file is called so by now; the next scan says where this one is.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.cannot_read(at, error),
        }
    }

    /// Closes the file that was quiet longest, if that can be found again by its name and had its turn.
    fn close_quietest(&mut self) -> bool {
        let can_close = self
            .files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.file.is_some() && !file.missing && file.touched < self.desk.round);
        let Some((at, file)) = can_close.min_by_key(|(_, file)| file.touched) else { return false };
        let unread = file.looked != Some(file.size);
        self.close(at);
        self.files[at].wanted = unread;
        true
    }

    fn close(&mut self, at: usize) {
        if self.files[at].file.take().is_some() {
            self.open -= 1;
        }
    }

    /// The next scan makes it be tried again.
    fn cannot_read(&mut self, at: usize, error: io::Error) {
        self.close(at);
        let file = &mut self.files[at];
        file.looked = None;
        if !std::mem::replace(&mut file.unreadable, true) {
            self.desk.notices.push(TailNotice::Unreadable { path: file.path.clone(), error });
        }
    }
}
