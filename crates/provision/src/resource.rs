//! A resource as it should be: its kind, its name, and its properties in CloudFormation's words.
//!
//! Properties may hold intrinsic functions (`Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::Join`, `Fn::If`). A template keeps
//! them; `plan` and `apply` resolve them ([`crate::scope`]). So there is one description, and both ways make the same.

use serde_json::Value;

/// Kinds of resources, in the order of CloudFormation's type names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An Athena query kept by name.
    NamedQuery,
    /// A work group of Athena.
    WorkGroup,
    /// A channel of Slack that alerts go to.
    SlackChannel,
    /// An alarm on a metric.
    Alarm,
    /// A dashboard.
    Dashboard,
    /// A database of the Glue Data Catalog.
    Database,
    /// A table of it.
    Table,
    /// A policy of IAM.
    ManagedPolicy,
    /// A role of IAM.
    Role,
    /// Another name for a key.
    KeyAlias,
    /// A key of KMS.
    Key,
    /// A log group.
    LogGroup,
    /// A filter that makes a metric of log events.
    MetricFilter,
    /// A bucket.
    Bucket,
    /// The policy of a bucket.
    BucketPolicy,
    /// A subscription to a topic.
    Subscription,
    /// A topic of SNS.
    Topic,
    /// The policy of topics.
    TopicPolicy,
}

impl Kind {
    /// CloudFormation's name of the type.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Kind::NamedQuery => "AWS::Athena::NamedQuery",
            Kind::WorkGroup => "AWS::Athena::WorkGroup",
            Kind::SlackChannel => "AWS::Chatbot::SlackChannelConfiguration",
            Kind::Alarm => "AWS::CloudWatch::Alarm",
            Kind::Dashboard => "AWS::CloudWatch::Dashboard",
            Kind::Database => "AWS::Glue::Database",
            Kind::Table => "AWS::Glue::Table",
            Kind::ManagedPolicy => "AWS::IAM::ManagedPolicy",
            Kind::Role => "AWS::IAM::Role",
            Kind::KeyAlias => "AWS::KMS::Alias",
            Kind::Key => "AWS::KMS::Key",
            Kind::LogGroup => "AWS::Logs::LogGroup",
            Kind::MetricFilter => "AWS::Logs::MetricFilter",
            Kind::Bucket => "AWS::S3::Bucket",
            Kind::BucketPolicy => "AWS::S3::BucketPolicy",
            Kind::Subscription => "AWS::SNS::Subscription",
            Kind::Topic => "AWS::SNS::Topic",
            Kind::TopicPolicy => "AWS::SNS::TopicPolicy",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::NamedQuery => "named query",
            Kind::WorkGroup => "work group",
            Kind::SlackChannel => "Slack channel",
            Kind::Alarm => "alarm",
            Kind::Dashboard => "dashboard",
            Kind::Database => "database",
            Kind::Table => "table",
            Kind::ManagedPolicy => "policy",
            Kind::Role => "role",
            Kind::KeyAlias => "key alias",
            Kind::Key => "key",
            Kind::LogGroup => "log group",
            Kind::MetricFilter => "metric filter",
            Kind::Bucket => "bucket",
            Kind::BucketPolicy => "bucket policy",
            Kind::Subscription => "subscription",
            Kind::Topic => "topic",
            Kind::TopicPolicy => "topic policy",
        }
    }

    /// Whether it holds what cannot be made again: a template keeps it when it is removed.
    #[must_use]
    pub fn holds_data(self) -> bool {
        matches!(self, Kind::Bucket | Kind::BucketPolicy | Kind::LogGroup | Kind::Key)
    }

    /// Whether `apply` can make it. The rest needs CloudFormation, or a step in the console.
    #[must_use]
    pub fn has_api(self) -> bool {
        !matches!(self, Kind::SlackChannel | Kind::Role)
    }

    /// Whether the tags of this kind are a property, as a list of keys and values.
    pub(crate) fn is_tagged(self) -> bool {
        use Kind::{Alarm, Bucket, Key, LogGroup, Topic, WorkGroup};
        matches!(self, Alarm | Bucket | Key | LogGroup | Topic | WorkGroup)
    }
}

