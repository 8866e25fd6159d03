//! `logq publish`: the packs in Athena, as named queries of a work group with a limit.

use std::fmt::Write;

use serde_json::json;
use sluice_athena::publish::{Action, Desired, Plan, Publisher, What};
use sluice_catalog::Catalog;
use sluice_pipeline::Exit;
use sluice_query::pack::{Values, builtin};

use super::args::{Format, PublishArgs};
use super::ask::runtime;
use super::engine::configuration;
use super::failure::Failure;
use super::print;
use super::run::window;

/// Shows what would be made or changed, and does it with `--apply`.
pub(super) fn run(args: &PublishArgs) -> Result<Exit, Failure> {
    let cluster = &args.data.cluster;
    let (catalog, window, queries) = (Catalog::builtin(), window(&args.data)?, builtin()?);
    let wanted =
        queries.values().filter(|query| args.pack.as_deref().is_none_or(|pack| pack == query.pack()));
    // A query without a default for each parameter is for `logq run` alone.
    let published: Vec<(String, String, String)> = wanted
        .filter_map(|query| {
            let sql = query.expand(&catalog, &window, &Values::new()).ok()?;
            Some((query.name.clone(), query.question.clone(), sql))
        })
        .collect();
    if let (true, Some(pack)) = (published.is_empty(), &args.pack) {
        return Err(Failure::UnknownQuery { name: format!("{pack}/…"), near: Vec::new() });
    }
    let desired = Desired {
        work_group: cluster.work_group.clone().ok_or(Failure::NoWorkGroup)?,
        database: cluster.database.clone().ok_or(Failure::NoDatabase)?,
        scan_limit: args.scan_limit.0,
        output: cluster.results.clone(),
        queries: Vec::new(),
    }
    .with_queries(published);
    runtime()?.block_on(async {
        let publisher = Publisher::new(&configuration(cluster.region.as_deref()).await);
        let plan = publisher.plan(desired).await?;
        print(told(&plan, args.format).as_bytes())?;
        if args.apply {
            publisher.apply(&plan).await?;
        }
        Ok(if args.check && !plan.is_empty() { Exit::Different } else { Exit::Done })
    })
}

fn told(plan: &Plan, format: Format) -> String {
    let of = |action: &Action| match action {
        Action::Create => ("create", Vec::new()),
        Action::Update(fields) => ("update", fields.clone()),
        Action::Unchanged => ("unchanged", Vec::new()),
    };
    let kind = |what: What| if what == What::WorkGroup { "work group" } else { "query" };
    if matches!(format, Format::Json | Format::Jsonl) {
        let steps: Vec<_> = plan
            .steps
            .iter()
            .map(|step| {
                let (action, fields) = of(&step.action);
                json!({ "kind": kind(step.what), "name": step.name, "action": action, "fields": fields })
            })
            .collect();
        return format!("{}\n", json!(steps));
    }
    let mut text = String::new();
    for step in &plan.steps {
        let (action, fields) = of(&step.action);
        let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
        let _ = writeln!(text, "{action:9} {:10} {}{fields}", kind(step.what), step.name);
    }
    text
}
