//! The command line.
//!
//! | file | does |
//! |---|---|
//! | `args.rs` | what can be typed, and its help |
//! | `sources.rs` | where the data of each table lies |
//! | `packs.rs` | `list`, `show` |
//! | `tables.rs` | `tables`, `describe` |
//! | `run.rs` | `run`, `sql`, `report`: a question, its answer, what it took |
//! | `output.rs` | where an answer goes and in which form |
//! | `failure.rs` | why a command failed, and the exit code of that |

mod args;
mod failure;
mod output;
mod packs;
mod run;
mod sources;
mod tables;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};

use clap::{CommandFactory, Parser};
use sluice_pipeline::Exit;

use self::args::{Command, CommandLine};
use self::failure::Failure;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> Exit {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Help and version are no failures to clap either; it knows where they go, and their colours.
            drop(error.print());
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let outcome = match &line.command {
        Command::List(args) => packs::list(args),
        Command::Show(args) => packs::show(args),
        Command::Run(args) => run::run(args),
        Command::Sql(args) => run::sql(args),
        Command::Report(args) => run::report(args),
        Command::Tables(args) => tables::tables(args),
        Command::Describe(args) => tables::describe(args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut CommandLine::command(), "logq", &mut script);
            print(&script)
        }
    };
    outcome.unwrap_or_else(|failure| {
        tell_error(&failure);
        failure.exit()
    })
}

/// Writes the result of a command to standard output. That its reader has seen enough (`| head`) is no failure.
fn print(bytes: &[u8]) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(Exit::Done),
    }
}

/// Tells people something, on standard error. When that is gone there is nobody to tell.
fn tell(what: impl Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

fn tell_error(error: &dyn Error) {
    let mut text = format!("logq: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text += &format!("\n  because: {source}");
        cause = source.source();
    }
    tell(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_defined_without_contradiction() {
        CommandLine::command().debug_assert();
    }
}
