//! Sends the errors to CloudWatch Logs: in batches, in order, within the byte budget, each until it has arrived.
//!
//! An error that finds nothing sent within `errors.batch_wait` goes at once; those behind it wait for each other so
//! long at most.
//!
//! Invariant: an error counts as delivered when the event that holds it was taken, or refused for good, or when the
//! summary that stands for it was. What counts is written down beside the segment, so a crash repeats what was under
//! way and no more.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use sluice_archive::{ObjectKey, Partition};
use sluice_pipeline::Errors;
use tokio::time::Instant;

use super::core::Core;
use super::counters::add;
use super::health::Part;
use super::now_ms;
use super::outbox::Pending;
use crate::diagnostics::{chain, error, warn};
use crate::sink::aws::AwsError;
use crate::sink::cloudwatch::{
    Admit, Batch, BatchLimits, Budget, ErrorRecord, Event, EventSettings, StreamName, batches, container_of,
    shape,
};
use crate::sink::error_file::Frame;
use crate::sink::logs::{LogGroup, Refused};

/// How long to wait before a file that cannot be read is tried again.
const DISK_WAIT: Duration = Duration::from_secs(1);

/// Sends what the outbox holds.
pub(super) struct Sender {
    core: Rc<Core>,
    group: LogGroup,
    settings: Errors,
    stream: StreamName,
    boot: String,
    shaping: EventSettings,
    limits: BatchLimits,
    budget: Budget,
    /// Delivered but for the summaries that stand for some of them.
    waiting: Vec<(Rc<Pending>, u64)>,
    last_sent: Option<Instant>,
}

/// Events by log stream.
type Streams = BTreeMap<String, Vec<Event>>;

impl Sender {
    pub(super) fn new(core: Rc<Core>, group: LogGroup, settings: Errors, boot: String) -> Sender {
        Sender {
            core,
            group,
            stream: StreamName::parse(&settings.stream),
            boot,
            shaping: EventSettings {
                max_event_bytes: settings.max_event_bytes.as_usize(),
                large: settings.large_event,
            },
            limits: BatchLimits { bytes: settings.batch_bytes.0, events: usize::from(settings.batch_events) },
            budget: Budget::new(settings.bytes_per_minute.map(|bytes| bytes.0)),
            settings,
            waiting: Vec::new(),
            last_sent: None,
        }
    }

    /// Runs until the service has ended.
    pub(super) async fn run(mut self) {
        loop {
            self.settle();
            if !self.wait().await {
                continue;
            }
            let mut streams = Streams::new();
            let mut read = Vec::new();
            if let Err(problem) = self.collect(&mut streams, &mut read) {
                error("cannot read errors that wait for CloudWatch Logs", &[("reason", &problem)]);
                self.core.pause(DISK_WAIT).await;
                continue;
            }
            self.summarise(&mut streams);
            self.last_sent = Some(Instant::now());
            for (stream, events) in streams {
                for batch in batches(events, &self.limits) {
                    self.send(&stream, batch).await;
                }
            }
            self.waiting.append(&mut read);
            if !self.has_suppressed() {
                for (pending, frames) in std::mem::take(&mut self.waiting) {
                    pending.deliver(frames);
                    self.note(&pending);
                }
            }
        }
    }

    /// Whether a summary will stand for some that were read.
    fn has_suppressed(&self) -> bool {
        self.budget.next_due_ms().is_some()
    }

    /// Waits until there is something to send, and enough of it or for long enough.
    async fn wait(&mut self) -> bool {
        let unread = self.core.outbox.unread();
        let now = now_ms();
        let draining = self.core.draining.get();
        let summaries = self.budget.due(now) || draining && self.has_suppressed();
        if summaries {
            return true;
        }
        let due = self.last_sent.map_or_else(Instant::now, |last| last + self.settings.batch_wait);
        let full = unread >= self.settings.batch_bytes.0;
        if unread > 0 && (full || draining || due <= Instant::now()) {
            return true;
        }
        let summary = self.budget.next_due_ms().map(|ms| Duration::from_millis((ms - now).max(0) as u64));
        tokio::select! {
            () = self.core.outbox.wake.notified() => {}
            () = self.core.drain.notified() => {}
            () = tokio::time::sleep_until(due), if unread > 0 => {}
            () = tokio::time::sleep(summary.unwrap_or_default()), if summary.is_some() => {}
        }
        false
    }

    /// Reads a batch's worth of errors, sorts out what the budget suppresses, and makes events of the rest.
    fn collect(&mut self, streams: &mut Streams, read: &mut Vec<(Rc<Pending>, u64)>) -> std::io::Result<()> {
        let (mut bytes, mut count) = (self.settings.batch_bytes.as_usize(), self.limits.events);
        while bytes > 0 && count > 0 {
            let Some((pending, frames)) = self.core.outbox.read(bytes, count)? else { break };
            for frame in &frames {
                bytes = bytes.saturating_sub(frame.json.len());
                self.take(&pending, frame, streams);
            }
            count -= frames.len();
            read.push((pending, frames.len() as u64));
        }
        Ok(())
    }

