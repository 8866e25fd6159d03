//! The `logctl` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluice_logctl::cli::main().into()
}