/// Under which condition of the template a resource exists. All of these parameters must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// An ECS cluster and service are given.
    HasEcs,
    /// An Aurora cluster is given.
    HasDb,
    /// A load balancer is given.
    HasAlb,
    /// A load balancer and a target group are given.
    HasTargetGroup,
}

impl Condition {
    /// Every condition.
    pub const ALL: [Condition; 4] =
        [Condition::HasEcs, Condition::HasDb, Condition::HasAlb, Condition::HasTargetGroup];

    /// Its name in the template.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Condition::HasEcs => "HasEcs",
            Condition::HasDb => "HasDb",
            Condition::HasAlb => "HasAlb",
            Condition::HasTargetGroup => "HasTargetGroup",
        }
    }

    /// The parameters that must not be empty.
    #[must_use]
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Condition::HasEcs => &["EcsClusterName", "EcsServiceName"],
            Condition::HasDb => &["DbClusterIdentifier"],
            Condition::HasAlb => &["LoadBalancerFullName"],
            Condition::HasTargetGroup => &["LoadBalancerFullName", "TargetGroupFullName"],
        }
    }
}

/// A resource as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its logical id in the template, unique in a desired state.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its properties as CloudFormation calls them.
    pub properties: Value,
    /// Logical ids of what must be there before it, besides those that the properties refer to.
    pub depends_on: Vec<String>,
    /// When it exists at all; always, if there is none.
    pub condition: Option<Condition>,
}

impl Resource {
    /// A resource without a condition that depends on what its properties refer to.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: Kind, properties: Value) -> Resource {
        Resource { id: id.into(), kind, properties, depends_on: Vec::new(), condition: None }
    }

    /// The same, existing only under a condition.
    #[must_use]
    pub fn when(self, condition: Condition) -> Resource {
        Resource { condition: Some(condition), ..self }
    }

    /// The same, made after another.
    #[must_use]
    pub fn after(mut self, id: &str) -> Resource {
        self.depends_on.push(id.to_owned());
        self
    }

    /// The logical ids that must be there before it.
    #[must_use]
    pub fn dependencies(&self) -> Vec<String> {
        let mut all = self.depends_on.clone();
        references(&self.properties, &mut all);
        all.sort();
        all.dedup();
        all
    }

    /// The name it has in the account: the property that holds it.
    #[must_use]
    pub fn name_property(kind: Kind) -> &'static str {
        match kind {
            Kind::NamedQuery | Kind::WorkGroup => "Name",
            Kind::SlackChannel => "ConfigurationName",
            Kind::Alarm => "AlarmName",
            Kind::Dashboard => "DashboardName",
            Kind::Database => "DatabaseInput",
            Kind::Table => "TableInput",
            Kind::ManagedPolicy => "ManagedPolicyName",
            Kind::Role => "RoleName",
            Kind::KeyAlias => "AliasName",
            Kind::Key => "Description",
            Kind::LogGroup => "LogGroupName",
            Kind::MetricFilter => "FilterName",
            Kind::Bucket => "BucketName",
            Kind::BucketPolicy => "Bucket",
            Kind::Subscription => "Endpoint",
            Kind::Topic => "TopicName",
            Kind::TopicPolicy => "Topics",
        }
    }

    /// The name it has in the account, once its properties are resolved.
    #[must_use]
    pub fn name(&self) -> String {
        let value = &self.properties[Self::name_property(self.kind)];
        match value {
            Value::String(name) => name.clone(),
            Value::Object(input) => input.get("Name").and_then(Value::as_str).unwrap_or(&self.id).to_owned(),
            Value::Array(list) => list.first().and_then(Value::as_str).unwrap_or(&self.id).to_owned(),
            _ => self.id.clone(),
        }
    }
}

/// Adds the logical ids that a value refers to; pseudo parameters and conditions are none.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, inside) in object {
                match (key.as_str(), inside) {
                    ("Ref", Value::String(id)) if !id.starts_with("AWS::") => found.push(id.clone()),
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        found.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
                    }
                    _ => references(inside, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|inside| references(inside, found)),
        _ => {}
    }
}
