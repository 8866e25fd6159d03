//! What ran before.

use aws_sdk_athena::types::QueryExecution;
use jiff::Timestamp;

use crate::client::Athena;
use crate::error::{Error, aws};
use crate::execution::Facts;

/// BatchGetQueryExecution takes no more.
const BATCH: usize = 50;

/// A query that ran, or runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// The query.
    pub id: String,
    /// Its text.
    pub sql: String,
    /// `SUCCEEDED`, `FAILED`, `CANCELLED`, `RUNNING` or `QUEUED`.
    pub state: String,
    /// Why it failed, or was cancelled.
    pub reason: Option<String>,
    /// When it was sent.
    pub submitted: Option<Timestamp>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Bytes that it scanned.
    pub scanned_bytes: u64,
    /// US dollars for them. Queries that failed are not billed.
    pub cost: f64,
    /// Whether its answer was that of an earlier one.
    pub reused: bool,
    /// Its database.
    pub database: Option<String>,
}

impl Athena {
    /// The latest queries of the work group, at most `limit`; those of 45 days are there.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn history(&self, limit: usize) -> Result<Vec<Past>, Error> {
        let group = &self.settings.work_group;
        let call = self.athena.list_query_executions().work_group(group);
        let mut pages = call.into_paginator().send();
        let mut ids = Vec::new();
        while ids.len() < limit {
            let Some(page) = pages.next().await else { break };
            let page = page.map_err(aws(format!("list the queries of the work group {group}")))?;
            ids.extend(page.query_execution_ids.unwrap_or_default());
        }
        ids.truncate(limit);
        let mut all = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let call = self.athena.batch_get_query_execution().set_query_execution_ids(Some(batch.to_vec()));
            let found =
                call.send().await.map_err(aws(format!("read the queries of the work group {group}")))?;
            all.extend(found.query_executions.unwrap_or_default().iter().map(|one| self.past(one)));
        }
        // Batches need not answer in the order in which they are asked.
        let place = |past: &Past| ids.iter().position(|id| *id == past.id);
        all.sort_by_key(place);
        Ok(all)
    }

    fn past(&self, execution: &QueryExecution) -> Past {
        let facts = Facts::of(execution);
        let status = execution.status();
        let state = status.and_then(|status| status.state()).map_or("UNKNOWN", |state| state.as_str());
        let submitted = status.and_then(|status| status.submission_date_time());
        let billed = self.settings.price.billed(facts.scanned_bytes, facts.reused);
        Past {
            id: execution.query_execution_id().unwrap_or_default().to_owned(),
            sql: execution.query().unwrap_or_default().to_owned(),
            state: state.to_owned(),
            reason: status.and_then(|status| status.state_change_reason()).map(str::to_owned),
            submitted: submitted
                .and_then(|at| Timestamp::new(at.secs(), at.subsec_nanos().cast_signed()).ok()),
            seconds: facts.elapsed.as_secs_f64(),
            scanned_bytes: facts.scanned_bytes,
            cost: if state == "FAILED" { 0.0 } else { billed },
            reused: facts.reused,
            database: execution
                .query_execution_context()
                .and_then(|context| context.database())
                .map(str::to_owned),
        }
    }
}
