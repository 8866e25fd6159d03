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

use clap::Parser;
use sluice_console::{completions, tell_error};
use sluice_pipeline::Exit;

use self::args::{Command, CommandLine};
use self::failure::Failure;

const PROGRAM: &str = "logq";

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
        Command::Completions { shell } => print(&completions::<CommandLine>(PROGRAM, *shell)),
    };
    outcome.unwrap_or_else(|failure| {
        tell_error(PROGRAM, &failure);
        failure.exit()
    })
}

/// Writes the result of a command.
fn print(bytes: &[u8]) -> Result<Exit, Failure> {
    sluice_console::print(bytes).map(|()| Exit::Done).map_err(Failure::Output)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_defined_without_contradiction() {
        CommandLine::command().debug_assert();
    }
}
