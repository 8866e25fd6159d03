//! Which targets have which alarms, whoever made them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Alarms, rule_of, signature, skip_by_tag};
use crate::alarm::{TARGET_TAG, Target, threshold, watched};
use crate::desired::Context;
use crate::discover::Discovery;
use crate::rules::{Rule, RuleError, Settings};
use crate::short::tag_value;

/// A target and its alarms.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The target.
    pub target: Target,
    /// The alarm that watches what a rule asks for, by rule; none, if nobody does.
    pub rules: Vec<(String, Option<String>)>,
    /// The rules that its tags turn off, or that have nothing to watch.
    pub skipped: Vec<String>,
}

impl Coverage {
    /// Whether every rule has its alarm.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rules.iter().all(|(_, alarm)| alarm.is_some())
    }
}

/// Holds the rules in force against the alarms that are there.
///
/// # Errors
/// When the spec names a rule that is not there.
pub fn coverage(
    context: &Context<'_>,
    discovery: &Discovery,
    alarms: &Alarms,
) -> Result<Vec<Coverage>, RuleError> {
    let settings = Settings::new(context.spec, context.profile())?;
    // Two rules may watch the same metric with different thresholds: of ours it is known which rule made them.
    let ours: BTreeMap<(String, String), &String> = alarms
        .ours
        .iter()
        .filter_map(|(name, found)| Some(((rule_of(found).0, found.tags().get(TARGET_TAG)?.clone()), name)))
        .collect();
    let others = alarms.others.iter().map(|(name, found)| (signature(&found.properties), name));
    let others: BTreeMap<String, &String> = others.collect();
    let of_target = |target: &Target| {
        let mut found = Coverage { target: target.clone(), rules: Vec::new(), skipped: Vec::new() };
        for rule in settings.rules(target.kind) {
            if skip_by_tag(target, &rule.id).is_some() || is_idle(&rule, target) {
                found.skipped.push(rule.id);
                continue;
            }
            let mut wanted = Value::default();
            watched(&mut wanted, &rule, target);
            let own = ours.get(&(rule.id.clone(), tag_value(&target.arn)));
            let name = own.or_else(|| others.get(&signature(&wanted)));
            found.rules.push((rule.id, name.map(|name| (*name).clone())));
        }
        found
    };
    Ok(discovery.targets.iter().map(of_target).collect())
}

/// Whether a rule has nothing to watch of a target.
fn is_idle(rule: &Rule, target: &Target) -> bool {
    matches!(threshold(rule, target), Err(RuleError::Idle { .. }))
}
