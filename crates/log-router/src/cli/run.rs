//! `log-router run`: the service, until it is told to stop.

use std::path::Path;

use sluice_pipeline::{Exit, Spec};

use super::Failure;
use super::args::RunArgs;
use crate::service;

/// Runs the command.
pub(super) fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let spec = spec(&args.config, args.env.as_deref())?;
    let ended = service::run(&spec, Some(args.config.clone()))?;
    Ok(if ended.interrupted { Exit::Interrupted } else { Exit::Done })
}

fn spec(config: &Path, env: Option<&str>) -> Result<Spec, Failure> {
    Ok(Spec::load(config, env)?)
}
