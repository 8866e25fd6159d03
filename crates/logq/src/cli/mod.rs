//! The command line.
//!
//! | file | does |
//! |---|---|
//! | `args/` | what can be typed, and its help |
//! | `defaults.rs` | defaults of one's own: a file whose keys are the options |
//! | `sources.rs` | where the data of each table lies |
//! | `packs.rs` | `list`, `show` |
//! | `tables.rs` | `tables`, `describe` |
//! | `engine/` | the engines: local, Trino, Athena |
//! | `publish.rs` | `publish`: the packs in Athena |
//! | `ask.rs` | a question, its answer, what it took; Ctrl-C |
//! | `run.rs` | `run`, `sql` |
//! | `report.rs` | `report`: every query of a pack in one HTML file |
//! | `compact.rs` | `compact`: closed hours as Parquet |
//! | `shell/` | `shell`: one question after another |
//! | `tail/` | `tail`: new records as they come |
//! | `history.rs` | what was asked |
//! | `progress.rs` | how far a query is |
//! | `output.rs`, `styles.rs` | where an answer goes, in which form, how it looks |
//! | `failure.rs` | why a command failed, and the exit code of that |

mod args;
mod ask;
mod compact;
mod defaults;
mod engine;
mod failure;
mod history;
mod output;
mod packs;
mod pour;
mod progress;
mod publish;
mod report;
mod run;
mod shell;
mod sources;
mod styles;
mod tables;
mod tail;

use clap::{CommandFactory, FromArgMatches};
use sluice_console::{completions, man_pages, tell_error};
use sluice_pipeline::Exit;

use self::args::{Command, CommandLine};
use self::failure::Failure;

const PROGRAM: &str = "logq";

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> Exit {
    let command = match defaults::apply(CommandLine::command()) {
        Ok(command) => command,
        Err(error) => {
            tell_error(PROGRAM, &error);
            return Exit::Configuration;
        }
    };
    let parsed = command.try_get_matches().and_then(|matches| CommandLine::from_arg_matches(&matches));
    let line = match parsed {
        Ok(line) => line,
        Err(error) => {
            // Help and version are no failures to clap either; it knows where they go, and their colours.
            drop(error.print());
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let outcome = match line.command {
        Command::List(args) => packs::list(&args),
        Command::Show(args) => packs::show(&args),
        Command::Run(args) => run::run(&args),
        Command::Sql(args) => run::sql(&args),
        Command::Report(args) => report::run(&args),
        Command::Shell(args) => shell::run(args),
        Command::Tail(args) => tail::run(&args),
        Command::Compact(args) => compact::run(&args),
        Command::Publish(args) => publish::run(&args),
        Command::History(args) => history::run(&args),
        Command::Tables(args) => tables::run(&args),
        Command::Describe(args) => tables::describe(&args),
        Command::Completions { shell } => print(&completions::<CommandLine>(PROGRAM, shell)),
        Command::Man { folder } => man_pages::<CommandLine>(&folder)
            .map(|()| Exit::Done)
            .map_err(|source| Failure::File { path: folder, source }),
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
    use super::*;

    #[test]
    fn the_arguments_are_defined_without_contradiction() {
        CommandLine::command().debug_assert();
    }
}
