//! The command line.
//!
//! | file | does |
//! |---|---|
//! | `args.rs` | what can be typed, and its help |
//! | `render.rs` | files from the spec |

mod args;
mod render;

use std::error::Error;
use std::io::{self, Write};

use clap::{CommandFactory, Parser};
use sluice_pipeline::Exit;

use self::args::{Command, CommandLine};

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> Exit {
    match CommandLine::try_parse() {
        Ok(line) => match line.command {
            Command::Render(args) => render::run(&args),
            Command::Completions { shell } => completions(shell),
        },
        Err(error) => {
            // Help and version are no failures to clap either; it knows where they go, and their colours.
            drop(error.print());
            if error.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "logctl", &mut script);
    print(&script)
}

/// Writes the result of a command to standard output. That its reader has seen enough (`| head`) is no failure.
fn print(bytes: &[u8]) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            tell_error(&error);
            Exit::Failed
        }
        _ => Exit::Done,
    }
}

/// Tells an error and its causes, on standard error. When that is gone there is nobody to tell.
fn tell_error(error: &dyn Error) {
    let mut text = format!("logctl: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text += &format!("\n  because: {source}");
        cause = source.source();
    }
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_defined_without_contradiction() {
        CommandLine::command().debug_assert();
    }
}
