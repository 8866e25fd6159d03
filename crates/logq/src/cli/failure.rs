//! Why a command failed, and the exit code of that.

use std::io;
use std::path::PathBuf;

use sluice_pipeline::{Exit, Problems};
use sluice_query::local::QueryError;
use sluice_query::pack::{ExpandError, PackError};
use sluice_query::time::TimeError;

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
    /// Nobody says where the data of a table lies.
    #[error("where does the data of {table} lie? Give --source {table}=s3://bucket/prefix or a folder")]
    NoSource {
        /// The table.
        table: String,
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
    /// A file cannot be written.
    #[error("cannot write {}; check the path and its rights", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
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
            | Failure::Parameter(_)
            | Failure::Time(_)
            | Failure::Expand(_) => Exit::Usage,
            Failure::Spec(_) | Failure::Pack(_) => Exit::Configuration,
            Failure::Interrupted => Exit::Interrupted,
            _ => Exit::Failed,
        }
    }
}
