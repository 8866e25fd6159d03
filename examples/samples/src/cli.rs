//! The command line.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{CommandFactory, Parser};
use jiff::Timestamp;
use sluice_pipeline::Exit;

use crate::{Error, Kind, Plan};

/// Writes generated logs of a shop on AWS: application, load balancer, flow and firewall logs that fit together.
///
/// All of it is made up, from the seed alone: the same options give the same bytes. Formats and file names are those
/// that AWS documents. How much was written is told on standard output, as JSON.
#[derive(Debug, Parser)]
#[command(name = "samples", version, max_term_width = 100)]
struct CommandLine {
    /// The folder to write to; made when missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Where all chance comes from
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// When the traffic begins, at a full minute
    #[arg(long, value_name = "TIME", default_value = "2026-11-23T00:00:00Z")]
    from: Timestamp,
    /// How many hours it lasts; after an eighth the database fails over, in the middle a release is deployed
    #[arg(long, default_value_t = 26)]
    hours: u32,
    /// Requests in an average hour
    #[arg(long, value_name = "N", default_value_t = 400)]
    requests_per_hour: u32,
    /// Only these families of logs; the others change by nothing
    #[arg(long, value_enum, value_delimiter = ',', default_value = "alb,vpc,waf,app")]
    only: Vec<Kind>,
    /// In place of the application's logs: so many million bytes of lines, spread evenly over 24 hours
    #[arg(long, value_name = "MB")]
    big_app: Option<u64>,
}

impl From<CommandLine> for Plan {
    fn from(line: CommandLine) -> Plan {
        Plan {
            out: line.out,
            seed: line.seed,
            from: line.from,
            hours: line.hours,
            requests_per_hour: line.requests_per_hour,
            only: line.only.into_iter().collect(),
            big_app: line.big_app,
        }
    }
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> Exit {
    run(std::env::args_os())
}

fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let plan: Plan = match CommandLine::try_parse_from(words) {
        Ok(line) => line.into(),
        Err(error) => {
            drop(error.print());
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    match crate::write(&plan) {
        Ok(summary) => {
            let mut text = serde_json::to_vec_pretty(&summary).unwrap_or_default();
            text.push(b'\n');
            // That the reader has seen enough (`| head`) is no failure: the files are written.
            drop(io::stdout().lock().write_all(&text));
            Exit::Done
        }
        Err(error) if error.is_usage() => {
            drop(CommandLine::command().error(clap::error::ErrorKind::ValueValidation, error).print());
            Exit::Usage
        }
        Err(error) => {
            tell(&error);
            Exit::Failed
        }
    }
}

fn tell(error: &Error) {
    let mut text = format!("samples: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text += &format!("\n  because: {source}");
        cause = source.source();
    }
    // When standard error is gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_defined_without_contradiction() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn the_options_left_out_are_those_of_a_new_plan() {
        let line = CommandLine::try_parse_from(["samples", "--out", "x"]).unwrap();
        assert_eq!(Plan::from(line), Plan::new("x"));
    }

    #[test]
    fn what_makes_no_sense_is_a_usage_error_and_what_cannot_be_written_a_failure() {
        let run = |words: &[&str]| run(words.iter().map(OsString::from));
        assert_eq!(run(&["samples"]), Exit::Usage);
        assert_eq!(run(&["samples", "--out", "x", "--hours", "0"]), Exit::Usage);
        assert_eq!(run(&["samples", "--out", "/dev/null/x"]), Exit::Failed);
    }
}
