//! A query from its text to its answer: start, poll, read.

use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_athena::types::{
    QueryExecution, QueryExecutionContext, ResultConfiguration, ResultReuseByAgeConfiguration,
    ResultReuseConfiguration,
};
use sluice_present::Answer;
use sluice_trino::CancellationToken;

use crate::cost::Price;
use crate::error::{Error, aws};
use crate::{aws as setup, execution, results};

/// Where queries run, and what they may cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The work group.
    pub work_group: String,
    /// The catalog of tables without one.
    pub catalog: String,
    /// The database of tables without one.
    pub database: String,
    /// The S3 URL for results; the work group's own when there is none.
    pub output: Option<String>,
    /// An answer of the same text that is at most so old is used again, in whole minutes. Zero asks anew.
    pub reuse: Duration,
    /// What scanned bytes cost.
    pub price: Price,
    /// The most that one query may cost, in US dollars.
    pub max_cost: Option<f64>,
}

impl Settings {
    /// The work group `primary`, the catalog of Glue, no reuse, no limit of cost.
    #[must_use]
    pub fn new(database: impl Into<String>) -> Self {
        Self {
            work_group: "primary".to_owned(),
            catalog: "AwsDataCatalog".to_owned(),
            database: database.into(),
            output: None,
            reuse: Duration::ZERO,
            price: Price::default(),
            max_cost: None,
        }
    }
}

/// How far a query is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The query, as Athena's console shows it too.
    pub id: String,
    /// `QUEUED`, `RUNNING` or `SUCCEEDED`.
    pub state: String,
    /// Bytes that were scanned, as far as Athena says while it runs.
    pub scanned_bytes: u64,
    /// Time since it was sent.
    pub elapsed: Duration,
}

/// How a query is watched and ended.
#[derive(Default)]
pub struct Options<'a> {
    /// Called with each poll: from every 200 ms at first to every 2 s.
    pub progress: Option<&'a (dyn Fn(&Progress) + Send + Sync)>,
    /// Stops the query when it is cancelled.
    pub cancel: CancellationToken,
    /// Bytes of the objects that the query may read, as listed under its partitions: for `max_cost`. It is an upper
    /// bound for Parquet.
    pub listed_bytes: Option<u64>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cancel = self.cancel.is_cancelled();
        f.debug_struct("Options")
            .field("cancel", &cancel)
            .field("listed_bytes", &self.listed_bytes)
            .finish_non_exhaustive()
    }
}

/// What came of a query.
#[derive(Debug)]
pub struct Outcome {
    /// The rows.
    pub answer: Answer,
    /// The query.
    pub id: String,
    /// Bytes that were scanned.
    pub scanned_bytes: u64,
    /// US dollars for them.
    pub cost: f64,
    /// Whether it is an earlier query's answer.
    pub reused: bool,
    /// Time that Athena took, waiting included.
    pub elapsed: Duration,
    /// Time that it waited in Athena's queue.
    pub waited: Duration,
    /// What there is to know besides.
    pub notes: Vec<String>,
}

/// Athena in one account and region.
#[derive(Debug, Clone)]
pub struct Athena {
    pub(crate) athena: aws_sdk_athena::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) settings: Settings,
}

impl Athena {
    /// Prepares clients; nothing is sent yet. For the configuration see [`crate::configuration`].
    #[must_use]
    pub fn new(config: &SdkConfig, settings: Settings) -> Self {
        Self { athena: aws_sdk_athena::Client::new(config), s3: setup::s3(config), settings }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Runs one statement and reads its whole answer into memory.
    ///
    /// # Errors
    /// When it may cost too much, a call fails, the query fails, its answer cannot be read, or it is cancelled. The
    /// query does not run on.
    pub async fn query(&self, sql: &str, options: &Options<'_>) -> Result<Outcome, Error> {
        self.check_cost(options.listed_bytes)?;
        if options.cancel.is_cancelled() {
            return Err(Error::Cancelled { id: String::new() });
        }
        // Not to be cancelled half-way: a query whose id is not known could not be stopped.
        let id = self.start(sql).await?;
        let outcome = tokio::select! {
            biased;
            () = options.cancel.cancelled() => Err(Error::Cancelled { id: id.clone() }),
            outcome = self.finish(&id, options) => outcome,
        };
        if matches!(outcome, Err(Error::Cancelled { .. } | Error::StoppedByCost { .. } | Error::Aws(_))) {
            // Of a query that has ended this does nothing. The first error is the one to tell.
            let _ = self.athena.stop_query_execution().query_execution_id(&id).send().await;
        }
        outcome
    }

    async fn start(&self, sql: &str) -> Result<String, Error> {
        let settings = &self.settings;
        let context =
            QueryExecutionContext::builder().catalog(&settings.catalog).database(&settings.database);
        let output = settings.output.as_ref();
        let output = output.map(|url| ResultConfiguration::builder().output_location(url).build());
        let minutes = i32::try_from(settings.reuse.as_secs() / 60).unwrap_or(i32::MAX);
        let reuse = (minutes > 0).then(|| {
            let by_age = ResultReuseByAgeConfiguration::builder()
                .enabled(true)
                .max_age_in_minutes(minutes.min(10_080));
            ResultReuseConfiguration::builder().result_reuse_by_age_configuration(by_age.build()).build()
        });
        let call = self
            .athena
            .start_query_execution()
            .query_string(sql)
            .query_execution_context(context.build())
            .set_result_configuration(output)
            .set_result_reuse_configuration(reuse)
            .work_group(&settings.work_group);
        let what = format!("begin a query in the work group {}", settings.work_group);
        let started = call.send().await.map_err(aws(what))?;
        started.query_execution_id.ok_or_else(|| Error::Answer {
            id: String::new(),
            what: "a query was begun, but has no id".to_owned(),
        })
    }

    /// Waits for the end of a query, and reads its answer.
    async fn finish(&self, id: &str, options: &Options<'_>) -> Result<Outcome, Error> {
        let execution = execution::wait(self, id, options).await?;
        let answer = results::read(self, id, &execution).await?;
        Ok(self.outcome(id, answer, &execution))
    }

    fn outcome(&self, id: &str, answer: Answer, execution: &QueryExecution) -> Outcome {
        let facts = execution::Facts::of(execution);
        let cost = self.settings.price.billed(facts.scanned_bytes, facts.reused);
        let mut notes = Vec::new();
        if facts.reused {
            notes.push(
                "the answer is that of an earlier query with the same text; nothing was scanned".to_owned(),
            );
        }
        if let Some(limit) = self.settings.max_cost.filter(|limit| cost > *limit) {
            notes.push(format!(
                "the query cost ${cost:.4}, more than the ${limit:.4} of --max-cost: nobody could know before"
            ));
        }
        Outcome {
            answer,
            id: id.to_owned(),
            scanned_bytes: facts.scanned_bytes,
            cost,
            reused: facts.reused,
            elapsed: facts.elapsed,
            waited: facts.waited,
            notes,
        }
    }

    fn check_cost(&self, listed: Option<u64>) -> Result<(), Error> {
        let (Some(limit), Some(bytes)) = (self.settings.max_cost, listed) else { return Ok(()) };
        let estimate = self.settings.price.billed(bytes, false);
        if estimate > limit { Err(Error::TooExpensive { bytes, estimate, limit }) } else { Ok(()) }
    }
}
