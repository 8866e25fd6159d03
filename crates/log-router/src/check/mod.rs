//! `log-router check`: what a configuration resolves to, whether what it needs is there, and what lines become.

mod places;
mod resolved;
mod sample;

use serde::Serialize;
use sluice_pipeline::{ArchiveUrl, Spec};

pub use resolved::Resolved;
pub use sample::{Samples, columns};

/// Whether something that the configuration needs is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The setting.
    pub setting: &'static str,
    /// `None` when it cannot be told from here.
    pub ok: Option<bool>,
    /// What was found, and what to do about it.
    pub what: String,
}

/// Looks at what is needed on this machine. Nothing is left behind.
#[must_use]
pub fn find(spec: &Spec) -> Vec<Finding> {
    let place = |setting, path| match places::can_write(path) {
        Ok(what) => Finding { setting, ok: Some(true), what },
        Err(what) => Finding { setting, ok: Some(false), what },
    };
    let archive = match &spec.archive.url {
        ArchiveUrl::File { path } => place("archive.url", path),
        url @ ArchiveUrl::S3 { .. } => {
            Finding { setting: "archive.url", ok: None, what: format!("{url} is not looked at from here") }
        }
    };
    vec![place("spool.dir", &spec.spool.dir), archive]
}
