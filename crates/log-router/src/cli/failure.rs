//! Why a command failed, and the exit code of that.

use std::io;
use std::path::PathBuf;

use sluice_pipeline::{ArchiveUrl, Exit, Problems};
use sluice_record::RedactError;

use super::healthcheck::Unwell;
use crate::pipe::PipeError;
use crate::route::{RouteError, RulesError};
use crate::service::ServiceError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The command line makes no sense, or asks for help.
    #[error(transparent)]
    Usage(clap::Error),
    /// The configuration has problems.
    #[error("the configuration has problems\n{0}")]
    Problems(Problems),
    /// A setting makes no sense here.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A redaction rule is wrong.
    #[error(transparent)]
    Redact(RedactError),
    /// The archive is of a kind that this build cannot write.
    #[error(
        "the archive {url} is no folder, and this build writes to file:// only; give --archive file:///some/folder"
    )]
    NoFolder {
        /// The archive.
        url: ArchiveUrl,
    },
    /// Signals cannot be handled.
    #[error("cannot listen for signals; check the limit of open files")]
    Signals(#[source] io::Error),
    /// The run failed.
    #[error(transparent)]
    Pipe(PipeError),
    /// A file of samples cannot be read.
    #[error("cannot read the sample {}; check its name and rights", path.display())]
    Sample {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// The summary cannot be written.
    #[error("everything is delivered, but the summary cannot be written to {}; check the path", path.display())]
    Summary {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// The service cannot run.
    #[error(transparent)]
    Service(ServiceError),
    /// The router that was asked is not well.
    #[error(transparent)]
    Unwell(Unwell),
    /// There is no spool.
    #[error("there is no spool at {}; name its folder with --dir, or the configuration with --config", path.display())]
    NoSpool {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is no such segment.
    #[error("no segment {segment} in {}; `log-router spool ls` shows which there are", folder.display())]
    NoSegment {
        /// What was asked for.
        segment: String,
        /// The spool.
        folder: PathBuf,
    },
    /// The spool cannot be read.
    #[error(transparent)]
    Spool(sluice_spool::Error),
    /// A segment cannot be routed.
    #[error(transparent)]
    Route(RouteError),
    /// The result cannot be written.
    #[error("cannot write to standard output; check where it goes")]
    Output(#[source] io::Error),
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Failure {
        Failure::Problems(problems)
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Failure {
        match error {
            ServiceError::Rules(error) => Failure::Rules(error),
            ServiceError::Redact(error) => Failure::Redact(error),
            other => Failure::Service(other),
        }
    }
}

impl From<PipeError> for Failure {
    fn from(error: PipeError) -> Failure {
        match error {
            PipeError::Redact(error) => Failure::Redact(error),
            other => Failure::Pipe(other),
        }
    }
}

impl Failure {
    /// The exit code.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Failure::Usage(error) if !error.use_stderr() => Exit::Done,
            Failure::Usage(_) => Exit::Usage,
            Failure::Problems(_) | Failure::Rules(_) | Failure::Redact(_) | Failure::NoFolder { .. } => {
                Exit::Configuration
            }
            _ => Exit::Failed,
        }
    }
}
