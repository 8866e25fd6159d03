//! `logctl alarms list` and `logctl alarms coverage`: they change nothing.

use std::fmt::Write;

use serde_json::{Value, json};
use sluice_console::tell;
use sluice_pipeline::Exit;
use sluice_provision::api::Found;
use sluice_provision::bootstrap::{Coverage, coverage as cover, existing};
use sluice_provision::cost::{alarms_monthly, prices};
use sluice_provision::desired::{MANAGED_BY, Manager};
use sluice_provision::discover::discover;

use crate::cli::args::{Format, LookArgs};
use crate::cli::print;
use crate::cli::session::{CommandError, Session};

/// Runs `list`.
pub(super) fn list(args: &LookArgs) -> Result<Exit, CommandError> {
    let session = Session::open(&args.spec)?;
    let context = session.context(Manager::Bootstrap);
    let alarms = session.runtime.block_on(existing(&session.clients, &context))?;
    let ours = alarms.ours.iter().map(|(name, found)| (name.as_str(), "bootstrap", &found.properties));
    let others = alarms.others.iter().map(|(name, found)| (name.as_str(), owner(found), &found.properties));
    let mut all: Vec<_> = ours.chain(others).collect();
    all.sort_by_key(|(name, _, _)| *name);
    let region = prices(Some(&session.clients.region));
    let monthly = alarms_monthly(all.iter().map(|(_, _, alarm)| *alarm), &region);
    let text = match args.format {
        Format::Json => {
            let rows: Value = all
                .iter()
                .map(|(name, owner, alarm)| json!({"name": name, "owner": owner, "alarm": alarm}))
                .collect();
            format!("{:#}\n", json!({"alarms": rows, "monthly_dollars": (monthly * 100.0).round() / 100.0}))
        }
        Format::Text => {
            let mut text = String::new();
            for (name, owner, alarm) in &all {
                let watches = match (alarm["MetricName"].as_str(), alarm["AlarmRule"].as_str()) {
                    (_, Some(rule)) => rule.to_owned(),
                    (metric, None) => {
                        format!("{} threshold {}", metric.unwrap_or("metric math"), alarm["Threshold"])
                    }
                };
                let _ = writeln!(text, "{owner:<14} {name}  {watches}");
            }
            let _ = writeln!(text, "{} alarms, ${monthly:.2} a month", all.len());
            text
        }
    };
    Ok(print(text.as_bytes()))
}

/// Who made an alarm that is not the command's own, as far as its tags say.
fn owner(found: &Found) -> &'static str {
    let tags = found.tags();
    let manager = tags.get(MANAGED_BY).map(String::as_str);
    let known = [(Manager::Apply, "apply"), (Manager::CloudFormation, "cloudformation")];
    known.into_iter().find(|(known, _)| Some(known.as_str()) == manager).map_or("other", |(_, word)| word)
}

/// Runs `coverage`.
pub(super) fn coverage(args: &LookArgs) -> Result<Exit, CommandError> {
    let session = Session::open(&args.spec)?;
    let context = session.context(Manager::Bootstrap);
    let (discovery, alarms) = session
        .runtime
        .block_on(async { tokio::join!(discover(&session.clients), existing(&session.clients, &context)) });
    let all = cover(&context, &discovery, &alarms?)?;
    for (kinds, error) in &discovery.failed {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        tell(format!("note: {} not looked at: {error}", kinds.join(" and ")));
    }
    let text = match args.format {
        Format::Json => format!("{:#}\n", all.iter().map(row_json).collect::<Value>()),
        Format::Text => table(&all),
    };
    let told = print(text.as_bytes());
    let complete = all.iter().all(Coverage::is_complete) && discovery.failed.is_empty();
    Ok(if told == Exit::Done && !complete { Exit::Different } else { told })
}

fn missing(coverage: &Coverage) -> Vec<&str> {
    coverage.rules.iter().filter(|(_, alarm)| alarm.is_none()).map(|(rule, _)| rule.as_str()).collect()
}

fn row_json(coverage: &Coverage) -> Value {
    let covered =
        coverage.rules.iter().filter_map(|(rule, alarm)| Some((rule.clone(), alarm.as_ref()?.clone())));
    json!({
        "kind": coverage.target.kind.word(),
        "name": coverage.target.name,
        "arn": coverage.target.arn,
        "covered": covered.collect::<std::collections::BTreeMap<_, _>>(),
        "missing": missing(coverage),
        "skipped": coverage.skipped,
    })
}

fn table(all: &[Coverage]) -> String {
    let mut text = String::new();
    for coverage in all {
        let missing = missing(coverage);
        let of = coverage.rules.len();
        let state = match (of - missing.len(), missing.is_empty(), coverage.skipped.is_empty()) {
            (_, true, false) if of == 0 => "skipped by its tag".to_owned(),
            (_, true, _) => format!("{of} of {of}"),
            (has, false, _) => format!("{has} of {of}, missing: {}", missing.join(", ")),
        };
        let _ = writeln!(text, "{:<15} {}: {state}", coverage.target.kind.word(), coverage.target.name);
    }
    let complete = all.iter().filter(|coverage| coverage.is_complete()).count();
    let none = all
        .iter()
        .filter(|c| !c.rules.is_empty() && c.rules.iter().all(|(_, alarm)| alarm.is_none()))
        .count();
    let _ = writeln!(text, "{complete} of {} have all their alarms, {none} have none", all.len());
    text
}
