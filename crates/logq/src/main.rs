//! The `logq` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluice_logq::cli::main().into()
}
