//! The `log-router` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluice_log_router::cli::main().into()
}
