//! Why a command failed, and the exit code of that.

use std::io;
use std::path::PathBuf;

use sluice_catalog::MissingPlaceholder;
use sluice_pipeline::{Exit, Problems};
use sluice_query::QueryError;
use sluice_query::compact::CompactError;
use sluice_query::pack::{ExpandError, PackError};
use sluice_query::time::TimeError;

use super::defaults::DefaultsError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// No such query.
    #[error("there is no query {name}{}; `logq list` shows all", suggestion(near))]
    UnknownQuery {
        /// The name.
        name: String,
        /// Those that it may mean.
        near: Vec<String>,
    },
    /// No such table.
    #[error("there is no table {name}{}; `logq tables` shows all", suggestion(near))]
    UnknownTable {
        /// The name.
        name: String,
        /// One that it may mean.
        near: Vec<String>,
    },
    /// No cluster to ask.
    #[error("where is the Trino cluster? Give --trino https://user@host:port/catalog/schema, or LOGQ_TRINO")]
    NoCluster,
    /// No database to ask.
    #[error("which Glue database holds the tables? Give --database, or LOGQ_DATABASE")]
    NoDatabase,
    /// No work group to publish to.
    #[error("which work group? Give --work-group, or LOGQ_WORK_GROUP; it is made when it is missing")]
    NoWorkGroup,
    /// No table has a place.
    #[error(
        "no table has a place; give --place archive=s3://bucket/prefix and others, see `logq tables --format json`"
    )]
    NoPlaces,
    /// Trino keeps its history itself.
    #[error(
        "what a Trino cluster ran is in its own console; give --engine athena, or none for what was asked from here"
    )]
    NoHistory,
    /// A table's place lacks a value.
    #[error(transparent)]
    Place(#[from] MissingPlaceholder),
    /// A query of a cluster.
    #[error(transparent)]
    Trino(#[from] sluice_trino::Error),
    /// A query or call of Athena or Glue.
    #[error(transparent)]
    Athena(#[from] sluice_athena::Error),
    /// Nobody says where the data of a table lies.
    #[error("where does the data of {table} lie? Give --source {table}=s3://bucket/prefix or a folder")]
    NoSource {
        /// The table.
        table: String,
    },
    /// A source that is not there.
    #[error("there is no folder {path}; check --source")]
    NoFolder {
        /// Its path.
        path: String,
    },
    /// The spec has problems.
    #[error("the configuration has problems\n{0}")]
    Spec(Problems),
    /// A parameter that is not name=value.
    #[error("{0:?} is no parameter; write --param name=value")]
    Parameter(String),
    /// A time or window.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A placeholder or parameter.
    #[error(transparent)]
    Expand(#[from] ExpandError),
    /// A file of queries.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The query.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The answer cannot be shown so.
    #[error(transparent)]
    Present(#[from] sluice_present::Error),
    /// The runtime.
    #[error("cannot start; check the limits of threads and open files")]
    Start(#[source] io::Error),
    /// The answer cannot be written.
    #[error("cannot write the answer")]
    Output(#[source] io::Error),
    /// Whoever read the answer has gone; no reason to complain.
    #[error("the reader of the answer has gone")]
    Gone,
    /// A file cannot be written.
    #[error("cannot write {}; check the path and its rights", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read {}; check the path and its rights", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// The user's own defaults.
    #[error(transparent)]
    Defaults(#[from] DefaultsError),
    /// Some queries of a report have no answer.
    #[error("{failed} of {asked} queries have no answer; the report says why")]
    Partial {
        /// Without an answer.
        failed: usize,
        /// All of them.
        asked: usize,
    },
    /// Hours cannot be listed.
    #[error(transparent)]
    Compact(#[from] CompactError),
    /// Some hours are not compacted.
    #[error("{failed} of {all} hours are not compacted; run it again")]
    Hours {
        /// Those.
        failed: usize,
        /// All of them.
        all: usize,
    },
    /// The terminal.
    #[error("the terminal: {0}")]
    Terminal(String),
    /// A command of the shell.
    #[error("{0}")]
    Shell(String),
    /// A level that is none.
    #[error("there is no level {0}; take trace, debug, info, warn, error or fatal")]
    Level(String),
    /// A length of time that is none.
    #[error("{0:?} is no length of time; write 2s or 1m")]
    Every(String),
    /// A regular expression that is none.
    #[error("--grep: {0}")]
    Grep(String),
    /// A log group.
    #[error(
        "cannot read log group {name}; check its name, the region, and the right logs:FilterLogEvents: {reason}"
    )]
    Group {
        /// Its name.
        name: String,
        /// What CloudWatch Logs or the way there answered.
        reason: String,
    },
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

fn suggestion(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) }
}

impl Failure {
    /// The exit code.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Failure::UnknownQuery { .. }
            | Failure::UnknownTable { .. }
            | Failure::NoSource { .. }
            | Failure::NoFolder { .. }
            | Failure::NoCluster
            | Failure::NoDatabase
            | Failure::NoHistory
            | Failure::NoWorkGroup
            | Failure::NoPlaces
            | Failure::Place(_)
            | Failure::Parameter(_)
            | Failure::Shell(_)
            | Failure::Level(_)
            | Failure::Every(_)
            | Failure::Grep(_)
            | Failure::Time(_)
            | Failure::Expand(_) => Exit::Usage,
            Failure::Spec(_) | Failure::Pack(_) | Failure::Defaults(_) => Exit::Configuration,
            Failure::Interrupted => Exit::Interrupted,
            _ => Exit::Failed,
        }
    }
}
