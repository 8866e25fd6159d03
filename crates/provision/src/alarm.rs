//! A rule for a target: the alarm, in CloudFormation's words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::rules::{Comparison, Metric, Rule, RuleError, Settings, TAG, TargetKind, Threshold};
use crate::short::{ALARM_NAME, shortened, tag_value};

/// Something that can have alarms, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// What people call it; part of alarms' names. Empty for the one that a spec describes.
    pub name: String,
    /// Its ARN; empty for the one that a spec describes.
    pub arn: String,
    /// The dimensions of its metrics. Values may be intrinsic functions.
    pub dimensions: Vec<(String, Value)>,
    /// Sizes that thresholds follow from.
    pub facts: BTreeMap<String, f64>,
    /// What fills the placeholders of metrics' names: `metric_namespace`, `metric_name`.
    pub texts: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Target {
    /// A target of which nothing but its dimensions is known.
    #[must_use]
    pub fn new(kind: TargetKind, name: &str, dimensions: &[(&str, Value)]) -> Target {
        let dimensions = dimensions.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
        Target {
            kind,
            name: name.to_owned(),
            arn: String::new(),
            dimensions: dimensions.collect(),
            facts: BTreeMap::new(),
            texts: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }

    fn filled(&self, text: &str) -> String {
        self.texts
            .iter()
            .fold(text.to_owned(), |text, (key, value)| text.replace(&format!("{{{key}}}"), value))
    }
}

/// What alarms of one set have in common.
#[derive(Debug, Clone)]
pub struct Common<'a> {
    /// Beginning of their names.
    pub base: &'a str,
    /// The topics by severity: ARN or reference.
    pub topics: [Value; 2],
    /// Their tags.
    pub tags: BTreeMap<String, String>,
}

/// The properties of the alarm that a rule makes for a target.
///
/// # Errors
/// When the threshold follows from something that is not known, or a tag that sets it is no number.
pub fn alarm(
    rule: &Rule,
    target: &Target,
    common: &Common<'_>,
    settings: &Settings<'_>,
) -> Result<Value, RuleError> {
    let threshold = threshold(rule, target)?;
    let [critical, warning] = &common.topics;
    let topic = if rule.severity == crate::rules::Severity::Critical { critical } else { warning };
    let names = [common.base, &rule.id, &target.name];
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let mut tags = common.tags.clone();
    tags.insert("sluice:rule".to_owned(), format!("{}@{}", rule.id, rule.version));
    tags.insert("sluice:severity".to_owned(), rule.severity.as_str().to_owned());
    if !target.arn.is_empty() {
        tags.insert(TARGET_TAG.to_owned(), tag_value(&target.arn));
    }
    let mut properties = json!({
        "AlarmName": shortened(&names.join("-"), ALARM_NAME),
        "AlarmDescription": format!(
            "{}. {} Runbook: {}/{}.md",
            rule.title, rule.why, settings.runbooks, rule.id
        ),
        "ActionsEnabled": true,
        "AlarmActions": [topic],
        "OKActions": [topic],
        "ComparisonOperator": rule.comparison.operator(),
        "DatapointsToAlarm": rule.datapoints,
        "EvaluationPeriods": rule.evaluations,
        "Threshold": number(threshold),
        "TreatMissingData": rule.missing,
        "Tags": tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect::<Value>(),
    });
    watched(&mut properties, rule, target);
    Ok(properties)
}

/// Sets what an alarm watches: its metric, or the metrics of its expression.
pub(crate) fn watched(properties: &mut Value, rule: &Rule, target: &Target) {
    properties["ComparisonOperator"] = rule.comparison.operator().into();
    match (&rule.expression, rule.metrics.as_slice()) {
        (None, [metric]) => {
            properties["Namespace"] = target.filled(&metric.namespace).into();
            properties["MetricName"] = target.filled(&metric.name).into();
            properties["Dimensions"] = dimensions(target);
            properties["Period"] = rule.period.into();
            let key = if metric.statistic.starts_with('p') { "ExtendedStatistic" } else { "Statistic" };
            properties[key] = metric.statistic.as_str().into();
        }
        (expression, metrics) => {
            let expression = expression.as_deref().unwrap_or_default();
            properties["Metrics"] = math(rule, expression, metrics, target);
        }
    }
}

/// The tag with the ARN of what an alarm watches.
pub const TARGET_TAG: &str = "sluice:target";

/// A whole number as one: templates and people read 80, not 80.0.
pub(crate) fn number(value: f64) -> Value {
    #[allow(clippy::cast_possible_truncation)]
    let whole = value as i64;
    if (whole as f64 - value).abs() < f64::EPSILON { whole.into() } else { value.into() }
}

pub(crate) fn threshold(rule: &Rule, target: &Target) -> Result<f64, RuleError> {
    let named = || if target.name.is_empty() { "the spec".to_owned() } else { target.name.clone() };
    let mut threshold = rule.threshold.clone();
    if let Some(value) = target.tags.get(&format!("{TAG}{}", rule.id)) {
        let parsed = value.trim().parse().ok().filter(|number: &f64| number.is_finite());
        let number = parsed.ok_or_else(|| RuleError::Tag {
            rule: rule.id.clone(),
            target: named(),
            value: value.clone(),
        })?;
        threshold = threshold.with(number);
    }
    let number = threshold.number(&target.facts).map_err(|fact| RuleError::Fact {
        rule: rule.id.clone(),
        target: named(),
        fact,
    })?;
    // No count is below nothing, yet missing data would set it off.
    if matches!(threshold, Threshold::Fact { .. }) && rule.comparison == Comparison::Below && number <= 0.0 {
        return Err(RuleError::Idle { rule: rule.id.clone(), target: named() });
    }
    Ok(number)
}

fn dimensions(target: &Target) -> Value {
    target.dimensions.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

fn math(rule: &Rule, expression: &str, metrics: &[Metric], target: &Target) -> Value {
    let mut all = vec![json!({
        "Id": "result",
        "Expression": expression,
        "Label": rule.title,
        "ReturnData": true,
    })];
    all.extend(metrics.iter().map(|metric| {
        json!({
            "Id": metric.id,
            "MetricStat": {
                "Metric": {
                    "Namespace": target.filled(&metric.namespace),
                    "MetricName": target.filled(&metric.name),
                    "Dimensions": dimensions(target),
                },
                "Period": rule.period,
                "Stat": metric.statistic,
            },
            "ReturnData": false,
        })
    }));
    all.into()
}
