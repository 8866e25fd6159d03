//! The programs that are compared: how each is configured for the same task, started and known to be ready.
//!
//! The task: FireLens messages over a unix socket, JSON lines and Python logging text parsed to fields, everything as
//! gzip to S3 below a key of the hour, ERROR and above to CloudWatch Logs too.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use sluice_testkit::process::Child;
use sluice_testkit::wait;

mod fluent_bit;
mod log_router;
mod vector;

/// The bucket that everything goes to.
pub(crate) const BUCKET: &str = "logs";
/// The log group of errors.
const GROUP: &str = "/sluice/bench";
const PATIENCE: Duration = Duration::from_secs(60);

/// A program to be measured.
#[derive(Debug, Clone)]
pub(crate) struct Router {
    /// Which it is.
    pub(crate) kind: Kind,
    /// Its binary.
    pub(crate) binary: PathBuf,
    /// Lines for the configuration of log-router.
    pub(crate) settings: Vec<String>,
}

/// Which programs are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ours.
    LogRouter,
    /// Fluent Bit.
    FluentBit,
    /// Vector.
    Vector,
}

/// Where a run takes place.
pub(crate) struct Place<'p> {
    /// A folder that goes with the run.
    pub(crate) folder: &'p Path,
    /// URL of S3.
    pub(crate) s3: String,
    /// URL of CloudWatch Logs.
    pub(crate) logs: String,
    /// Port of the same with TLS.
    pub(crate) logs_tls: u16,
}

impl Place<'_> {
    /// The unix socket that takes messages.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("fluent.sock")
    }
}

impl Router {
    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::LogRouter => "log-router",
            Kind::FluentBit => "fluent-bit",
            Kind::Vector => "vector",
        }
    }

    /// What it says its version is.
    ///
    /// # Errors
    /// When it cannot be run.
    pub(crate) fn version(&self) -> Result<String> {
        let output = Command::new(&self.binary).arg("--version").stdin(Stdio::null()).output();
        let output = output.with_context(|| format!("cannot run {}", self.binary.display()))?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
    }

    /// Writes its configuration for a place; the command that runs it there.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn command(&self, place: &Place<'_>) -> Result<Command> {
        match self.kind {
            Kind::LogRouter => log_router::command(&self.binary, &self.settings, place),
            Kind::FluentBit => fluent_bit::command(&self.binary, place),
            Kind::Vector => vector::command(&self.binary, place),
        }
    }

    /// Waits until it takes connections.
    pub(crate) fn wait_ready(&self, child: &Child, place: &Place<'_>) {
        match self.kind {
            Kind::LogRouter => {
                drop(child.wait_for_line(|line| line.contains("\"message\":\"ready\""), PATIENCE));
            }
            Kind::FluentBit | Kind::Vector => wait::until(PATIENCE, "the router's socket", || {
                assert!(child.is_running(), "it ended: {:#?}", child.lines());
                UnixStream::connect(place.socket()).ok().map(drop)
            }),
        }
    }
}
