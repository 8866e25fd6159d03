//! `logctl cost`: what a month costs, the split against everything in CloudWatch Logs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};
use sluice_pipeline::{Exit, Level, LogClass, Spec, keep_references, parse_duration};
use sluice_provision::cost::{Estimate, Line, Usage, alarm_metrics, estimate, prices};
use sluice_provision::desired::{Context, Manager, desired};
use sluice_provision::resource::{Kind, Resource};

use super::args::{CostArgs, Format};
use super::print;
use super::session::{CommandError, finish};

const DAY: f64 = 86_400.0;

/// Runs the command.
pub(super) fn run(args: &CostArgs) -> Exit {
    finish(args.format, run_cost(args))
}

fn run_cost(args: &CostArgs) -> Result<Exit, CommandError> {
    let spec = Spec::load_with(&args.spec.config, args.spec.env.as_deref(), &keep_references);
    let spec = spec.map_err(CommandError::Spec)?;
    let context = Context { spec: &spec, env: args.spec.env.as_deref(), manager: Manager::Apply };
    let resources = desired(&context, &[])?.resources;
    let usage = usage(args, &spec, &resources, volume(args)?);
    let prices = prices(spec.region.as_deref());
    let estimate = estimate(&usage, &prices);
    let text = match args.format {
        Format::Json => {
            let mut report = estimate.json();
            report["prices"] = json!({"region": prices.region, "date": prices.date});
            format!("{report:#}\n")
        }
        Format::Text => {
            let mut text =
                format!("A month in {}, prices of {}, without free tiers\n", prices.name, prices.date);
            if let Some(region) = spec.region.as_deref().filter(|region| *region != prices.region) {
                let _ = writeln!(
                    text,
                    "note: there are no prices of {region}; these are those of {}",
                    prices.name
                );
            }
            part(&mut text, "Errors to CloudWatch Logs, everything to S3", &estimate.split);
            part(&mut text, "Everything in CloudWatch Logs", &estimate.cloudwatch);
            part(&mut text, "Either way", &estimate.around);
            let _ = writeln!(
                text,
                "\n{:>12.2}  {} ({})",
                estimate.nat.dollars, estimate.nat.what, estimate.nat.how
            );
            text
        }
    };
    Ok(print(text.as_bytes()))
}

fn part(text: &mut String, title: &str, lines: &[Line]) {
    let _ = writeln!(text, "\n{:>12.2}  {title}", Estimate::total(lines));
    for line in lines {
        let _ = writeln!(text, "{:>12.2}    {} ({})", line.dollars, line.what, line.how);
    }
}

fn usage(args: &CostArgs, spec: &Spec, resources: &[Resource], bytes_a_day: BTreeMap<String, f64>) -> Usage {
    let days = |age: Option<Duration>| age.map(|age| age.as_secs_f64() / DAY);
    let of = |kind: Kind| resources.iter().filter(move |resource| resource.kind == kind);
    let gate = Level::ALL.iter().filter(|level| **level >= spec.errors.min_level);
    Usage {
        bytes_a_day,
        compression: args.compression,
        objects_a_day: args.objects_per_day,
        glacier_after_days: days(spec.archive.lifecycle.glacier_after),
        kept_days: days(spec.archive.lifecycle.expire_after),
        retention_days: spec.errors.retention_days.map_or(365.0, f64::from),
        infrequent_access: spec.errors.log_class == LogClass::InfrequentAccess,
        gate: gate.map(|level| level.as_str().to_owned()).collect(),
        scanned_a_month: args.scanned_gb * 1e9,
        endpoints: args.endpoints,
        zones: args.zones,
        alarm_metrics: alarm_metrics(of(Kind::Alarm).map(|resource| &resource.properties)),
        #[allow(clippy::cast_precision_loss)]
        dashboards: of(Kind::Dashboard).count() as f64,
    }
}

/// Bytes a day by level: as given, or as measured.
fn volume(args: &CostArgs) -> Result<BTreeMap<String, f64>, CommandError> {
    let Some(file) = &args.volume else {
        let all = args.gb_per_day.unwrap_or_default() * 1e9;
        let errors = all * args.error_percent / 100.0;
        return Ok([("info".to_owned(), all - errors), ("error".to_owned(), errors)].into());
    };
    let text = std::fs::read_to_string(file).map_err(|source| CommandError::Local {
        what: format!("read {}", file.display()),
        remedy: "write it with logq run volume-and-cost/by-service-and-level --format json",
        source,
    })?;
    let wrong = |why: &str| {
        let file = file.display();
        CommandError::Usage(format!("{file} is no answer of volume-and-cost/by-service-and-level: {why}"))
    };
    let rows: Vec<Value> = serde_json::from_str(&text).map_err(|error| wrong(&error.to_string()))?;
    let over = parse_duration(&args.over)
        .map_err(|error| CommandError::Usage(format!("--over {}: {error}", args.over)))?;
    if over.is_zero() {
        return Err(CommandError::Usage(
            "--over 0s measures nothing; give the time that was measured".to_owned(),
        ));
    }
    let mut days = BTreeMap::new();
    for row in rows {
        let level = row["level"].as_str().ok_or_else(|| wrong("a row has no level"))?;
        let megabytes = row["megabytes"].as_f64().ok_or_else(|| wrong("a row has no megabytes"))?;
        *days.entry(level.to_owned()).or_insert(0.0) += megabytes * 1e6 * DAY / over.as_secs_f64();
    }
    Ok(days)
}
