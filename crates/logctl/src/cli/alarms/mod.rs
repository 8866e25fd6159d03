//! `logctl alarms`.
//!
//! | file | does |
//! |---|---|
//! | `bootstrap.rs` | alarms for what runs: plan, apply, export |
//! | `look.rs` | `list` and `coverage` |
//! | `rules.rs` | the rules as a table |
//! | `test.rs` | sets an alarm off, and sees whether its topic was told |

mod bootstrap;
mod look;
mod rules;
mod test;

use sluice_pipeline::Exit;

use super::args::{AlarmsCommand, Format};
use super::print;
use super::session::finish;

/// Runs one of the commands.
pub(super) fn run(command: &AlarmsCommand) -> Exit {
    match command {
        AlarmsCommand::Bootstrap(args) => finish(args.format, bootstrap::run(args)),
        AlarmsCommand::List(args) => finish(args.format, look::list(args)),
        AlarmsCommand::Coverage(args) => finish(args.format, look::coverage(args)),
        AlarmsCommand::Test(args) => finish(args.format, test::run(args)),
        AlarmsCommand::Rules(args) => match args.format {
            Format::Text => print(rules::table().as_bytes()),
            Format::Json => print(format!("{:#}\n", rules::json()).as_bytes()),
        },
    }
}
