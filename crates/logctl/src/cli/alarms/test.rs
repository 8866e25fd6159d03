//! `logctl alarms test`: sets an alarm off for a moment, and sees in its history whether its topic was told.

use std::time::Duration;

use sluice_console::tell;
use sluice_pipeline::Exit;
use sluice_provision::drill::{Drill, drill};

use crate::cli::args::TestArgs;
use crate::cli::print;
use crate::cli::session::{CommandError, Session};

/// Runs the command.
pub(super) fn run(args: &TestArgs) -> Result<Exit, CommandError> {
    let session = Session::open(&args.spec)?;
    tell(format!("setting {} off; whoever subscribes to its topic is told", args.alarm));
    let outcome =
        session.runtime.block_on(drill(&session.clients, &args.alarm, Duration::from_secs(args.wait)))?;
    let (text, exit) = match outcome {
        Drill::Told(actions) => (format!("told: {}\n", actions.join("; ")), Exit::Done),
        Drill::Refused(why) => (
            format!(
                "the alarm went off and its topic was not told: {why}; check the topic's policy and its key\n"
            ),
            Exit::Failed,
        ),
        Drill::Silent => (
            format!("no action in the alarm's history within {} s; check that it has actions\n", args.wait),
            Exit::Failed,
        ),
        Drill::Absent => {
            return Err(CommandError::Usage(format!(
                "there is no alarm {}; `logctl alarms list` has those that are there",
                args.alarm
            )));
        }
    };
    let told = print(text.as_bytes());
    Ok(if told == Exit::Done { exit } else { told })
}
