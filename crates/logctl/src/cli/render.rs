//! `logctl render`: files from the spec.

use std::fmt::Write;

use serde_json::json;
use sluice_console::tell_error;
use sluice_pipeline::Exit;

use super::args::{Format, RenderArgs};
use super::{PROGRAM, print};
use crate::render::{RenderError, Rendered, State, problems, render, write};

/// Runs the command.
pub(super) fn run(args: &RenderArgs) -> Exit {
    let out = args.out.clone().unwrap_or_else(|| args.target.folder().into());
    let outcome = render(args.target, &args.config, args.env.as_deref(), &out)
        .and_then(|rendered| if args.check { Ok(rendered) } else { write(&rendered).map(|()| rendered) });
    match outcome {
        Ok(rendered) => {
            let different = rendered.iter().any(|file| file.state != State::Same);
            let told = print(report(args, &rendered).as_bytes());
            if told == Exit::Done && args.check && different { Exit::Different } else { told }
        }
        Err(error) => {
            let exit = match error {
                RenderError::File { .. } => Exit::Failed,
                _ => Exit::Configuration,
            };
            if args.format == Format::Json {
                print(error_json(&error).as_bytes());
            } else {
                tell_error(PROGRAM, &error);
            }
            exit
        }
    }
}

fn report(args: &RenderArgs, rendered: &[Rendered]) -> String {
    if args.format == Format::Json {
        let files: Vec<_> = rendered
            .iter()
            .map(|file| {
                let diff = if let State::Stale(diff) = &file.state { Some(diff) } else { None };
                json!({ "path": file.path, "state": file.state.word(), "diff": diff })
            })
            .collect();
        return format!("{}\n", json!({ "check": args.check, "files": files }));
    }
    let mut text = String::new();
    for file in rendered {
        let word = match (&file.state, args.check) {
            (state, true) => state.word(),
            (State::Same, false) => "unchanged",
            (State::Foreign, false) => "removed",
            _ => "written",
        };
        let _ = writeln!(text, "{word:<9}  {}", file.path.display());
        if let (State::Stale(diff), true) = (&file.state, args.check) {
            text.push_str(diff);
        }
    }
    let stale = rendered.iter().filter(|file| file.state != State::Same).count();
    if args.check && stale > 0 {
        let env = args.env.as_ref().map(|env| format!(" --env {env}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{stale} of {} files differ from the spec; run the command without --check{env}",
            rendered.len()
        );
    }
    text
}

fn error_json(error: &RenderError) -> String {
    let problems: Vec<_> = problems(error).iter().map(ToString::to_string).collect();
    let cause = std::error::Error::source(error).map(ToString::to_string);
    format!("{}\n", json!({ "error": error.to_string(), "cause": cause, "problems": problems }))
}
