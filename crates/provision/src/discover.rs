//! What runs in the account and could have alarms.
//!
//! | file | finds |
//! |---|---|
//! | `services.rs` | services of ECS, with the size of their tasks |
//! | `databases.rs` | Aurora clusters and instances, with what their class can do |
//! | `balancers.rs` | Application Load Balancers and their target groups |
//! | `machines.rs` | state machines of Step Functions |
//! | `logs.rs` | log groups with a filter that counts errors |
//!
//! Invariant: a kind that could not be listed is told apart from one of which there are none: nobody may conclude that
//! something is gone from a call that failed.

mod balancers;
mod databases;
mod logs;
mod machines;
mod services;

use std::collections::BTreeSet;

use crate::alarm::Target;
use crate::api::{ApiError, Clients};
use crate::rules::TargetKind;

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Everything that could have alarms, by kind and name.
    pub targets: Vec<Target>,
    /// The kinds that could not be listed, and why.
    pub failed: Vec<(Vec<TargetKind>, ApiError)>,
}

impl Discovery {
    /// The kinds that were not, or not completely, listed.
    #[must_use]
    pub fn unknown(&self) -> BTreeSet<TargetKind> {
        self.failed.iter().flat_map(|(kinds, _)| kinds.iter().copied()).collect()
    }
}

/// A tag that targets must have: a key, and a value if one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFilter {
    /// The key.
    pub key: String,
    /// The value; any, if there is none.
    pub value: Option<String>,
}

impl TagFilter {
    /// Whether a target has the tag.
    #[must_use]
    pub fn admits(&self, target: &Target) -> bool {
        let found = target.tags.get(&self.key);
        found.is_some_and(|found| self.value.as_ref().is_none_or(|value| value == found))
    }
}

impl std::str::FromStr for TagFilter {
    type Err = std::convert::Infallible;

    /// `KEY` or `KEY=VALUE`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
        Ok(TagFilter { key: key.to_owned(), value: value.map(str::to_owned) })
    }
}

/// Finds everything, each kind at the same time as the others.
pub async fn discover(clients: &Clients) -> Discovery {
    let (services, databases, balancers, machines, logs) = tokio::join!(
        services::find(clients),
        databases::find(clients),
        balancers::find(clients),
        machines::find(clients),
        logs::find(clients),
    );
    use TargetKind::{
        AuroraCluster, AuroraInstance, EcsService, ErrorLog, LoadBalancer, StateMachine, TargetGroup,
    };
    let mut discovery = Discovery::default();
    for (kinds, found) in [
        (vec![EcsService], services),
        (vec![AuroraCluster, AuroraInstance], databases),
        (vec![LoadBalancer, TargetGroup], balancers),
        (vec![StateMachine], machines),
        (vec![ErrorLog], logs),
    ] {
        match found {
            Ok(targets) => discovery.targets.extend(targets),
            Err(error) => discovery.failed.push((kinds, error)),
        }
    }
    discovery.targets.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    discovery
}
