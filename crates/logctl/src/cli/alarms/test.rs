//! `logctl alarms test`: sets an alarm off for a moment, and sees in its history whether its topic was told.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_console::tell;
use sluice_pipeline::Exit;
use sluice_provision::drill::{Drill, drill};

use crate::cli::args::{Format, TestArgs};
use crate::cli::print;
use crate::cli::session::{CommandError, Session};

/// Runs the command.
pub(super) fn run(args: &TestArgs) -> Result<Exit, CommandError> {
    let session = Session::open(&args.spec)?;
    tell(format!("setting {} off; whoever subscribes to its topic is told", args.alarm));
    session.stop.begin();
    let wait = Duration::from_secs(args.wait);
    let drill = drill(&session.clients, &args.alarm, wait, session.stop.wait());
    let outcome = session.runtime.block_on(drill)?;
    let (word, text, exit) = match &outcome {
        Drill::Told(actions) => ("told", format!("told: {}", actions.join("; ")), Exit::Done),
        Drill::Refused { why, remedy } => {
            ("refused", format!("the alarm went off and nobody was told: {why}; {remedy}"), Exit::Failed)
        }
        Drill::Silent(actions) => {
            let actions = actions.join(", ");
            let text = format!("the alarm went off, and in {} s nothing was heard of {actions}", args.wait);
            ("silent", format!("{text}; look at its history, or give it longer by --wait"), Exit::Failed)
        }
        Drill::Mute(why) => {
            ("mute", format!("the alarm was not set off, since it would tell nobody: {why}"), Exit::Failed)
        }
        Drill::Harmful(actions) => {
            let does = actions.join(", ");
            (
                "harmful",
                format!("the alarm was not set off, since it does more than tell: {does}"),
                Exit::Failed,
            )
        }
        Drill::Absent => {
            return Err(CommandError::Usage(format!(
                "there is no alarm {} on a metric; `logctl alarms list` has those that are there",
                args.alarm
            )));
        }
        Drill::Stopped => ("stopped", "stopped; the alarm is set back".to_owned(), Exit::Interrupted),
    };
    let told = match args.format {
        Format::Text => print(format!("{text}\n").as_bytes()),
        Format::Json => print(format!("{:#}\n", report(&args.alarm, word, &text, &outcome)).as_bytes()),
    };
    Ok(if told == Exit::Done { exit } else { told })
}

fn report(alarm: &str, word: &str, text: &str, outcome: &Drill) -> Value {
    let actions = match outcome {
        Drill::Told(actions) | Drill::Silent(actions) | Drill::Harmful(actions) => actions.clone(),
        Drill::Refused { why, .. } => vec![why.clone()],
        Drill::Mute(_) | Drill::Absent | Drill::Stopped => Vec::new(),
    };
    json!({"alarm": alarm, "outcome": word, "actions": actions, "text": text})
}
