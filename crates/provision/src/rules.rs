//! The alarm rules of `alarms/rules/*.toml`: which metric of what is watched, when it is too much, and why.
//!
//! Invariants, held by tests: ids are the files' names and have a runbook `docs/runbooks/<id>.md`; a rule with an
//! expression names each of its metrics in it.

mod facts;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use sluice_pipeline::{Profile, Spec, nearest};

pub use facts::{Instance, instance};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Something that can have alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A service of ECS.
    EcsService,
    /// An instance of an Aurora cluster.
    AuroraInstance,
    /// An Aurora cluster as a whole.
    AuroraCluster,
    /// An Application Load Balancer.
    LoadBalancer,
    /// A target group of one.
    TargetGroup,
    /// A state machine of Step Functions.
    StateMachine,
    /// A log group with a metric filter that counts errors.
    ErrorLog,
    /// The log sidecar itself.
    LogRouter,
}

impl TargetKind {
    /// Every kind.
    pub const ALL: [TargetKind; 8] = [
        TargetKind::EcsService,
        TargetKind::AuroraInstance,
        TargetKind::AuroraCluster,
        TargetKind::LoadBalancer,
        TargetKind::TargetGroup,
        TargetKind::StateMachine,
        TargetKind::ErrorLog,
        TargetKind::LogRouter,
    ];

    /// What people call it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            TargetKind::EcsService => "ECS service",
            TargetKind::AuroraInstance => "Aurora instance",
            TargetKind::AuroraCluster => "Aurora cluster",
            TargetKind::LoadBalancer => "load balancer",
            TargetKind::TargetGroup => "target group",
            TargetKind::StateMachine => "state machine",
            TargetKind::ErrorLog => "error log",
            TargetKind::LogRouter => "log router",
        }
    }
}

/// How urgent an alarm is: it decides the topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Somebody is called.
    Critical,
    /// It can wait for the morning.
    Warning,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::Warning => "warning",
        }
    }
}

/// On which side of the threshold the alarm goes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// Greater than the threshold.
    Above,
    /// Less than the threshold.
    Below,
}

impl Comparison {
    /// CloudWatch's name of the operator.
    #[must_use]
    pub fn operator(self) -> &'static str {
        match self {
            Comparison::Above => "GreaterThanThreshold",
            Comparison::Below => "LessThanThreshold",
        }
    }
}

/// A threshold, as it is or by a size of the target.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Threshold {
    /// A number in the metric's unit.
    Number(f64),
    /// So many percent of a fact of the target.
    Percent {
        /// Percent of it.
        percent: f64,
        /// The fact, such as `max_connections`.
        of: String,
    },
    /// The percentage at which so much of a fact is left.
    Leave {
        /// What must be left, in the fact's unit.
        leave: f64,
        /// The fact, such as `task_memory_bytes`.
        of: String,
        /// Never above this percentage; it is also the threshold when the fact is not known.
        most: f64,
    },
    /// A fact of the target as it is.
    Fact {
        /// The fact, such as `min_tasks`.
        of: String,
    },
}

/// A metric of a rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name within the rule's expression.
    pub id: String,
    /// The metric's namespace; `{metric_namespace}` is the target's.
    pub namespace: String,
    /// The metric's name; `{metric_name}` is the target's.
    pub name: String,
    /// `Average`, `Sum`, `Minimum`, `Maximum`, or a percentile such as `p95`.
    pub statistic: String,
}

/// What differs in a profile.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// Whether there is an alarm at all.
    pub enabled: Option<bool>,
    /// Another threshold.
    pub threshold: Option<Threshold>,
    /// Another number of datapoints.
    pub datapoints: Option<u32>,
    /// Another number of periods.
    pub evaluations: Option<u32>,
}

