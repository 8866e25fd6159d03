//! A query that runs: its states until the end.

use std::time::{Duration, Instant};

use aws_sdk_athena::types::{QueryExecution, QueryExecutionState as State};

use crate::client::{Athena, Options, Progress};
use crate::error::{Category, Error, QueryFailure, aws};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What Athena says of a query in numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Facts {
    pub(crate) scanned_bytes: u64,
    pub(crate) reused: bool,
    pub(crate) elapsed: Duration,
    pub(crate) waited: Duration,
}

impl Facts {
    pub(crate) fn of(execution: &QueryExecution) -> Self {
        let Some(numbers) = execution.statistics() else { return Self::default() };
        let number =
            |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or_default();
        Self {
            scanned_bytes: number(numbers.data_scanned_in_bytes()),
            reused: numbers.result_reuse_information().is_some_and(|reuse| reuse.reused_previous_result()),
            elapsed: Duration::from_millis(number(numbers.total_execution_time_in_millis())),
            waited: Duration::from_millis(number(numbers.query_queue_time_in_millis())),
        }
    }
}

/// Polls until the query has succeeded.
pub(crate) async fn wait(athena: &Athena, id: &str, options: &Options<'_>) -> Result<QueryExecution, Error> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let answer = athena.athena.get_query_execution().query_execution_id(id).send().await;
        let answer = answer.map_err(aws(format!("ask for the state of query {id}")))?;
        let execution = answer.query_execution.ok_or_else(|| broken(id, "it has no execution"))?;
        let status = execution.status().ok_or_else(|| broken(id, "it has no status"))?;
        let state = status.state().ok_or_else(|| broken(id, "it has no state"))?.clone();
        let facts = Facts::of(&execution);
        if let Some(progress) = options.progress {
            let scanned_bytes = facts.scanned_bytes;
            let state = state.as_str().to_owned();
            progress(&Progress { id: id.to_owned(), state, scanned_bytes, elapsed: begun.elapsed() });
        }
        match state {
            State::Succeeded => return Ok(execution),
            State::Failed => return Err(Error::Query(Box::new(failure(id, &execution)))),
            State::Cancelled => {
                let reason = status.state_change_reason().unwrap_or("Athena gives no reason").to_owned();
                return Err(Error::Stopped { id: id.to_owned(), reason });
            }
            // Queued, running, and states of a later API.
            _ => check_cost(athena, id, facts)?,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

/// Ends a query that has scanned for more than is allowed.
fn check_cost(athena: &Athena, id: &str, facts: Facts) -> Result<(), Error> {
    let bytes = facts.scanned_bytes;
    let cost = athena.settings.price.billed(bytes, facts.reused);
    match athena.settings.max_cost.filter(|limit| cost > *limit) {
        Some(limit) => Err(Error::StoppedByCost { id: id.to_owned(), bytes, cost, limit }),
        None => Ok(()),
    }
}

fn failure(id: &str, execution: &QueryExecution) -> QueryFailure {
    let status = execution.status();
    let error = status.and_then(|status| status.athena_error());
    let reason = status.and_then(|status| status.state_change_reason());
    let message = reason.or_else(|| error.and_then(|error| error.error_message()));
    QueryFailure {
        id: id.to_owned(),
        message: message.unwrap_or("the query failed, and Athena gives no reason").to_owned(),
        category: Category::of(error.and_then(|error| error.error_category())),
        error_type: error.and_then(|error| error.error_type()),
        retryable: error.is_some_and(|error| error.retryable()),
    }
}

fn broken(id: &str, what: &str) -> Error {
    Error::Answer { id: id.to_owned(), what: what.to_owned() }
}
