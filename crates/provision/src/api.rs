//! Resources through the APIs: what is there, and how it becomes what it should be.
//!
//! | file | kinds |
//! |---|---|
//! | `bucket.rs` | bucket, its policy |
//! | `logs.rs` | log group, metric filter |
//! | `alarms.rs` | alarm, dashboard |
//! | `alerts.rs` | topic, its policy, subscription |
//! | `keys.rs` | key, its alias |
//! | `tables.rs` | database, table |
//! | `queries.rs` | work group, named query |
//! | `policies.rs` | policy of IAM |
//!
//! Invariant: what is read has the form of what is desired ([`crate::resource`]), without what AWS adds by itself, so
//! that two equal things compare equal.

mod alarms;
mod alerts;
mod bucket;
mod clients;
mod json;
mod keys;
mod logs;
mod policies;
mod queries;
mod tables;

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use sluice_aws::CallError;

use crate::resource::{Kind, Resource};

pub(crate) use alarms::{delete as alarm_delete, tagged as tagged_alarms};
pub use alarms::{list_alarms, listed_alarm, listed_composite};
pub use clients::Clients;

/// Calls at a time. CloudWatch allows some ten a second.
pub const PARALLEL: usize = 6;

/// A resource as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its properties, in the form of the desired ones; tags apart.
    pub properties: Value,
    /// How it shows whose it is.
    pub owner: Owner,
    /// What the API calls it, where that is not its name.
    pub handle: String,
    /// What the person who asks should know of it.
    pub note: Option<String>,
}

impl Found {
    fn new(properties: Value, owner: Owner) -> Found {
        Found { properties, owner, handle: String::new(), note: None }
    }

    /// Its tags; none when it cannot have any.
    #[must_use]
    pub fn tags(&self) -> BTreeMap<String, String> {
        match &self.owner {
            Owner::Tags(tags) => tags.clone(),
            Owner::Unfinished | Owner::Parent => BTreeMap::new(),
        }
    }
}

/// How a resource shows whose it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Owner {
    /// By these tags.
    Tags(BTreeMap<String, String>),
    /// It is its parent's: the policy its bucket's, the filter its log group's.
    Parent,
    /// Made and then left without anything: an earlier run of ours did not come further.
    Unfinished,
}

/// What is to be done to a resource.
#[derive(Debug)]
pub struct Order<'a> {
    /// The resource as it should be, resolved, its tags as a list.
    pub resource: &'a Resource,
    /// As it is.
    pub found: Option<&'a Found>,
    /// The properties at the top level that differ; all, when it is not there.
    pub changed: Vec<&'a str>,
    /// The tags that make it ours.
    pub tags: &'a BTreeMap<String, String>,
}

impl Order<'_> {
    /// Whether a property has to be set.
    fn wants(&self, property: &str) -> bool {
        self.changed.contains(&property)
    }

    fn property(&self, name: &str) -> &Value {
        &self.resource.properties[name]
    }

    fn text(&self, name: &str) -> &str {
        json::text(&self.resource.properties, name)
    }

    /// What the resource is called in messages.
    fn subject(&self) -> String {
        subject(self.resource)
    }
}

/// What a resource is called in messages: `alarm api-ecs-cpu`.
#[must_use]
pub fn subject(resource: &Resource) -> String {
    format!("{} {}", resource.kind.word(), resource.name())
}

/// A resource could not be read or made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// It cannot be changed once it is there.
    #[error("{subject} has another {property}, which AWS does not change once it is there; {remedy}")]
    Fixed {
        /// What.
        subject: String,
        /// Which property.
        property: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// It was ours when the plan was made, and is no more.
    #[error("{subject} no longer has our tags, so it is left alone; plan again")]
    NotOurs {
        /// What.
        subject: String,
    },
    /// The SDK refused what it was to send.
    #[error("{subject} cannot be described to AWS: {why}; report this as a defect")]
    Build {
        /// What.
        subject: String,
        /// Why not.
        why: String,
    },
}

