//! Sends the objects of a segment to S3, each until it has arrived.

use std::rc::Rc;

use sluice_spool::SegmentId;

use super::core::Core;
use super::counters::add;
use super::health::Part;
use crate::diagnostics::{chain, warn};
use crate::route::Routed;
use crate::sink::StagedObject;
use crate::sink::s3::UploadError;

/// Delivers all objects of a segment, of which this came.
pub(super) async fn deliver(core: Rc<Core>, segment: SegmentId, objects: Vec<StagedObject>, routed: Routed) {
    let mut sending = tokio::task::JoinSet::new();
    for object in objects {
        sending.spawn_local(send(Rc::clone(&core), segment, object));
    }
    let mut complete = true;
    while let Some(sent) = sending.join_next().await {
        complete &= matches!(sent, Ok(true));
    }
    if complete && core.is_known(segment) {
        add(&core.counters.archived_objects, routed.objects);
        add(&core.counters.archived_object_bytes, routed.object_bytes);
        add(&core.counters.archived_records, routed.by_level.total());
        core.archived(segment);
    }
}

/// Sends one object until it has arrived; false when its segment was discarded meanwhile.
async fn send(core: Rc<Core>, segment: SegmentId, object: StagedObject) -> bool {
    let Some(s3) = &core.s3 else { return false };
    let mut backoff = core.backoff();
    loop {
        // Never closed, so a permit always comes.
        let permit = core.uploads.acquire().await;
        if !core.is_known(segment) {
            return false;
        }
        let sent = s3.put(&object).await;
        drop(permit);
        let problem = match sent {
            Ok(()) => {
                core.well(Part::Archive);
                return true;
            }
            Err(problem) => problem,
        };
        add(&core.counters.archive_failures, 1);
        let (throttled, asked) = match &problem {
            UploadError::Aws(error) => (error.throttled, error.retry_after),
            UploadError::Read { .. } => (false, None),
        };
        add(&core.counters.errors_throttled, u64::from(throttled));
        let reason = chain(&problem);
        core.health.report(Part::Archive, reason.clone());
        warn("an object was not delivered; it is tried again", &[("key", &object.key), ("reason", &reason)]);
        core.pause(backoff.next(throttled, asked)).await;
    }
}
