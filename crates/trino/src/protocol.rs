//! What the pages of Trino's protocol hold (`POST /v1/statement`, then each page's `nextUri`).

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::QueryFailure;
use crate::types::Signature;

/// A page of a query's answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) next_uri: Option<String>,
    pub(crate) columns: Option<Vec<Column>>,
    /// Rows, or the segments that hold them.
    pub(crate) data: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) stats: PageStats,
    pub(crate) error: Option<Failure>,
    #[serde(default)]
    pub(crate) warnings: Vec<Caution>,
    pub(crate) update_type: Option<String>,
    pub(crate) update_count: Option<i64>,
}

/// A column of the answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The type as SQL writes it.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) type_signature: Signature,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PageStats {
    state: String,
    queued: bool,
    total_splits: u64,
    completed_splits: u64,
    cpu_time_millis: u64,
    elapsed_time_millis: u64,
    queued_time_millis: u64,
    processed_rows: u64,
    processed_bytes: u64,
    physical_input_bytes: u64,
    peak_memory_bytes: u64,
}

/// How far a query is, or what it took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// The query.
    pub query_id: String,
    /// `QUEUED`, `PLANNING`, `STARTING`, `RUNNING`, `FINISHING`, `FINISHED` or `FAILED`.
    pub state: String,
    /// It waits for the cluster.
    pub queued: bool,
    /// Parts of the work that are done.
    pub splits_done: u64,
    /// Parts of the work that are known so far; more may follow.
    pub splits_total: u64,
    /// Rows read so far.
    pub rows: u64,
    /// Bytes of these rows.
    pub bytes: u64,
    /// Bytes that came from the store, as far as the connector counts them.
    pub read_bytes: u64,
    /// CPU time of all workers.
    pub cpu: Duration,
    /// Time since the query came.
    pub elapsed: Duration,
    /// Time that it waited for the cluster.
    pub waited: Duration,
    /// The most memory it had.
    pub peak_memory: u64,
}

impl PageStats {
    pub(crate) fn stats(&self, query_id: &str) -> Stats {
        Stats {
            query_id: query_id.to_owned(),
            state: self.state.clone(),
            queued: self.queued,
            splits_done: self.completed_splits,
            splits_total: self.total_splits,
            rows: self.processed_rows,
            bytes: self.processed_bytes,
            read_bytes: self.physical_input_bytes,
            cpu: Duration::from_millis(self.cpu_time_millis),
            elapsed: Duration::from_millis(self.elapsed_time_millis),
            waited: Duration::from_millis(self.queued_time_millis),
            peak_memory: self.peak_memory_bytes,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    error_code: i64,
    #[serde(default)]
    error_name: String,
    #[serde(default)]
    error_type: String,
    error_location: Option<Location>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    line_number: u32,
    column_number: u32,
}

impl Failure {
    pub(crate) fn of(self, query_id: &str) -> QueryFailure {
        QueryFailure {
            message: self.message.unwrap_or_else(|| "the query failed".to_owned()),
            name: self.error_name,
            kind: self.error_type,
            code: self.error_code,
            location: self.error_location.map(|at| (at.line_number, at.column_number)),
            query_id: query_id.to_owned(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Caution {
    pub(crate) warning_code: CautionCode,
    pub(crate) message: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CautionCode {
    pub(crate) name: String,
}
