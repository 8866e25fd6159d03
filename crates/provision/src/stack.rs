//! What a stack of CloudFormation made of the same spec.
//!
//! Invariants: it is compared with the template's description of it, and never changed. It is known by its tags; what
//! CloudFormation gives no tags is the stack's when what it belongs to is, or when another resource of this pipeline is.

use std::collections::BTreeMap;

use crate::api::{Found, Owner};
use crate::desired::{ENVIRONMENT, MANAGED_BY, Manager, PIPELINE};
use crate::diff::Change;
use crate::plan::{Action, differences};
use crate::resource::{Kind, Resource};

/// The stack of a pipeline in an environment, if there is one.
pub(crate) struct Stack<'a> {
    template: BTreeMap<&'a str, &'a Resource>,
    tags: BTreeMap<String, String>,
    /// Whether anything carries its tags.
    is_there: bool,
}

impl<'a> Stack<'a> {
    pub(crate) fn new(
        template: &'a [Resource],
        ours: &BTreeMap<String, String>,
        found: &[Option<Found>],
    ) -> Stack<'a> {
        let mut tags = ours.clone();
        tags.insert(MANAGED_BY.to_owned(), Manager::CloudFormation.as_str().to_owned());
        let template = template.iter().map(|resource| (resource.id.as_str(), resource)).collect();
        let mut stack = Stack { template, tags, is_there: false };
        stack.is_there = found.iter().flatten().any(|found| stack.tagged(found));
        stack
    }

    /// The template's description of a resource that the stack made; none when it did not.
    pub(crate) fn made(
        &self,
        resource: &Resource,
        found: Option<&Found>,
        parent_is: bool,
    ) -> Option<&'a Resource> {
        let is = match found {
            None => parent_is,
            Some(found) => {
                self.tagged(found)
                    || (parent_is && found.owner == Owner::Parent)
                    || (self.is_there && resource.kind == Kind::ManagedPolicy && found.tags().is_empty())
            }
        };
        self.template.get(resource.id.as_str()).copied().filter(|_| is)
    }

    /// Whether what the stack made is as the template describes it.
    pub(crate) fn judge(&self, described: &Resource, found: Option<&Found>) -> Action {
        let mut all = match found {
            Some(found) => differences(described, found),
            None => vec![Change {
                path: String::new(),
                before: serde_json::Value::Null,
                after: described.properties.clone(),
            }],
        };
        if described.kind == Kind::BucketPolicy {
            // Stacks let further services write to the bucket.
            all.retain(|change| !(change.after.is_null() && is_statement(&change.path)));
        }
        if all.is_empty() { Action::Unchanged } else { Action::Drift(all) }
    }

    fn tagged(&self, found: &Found) -> bool {
        let there = found.tags();
        [MANAGED_BY, PIPELINE, ENVIRONMENT].iter().all(|key| there.get(*key) == self.tags.get(*key))
    }
}

/// Whether a path is that of a whole statement.
fn is_statement(path: &str) -> bool {
    path.strip_prefix("PolicyDocument.Statement.").is_some_and(|sid| !sid.contains('.'))
}