impl ApiError {
    fn build(subject: &str, why: impl std::fmt::Display) -> ApiError {
        ApiError::Build { subject: subject.to_owned(), why: why.to_string() }
    }
}

/// What is there of each of these resources.
///
/// # Errors
/// With the first call that failed.
pub async fn read_all(clients: &Clients, resources: &[Resource]) -> Result<Vec<Option<Found>>, ApiError> {
    // Alarms and named queries are asked for together: one call for many, where calls a second are few.
    let alarms = alarms::read_many(clients, resources).await?;
    let queries = queries::read_many(clients, resources).await?;
    let alone = |resource: &Resource| !matches!(resource.kind, Kind::Alarm | Kind::NamedQuery);
    let reads = resources.iter().map(|resource| {
        let (alarms, queries) = (&alarms, &queries);
        async move {
            match resource.kind {
                _ if alone(resource) => read(clients, resource).await,
                Kind::Alarm => Ok(alarms.get(&resource.name()).cloned()),
                _ => Ok(queries.get(&resource.name()).cloned()),
            }
        }
    });
    let found: Vec<Result<Option<Found>, ApiError>> = stream::iter(reads).buffered(PARALLEL).collect().await;
    found.into_iter().collect()
}

/// What is there of a resource.
///
/// # Errors
/// When a call failed.
pub async fn read(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    match resource.kind {
        Kind::Bucket => bucket::read(clients, resource).await,
        Kind::BucketPolicy => bucket::read_policy(clients, resource).await,
        Kind::LogGroup => logs::read_group(clients, resource).await,
        Kind::MetricFilter => logs::read_filter(clients, resource).await,
        Kind::Alarm => {
            Ok(alarms::read_many(clients, std::slice::from_ref(resource)).await?.into_values().next())
        }
        Kind::Dashboard => alarms::read_dashboard(clients, resource).await,
        Kind::Topic => alerts::read_topic(clients, resource).await,
        Kind::TopicPolicy => alerts::read_policy(clients, resource).await,
        Kind::Subscription => alerts::read_subscription(clients, resource).await,
        Kind::Key => keys::read(clients, resource).await,
        Kind::KeyAlias => keys::read_alias(clients, resource).await,
        Kind::Database => tables::read_database(clients, resource).await,
        Kind::Table => tables::read_table(clients, resource).await,
        Kind::WorkGroup => queries::read_group(clients, resource).await,
        Kind::NamedQuery => {
            Ok(queries::read_many(clients, std::slice::from_ref(resource)).await?.into_values().next())
        }
        Kind::ManagedPolicy => policies::read(clients, resource).await,
        Kind::SlackChannel | Kind::Role => Ok(None),
    }
}

/// Makes a resource what it should be.
///
/// # Errors
/// When a call failed, or a property cannot be changed.
pub async fn write(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    match order.resource.kind {
        Kind::Bucket => bucket::write(clients, order).await,
        Kind::BucketPolicy => bucket::write_policy(clients, order).await,
        Kind::LogGroup => logs::write_group(clients, order).await,
        Kind::MetricFilter => logs::write_filter(clients, order).await,
        Kind::Alarm => alarms::write(clients, order).await,
        Kind::Dashboard => alarms::write_dashboard(clients, order).await,
        Kind::Topic => alerts::write_topic(clients, order).await,
        Kind::TopicPolicy => alerts::write_policy(clients, order).await,
        Kind::Subscription => alerts::write_subscription(clients, order).await,
        Kind::Key => keys::write(clients, order).await,
        Kind::KeyAlias => keys::write_alias(clients, order).await,
        Kind::Database => tables::write_database(clients, order).await,
        Kind::Table => tables::write_table(clients, order).await,
        Kind::WorkGroup => queries::write_group(clients, order).await,
        Kind::NamedQuery => queries::write_query(clients, order).await,
        Kind::ManagedPolicy => policies::write(clients, order).await,
        Kind::SlackChannel | Kind::Role => Ok(()),
    }
}
