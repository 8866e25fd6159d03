//! Routes segments: one worker those that are being written, one those that an earlier run left.
//!
//! A segment is routed while it grows, so its errors leave at once; when it is sealed its objects are complete.
//!
//! Invariants:
//! * an entry is routed once unless a sink fails; then the whole segment is routed again, with the same result;
//! * after each entry other tasks get their turn: input comes first.

use std::rc::Rc;
use std::time::Duration;

use sluice_spool::SegmentId;
use tokio::time::Instant;

use super::core::Core;
use super::counters::add;
use super::deliver::deliver;
use super::destination::Destination;
use super::health::Part;
use super::now_ms;
use super::outbox::Pending;
use crate::diagnostics::{chain, error, warn};
use crate::route::{ObjectName, Place, RouteError, Routed, Router};
use crate::sink::{ErrorFile, ErrorSink};

/// How long what came in waits for more before it is routed.
const GATHER: Duration = Duration::from_millis(100);
/// An event whose time is no older was sent as it happened.
const LIVE_MS: i64 = 10_000;
/// How long the backlog waits at most for the live worker to have nothing to do.
const PATIENCE: Duration = Duration::from_millis(5);
/// How long a segment of the backlog may be routed before others get their turn.
const SLICE: Duration = Duration::from_millis(2);

/// Routes the segments of this run, in order, as they come to be.
pub(super) async fn live(core: Rc<Core>, mut router: Router) {
    let mut last: Option<SegmentId> = None;
    loop {
        let next = {
            let spool = core.intake.spool.borrow();
            let open = spool.open_segment();
            let mine = spool.sealed_segments().iter().chain(&open).map(|info| info.id);
            // Those that were there at the start are the backlog's.
            mine.filter(|id| {
                last.is_none_or(|last| id.sequence > last.sequence || id.boot != last.boot)
                    && !core.backlog.contains(id)
            })
            .min()
        };
        match next {
            Some(segment) => {
                route(&core, &mut router, segment, true).await;
                last = Some(segment);
            }
            None => {
                core.caught_up.set(true);
                core.intake.appended.notified().await;
            }
        }
        core.caught_up.set(false);
    }
}

/// Routes the segments that an earlier run left, the oldest first.
pub(super) async fn backlog(core: Rc<Core>, mut router: Router) {
    for segment in core.backlog.clone() {
        route(&core, &mut router, segment, false).await;
    }
}

/// Routes one segment, again and again until it is done or discarded.
async fn route(core: &Rc<Core>, router: &mut Router, segment: SegmentId, live: bool) {
    let progress = core.progress(segment);
    let path = core.errors_folder.join(format!("{segment}.errors"));
    let mut errors = ErrorFile::new(path.clone(), progress.errors);
    let pending = core.outbox.add(segment, path, progress.errors);
    if progress.archived {
        core.archived(segment);
    }
    let mut backoff = core.backoff();
    loop {
        match attempt(core, router, segment, live, progress.archived, &mut errors, &pending).await {
            Ok((routed, destination)) => {
                count(core, router, segment, live, &routed);
                core.well(Part::Routing);
                pending.finish(errors.written());
                core.outbox.wake.notify_one();
                if !progress.archived {
                    let objects = destination.into_objects();
                    tokio::task::spawn_local(deliver(Rc::clone(core), segment, objects, routed));
                }
                return;
            }
            Err(_) if !core.is_known(segment) => {
                pending.cancel();
                core.outbox.wake.notify_one();
                return;
            }
            Err(problem) => {
                let reason = chain(&problem);
                core.health.report(Part::Routing, reason.clone());
                error(
                    "cannot route a segment; it is tried again",
                    &[("segment", &segment), ("reason", &reason)],
                );
                errors.rewind();
                core.pause(backoff.next(false, None)).await;
            }
        }
    }
}

