//! The desired state: what a spec wants to be in an account.
//!
//! | file | describes |
//! |---|---|
//! | `archive.rs` | the log bucket and who may write to it |
//! | `logs.rs` | log groups and the metric of errors |
//! | `alerts.rs` | topics, their key, and who subscribes |
//! | `alarms.rs` | the spec's own alarms, by the rules |
//! | `dashboards.rs` | the dashboards |
//! | `catalog.rs` | tables, the work group, named queries |
//! | `policy.rs` | what the task's role may do |
//!
//! Invariant: every name in it follows from the spec and the environment, so that a second run finds what the first
//! one made, whichever way it was made.

mod alarms;
mod alerts;
mod archive;
mod catalog;
mod dashboards;
mod logs;
mod policy;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sluice_pipeline::{ArchiveUrl, Profile, Spec};

use crate::packs::PackQuery;
use crate::resource::Resource;
use crate::rules::RuleError;

pub use policy::task_role;

/// The tag that says who manages a resource. Only what has our own value here is ever changed.
pub const MANAGED_BY: &str = "sluice:managed-by";
/// The tag with the pipeline's name.
pub const PIPELINE: &str = "sluice:pipeline";
/// The tag with the environment; `default` when the spec has none.
pub const ENVIRONMENT: &str = "sluice:environment";

/// Who makes the resources: they are marked as theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// `logctl apply`.
    Apply,
    /// A CloudFormation template.
    CloudFormation,
    /// `logctl alarms bootstrap`.
    Bootstrap,
}

impl Manager {
    /// The value of the tag [`MANAGED_BY`].
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Manager::Apply => "logctl",
            Manager::CloudFormation => "cloudformation",
            Manager::Bootstrap => "logctl-alarms",
        }
    }
}

/// A pipeline in an environment: what names are made of.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The spec, with the environment's overlay.
    pub spec: &'a Spec,
    /// The environment.
    pub env: Option<&'a str>,
    /// Who makes the resources.
    pub manager: Manager,
}

impl Context<'_> {
    /// `name-env`, the beginning of resources' names.
    #[must_use]
    pub fn base(&self) -> String {
        // Topics and dashboards take no dots.
        let name = self.spec.name.replace('.', "-");
        self.env.map_or_else(|| name.clone(), |env| format!("{name}-{env}"))
    }

    /// The profile of the alarm rules.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let by_environment = if self.env == Some("dev") { Profile::Dev } else { Profile::Prod };
        self.spec.alarms.profile.unwrap_or(by_environment)
    }

    /// The tags that every resource gets.
    #[must_use]
    pub fn tags(&self) -> BTreeMap<String, String> {
        [
            (ENVIRONMENT, self.env.unwrap_or("default")),
            (MANAGED_BY, self.manager.as_str()),
            (PIPELINE, &self.spec.name),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
    }

    /// The same as CloudFormation writes them.
    pub(crate) fn tag_list(&self) -> Value {
        self.tags().iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
    }

    /// Bucket and prefix of the archive; none when it lies in a folder.
    fn bucket(&self) -> Option<(&str, &str)> {
        match &self.spec.archive.url {
            ArchiveUrl::S3 { bucket, prefix } => Some((bucket, prefix)),
            ArchiveUrl::File { .. } => None,
        }
    }

    /// Namespace of the metrics that are made of log events.
    pub(crate) fn namespace(&self) -> String {
        format!("{}/{}", self.spec.metrics.emf_namespace, self.base())
    }
}

/// What a spec wants to be there, in an order in which it can be made.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The resources.
    pub resources: Vec<Resource>,
    /// Parameter of the template → its default, which the spec gives.
    pub parameters: BTreeMap<String, String>,
    /// What the person who applies it should know.
    pub notes: Vec<String>,
}

/// The parameters of the template, and what each is.
pub const PARAMETERS: [(&str, &str); 5] = [
    ("DbClusterIdentifier", "Identifier of the Aurora cluster; without it there are no alarms on Aurora."),
    ("EcsClusterName", "Name of the ECS cluster; without it there are no alarms on ECS."),
    ("EcsServiceName", "Name of the ECS service; without it there are no alarms on ECS."),
    ("LoadBalancerFullName", "app/NAME/ID of the load balancer; without it there are no alarms on it."),
    ("TargetGroupFullName", "targetgroup/NAME/ID; without it there is no alarm on unhealthy targets."),
];

/// Describes what a spec wants.
///
/// # Errors
/// When a rule that the spec names is unknown, or a rule needs a fact that is not known, such as the memory of an
/// instance class.
pub fn desired(context: &Context<'_>, queries: &[PackQuery]) -> Result<Desired, RuleError> {
    let mut resources = Vec::new();
    let mut notes = Vec::new();
    if context.bucket().is_none() {
        notes
            .push("the archive lies in a folder: no bucket, no tables and no work group are made".to_owned());
    }
    archive::describe(context, &mut resources);
    logs::describe(context, &mut resources, &mut notes);
    alerts::describe(context, &mut resources, &mut notes);
    alarms::describe(context, &mut resources)?;
    dashboards::describe(context, &mut resources);
    catalog::describe(context, queries, &mut resources);
    policy::describe(context, &mut resources);
    make_unique(&mut resources);
    let monitor = &context.spec.monitor;
    let given = [
        &monitor.db_cluster,
        &monitor.ecs_cluster,
        &monitor.ecs_service,
        &monitor.load_balancer,
        &monitor.target_group,
    ];
    let parameters = PARAMETERS.iter().zip(given);
    let parameters =
        parameters.map(|((name, _), value)| ((*name).to_owned(), value.clone().unwrap_or_default()));
    Ok(Desired { resources, parameters: parameters.collect(), notes })
}

/// A logical id made of words: letters and digits only.
pub(crate) fn logical_id(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

/// Gives each resource an id of its own: words that differ in their dots and dashes only make the same one.
pub(crate) fn make_unique(resources: &mut [Resource]) {
    let mut taken = std::collections::BTreeSet::new();
    for resource in resources {
        let id = resource.id.clone();
        let mut number = 2;
        while !taken.insert(resource.id.clone()) {
            resource.id = format!("{id}{number}");
            number += 1;
        }
    }
}

/// The names of all tables there can be.
#[must_use]
pub fn table_names() -> Vec<String> {
    sluice_catalog::Catalog::builtin().tables.into_keys().collect()
}