    fn take(&mut self, pending: &Pending, frame: &Frame, streams: &mut Streams) {
        let archive = pending.name().map(|name| {
            let offset_ms = self.core.rules.partition_zone.offset_ms_at(frame.filed_ms);
            let partition = Partition::at(frame.filed_ms, (offset_ms / 1000) as i32);
            let key = ObjectKey::new("", partition, &name.service, &name.task, &name.boot, name.segment);
            self.core.archive.url(self.core.bucket.as_deref(), &key)
        });
        let record = ErrorRecord {
            json: &frame.json,
            ts_ms: frame.ts_ms.max(0),
            fingerprint: frame.fingerprint,
            archive: archive.as_deref().unwrap_or_default(),
        };
        let cost = frame.json.len() as u64 + 26;
        if matches!(self.budget.admit(&record, cost, now_ms()), Admit::Suppressed) {
            add(&self.core.counters.errors_suppressed, 1);
            return;
        }
        let stream = self.stream_of(pending, &frame.json);
        shape(&record, &self.shaping, streams.entry(stream).or_default());
    }

    fn stream_of(&self, pending: &Pending, json: &[u8]) -> String {
        let container = if self.stream.needs_container() { container_of(json) } else { None };
        let task = pending.name().map_or_else(|| self.core.place.task.clone(), |name| name.task);
        self.stream.render(&self.core.rules.service, &task, container.as_deref(), &self.boot)
    }

    /// Adds the summaries that are due; all of them when the service ends.
    fn summarise(&mut self, streams: &mut Streams) {
        let draining = self.core.draining.get();
        let summaries = if draining { self.budget.flush() } else { self.budget.take_summaries(now_ms()) };
        for event in summaries {
            let stream =
                self.stream.render(&self.core.rules.service, &self.core.place.task, None, &self.boot);
            streams.entry(stream).or_default().push(event);
        }
    }

    /// Sends a batch until it has arrived. One that is refused as such is halved, until the event is found.
    async fn send(&self, stream: &str, batch: Batch) {
        let counters = &self.core.counters;
        let mut halves = vec![batch.events];
        let mut backoff = self.core.backoff();
        while let Some(mut events) = halves.pop() {
            match self.group.put(stream, &events).await {
                Ok(refused) => {
                    self.count_refused(stream, &refused);
                    let taken = events.len() as u64 - refused.total();
                    add(&counters.errors_sent, taken);
                    add(&counters.errors_sent_bytes, events.iter().map(Event::cost).sum());
                    add(&counters.errors_batches, 1);
                    self.core.well(Part::Errors);
                }
                Err(AwsError { code, text, .. }) if code == "InvalidParameterException" => {
                    if events.len() > 1 {
                        let second = events.split_off(events.len() / 2);
                        halves.push(second);
                        halves.push(events);
                    } else {
                        self.count_refused(stream, &Refused { invalid: 1, ..Refused::default() });
                        warn("CloudWatch Logs refused an event", &[("stream", &stream), ("reason", &text)]);
                    }
                }
                Err(problem) => {
                    add(&counters.errors_failures, 1);
                    add(&counters.errors_throttled, u64::from(problem.throttled));
                    let reason = chain(&problem);
                    self.core.health.report(Part::Errors, reason.clone());
                    warn(
                        "errors were not delivered; it is tried again",
                        &[("log_group", &self.settings.log_group), ("stream", &stream), ("reason", &reason)],
                    );
                    halves.push(events);
                    self.core.pause(backoff.next(problem.throttled, problem.retry_after)).await;
                }
            }
        }
    }

    fn count_refused(&self, stream: &str, refused: &Refused) {
        if refused.total() > 0 {
            add(&self.core.counters.errors_refused, refused.total());
            warn(
                "CloudWatch Logs refused events; they are in the archive",
                &[
                    ("stream", &stream),
                    ("too_old", &refused.too_old),
                    ("too_new", &refused.too_new),
                    ("invalid", &refused.invalid),
                ],
            );
        }
    }

    /// Writes down how far a segment is.
    fn note(&self, pending: &Pending) {
        if !pending.is_cancelled() && !pending.is_done() {
            self.core.errors_delivered(pending.segment, pending.delivered.get(), false);
        }
    }

    /// Lets go of segments whose errors are all delivered.
    fn settle(&self) {
        for done in self.core.outbox.take_done() {
            if !done.is_cancelled() {
                self.core.errors_delivered(done.segment, done.delivered.get(), true);
            }
        }
    }
}