async fn attempt(
    core: &Rc<Core>,
    router: &mut Router,
    segment: SegmentId,
    live: bool,
    archived: bool,
    errors: &mut ErrorFile,
    pending: &Pending,
) -> Result<(Routed, Destination), RouteError> {
    let mut reader = core.intake.spool.borrow().reader(segment).map_err(RouteError::Spool)?;
    let place = Place::from_meta(&reader.header().meta).unwrap_or_else(|| core.place.clone());
    let name = ObjectName {
        service: core.rules.service.clone(),
        task: place.task.clone(),
        boot: segment.boot.to_string(),
        segment: segment.sequence,
    };
    let destination =
        if archived { Destination::Nowhere } else { core.archive.begin(segment.to_string())? };
    pending.set_name(&name);
    let mut routing = router.begin(&name, &place, destination);
    let mut since = Instant::now();
    loop {
        if routing.next(&mut reader, errors)? {
            if since.elapsed() >= SLICE {
                flush(core, errors, pending)?;
                if live {
                    tokio::task::yield_now().await;
                } else {
                    patience(core).await;
                }
                since = Instant::now();
            }
            continue;
        }
        flush(core, errors, pending)?;
        // What is sealed has no more entries than were read just now, unless it was sealed since.
        if is_complete(core, segment, reader.offset() + reader.torn_bytes()) {
            break;
        }
        core.caught_up.set(true);
        let due = routing.expires_ms().map(|due| until_idle(core, due));
        tokio::select! {
            // Routing a little at a time costs half as much again: what was learnt of the code and the data is forgotten.
            () = core.intake.appended.notified() => core.pause(GATHER).await,
            () = tokio::time::sleep(due.unwrap_or_default()), if due.is_some() => core.intake.idle(),
        }
        core.caught_up.set(false);
        since = Instant::now();
    }
    let (routed, destination) = routing.finish(errors)?;
    flush(core, errors, pending)?;
    Ok((routed, destination))
}

/// How long to wait before it is said that nothing comes. Times of events that were sent long after they happened say
/// nothing of when the next one comes; then all of the input must be quiet.
fn until_idle(core: &Core, due_ms: i64) -> Duration {
    let now = now_ms();
    if due_ms >= now - LIVE_MS {
        return Duration::from_millis((due_ms - now).max(0) as u64);
    }
    let most = Duration::from_millis(core.rules.settings.join.max_wait_ms.max(0) as u64);
    most.saturating_sub(core.intake.last_in.get().elapsed())
}

/// Whether nothing will be appended to the segment behind this byte.
fn is_complete(core: &Core, segment: SegmentId, read: u64) -> bool {
    let spool = core.intake.spool.borrow();
    let is_open = spool.open_segment().is_some_and(|open| open.id == segment);
    let sealed = spool.sealed_segments().iter().find(|info| info.id == segment);
    // One that is neither was removed: what could be read of it is all there is.
    !is_open && sealed.is_none_or(|info| read >= info.bytes)
}

fn flush(core: &Core, errors: &mut ErrorFile, pending: &Pending) -> Result<(), RouteError> {
    errors.flush()?;
    if pending.grow(errors.written()) {
        core.outbox.wake.notify_one();
    }
    Ok(())
}

/// Lets the live worker go first.
async fn patience(core: &Core) {
    let deadline = Instant::now() + PATIENCE;
    tokio::task::yield_now().await;
    while !core.caught_up.get() && Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
}

fn count(core: &Core, router: &Router, segment: SegmentId, live: bool, routed: &Routed) {
    let counters = &core.counters;
    add(&counters.records_error, routed.errors);
    add(&counters.records_joined, routed.joined);
    add(&counters.records_out_of_range, routed.out_of_range);
    add(&counters.records_cut, routed.cut);
    add(&counters.lines_filtered, routed.filtered);
    add(&counters.damaged, routed.damaged);
    if routed.damaged > 0 {
        error(
            "a segment of the spool came back damaged; check the disk",
            &[("segment", &segment), ("stretches", &routed.damaged)],
        );
    } else if let Some(events) = core.intake.take_events(segment)
        && events != routed.lines_in()
    {
        add(&counters.unaccounted, events.abs_diff(routed.lines_in()));
        warn(
            "events accepted and events routed differ; this is a defect of log-router, please report it",
            &[("segment", &segment), ("accepted", &events), ("routed", &routed.lines_in())],
        );
    }
    let mut redactions = core.redactions.borrow_mut();
    for (rule, count) in router.redactions() {
        redactions.insert((live, rule.to_owned()), count);
    }
}
