//! The `samples` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluice_samples::cli::main().into()
}
