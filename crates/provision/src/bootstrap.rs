//! Alarms for what runs: every rule for every target that is found, against the alarms that are there.
//!
//! Invariants:
//! 1. A metric with its dimensions that somebody else already watches in the same direction is not watched twice.
//! 2. `TargetTracking-*` alarms belong to auto scaling: they are neither touched nor taken for alarms that tell anybody.
//! 3. Only alarms with our tags, whose resource was looked for and is gone, are ever proposed for deletion.

mod coverage;
mod signature;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::alarm::{Common, TARGET_TAG, Target, alarm};
use crate::api::{
    ApiError, Clients, Found, list_alarms, listed_alarm, listed_composite, read, tagged_alarms,
};
use crate::desired::{Context, ENVIRONMENT, MANAGED_BY, PIPELINE, logical_id, make_unique};
use crate::discover::{Discovery, TagFilter};
use crate::plan::{Action, Plan, Step, compared};
use crate::resource::{Kind, Resource};
use crate::rules::{RuleError, Settings, TargetKind, rules};
use crate::short::tag_value;

pub use coverage::{Coverage, coverage};
pub use signature::signature;

/// Alarms of auto scaling.
const TARGET_TRACKING: &str = "TargetTracking-";
/// The tag that says that a resource gets no alarms: `true`, or a list of rules.
pub const SKIP_TAG: &str = "alarm:skip";

/// A rule that made no alarm for a target, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The target.
    pub target: String,
    /// The rule.
    pub rule: String,
    /// Why not.
    pub why: String,
}

/// The alarms of the region.
#[derive(Debug, Default)]
pub struct Alarms {
    /// Ours, by name, with tags.
    pub ours: BTreeMap<String, Found>,
    /// Those of others, by name; with tags only where the name begins as ours do. Auto scaling's are left out.
    pub others: BTreeMap<String, Found>,
}

/// What is proposed.
#[derive(Debug)]
pub struct Proposal {
    /// The alarms, compared with those that are there.
    pub plan: Plan,
    /// Which rules make none, and why.
    pub skipped: Vec<Skipped>,
    /// Whether some kind of resource could not be looked for; the notes say which.
    pub failed: bool,
}

/// Bootstrap could not go on.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// A call failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The spec's settings of rules are wrong.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// Alarms would have nobody to tell.
    #[error(
        "the topic {0} is not there, so alarms would tell nobody; make it with `logctl apply --target {1}`"
    )]
    Topic(String, &'static str),
}

/// The alarms that are there, ours apart from those of others.
///
/// # Errors
/// When a call failed.
pub async fn existing(clients: &Clients, context: &Context<'_>) -> Result<Alarms, ApiError> {
    let all = list_alarms(clients).await?;
    let begins = format!("{}-", context.base());
    let named = |name: Option<&str>| name.is_some_and(|name| name.starts_with(&begins));
    // Tags cost a call an alarm: only names that could be ours are asked.
    let (candidates, rest): (Vec<_>, Vec<_>) = all.metric.into_iter().partition(|a| named(a.alarm_name()));
    let mut alarms = Alarms::default();
    let is_ours = |found: &Found| {
        let (there, ours) = (found.tags(), context.tags());
        [MANAGED_BY, PIPELINE, ENVIRONMENT].iter().all(|key| there.get(*key) == ours.get(*key))
    };
    for (name, found) in tagged_alarms(clients, candidates).await? {
        if is_ours(&found) {
            alarms.ours.insert(name, found);
        } else {
            alarms.others.insert(name, found);
        }
    }
    let rest = rest.iter().filter_map(listed_alarm);
    alarms.others.extend(rest.filter(|(name, _)| !name.starts_with(TARGET_TRACKING)));
    alarms.others.extend(all.composite.iter().filter_map(listed_composite));
    Ok(alarms)
}

