//! Carries out a plan: what depends on nothing first, several at a time.
//!
//! Invariants:
//! 1. A step begins when all that it depends on is done. When one of these failed, it is left out, and said so.
//! 2. A failure stops nothing else. Since every step is compared with what is there, the next run goes on from there.
//! 3. Nothing is deleted but alarms that the plan names.
//! 4. Told to stop, it begins nothing more and finishes what is under way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};

use crate::api::{ApiError, Clients, Order, PARALLEL, alarm_delete, write};
use crate::plan::{Action, Plan, Step};

/// What becomes of a step.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It failed.
    Failed(ApiError),
    /// It was left out: this one, which it depends on, is not there.
    Skipped(String),
    /// It was not begun, since the person had enough.
    Stopped,
}

/// A step that was worked on.
#[derive(Debug, Clone)]
pub struct Worked {
    /// The resource's id.
    pub id: String,
    /// What it is called.
    pub subject: String,
    /// What was to be done.
    pub action: &'static str,
    /// What became of it.
    pub outcome: Outcome,
}

/// Carries out a plan, and tells of each step when it is over.
pub async fn apply(
    clients: &Clients,
    plan: &Plan,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(&Worked),
) -> Vec<Worked> {
    let mut left: Vec<&Step> = plan.steps.iter().filter(|step| step.action.is_work()).collect();
    let mut waiting: BTreeSet<&str> = left.iter().map(|step| step.resource.id.as_str()).collect();
    let mut failed: BTreeMap<String, String> = BTreeMap::new();
    let mut all = Vec::new();
    while !left.is_empty() {
        let is_ready =
            |step: &&Step| !step.resource.depends_on.iter().any(|id| waiting.contains(id.as_str()));
        let (mut ready, rest): (Vec<&Step>, Vec<&Step>) = left.into_iter().partition(is_ready);
        if ready.is_empty() {
            // No desired state has a circle (a test sees to it); then the rest is tried in its order.
            ready = rest;
            left = Vec::new();
        } else {
            left = rest;
        }
        let mut wave = Vec::new();
        for step in ready {
            match step.resource.depends_on.iter().find_map(|id| failed.get(id)) {
                Some(cause) if !stop.load(Ordering::Relaxed) => {
                    let worked = worked(step, Outcome::Skipped(cause.clone()));
                    tell(&worked);
                    failed.insert(worked.id.clone(), worked.subject.clone());
                    waiting.remove(step.resource.id.as_str());
                    all.push(worked);
                }
                _ => wave.push(step),
            }
        }
        let mut running = stream::iter(wave)
            .map(|step| async move {
                // Asked when the step's turn comes.
                if stop.load(Ordering::Relaxed) {
                    return (step, Outcome::Stopped);
                }
                (step, work(clients, plan, step).await.map_or_else(Outcome::Failed, |()| Outcome::Done))
            })
            .buffer_unordered(PARALLEL);
        while let Some((step, outcome)) = running.next().await {
            let worked = worked(step, outcome);
            tell(&worked);
            if !matches!(worked.outcome, Outcome::Done) {
                failed.insert(worked.id.clone(), worked.subject.clone());
            }
            waiting.remove(step.resource.id.as_str());
            all.push(worked);
        }
    }
    all
}

fn worked(step: &Step, outcome: Outcome) -> Worked {
    Worked {
        id: step.resource.id.clone(),
        subject: crate::api::subject(&step.resource),
        action: step.action.word(),
        outcome,
    }
}

async fn work(clients: &Clients, plan: &Plan, step: &Step) -> Result<(), ApiError> {
    let changed: Vec<&str> = match &step.action {
        Action::Create => {
            step.resource.properties.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
        }
        Action::Update(changes) => changes.iter().map(|change| change.property()).collect(),
        Action::Delete => return alarm_delete(clients, &step.resource, &plan.tags).await,
        Action::Unchanged | Action::Foreign(_) | Action::Drift(_) | Action::Manual => return Ok(()),
    };
    let order = Order { resource: &step.resource, found: step.found.as_ref(), changed, tags: &plan.tags };
    write(clients, &order).await
}
