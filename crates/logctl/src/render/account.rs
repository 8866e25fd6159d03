//! What is rendered of the resources in an account: a template, a policy, tables, dashboards.
//!
//! But for the template, account and region stand as `${AWS_ACCOUNT}` and the spec's region.

use serde_json::Value;
use sluice_pipeline::Spec;
use sluice_provision::desired::{Context, Desired, Manager, desired, task_role};
use sluice_provision::packs::packs;
use sluice_provision::resource::Kind;
use sluice_provision::rules::RuleError;
use sluice_provision::scope::Scope;
use sluice_provision::template::template;

use super::{File, Target};

/// The region when neither the spec nor anybody else names one.
const REGION: &str = "${AWS_REGION}";

/// The files of a target.
pub(super) fn files(target: Target, spec: &Spec, env: Option<&str>) -> Result<Vec<File>, RuleError> {
    let context = Context { spec, env, manager: Manager::CloudFormation };
    let all = desired(&context, &packs())?;
    let region = spec.region.as_deref().unwrap_or(REGION);
    let scope = Scope::new("${AWS_ACCOUNT}", region, all.parameters.clone());
    Ok(match target {
        Target::Iam => {
            let policy = scope.resolve(&task_role(&context));
            vec![file("task-role-policy.json".to_owned(), &policy)]
        }
        Target::Glue => tables(&all, scope),
        Target::Dashboards => dashboards(&all, scope),
        Target::Cloudformation | Target::FluentBit => {
            let about = format!("Log pipeline {}, rendered from its spec by logctl", context.base());
            vec![file("sluice.template.json".to_owned(), &template(&all, &about))]
        }
    })
}

/// The names that a target may have written.
pub(super) fn names(target: Target) -> Vec<String> {
    match target {
        Target::Glue => {
            let tables = sluice_provision::desired::table_names();
            tables.into_iter().map(|name| format!("{name}.table.json")).collect()
        }
        _ => Vec::new(),
    }
}

fn tables(all: &Desired, scope: Scope) -> Vec<File> {
    let tables = scope.resolve_all(&all.resources).into_iter().filter(|r| r.kind == Kind::Table);
    tables.map(|r| file(format!("{}.table.json", r.name()), &r.properties["TableInput"])).collect()
}

fn dashboards(all: &Desired, scope: Scope) -> Vec<File> {
    // A dashboard without its parameters would be empty: the names stand as in the template.
    let mut scope = scope;
    for (name, value) in &mut scope.parameters {
        if value.is_empty() {
            *value = format!("${{{name}}}");
        }
    }
    let all = scope.resolve_all(&all.resources).into_iter().filter(|r| r.kind == Kind::Dashboard);
    all.map(|r| {
        let body = r.properties["DashboardBody"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| body.into());
        let name = if r.id == "ServiceDashboard" { "service" } else { "pipeline" };
        file(format!("{name}.dashboard.json"), &body)
    })
    .collect()
}

fn file(name: String, value: &Value) -> File {
    File { name, text: format!("{value:#}\n") }
}