/// A rule: an alarm for each target of a kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, part of the alarms' names.
    pub id: String,
    /// Raised with each change of what the rule means; alarms carry it as a tag.
    pub version: u32,
    /// What the alarm says.
    pub title: String,
    /// What it watches.
    pub target: TargetKind,
    /// How urgent it is.
    pub severity: Severity,
    /// Why it is watched.
    pub why: String,
    /// On which side of the threshold it goes off.
    pub comparison: Comparison,
    /// The threshold.
    pub threshold: Threshold,
    /// The unit of the threshold, for people.
    pub unit: String,
    /// Length of a period, in seconds.
    pub period: u32,
    /// How many datapoints must be past the threshold…
    pub datapoints: u32,
    /// …of so many periods.
    pub evaluations: u32,
    /// What a period without data means: `missing`, `ignore`, `breaching`, `notBreaching`.
    pub missing: String,
    /// Metric math over the metrics; without it there is one metric.
    pub expression: Option<String>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// What differs in the profile `dev`.
    #[serde(default)]
    pub dev: Overrides,
    /// What differs in the profile `prod`.
    #[serde(default)]
    pub prod: Overrides,
}

/// A rule cannot be applied.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The spec names a rule that is not there.
    #[error("{key} names the alarm rule {id:?}, which is unknown; {remedy}")]
    Unknown {
        /// The setting.
        key: &'static str,
        /// What it names.
        id: String,
        /// What to write instead.
        remedy: String,
    },
    /// A threshold follows from a size that is not known.
    #[error(
        "the rule {rule} of {target} needs {fact}, which is not known; set alarms.thresholds.{rule}, \
         tag the resource {TAG}{rule}, or add its instance class to alarms/instances.toml"
    )]
    Fact {
        /// The rule.
        rule: String,
        /// The target.
        target: String,
        /// What is missing.
        fact: String,
    },
    /// Nothing is expected of the target, so nothing can be missing.
    #[error("the rule {rule} of {target} has nothing to watch: no task of it must run")]
    Idle {
        /// The rule.
        rule: String,
        /// The target.
        target: String,
    },
    /// A threshold in a tag is no number.
    #[error("the tag {TAG}{rule} of {target} is {value:?}; write a number such as 80")]
    Tag {
        /// The rule.
        rule: String,
        /// The target.
        target: String,
        /// The tag's value.
        value: String,
    },
}

/// Beginning of the tags that set a threshold: the rule's id follows.
pub const TAG: &str = "alarm:threshold:";

/// Every rule, by target and id.
#[must_use]
pub fn rules() -> &'static [Rule] {
    static ALL: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let parse = |(file, text): &(&str, &str)| -> Rule {
            toml::from_str(text).unwrap_or_else(|error| panic!("alarms/rules/{file}.toml, built in: {error}"))
        };
        let mut all: Vec<Rule> = RULES.iter().map(parse).collect();
        all.sort_by(|a, b| (a.target, &a.id).cmp(&(b.target, &b.id)));
        all
    });
    &ALL
}

/// Rules as a spec wants them.
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    profile: Profile,
    off: &'a [String],
    thresholds: &'a BTreeMap<String, u32>,
    /// Where runbooks lie.
    pub runbooks: &'a str,
}

impl<'a> Settings<'a> {
    /// The settings of a spec, with the profile in force.
    ///
    /// # Errors
    /// When it names a rule that is not there.
    pub fn new(spec: &'a Spec, profile: Profile) -> Result<Settings<'a>, RuleError> {
        let alarms = &spec.alarms;
        let off = alarms.off.iter().map(|id| ("alarms.off", id));
        let thresholds = alarms.thresholds.keys().map(|id| ("alarms.thresholds", id));
        for (key, id) in off.chain(thresholds) {
            if !rules().iter().any(|rule| rule.id == *id) {
                let near = nearest(id, rules().iter().map(|rule| rule.id.as_str()));
                let remedy = near.map_or("remove it".to_owned(), |(id, _)| format!("did you mean {id:?}?"));
                return Err(RuleError::Unknown { key, id: id.clone(), remedy });
            }
        }
        Ok(Settings {
            profile,
            off: &alarms.off,
            thresholds: &alarms.thresholds,
            runbooks: alarms.runbooks.trim_end_matches('/'),
        })
    }

    /// The rules in force for a kind of target, with the profile's overrides.
    pub fn rules(&self, target: TargetKind) -> impl Iterator<Item = Rule> + '_ {
        rules().iter().filter(move |rule| rule.target == target).filter_map(|rule| self.adapted(rule))
    }

