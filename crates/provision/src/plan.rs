//! The plan: what is there against what is desired, resource by resource and field by field. It changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api::{ApiError, Clients, Found, Owner, read_all};
use crate::desired::{ENVIRONMENT, MANAGED_BY, PIPELINE};
use crate::diff::{Change, changes, tag_changes};
use crate::resource::{Kind, Resource};
use crate::stack::Stack;

/// What is to be done about a resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// It is not there.
    Create,
    /// It is ours and differs in these fields.
    Update(Vec<Change>),
    /// It is as it should be.
    Unchanged,
    /// It is there and not ours: it is left alone. The text says whose it is.
    Foreign(String),
    /// A stack made it of the same spec, and it differs in these fields: it is left alone, the stack mends it.
    Drift(Vec<Change>),
    /// No API makes it: the template does, or a step in the console.
    Manual,
    /// What it watched is gone, and it goes too. Only alarms are ever deleted.
    Delete,
}

impl Action {
    /// A word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update(_) => "update",
            Action::Unchanged => "unchanged",
            Action::Foreign(_) => "foreign",
            Action::Drift(_) => "drift",
            Action::Manual => "manual",
            Action::Delete => "delete",
        }
    }

    /// Whether `apply` would do something.
    #[must_use]
    pub fn is_work(&self) -> bool {
        matches!(self, Action::Create | Action::Update(_) | Action::Delete)
    }
}

/// A resource and what is to be done about it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The resource as it should be, resolved.
    pub resource: Resource,
    /// As it is.
    pub found: Option<Found>,
    /// What is to be done.
    pub action: Action,
}

/// What is to be done, in an order in which it can be.
#[derive(Debug, Clone)]
pub struct Plan {
    /// A step for each resource.
    pub steps: Vec<Step>,
    /// The tags that make a resource ours.
    pub tags: BTreeMap<String, String>,
    /// What the person should know.
    pub notes: Vec<String>,
}

impl Plan {
    /// How many steps there are by action, and whether any is work.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for step in &self.steps {
            *counts.entry(step.action.word()).or_insert(0) += 1;
        }
        counts
    }

    /// Whether something that a stack made is not as the spec says.
    #[must_use]
    pub fn has_drifted(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.action, Action::Drift(_)))
    }

    /// Whether `apply` would do something.
    #[must_use]
    pub fn is_work(&self) -> bool {
        self.steps.iter().any(|step| step.action.is_work())
    }

    /// The plan for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let steps: Vec<Value> = self.steps.iter().map(step_json).collect();
        json!({"counts": self.counts(), "resources": steps, "notes": self.notes})
    }
}

fn step_json(step: &Step) -> Value {
    let mut out = json!({
        "id": step.resource.id,
        "type": step.resource.kind.type_name(),
        "name": step.resource.name(),
        "action": step.action.word(),
    });
    match &step.action {
        Action::Update(changes) | Action::Drift(changes) => {
            let changes = changes.iter();
            out["changes"] = changes
                .map(|change| json!({"path": change.path, "before": change.before, "after": change.after}))
                .collect();
        }
        Action::Foreign(why) => out["why"] = why.as_str().into(),
        _ => {}
    }
    out
}

/// Compares resources, resolved for the account, with what is there. `template` has the same resources as the template
/// describes them: what a stack made of it is compared with that, and left alone.
///
/// # Errors
/// With the first call that failed.
pub async fn plan(
    clients: &Clients,
    resources: Vec<Resource>,
    template: &[Resource],
    tags: &BTreeMap<String, String>,
    notes: Vec<String>,
) -> Result<Plan, ApiError> {
    let found = read_all(clients, &resources).await?;
    Ok(compared(resources, found, template, tags, notes))
}

