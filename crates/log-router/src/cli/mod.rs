//! The command line.
//!
//! | file | does |
//! |---|---|
//! | `args.rs` | what can be typed, and its help |
//! | `run.rs` `pipe.rs` `check.rs` `healthcheck.rs` | what was typed becomes what is to be done, and its outcome is told |
//! | `spool/` | the same for a look into the spool |
//! | `failure.rs` | why a command failed, and the exit code of that |

mod args;
mod check;
mod failure;
mod healthcheck;
mod pipe;
mod run;
mod spool;

use std::ffi::OsString;
use std::fmt::Display;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{CommandFactory, Parser};
use jiff::Timestamp;
use sluice_console::{completions, tell, tell_error};
use sluice_pipeline::Exit;

pub use args::{Command, CommandLine};
use failure::Failure;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> Exit {
    dispatch(std::env::args_os())
}

fn dispatch(words: impl IntoIterator<Item = OsString>) -> Exit {
    let outcome = match CommandLine::try_parse_from(words) {
        Ok(line) => match line.command {
            Command::Run(args) => run::run(&args),
            Command::Pipe(args) => pipe::run(&args),
            Command::Check(args) => check::run(&args),
            Command::Healthcheck(args) => healthcheck::run(&args),
            Command::Spool(args) => spool::run(&args),
            Command::Completions { shell } => print(&completions::<CommandLine>("log-router", shell)),
        },
        Err(error) => Err(Failure::Usage(error)),
    };
    outcome.unwrap_or_else(|failure| {
        match &failure {
            // Help and version are no failures to clap either; it knows where they go, and their colours.
            Failure::Usage(error) => drop(error.print()),
            other => tell_error("log-router", other),
        }
        failure.exit()
    })
}

/// Writes the result of a command.
fn print(bytes: &[u8]) -> Result<Exit, Failure> {
    sluice_console::print(bytes).map(|()| Exit::Done).map_err(Failure::Output)
}

/// A usage error that the definitions of the arguments cannot express.
fn usage(command: &str, message: impl Display) -> Failure {
    let mut line = CommandLine::command();
    line.build();
    let mut sub = line.find_subcommand(command).cloned().unwrap_or(line);
    Failure::Usage(sub.error(clap::error::ErrorKind::ValueValidation, message))
}

/// The time of receipt: as given, or the clock's.
fn received_ms(given: Option<Timestamp>) -> i64 {
    given.map_or_else(
        || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        },
        Timestamp::as_millisecond,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_defined_without_contradiction() {
        CommandLine::command().debug_assert();
    }
}
