//! The rules as a table in Markdown: docs/alarms.md has it.

use std::fmt::Write;

use serde_json::{Value, json};

use sluice_provision::rules::{Comparison, Overrides, Rule, Threshold, rules};

const GIB: f64 = 1_073_741_824.0;
const MIB: f64 = 1_048_576.0;

/// A table of all rules.
pub(super) fn table() -> String {
    let mut text = String::from(
        "| rule | watches | severity | goes off when | in `dev` | missing data | why |\n|---|---|---|---|---|---|---|\n",
    );
    for rule in rules() {
        let _ = writeln!(
            text,
            "| [{id}](runbooks/{id}.md) v{} | {}: {} | {} | {} | {} | {} | {} |",
            rule.version,
            rule.target.word(),
            metric(rule),
            rule.severity.as_str(),
            when(rule, &rule.threshold, rule.datapoints, rule.evaluations),
            in_dev(rule),
            rule.missing,
            rule.why,
            id = rule.id,
        );
    }
    text
}

/// The rules for programs.
pub(super) fn json() -> Value {
    let one = |rule: &Rule| {
        let metrics = rule.metrics.iter().map(|metric| {
            json!({"id": metric.id, "namespace": metric.namespace, "name": metric.name,
                "statistic": metric.statistic})
        });
        json!({
            "id": rule.id,
            "version": rule.version,
            "title": rule.title,
            "target": rule.target.word(),
            "severity": rule.severity.as_str(),
            "why": rule.why,
            "period": rule.period,
            "missing": rule.missing,
            "expression": rule.expression,
            "metrics": metrics.collect::<Value>(),
            "prod": when(rule, &rule.threshold, rule.datapoints, rule.evaluations),
            "dev": in_dev(rule),
        })
    };
    rules().iter().map(one).collect()
}

fn metric(rule: &Rule) -> String {
    match (&rule.expression, rule.metrics.as_slice()) {
        (None, [metric]) => {
            let name = if metric.name == "{metric_name}" { "the filter's metric" } else { &metric.name };
            format!("{name} ({})", metric.statistic)
        }
        (expression, _) => format!("`{}`", expression.as_deref().unwrap_or_default()),
    }
}

fn when(rule: &Rule, threshold: &Threshold, datapoints: u32, evaluations: u32) -> String {
    let sign = match rule.comparison {
        Comparison::Above => ">",
        Comparison::Below => "<",
    };
    let period = match rule.period {
        seconds if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        seconds => format!("{} min", seconds / 60),
    };
    let unit = rule.unit.as_str();
    let amount = match threshold {
        Threshold::Number(number) if unit.starts_with("bytes") => {
            format!("{} GiB{}", number / GIB, unit.trim_start_matches("bytes"))
        }
        Threshold::Number(number) => format!("{number} {unit}"),
        Threshold::Percent { percent, of } => format!("{percent} % of {of}"),
        Threshold::Leave { leave, most, .. } => {
            format!("{most} %, or what leaves {} MiB of a task", leave / MIB)
        }
        Threshold::Fact { of } => of.clone(),
    };
    format!("{sign} {} in {datapoints} of {evaluations} × {period}", amount.trim())
}

fn in_dev(rule: &Rule) -> String {
    if rule.dev == Overrides::default() {
        return "the same".to_owned();
    }
    if rule.dev.enabled == Some(false) {
        return "off".to_owned();
    }
    let threshold = rule.dev.threshold.as_ref().unwrap_or(&rule.threshold);
    let datapoints = rule.dev.datapoints.unwrap_or(rule.datapoints);
    when(rule, threshold, datapoints, rule.dev.evaluations.unwrap_or(rule.evaluations))
}
