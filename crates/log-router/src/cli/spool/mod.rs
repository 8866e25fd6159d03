//! `log-router spool`: a look into the spool, beside a router that uses it or without one.
//!
//! Invariants: nothing is written, no lock is taken, and a segment that is sealed or deleted meanwhile is no failure.

pub(super) mod args;
mod cat;
mod ls;
mod verify;

use std::io;
use std::path::{Path, PathBuf};

use sluice_pipeline::{Exit, Spec, keep_references};
use sluice_record::write_rfc3339;
use sluice_spool::{Error, ReadError, Report, SegmentFile, SegmentState, list};

use super::Failure;
use args::{PlaceArgs, SpoolArgs, SpoolCommand};

/// What is read when no configuration is named.
const CONFIG: &str = "sluice.toml";
/// The service when there is no configuration. It stands in records only.
const SERVICE: &str = "spool";

/// Runs the command.
pub(super) fn run(args: &SpoolArgs) -> Result<Exit, Failure> {
    match &args.command {
        SpoolCommand::Ls(place) => ls::run(place),
        SpoolCommand::Cat(args) => cat::run(args),
        SpoolCommand::Verify(place) => verify::run(place),
    }
}

/// The spool's folder, and the configuration that is in force.
struct Place {
    folder: PathBuf,
    spec: Spec,
}

impl Place {
    fn of(args: &PlaceArgs) -> Result<Place, Failure> {
        let named = args.config.as_deref().or_else(|| args.env.is_some().then_some(Path::new(CONFIG)));
        let there = || Some(Path::new(CONFIG)).filter(|path| args.dir.is_none() && path.exists());
        let spec = match named.or_else(there) {
            // Nothing listens here, so the keys of listeners need not be known.
            Some(path) => Spec::load_with(path, args.env.as_deref(), &keep_references),
            None => Spec::default_for(SERVICE),
        };
        let spec = spec.map_err(Failure::Problems)?;
        let folder = args.dir.clone().unwrap_or_else(|| spec.spool.dir.clone());
        Ok(Place { folder, spec })
    }

    fn segments(&self) -> Result<Vec<SegmentFile>, Failure> {
        if !self.folder.is_dir() {
            return Err(Failure::NoSpool { path: self.folder.clone() });
        }
        list(&self.folder).map_err(Failure::Spool)
    }
}

/// What the whole of a segment is like; None when it is not there any more.
fn look_through(segment: &SegmentFile) -> Option<Result<Report, Error>> {
    let found = sluice_spool::verify(&segment.path);
    let is_sealed_now = segment.state == SegmentState::Open && found.as_ref().is_err_and(is_gone);
    let found =
        if is_sealed_now { sluice_spool::verify(&segment.path.with_extension("sealed")) } else { found };
    Some(found).filter(|found| !found.as_ref().is_err_and(is_gone))
}

fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Vanished { .. })
        || matches!(error, Error::Read { source: ReadError::Io { source, .. }, .. } if source.kind() == io::ErrorKind::NotFound)
}

fn state(state: SegmentState) -> &'static str {
    match state {
        SegmentState::Open => "open",
        SegmentState::Sealed => "sealed",
        SegmentState::Quarantined => "quarantined",
    }
}

fn rfc3339(ms: i64) -> String {
    let mut out = Vec::new();
    write_rfc3339(&mut out, ms);
    String::from_utf8_lossy(&out).into_owned()
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
