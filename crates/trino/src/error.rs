//! What can go wrong.

use std::error::Error as StdError;
use std::fmt;

use arrow::error::ArrowError;

use crate::cluster::ClusterError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings are wrong.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The settings hold what no HTTP header can.
    #[error("cannot send {what} to Trino: it holds characters that no header can; change it")]
    Header {
        /// Which setting.
        what: &'static str,
    },
    /// The machine's certificates cannot be read.
    #[error(
        "cannot load the certificates that the system trusts; install ca-certificates, or set SSL_CERT_FILE"
    )]
    Certificates(#[source] std::io::Error),
    /// There is no connection, or it broke.
    #[error(
        "cannot {what} at {address}; check the address, that the cluster runs, and certificates (SSL_CERT_FILE)"
    )]
    Reach {
        /// What was being done.
        what: &'static str,
        /// Scheme, host and port.
        address: String,
        /// What the network said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The server took too long.
    #[error("no answer within {seconds} s when trying to {what} at {address}; is the cluster overloaded?")]
    TimedOut {
        /// What was being done.
        what: &'static str,
        /// Scheme, host and port.
        address: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server answered with a status of HTTP that ends the query.
    #[error("cannot {what} at {address}: status {status}{}; {}", said(text), remedy(*status))]
    Status {
        /// What was being done.
        what: &'static str,
        /// Scheme, host and port.
        address: String,
        /// The status.
        status: u16,
        /// The begin of what it said.
        text: String,
    },
    /// What came is not Trino's protocol.
    #[error(
        "cannot read what {address} answered to query {query_id}: {what}; is it Trino, of version 400 or newer?"
    )]
    Protocol {
        /// Scheme, host and port.
        address: String,
        /// The query; empty before there is one.
        query_id: String,
        /// What is wrong.
        what: String,
    },
    /// A value does not fit the type that holds it here.
    #[error(
        "cannot hold {value:?} of column {column} as {kind}; cast it in the query, to varchar if need be"
    )]
    Value {
        /// The column.
        column: String,
        /// Its type.
        kind: String,
        /// The begin of the value.
        value: String,
    },
    /// Rows cannot become a batch.
    #[error("cannot make columns of the rows")]
    Arrow(#[from] ArrowError),
    /// Trino says that the query failed.
    #[error(transparent)]
    Query(Box<QueryFailure>),
    /// It was cancelled, and ended on the cluster if it had begun.
    #[error("cancelled{}", of(query_id))]
    Cancelled {
        /// The query; empty before there is one.
        query_id: String,
    },
}

/// A query that failed, in Trino's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFailure {
    /// What is wrong.
    pub message: String,
    /// Such as `COLUMN_NOT_FOUND`.
    pub name: String,
    /// `USER_ERROR`, `INTERNAL_ERROR`, `INSUFFICIENT_RESOURCES` or `EXTERNAL`.
    pub kind: String,
    /// Trino's number of the error.
    pub code: i64,
    /// Line and column of the SQL, both from 1, where it is known.
    pub location: Option<(u32, u32)>,
    /// The query.
    pub query_id: String,
}

impl fmt::Display for QueryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Trino itself writes the place in front of most messages.
        match self.location {
            Some((line, column)) if !self.message.starts_with("line ") => {
                write!(f, "line {line}:{column}: {}", self.message)?;
            }
            _ => f.write_str(&self.message)?,
        }
        write!(f, " ({}, {}, query {}); {}", self.name, self.kind, self.query_id, self.remedy())
    }
}

impl StdError for QueryFailure {}

impl QueryFailure {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match (self.name.as_str(), self.kind.as_str()) {
            ("TABLE_NOT_FOUND" | "SCHEMA_NOT_FOUND" | "CATALOG_NOT_FOUND" | "MISSING_CATALOG_NAME", _) => {
                "check catalog and schema in the cluster's address, and that the table is in the metastore"
            }
            ("EXCEEDED_TIME_LIMIT", _) => "narrow the window, or raise the session's query_max_run_time",
            ("PERMISSION_DENIED", _) => "ask for the right, or give another user",
            (_, "USER_ERROR") => "correct the query",
            (_, "INSUFFICIENT_RESOURCES") => "narrow the window, or try again when the cluster is less busy",
            (_, "EXTERNAL") => "look at the metastore and the object store that the cluster reads",
            _ => "look at the cluster's log",
        }
    }
}

fn said(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

fn of(query_id: &str) -> String {
    if query_id.is_empty() { String::new() } else { format!(": query {query_id}") }
}

fn remedy(status: u16) -> &'static str {
    match status {
        401 => "give a user and a password, or a token (TRINO_TOKEN)",
        403 => "this user may not ask there; give another one",
        404 => "check host and port: no Trino answers there",
        301 | 302 | 307 | 308 => "use the address that it redirects to",
        410 => "the cluster has forgotten the query, as after a restart; ask again",
        429 | 502..=504 => "the cluster stayed busy or away; try again later",
        _ => "look at the cluster's log",
    }
}