/// Proposes alarms for what was found.
///
/// # Errors
/// When a topic is not there, the spec names unknown rules, or a call failed.
pub async fn propose(
    clients: &Clients,
    context: &Context<'_>,
    discovery: &Discovery,
    filters: &[TagFilter],
    prune: bool,
) -> Result<Proposal, BootstrapError> {
    let settings = Settings::new(context.spec, context.profile())?;
    let base = context.base();
    let common = Common { base: &base, topics: topics(clients, context).await?, tags: context.tags() };
    let alarms = existing(clients, context).await?;
    let taken: BTreeMap<String, &str> =
        alarms.others.iter().map(|(name, found)| (signature(&found.properties), name.as_str())).collect();
    let mut resources = Vec::new();
    let mut skipped = Vec::new();
    let admitted = |target: &&Target| filters.iter().all(|filter| filter.admits(target));
    for target in discovery.targets.iter().filter(admitted) {
        for rule in settings.rules(target.kind) {
            let mut skip = |why: String| {
                skipped.push(Skipped { target: target.name.clone(), rule: rule.id.clone(), why });
            };
            if let Some(why) = skip_by_tag(target, &rule.id) {
                skip(why);
                continue;
            }
            let properties = match alarm(&rule, target, &common, &settings) {
                Ok(properties) => properties,
                Err(error) => {
                    skip(error.to_string());
                    continue;
                }
            };
            match taken.get(&signature(&properties)) {
                Some(name) => skip(format!("the alarm {name} of somebody else watches the same metric")),
                None => {
                    let id = format!("{}{}", logical_id(&rule.id), logical_id(&target.name));
                    resources.push(Resource::new(id, Kind::Alarm, properties));
                }
            }
        }
    }
    let mut notes: Vec<String> = discovery
        .failed
        .iter()
        .map(|(kinds, error)| format!("{} not looked at: {error}", words(kinds)))
        .collect();
    let gone = gone(discovery, &alarms);
    if !prune && !gone.is_empty() {
        notes.push(format!("{} alarms watch what is gone; --prune removes them", gone.len()));
    }
    make_unique(&mut resources);
    let names: Vec<String> = resources.iter().map(Resource::name).collect();
    if filters.is_empty() {
        notes.extend(dropped(discovery, &alarms, &names));
    }
    let found = names.iter().map(|name| alarms.ours.get(name).or(alarms.others.get(name)).cloned());
    let mut plan = compared(resources, found.collect(), &[], &common.tags, notes);
    if prune {
        plan.steps.extend(gone);
    }
    Ok(Proposal { plan, skipped, failed: !discovery.failed.is_empty() })
}

fn words(kinds: &[TargetKind]) -> String {
    kinds.iter().map(|kind| format!("{}s", kind.word())).collect::<Vec<_>>().join(" and ")
}

/// The topics by severity, once it is certain that both are there.
async fn topics(clients: &Clients, context: &Context<'_>) -> Result<[Value; 2], BootstrapError> {
    let mut arns = Vec::new();
    for (id, name) in [("CriticalAlerts", "critical-alerts"), ("WarningAlerts", "warning-alerts")] {
        let name = format!("{}-{name}", context.base());
        let topic = Resource::new(id, Kind::Topic, json!({"TopicName": name}));
        match read(clients, &topic).await? {
            Some(found) => arns.push(found.handle),
            None => return Err(BootstrapError::Topic(name, id)),
        }
    }
    Ok([arns[0].as_str().into(), arns[1].as_str().into()])
}

fn skip_by_tag(target: &Target, rule: &str) -> Option<String> {
    let value = target.tags.get(SKIP_TAG)?;
    let all = matches!(value.trim().to_lowercase().as_str(), "" | "true" | "all" | "yes");
    let named = value.split([',', ' ']).any(|id| id.trim() == rule);
    (all || named).then(|| format!("the resource has the tag {SKIP_TAG}={value}"))
}

/// The rule that made an alarm of ours, and the kind of what it watches; no kind, if the rule is no more.
fn rule_of(found: &Found) -> (String, Option<TargetKind>) {
    let tags = found.tags();
    let rule = tags.get("sluice:rule").and_then(|rule| rule.split('@').next()).unwrap_or_default();
    (rule.to_owned(), rules().iter().find(|known| known.id == rule).map(|rule| rule.target))
}

/// The values of the tag [`TARGET_TAG`] for all that was found.
fn there(discovery: &Discovery) -> BTreeSet<String> {
    discovery.targets.iter().map(|target| tag_value(&target.arn)).collect()
}

/// Our alarms whose resource is gone.
fn gone(discovery: &Discovery, alarms: &Alarms) -> Vec<Step> {
    let (there, unknown) = (there(discovery), discovery.unknown());
    let is_gone = |found: &Found| {
        // Of a rule that is no more it is not known what it watched, so it stays.
        let looked_for = rule_of(found).1.is_some_and(|kind| !unknown.contains(&kind));
        looked_for && found.tags().get(TARGET_TAG).is_some_and(|target| !there.contains(target))
    };
    let gone = alarms.ours.iter().filter(|(_, found)| is_gone(found));
    gone.map(|(name, found)| Step {
        resource: Resource::new(logical_id(name), Kind::Alarm, found.properties.clone()),
        found: Some(found.clone()),
        action: Action::Delete,
    })
    .collect()
}

/// A note on our alarms for what is still there that no rule asks for any more: it is off, or a tag skips it.
fn dropped(discovery: &Discovery, alarms: &Alarms, proposed: &[String]) -> Option<String> {
    let there = there(discovery);
    let is_left = |(name, found): &(&String, &Found)| {
        !proposed.contains(name) && found.tags().get(TARGET_TAG).is_some_and(|target| there.contains(target))
    };
    let left: Vec<&str> = alarms.ours.iter().filter(is_left).map(|(name, _)| name.as_str()).collect();
    let names = left.join(", ");
    (!left.is_empty())
        .then(|| format!("no rule asks for these alarms of ours any more; delete them by hand: {names}"))
}
