//! `logctl alarms bootstrap`.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use sluice_console::tell;
use sluice_pipeline::Exit;
use sluice_provision::bootstrap::{Proposal, propose};
use sluice_provision::cost::{alarms_monthly, prices};
use sluice_provision::desired::Manager;
use sluice_provision::discover::discover;
use sluice_provision::plan::{Action, Step};

use crate::cli::args::{BootstrapArgs, Export, Format};
use crate::cli::plan::{agreed, execute};
use crate::cli::session::{CommandError, Session};
use crate::cli::{print, show};

/// Runs the command.
pub(super) fn run(args: &BootstrapArgs) -> Result<Exit, CommandError> {
    let session = Session::open(&args.spec)?;
    let context = session.context(Manager::Bootstrap);
    let proposal = session.runtime.block_on(async {
        let discovery = discover(&session.clients).await;
        propose(&session.clients, &context, &discovery, &args.tags, args.prune).await
    })?;
    if let Some(form) = args.export {
        return Ok(print(export(&proposal, form).as_bytes()));
    }
    let plan = &proposal.plan;
    let kept = plan.steps.iter().filter(|step| step.action != Action::Delete);
    let alarms: Vec<&Value> = kept.map(|step| &step.resource.properties).collect();
    let monthly = alarms_monthly(alarms.iter().copied(), &prices(Some(&session.clients.region)));
    let monthly = (monthly * 100.0).round() / 100.0;
    if !(args.apply && args.format == Format::Json) {
        let told = match args.format {
            Format::Json => print(format!("{:#}\n", report(&proposal, monthly)).as_bytes()),
            Format::Text => print(&show::for_stdout(&text(&proposal, args.all, monthly))),
        };
        if told != Exit::Done {
            return Ok(told);
        }
    }
    // What could not be looked for is named in the notes; nobody may take the rest for all.
    let whole = if proposal.failed { Exit::Failed } else { Exit::Done };
    if !args.apply {
        return Ok(if plan.is_work() && whole == Exit::Done { Exit::Different } else { whole });
    }
    if !agreed(&session, plan, args.yes, args.format)? {
        return Ok(Exit::Failed);
    }
    let told = execute(&session, plan, args.format);
    Ok(if told == Exit::Done { whole } else { told })
}

fn text(proposal: &Proposal, all: bool, monthly: f64) -> String {
    let mut text = show::plan(&proposal.plan, all);
    if !proposal.skipped.is_empty() {
        let _ = writeln!(
            text,
            "{} alarms are not proposed{}",
            proposal.skipped.len(),
            if all { ":" } else { "; --all says why" }
        );
    }
    for skipped in proposal.skipped.iter().filter(|_| all) {
        let _ = writeln!(text, "    {} for {}: {}", skipped.rule, skipped.target, skipped.why);
    }
    if monthly > 0.0 {
        let _ = writeln!(text, "all of them cost ${monthly:.2} a month");
    }
    text
}

fn report(proposal: &Proposal, monthly: f64) -> Value {
    let mut report = proposal.plan.json();
    report["monthly_dollars"] = monthly.into();
    report["skipped"] = proposal
        .skipped
        .iter()
        .map(|skipped| json!({"target": skipped.target, "rule": skipped.rule, "why": skipped.why}))
        .collect();
    report
}

/// The proposed alarms, whether they are there or not.
fn export(proposal: &Proposal, form: Export) -> String {
    let steps: Vec<&Step> = proposal.plan.steps.iter().filter(|step| step.action != Action::Delete).collect();
    match form {
        Export::Json => {
            let alarms: Value = steps.iter().map(|step| step.resource.properties.clone()).collect();
            format!("{alarms:#}\n")
        }
        Export::Cloudformation => format!("{:#}\n", template(&steps)),
        Export::Markdown => markdown(&steps),
    }
}

fn template(steps: &[&Step]) -> Value {
    let resources: Map<String, Value> = steps
        .iter()
        .map(|step| {
            let mut properties = step.resource.properties.clone();
            // In a template they are CloudFormation's.
            for tag in properties["Tags"].as_array_mut().into_iter().flatten() {
                if tag["Key"] == sluice_provision::desired::MANAGED_BY {
                    tag["Value"] = Manager::CloudFormation.as_str().into();
                }
            }
            let body = json!({"Type": step.resource.kind.type_name(), "Properties": properties});
            (step.resource.id.clone(), body)
        })
        .collect();
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Alarms proposed by logctl alarms bootstrap",
        "Resources": resources,
    })
}

fn markdown(steps: &[&Step]) -> String {
    let mut text = String::from("| alarm | watches | goes off when | tells |\n|---|---|---|---|\n");
    for step in steps {
        let alarm = &step.resource.properties;
        let field = |name: &str| alarm[name].as_str().unwrap_or_default().to_owned();
        let watches = match alarm["Metrics"].as_array() {
            Some(queries) => {
                let expression = queries.iter().find_map(|query| query["Expression"].as_str());
                format!("`{}`", expression.unwrap_or_default())
            }
            None => format!("{} {}", field("Namespace"), field("MetricName")),
        };
        let sign = if field("ComparisonOperator").starts_with("Less") { "<" } else { ">" };
        let topic = alarm["AlarmActions"][0].as_str().unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {watches} | {sign} {} in {} of {} | {} |",
            field("AlarmName"),
            alarm["Threshold"],
            alarm["DatapointsToAlarm"],
            alarm["EvaluationPeriods"],
            topic.rsplit(':').next().unwrap_or_default(),
        );
    }
    if steps.is_empty() {
        tell("no alarms are proposed");
    }
    text
}
