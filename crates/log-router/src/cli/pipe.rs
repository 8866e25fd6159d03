//! `log-router pipe`: what was typed becomes a run.

use std::fs;
use std::io::{IsTerminal, stdin};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sluice_pipeline::{ArchiveUrl, ArchiveUrlError, Exit, Spec, keep_references};

use super::args::{Format, PipeArgs};
use super::{Failure, received_ms, tell, usage};
use crate::pipe::{ErrorsTo, Interrupt, Pipe, Received, Summary};
use crate::route::Rules;

/// The service of records when neither the command line nor a configuration names one.
const SERVICE: &str = "pipe";

/// Runs the command.
pub(super) fn run(args: &PipeArgs) -> Result<Exit, Failure> {
    let pipe = resolve(args)?;
    let interrupt = Interrupt::by_signals().map_err(Failure::Signals)?;
    let waits = args.files.is_empty() || args.files.iter().any(|file| file == Path::new("-"));
    if waits && !args.quiet && stdin().is_terminal() {
        tell("log-router: reading from the terminal; Ctrl-D ends the input");
    }
    let summary = pipe.run(&interrupt)?;
    report(args, &summary)?;
    Ok(if summary.interrupted { Exit::Interrupted } else { Exit::Done })
}

fn report(args: &PipeArgs, summary: &Summary) -> Result<(), Failure> {
    if let Some(path) = &args.summary {
        let written = fs::write(path, summary.to_json() + "\n");
        written.map_err(|source| Failure::Summary { path: path.clone(), source })?;
    }
    match args.format {
        Format::Json if args.summary.is_none() => tell(summary.to_json()),
        Format::Text if !args.quiet => {
            let what = if summary.interrupted { "interrupted; what was read is delivered" } else { "done" };
            tell(format_args!("log-router: {what}\n{summary}"));
        }
        _ => {}
    }
    Ok(())
}

fn resolve(args: &PipeArgs) -> Result<Pipe, Failure> {
    let spec = spec(args)?;
    let url = match (&args.archive, &args.config) {
        (Some(url), _) => url.parse().map_err(|error| bad_archive(url, &error))?,
        (None, Some(_)) => spec.archive.url.clone(),
        (None, None) => {
            return Err(usage(
                "pipe",
                "where should the archive lie? give --archive or --config, for example\n  \
                 app | log-router pipe --archive file:///tmp/archive",
            ));
        }
    };
    let ArchiveUrl::File { path: archive } = url else { return Err(Failure::NoFolder { url }) };
    let now_ms = received_ms(args.received_at);
    Ok(Pipe {
        rules: Rules::of(&spec)?.for_stored_input(now_ms),
        archive,
        errors: errors_to(args)?,
        spool_parent: args.spool.clone().unwrap_or_else(std::env::temp_dir),
        segment_bytes: spec.spool.segment_bytes.0,
        max_line_bytes: spec.inputs.max_line_bytes.as_usize(),
        files: args.files.clone(),
        received: if args.received_at.is_some() { Received::Stated(now_ms) } else { Received::Clock(now_ms) },
        progress: !args.quiet,
    })
}

fn spec(args: &PipeArgs) -> Result<Spec, Failure> {
    let named = |name: &str| {
        Spec::default_for(name).map_err(|problems| {
            let what: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
            usage("pipe", format_args!("--service {name:?}: {}", what.join("; ")))
        })
    };
    let Some(path) = &args.config else { return named(args.service.as_deref().unwrap_or(SERVICE)) };
    // Nothing listens here, so the keys of listeners need not be known.
    let loaded = Spec::load_with(path, args.env.as_deref(), &keep_references);
    let mut spec = loaded.map_err(Failure::Problems)?;
    if let Some(name) = &args.service {
        spec.service = named(name)?.service;
    }
    Ok(spec)
}

fn bad_archive(url: &str, error: &ArchiveUrlError) -> Failure {
    let hint = match std::path::absolute(url.strip_prefix("file://").unwrap_or(url)) {
        Ok(path) if !url.contains("://") || url.starts_with("file://") => {
            format!("\n  for the folder it looks like: --archive file://{}", path.display())
        }
        _ => String::new(),
    };
    usage("pipe", format_args!("--archive {url:?}: {error}{hint}"))
}

fn errors_to(args: &PipeArgs) -> Result<ErrorsTo, Failure> {
    let text = &args.errors;
    if text == "-" {
        return Ok(ErrorsTo::Stdout);
    }
    let path = match text.split_once("://") {
        None if text.is_empty() => None,
        None => Some(PathBuf::from(text)),
        Some(("file", path)) if path.starts_with('/') => Some(PathBuf::from(path)),
        Some(_) => None,
    };
    let path = path.ok_or_else(|| {
        usage("pipe", format_args!("--errors {text:?}: give a file, file:///path or - for standard output"))
    })?;
    // It is truncated before the input is read.
    match args.files.iter().find(|file| is_same_file(file, &path)) {
        Some(file) => {
            let file = file.display();
            Err(usage("pipe", format_args!("--errors would overwrite the input {file}; choose another file")))
        }
        None => Ok(ErrorsTo::File(path)),
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => one.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}
