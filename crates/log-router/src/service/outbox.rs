//! The errors that wait for CloudWatch Logs: for each segment a file on disk, and how much of it was sent.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

use sluice_spool::SegmentId;
use tokio::sync::Notify;

use crate::route::ObjectName;
use crate::sink::error_file::{Frame, read_frames, remove};

/// The errors of one segment.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) segment: SegmentId,
    path: PathBuf,
    /// How the segment's objects are named.
    name: RefCell<Option<ObjectName>>,
    /// Bytes that can be read.
    written: Cell<u64>,
    /// There will be no more.
    finished: Cell<bool>,
    /// Bytes that were read.
    read: Cell<u64>,
    /// Errors that were delivered, those of earlier runs included.
    pub(super) delivered: Cell<u64>,
    /// Frames that were read and are not delivered yet.
    under_way: Cell<u64>,
    cancelled: Cell<bool>,
}

impl Pending {
    pub(super) fn set_name(&self, name: &ObjectName) {
        *self.name.borrow_mut() = Some(name.clone());
    }

    pub(super) fn name(&self) -> Option<ObjectName> {
        self.name.borrow().clone()
    }

    /// So much can be read now; true when it is more than before.
    pub(super) fn grow(&self, written: u64) -> bool {
        self.written.replace(written) != written
    }

    /// No more will come.
    pub(super) fn finish(&self, written: u64) {
        self.written.set(written);
        self.finished.set(true);
    }

    /// The segment was discarded.
    pub(super) fn cancel(&self) {
        self.cancelled.set(true);
    }

    fn unread(&self) -> u64 {
        if self.cancelled.get() { 0 } else { self.written.get().saturating_sub(self.read.get()) }
    }

    /// So many frames were delivered.
    pub(super) fn deliver(&self, frames: u64) {
        self.delivered.set(self.delivered.get() + frames);
        self.under_way.set(self.under_way.get() - frames);
    }

    /// Everything was delivered, and no more will come.
    pub(super) fn is_done(&self) -> bool {
        self.cancelled.get() || self.finished.get() && self.unread() == 0 && self.under_way.get() == 0
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// All of them, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: RefCell<VecDeque<Rc<Pending>>>,
    /// Told when there is more to read, or a segment is finished.
    pub(super) wake: Notify,
}

impl Outbox {
    /// Adds a segment of which so many errors were delivered by earlier runs.
    pub(super) fn add(&self, segment: SegmentId, path: PathBuf, delivered: u64) -> Rc<Pending> {
        let pending = Rc::new(Pending {
            segment,
            path,
            name: RefCell::new(None),
            written: Cell::new(0),
            finished: Cell::new(false),
            read: Cell::new(0),
            delivered: Cell::new(delivered),
            under_way: Cell::new(0),
            cancelled: Cell::new(false),
        });
        self.queue.borrow_mut().push_back(Rc::clone(&pending));
        pending
    }

    /// Bytes of all frames that wait to be read.
    pub(super) fn unread(&self) -> u64 {
        self.queue.borrow().iter().map(|pending| pending.unread()).sum()
    }

    /// Reads the next frames of the oldest segment that has some: of up to `most_bytes` of JSON and `most_frames`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn read(
        &self,
        most_bytes: usize,
        most_frames: usize,
    ) -> io::Result<Option<(Rc<Pending>, Vec<Frame>)>> {
        let queue = self.queue.borrow();
        let Some(pending) = queue.iter().find(|pending| pending.unread() > 0) else { return Ok(None) };
        let (frames, read) =
            read_frames(&pending.path, pending.read.get(), pending.written.get(), most_bytes, most_frames)?;
        pending.read.set(read);
        pending.under_way.set(pending.under_way.get() + frames.len() as u64);
        Ok(Some((Rc::clone(pending), frames)))
    }

    /// Takes out those of which everything is delivered.
    pub(super) fn take_done(&self) -> Vec<Rc<Pending>> {
        let mut queue = self.queue.borrow_mut();
        let (done, rest): (Vec<_>, Vec<_>) = queue.drain(..).partition(|pending| pending.is_done());
        queue.extend(rest);
        done
    }

    /// How many errors of a segment were delivered; None when it is not here.
    pub(super) fn delivered(&self, segment: SegmentId) -> Option<u64> {
        let queue = self.queue.borrow();
        queue.iter().find(|pending| pending.segment == segment).map(|pending| pending.delivered.get())
    }

    /// Stops delivering the errors of a segment: it is discarded.
    pub(super) fn cancel(&self, segment: SegmentId) {
        for pending in self.queue.borrow().iter().filter(|pending| pending.segment == segment) {
            pending.cancel();
        }
        self.wake.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::{ErrorFile, ErrorSink};
    use sluice_record::{Level, Record};

    #[test]
    fn a_segment_is_done_when_it_is_finished_and_everything_was_delivered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errors");
        let outbox = Outbox::default();
        let pending =
            outbox.add(SegmentId { sequence: 1, boot: "01234567".parse().unwrap() }, path.clone(), 4);
        let mut file = ErrorFile::new(path.clone(), 0);
        for _ in 0..3 {
            let level = Level::Error;
            let record = Record { json: b"{}", ts_ms: 0, received_ms: 0, level, fingerprint: None, lines: 1 };
            file.record(&record, 0).unwrap();
        }
        file.flush().unwrap();
        assert!(pending.grow(file.written()));
        let (read, frames) = outbox.read(1 << 20, 2).unwrap().unwrap();
        assert_eq!(frames.len(), 2);
        read.deliver(2);
        drop(read);
        pending.finish(file.written());
        assert!(outbox.take_done().is_empty());
        let (read, _) = outbox.read(1 << 20, 2).unwrap().unwrap();
        assert!(outbox.read(1 << 20, 2).unwrap().is_none());
        assert!(outbox.take_done().is_empty());
        read.deliver(1);
        drop((read, pending));
        assert_eq!(outbox.take_done().iter().map(|done| done.delivered.get()).collect::<Vec<_>>(), [7]);
        assert!(!path.exists());
    }
}