/// Compares resources with what was found of each. `template` is what a stack of the same spec makes.
#[must_use]
pub fn compared(
    resources: Vec<Resource>,
    found: Vec<Option<Found>>,
    template: &[Resource],
    tags: &BTreeMap<String, String>,
    mut notes: Vec<String>,
) -> Plan {
    let stack = Stack::new(template, tags, &found);
    let mut foreign = BTreeMap::new();
    let mut stacked = BTreeSet::new();
    let mut steps = Vec::with_capacity(resources.len());
    for (resource, found) in resources.into_iter().zip(found) {
        notes.extend(found.as_ref().and_then(|found| found.note.clone()));
        let parent = |of: &dyn Fn(&str) -> bool| parents(&resource).any(of);
        let action = if !resource.kind.has_api() {
            Action::Manual
        } else if let Some(parent) = parents(&resource).find_map(|id| foreign.get(id)) {
            Action::Foreign(format!("it belongs to {parent}, which is not ours"))
        } else if let Some(twin) = stack.made(&resource, found.as_ref(), parent(&|id| stacked.contains(id))) {
            stacked.insert(resource.id.clone());
            stack.judge(twin, found.as_ref())
        } else {
            found.as_ref().map_or(Action::Create, |found| compare(&resource, found, tags))
        };
        if let Action::Foreign(_) = action {
            foreign.insert(resource.id.clone(), crate::api::subject(&resource));
        }
        steps.push(Step { resource, found, action });
    }
    Plan { steps, tags: tags.clone(), notes }
}

/// What a resource belongs to, by the ids: whose those are, its it is.
fn parents(resource: &Resource) -> impl Iterator<Item = &str> {
    let belongs = matches!(
        resource.kind,
        Kind::BucketPolicy
            | Kind::MetricFilter
            | Kind::TopicPolicy
            | Kind::Subscription
            | Kind::NamedQuery
            | Kind::KeyAlias
            | Kind::Table
    );
    resource.depends_on.iter().filter(move |_| belongs).map(String::as_str)
}

fn compare(resource: &Resource, found: &Found, tags: &BTreeMap<String, String>) -> Action {
    if let Owner::Tags(there) = &found.owner
        && let Some(why) = foreign(there, tags)
    {
        return Action::Foreign(why);
    }
    let all = differences(resource, found);
    if all.is_empty() { Action::Unchanged } else { Action::Update(all) }
}

/// The fields in which a resource is not as it should be, its tags among them.
pub(crate) fn differences(resource: &Resource, found: &Found) -> Vec<Change> {
    let mut desired = resource.properties.clone();
    let wanted_tags = take_tags(&mut desired);
    let mut all = changes(&found.properties, &desired);
    if resource.kind.is_tagged() {
        all.extend(tag_changes(&found.tags(), &wanted_tags));
    }
    all
}

/// Takes the tags out of properties.
fn take_tags(properties: &mut Value) -> BTreeMap<String, String> {
    let list = properties.as_object_mut().and_then(|object| object.shift_remove("Tags"));
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    let tags = list.as_ref().and_then(Value::as_array).into_iter().flatten();
    tags.map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect()
}

/// Why something with these tags is not ours; none when it is.
fn foreign(there: &BTreeMap<String, String>, ours: &BTreeMap<String, String>) -> Option<String> {
    let same = |key: &str| there.get(key) == ours.get(key);
    if same(MANAGED_BY) && same(PIPELINE) && same(ENVIRONMENT) {
        return None;
    }
    Some(match there.get(MANAGED_BY) {
        None => format!("it has no tag {MANAGED_BY}; to hand it over, give it the tags {}", listed(ours)),
        Some(other) => {
            let of = |key: &str| there.get(key).map_or("?", String::as_str);
            format!("it is managed by {other} for {}/{}", of(PIPELINE), of(ENVIRONMENT))
        }
    })
}

fn listed(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

/// The resources that targets name, by id, name or type, with all they depend on.
///
/// # Errors
/// With the targets that name nothing.
pub fn select(resources: Vec<Resource>, targets: &[String]) -> Result<Vec<Resource>, Vec<String>> {
    if targets.is_empty() {
        return Ok(resources);
    }
    let names = |resource: &Resource, target: &String| {
        resource.id == *target || resource.name() == *target || resource.kind.type_name() == target
    };
    let unknown: Vec<String> =
        targets.iter().filter(|target| !resources.iter().any(|r| names(r, target))).cloned().collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let mut wanted: BTreeSet<String> = resources
        .iter()
        .filter(|resource| targets.iter().any(|target| names(resource, target)))
        .map(|resource| resource.id.clone())
        .collect();
    let mut size = 0;
    while size != wanted.len() {
        size = wanted.len();
        let needed = resources.iter().filter(|resource| wanted.contains(&resource.id));
        let needed: Vec<String> = needed.flat_map(|resource| resource.depends_on.clone()).collect();
        wanted.extend(needed);
    }
    Ok(resources.into_iter().filter(|resource| wanted.contains(&resource.id)).collect())
}
