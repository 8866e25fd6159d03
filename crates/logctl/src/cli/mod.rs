//! The command line.
//!
//! | file | does |
//! |---|---|
//! | `args.rs` | what can be typed, and its help |
//! | `session.rs` | what commands that reach an account begin with |
//! | `render.rs` | files from the spec |
//! | `plan.rs` | `plan` and `apply` |
//! | `show.rs` | a plan for people |
//! | `alarms/` | `alarms bootstrap`, `list`, `coverage`, `test`, `rules` |
//! | `spec.rs` | `init`, `validate`, `schema` |
//! | `cost.rs` | `cost` |

mod alarms;
mod args;
mod cost;
mod plan;
mod render;
mod session;
mod show;
mod spec;

use clap::Parser;
use sluice_console::{completions, tell_error};
use sluice_pipeline::Exit;

use self::args::{Command, CommandLine};

const PROGRAM: &str = "logctl";

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> Exit {
    match CommandLine::try_parse() {
        Ok(line) => match line.command {
            Command::Render(args) => render::run(&args),
            Command::Init(args) => spec::init(&args),
            Command::Validate(args) => spec::validate(&args),
            Command::Schema => print(spec::schema().as_bytes()),
            Command::Plan(args) => plan::plan(&args),
            Command::Apply(args) => plan::apply(&args),
            Command::Alarms { command } => alarms::run(&command),
            Command::Cost(args) => cost::run(&args),
            Command::Completions { shell } => print(&completions::<CommandLine>(PROGRAM, shell)),
        },
        Err(error) => {
            // Help and version are no failures to clap either; it knows where they go, and their colours.
            drop(error.print());
            if error.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    }
}

/// Writes the result of a command.
fn print(bytes: &[u8]) -> Exit {
    match sluice_console::print(bytes) {
        Ok(()) => Exit::Done,
        Err(error) => {
            tell_error(PROGRAM, &error);
            Exit::Failed
        }
    }
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
