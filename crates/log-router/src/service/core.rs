//! What the tasks of a service share.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use sluice_record::Level;
use sluice_spool::SegmentId;
use tokio::sync::{Notify, Semaphore};

use super::backoff::Backoff;
use super::counters::{Counters, add};
use super::destination::Archive;
use super::health::{Health, Part};
use super::intake::Intake;
use super::outbox::Outbox;
use super::progress::Progress;
use crate::diagnostics::{chain, error, info};
use crate::route::{Place, Rules};
use crate::sink::s3::S3Archive;

/// While the service ends no wait is longer.
const DRAINING_WAIT: Duration = Duration::from_millis(500);

/// Shared by all tasks; they run on one thread.
pub(super) struct Core {
    pub(super) intake: Intake,
    pub(super) counters: Rc<Counters>,
    pub(super) health: Rc<Health>,
    pub(super) rules: Rules,
    pub(super) place: Place,
    pub(super) archive: Archive,
    pub(super) s3: Option<S3Archive>,
    pub(super) bucket: Option<String>,
    pub(super) outbox: Outbox,
    /// Folder of the files of errors.
    pub(super) errors_folder: PathBuf,
    /// Requests to S3 at a time.
    pub(super) uploads: Rc<Semaphore>,
    pub(super) retry: (Duration, Duration),
    /// The service ends.
    pub(super) draining: Cell<bool>,
    /// Told when `draining` changes.
    pub(super) drain: Notify,
    /// Told when a segment was deleted.
    pub(super) settled: Notify,
    /// What is known of the delivery of each segment that is in the spool.
    pub(super) deliveries: RefCell<HashMap<SegmentId, Delivery>>,
    /// Segments that an earlier run left, the oldest first.
    pub(super) backlog: Vec<SegmentId>,
    /// The live worker has routed all there is.
    pub(super) caught_up: Cell<bool>,
    /// Secrets masked, by worker (the live one or not) and rule.
    pub(super) redactions: RefCell<HashMap<(bool, String), u64>>,
}

/// How far a segment has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Delivery {
    pub(super) archived: bool,
    pub(super) errors: u64,
    pub(super) errors_done: bool,
}

impl Core {
    pub(super) fn backoff(&self) -> Backoff {
        Backoff::new(self.retry.0, self.retry.1)
    }

    /// Waits before a retry; shorter when the service ends meanwhile.
    pub(super) async fn pause(&self, wait: Duration) {
        let deadline = tokio::time::Instant::now() + wait;
        while tokio::time::Instant::now() < deadline {
            if self.draining.get() {
                let left = deadline.saturating_duration_since(tokio::time::Instant::now());
                tokio::time::sleep(left.min(DRAINING_WAIT)).await;
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(deadline) => {}
                () = self.drain.notified() => {}
            }
        }
    }

    /// The name of the least level of errors.
    pub(super) fn min_level(&self) -> &'static str {
        Level::as_str(self.rules.min_level)
    }

    /// Whether the segment is still there: it may have been discarded.
    pub(super) fn is_known(&self, segment: SegmentId) -> bool {
        self.intake.spool.borrow().path(segment).is_ok()
    }

    /// What an earlier run, or this one, delivered of the segment.
    pub(super) fn progress(&self, segment: SegmentId) -> Progress {
        match self.intake.spool.borrow().load_progress(segment) {
            Ok(stored) => Progress::read(stored.as_deref(), self.min_level()),
            Err(problem) => {
                error(
                    "the progress of a segment cannot be read; its errors are sent again",
                    &[("segment", &segment), ("reason", &chain(&problem))],
                );
                Progress::read(None, self.min_level())
            }
        }
    }

    /// All objects of the segment are delivered.
    pub(super) fn archived(&self, segment: SegmentId) {
        self.update(segment, |delivery| delivery.archived = true);
    }

    /// So many of its errors are delivered, and perhaps there are no more.
    pub(super) fn errors_delivered(&self, segment: SegmentId, errors: u64, done: bool) {
        self.update(segment, |delivery| {
            delivery.errors = errors;
            delivery.errors_done = done;
        });
    }

    fn update(&self, segment: SegmentId, change: impl FnOnce(&mut Delivery)) {
        let delivery = {
            let mut all = self.deliveries.borrow_mut();
            let delivery = all.entry(segment).or_default();
            let before = *delivery;
            change(delivery);
            if *delivery == before {
                return;
            }
            *delivery
        };
        if delivery.archived && delivery.errors_done {
            self.delete(segment);
        } else if self.is_known(segment) {
            let progress = Progress {
                archived: delivery.archived,
                errors: delivery.errors,
                min_level: self.min_level().to_owned(),
            };
            let saved = self.intake.spool.borrow_mut().save_progress(segment, &progress.write());
            if let Err(problem) = saved {
                error(
                    "cannot write down how far a segment was delivered; after a crash some errors are sent again",
                    &[("segment", &segment), ("reason", &chain(&problem))],
                );
            }
        }
    }

    /// Deletes a segment of which everything is delivered; tried again later when the disk refuses.
    pub(super) fn delete(&self, segment: SegmentId) {
        let bytes = self.bytes_of(segment);
        // Its worker has let go of it before the last of it was delivered.
        let deleted = self.intake.spool.borrow_mut().reuse(segment);
        match deleted {
            Ok(()) => {
                add(&self.counters.archived_bytes, bytes);
                add(&self.counters.archived_segments, 1);
            }
            // It was discarded, or vanished.
            Err(_) if !self.is_known(segment) => {}
            Err(problem) => {
                error(
                    "cannot delete a segment that was delivered; it is tried again",
                    &[("segment", &segment), ("reason", &chain(&problem))],
                );
                return;
            }
        }
        self.deliveries.borrow_mut().remove(&segment);
        self.intake.room.notify_waiters();
        self.settled.notify_waiters();
    }

    /// How many errors of a segment were delivered, in this run or an earlier one.
    pub(super) fn errors_sent(&self, segment: SegmentId) -> u64 {
        self.outbox.delivered(segment).unwrap_or_else(|| self.progress(segment).errors)
    }

    /// A segment is gone without having been delivered.
    pub(super) fn forget(&self, segment: SegmentId) {
        self.deliveries.borrow_mut().remove(&segment);
        self.intake.take_events(segment);
        self.intake.room.notify_waiters();
        self.settled.notify_waiters();
    }

    /// Deletes what could not be deleted before.
    pub(super) fn delete_delivered(&self) {
        let done: Vec<SegmentId> = {
            let all = self.deliveries.borrow();
            all.iter().filter(|(_, d)| d.archived && d.errors_done).map(|(segment, _)| *segment).collect()
        };
        done.into_iter().for_each(|segment| self.delete(segment));
    }

    pub(super) fn bytes_of(&self, segment: SegmentId) -> u64 {
        let spool = self.intake.spool.borrow();
        spool.sealed_segments().iter().find(|info| info.id == segment).map_or(0, |info| info.bytes)
    }

    /// A sink works, or works again.
    pub(super) fn well(&self, part: Part) {
        if self.health.clear(part) {
            info("deliveries work again", &[("part", &part.as_str())]);
        }
    }
}
