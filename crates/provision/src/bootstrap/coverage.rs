//! Which targets have which alarms, whoever made them.

use std::collections::BTreeMap;

use super::{Alarms, signature, skip_by_tag};
use crate::alarm::{Common, Target, alarm};
use crate::desired::Context;
use crate::discover::Discovery;
use crate::rules::{RuleError, Settings};

/// A target and its alarms.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The target.
    pub target: Target,
    /// The alarm that watches what a rule asks for, by rule; none, if nobody does.
    pub rules: Vec<(String, Option<String>)>,
    /// The rules that its tags turn off.
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
    let common = Common { base: "", topics: Default::default(), tags: BTreeMap::new() };
    let ours = alarms.ours.iter().map(|(name, found)| (signature(&found.properties), name.clone()));
    let others = alarms.others.iter().map(|(name, alarm)| (signature(alarm), name.clone()));
    let by_signature: BTreeMap<String, String> = others.chain(ours).collect();
    let of_target = |target: &Target| {
        let mut found = Coverage { target: target.clone(), rules: Vec::new(), skipped: Vec::new() };
        for rule in settings.rules(target.kind) {
            if skip_by_tag(target, &rule.id).is_some() {
                found.skipped.push(rule.id);
                continue;
            }
            // A rule whose threshold is not known is not covered by anybody.
            let wanted = alarm(&rule, target, &common, &settings).ok();
            let name = wanted.and_then(|wanted| by_signature.get(&signature(&wanted)).cloned());
            found.rules.push((rule.id, name));
        }
        found
    };
    Ok(discovery.targets.iter().map(of_target).collect())
}
