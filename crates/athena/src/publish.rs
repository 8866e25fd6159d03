//! Published queries: named queries in a work group with a limit of scanned bytes, for whoever works in the console.
//!
//! Names begin with [`PREFIX`]; only such named queries are looked at. The work group bears [`MARK`] as its
//! description. First comes a [`Plan`], which changes nothing.

mod group;
mod queries;

use aws_config::SdkConfig;

use crate::error::Error;

/// The begin of the names of all named queries that are ours.
pub const PREFIX: &str = "sluice/";
/// The description of a work group that is ours.
pub const MARK: &str = "Queries of Sluice. Made by logq publish; changes by hand are undone.";

/// What is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The work group.
    pub work_group: String,
    /// The database of the queries.
    pub database: String,
    /// A query that would scan more is cancelled; at least 10,000,000.
    pub scan_limit: u64,
    /// The S3 URL for results; without one Athena manages them.
    pub output: Option<String>,
    /// The queries.
    pub queries: Vec<Published>,
}

/// A query to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its name, without the prefix.
    pub name: String,
    /// What it answers.
    pub description: String,
    /// Its SQL.
    pub sql: String,
}

impl Desired {
    /// With the queries of an iterator of name, description and SQL.
    #[must_use]
    pub fn with_queries<N, D, S>(mut self, queries: impl IntoIterator<Item = (N, D, S)>) -> Self
    where
        N: Into<String>,
        D: Into<String>,
        S: Into<String>,
    {
        let query = |(name, description, sql): (N, D, S)| Published {
            name: name.into(),
            description: description.into(),
            sql: sql.into(),
        };
        self.queries = queries.into_iter().map(query).collect();
        self
    }
}

/// What would be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The steps: the work group first, then the queries in their order.
    pub steps: Vec<Step>,
    desired: Desired,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Name of the work group or the named query.
    pub name: String,
    /// What it is.
    pub what: What,
    /// What becomes of it.
    pub action: Action,
}

/// What a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The work group.
    WorkGroup,
    /// A named query.
    NamedQuery,
}

/// What becomes of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed: what differs.
    Update(Vec<String>),
    /// It is as it should be.
    Unchanged,
}

impl Plan {
    /// Whether nothing would be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.action == Action::Unchanged)
    }
}

/// The work group and named queries of an account and region.
#[derive(Debug, Clone)]
pub struct Publisher {
    athena: aws_sdk_athena::Client,
}

impl Publisher {
    /// Prepares a client; nothing is sent yet.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self { athena: aws_sdk_athena::Client::new(config) }
    }

    /// Compares what is there with what is to be.
    ///
    /// # Errors
    /// When a call fails, or the work group is somebody else's.
    pub async fn plan(&self, desired: Desired) -> Result<Plan, Error> {
        let group = group::plan(&self.athena, &desired).await?;
        let made = group.action == Action::Create;
        let present =
            if made { Vec::new() } else { queries::present(&self.athena, &desired.work_group).await? };
        let mut steps = vec![group];
        steps.extend(desired.queries.iter().map(|query| queries::plan(query, &present, &desired.database)));
        Ok(Plan { steps, desired })
    }

    /// Does what a plan says.
    ///
    /// # Errors
    /// When a call fails; what was done stays, and a new plan has the rest.
    pub async fn apply(&self, plan: &Plan) -> Result<(), Error> {
        let desired = &plan.desired;
        let groups = plan.steps.iter().filter(|step| step.what == What::WorkGroup);
        for step in groups {
            group::apply(&self.athena, desired, &step.action).await?;
        }
        let steps = plan.steps.iter().filter(|step| step.what == What::NamedQuery);
        let due = steps.zip(&desired.queries).filter(|(step, _)| step.action != Action::Unchanged);
        let due: Vec<_> = due.collect();
        if due.is_empty() {
            return Ok(());
        }
        let present = queries::present(&self.athena, &desired.work_group).await?;
        for (step, query) in due {
            queries::apply(&self.athena, desired, query, &step.name, &present).await?;
        }
        Ok(())
    }
}