    fn adapted(&self, rule: &Rule) -> Option<Rule> {
        let mut rule = rule.clone();
        let own = match self.profile {
            Profile::Dev => rule.dev.clone(),
            Profile::Prod => rule.prod.clone(),
        };
        if own.enabled == Some(false) || self.off.contains(&rule.id) {
            return None;
        }
        rule.threshold = own.threshold.unwrap_or(rule.threshold);
        rule.datapoints = own.datapoints.unwrap_or(rule.datapoints);
        rule.evaluations = own.evaluations.unwrap_or(rule.evaluations);
        if let Some(number) = self.thresholds.get(&rule.id) {
            rule.threshold = rule.threshold.with(f64::from(*number));
        }
        Some(rule)
    }
}

impl Threshold {
    /// The same kind of threshold with another number.
    #[must_use]
    pub fn with(&self, number: f64) -> Threshold {
        match self {
            Threshold::Percent { of, .. } => Threshold::Percent { percent: number, of: of.clone() },
            _ => Threshold::Number(number),
        }
    }

    /// The number for a target with these facts; the fact's name when it is not known.
    pub(crate) fn number(&self, facts: &BTreeMap<String, f64>) -> Result<f64, String> {
        match self {
            Threshold::Number(number) => Ok(*number),
            Threshold::Fact { of } => facts.get(of).copied().ok_or_else(|| of.clone()),
            Threshold::Percent { percent, of } => {
                facts.get(of).map(|fact| (fact * percent / 100.0).floor()).ok_or_else(|| of.clone())
            }
            Threshold::Leave { leave, of, most } => Ok(facts
                .get(of)
                .filter(|fact| **fact > *leave)
                .map_or(*most, |fact| (100.0 * (fact - leave) / fact).floor().min(*most))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_as_their_files_and_have_a_runbook() {
        for (file, _) in RULES {
            assert!(rules().iter().any(|rule| rule.id == *file), "{file} has another id");
            let path = format!("{}/../../docs/runbooks/{file}.md", env!("CARGO_MANIFEST_DIR"));
            assert!(std::path::Path::new(&path).exists(), "{path} is missing");
        }
    }

    #[test]
    fn an_expression_uses_each_of_its_metrics() {
        for rule in rules() {
            match &rule.expression {
                None => assert_eq!(rule.metrics.len(), 1, "{}", rule.id),
                Some(text) => assert!(rule.metrics.iter().all(|m| text.contains(&m.id)), "{}", rule.id),
            }
        }
    }

    #[test]
    fn periods_are_what_cloudwatch_takes() {
        for rule in rules() {
            assert!(rule.period.is_multiple_of(60), "{}", rule.id);
            let span = rule.period * rule.evaluations.max(rule.dev.evaluations.unwrap_or(0));
            assert!(span <= if rule.period >= 3600 { 7 * 86_400 } else { 86_400 }, "{}", rule.id);
            assert!(rule.datapoints <= rule.evaluations, "{}", rule.id);
            assert!(["missing", "ignore", "breaching", "notBreaching"].contains(&rule.missing.as_str()));
        }
    }

    #[test]
    fn a_threshold_that_leaves_room_follows_the_size() {
        let threshold = Threshold::Leave { leave: 128.0, of: "x".into(), most: 80.0 };
        let number = |size: f64| threshold.number(&[("x".to_owned(), size)].into()).unwrap();
        assert_eq!([number(512.0), number(2048.0), number(64.0)], [75.0, 80.0, 80.0]);
    }
}
