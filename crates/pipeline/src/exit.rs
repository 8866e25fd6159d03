//! Exit codes: the same for every command of the project.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All was done.
    Done = 0,
    /// Something failed at run time.
    Failed = 1,
    /// `plan` or `--check` found a difference.
    Different = 2,
    /// The command line makes no sense (`EX_USAGE` of sysexits.h).
    Usage = 64,
    /// The configuration has problems (`EX_CONFIG` of sysexits.h).
    Configuration = 78,
    /// Interrupted by a signal.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
