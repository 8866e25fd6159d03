//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use jiff::Timestamp;

use super::spool::args::{self as spool_args, SpoolArgs};

const ABOUT: &str = "Routes log lines: everything into an archive, errors to where they are looked at";

const LONG_ABOUT: &str = "\
Routes log lines. Every line becomes a JSON record (time, level, message, what else its format says), tracebacks and \
other messages of several lines one record each. All records go into an archive of gzip objects under hourly \
folders, by their own time; records at ERROR and above are written out as well.\n\n\
The objects are ordinary gzip files of JSON lines: zcat, jq, DuckDB, Athena and Trino read them.";

const EXAMPLES: &str = "\
Examples:
  log-router run --config sluice.toml --env prod
  app 2>&1 | log-router pipe --archive file:///var/log/archive --errors errors.jsonl
  log-router check --line '2026-11-24 01:02:03,123 ERROR [app.db] refused'
  log-router check --config sluice.toml --env prod

Exit codes: 0 done, 1 failed at run time, 64 usage, 78 configuration, 130 interrupted.
`log-router help COMMAND` tells more.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "log-router", version, about = ABOUT, long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run as a service: the sidecar of a task
    #[command(long_about = RUN_LONG_ABOUT, after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Route standard input, or files, to the end
    #[command(long_about = PIPE_LONG_ABOUT, after_help = PIPE_EXAMPLES)]
    Pipe(PipeArgs),
    /// Check the configuration, or show the record that a line becomes
    #[command(long_about = CHECK_LONG_ABOUT, after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Ask a running router whether it is well
    #[command(long_about = HEALTHCHECK_LONG_ABOUT, after_help = HEALTHCHECK_EXAMPLES)]
    Healthcheck(HealthcheckArgs),
    /// Look into the spool: list its segments, show what they hold, check them
    #[command(long_about = spool_args::LONG_ABOUT, after_help = spool_args::EXAMPLES)]
    Spool(SpoolArgs),
    /// Print the completion script of a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  log-router completions bash > ~/.local/share/bash-completion/completions/log-router
  log-router completions zsh > ~/.zfunc/_log-router
  log-router completions fish > ~/.config/fish/completions/log-router.fish";

/// How what is told is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

const RUN_LONG_ABOUT: &str = "\
Takes lines from Forward clients (FireLens, Docker, Fluentd, Fluent Bit), sockets, files and standard input, stores \
them in the spool, acknowledges them, and routes them: everything into the archive, errors to CloudWatch Logs. What a \
sink does not take waits in the spool, over restarts too, and is delivered in the end exactly once (the archive) or at \
least once (CloudWatch Logs).\n\n\
Credentials and endpoints come from the AWS SDK's own chain; AWS_ENDPOINT_URL points it at an emulator. What the \
router says of itself goes to standard error, a JSON object a line.\n\n\
SIGTERM and Ctrl-C end it: it reads until its sockets are quiet, delivers what it can before shutdown.deadline, and \
leaves the rest in the spool.";

const RUN_EXAMPLES: &str = "\
Examples:
  log-router run --config sluice.toml --env prod

  As the container that FireLens starts (its image's entry point):
    log-router run --config /etc/sluice/sluice.toml

  Watch it:
    curl -s localhost:2020/healthz; curl -s localhost:2020/metrics | grep sluice_archived";

/// `log-router run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "sluice.toml", value_hint = ValueHint::FilePath)]
    pub config: PathBuf,
    /// Environment of the configuration: its [env.NAME] overlay
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
}

const HEALTHCHECK_LONG_ABOUT: &str = "\
Asks the router on this machine whether it is well, by its admin endpoint, and exits 0 when it is and 1 when it is not. \
For the health check of a container whose image has no shell.";

const HEALTHCHECK_EXAMPLES: &str = "\
Examples:
  log-router healthcheck
  log-router healthcheck --config /etc/sluice/sluice.toml --ready

  In a task definition:
    \"healthCheck\": { \"command\": [\"CMD\", \"/log-router\", \"healthcheck\"] }";

/// `log-router healthcheck`.
#[derive(Debug, Args)]
pub struct HealthcheckArgs {
    /// Configuration to take admin.listen from [default: 127.0.0.1:2020 is asked]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Environment of the configuration: its [env.NAME] overlay
    #[arg(long, value_name = "NAME", requires = "config")]
    pub env: Option<String>,
    /// Address to ask instead
    #[arg(long, value_name = "ADDRESS", conflicts_with = "config")]
    pub address: Option<SocketAddr>,
    /// Ask whether it accepts lines (/readyz) rather than whether it is well (/healthz)
    #[arg(long)]
    pub ready: bool,
    /// Milliseconds to wait for the answer
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2000)]
    pub timeout_ms: u64,
}

const PIPE_LONG_ABOUT: &str = "\
Routes standard input, or files one after the other, to the end and exits 0 when everything is delivered.\n\n\
Records are filed by their own time, of whatever age. A line that states no time takes that of the line before it; \
lines before the first time take that one; input that states none at all takes the time of the run, or --received-at.\n\n\
The same input gives byte-identical objects under the same names, so routing it again replaces them and doubles \
nothing.\n\n\
Ctrl-C and SIGTERM end the input: what was read is delivered, and the exit code is 130.";

const PIPE_EXAMPLES: &str = "\
Examples:
  Archive what a program says, and see its errors:
    app 2>&1 | log-router pipe --archive file:///var/log/archive

  Route old files by a configuration, quietly, errors into a file, the summary for a script:
    log-router pipe --config sluice.toml --archive file:///tmp/archive --errors errors.jsonl \\
      --quiet --summary summary.json app.log.1 app.log

  Count the errors of a compressed log by type:
    gunzip -c app.log.gz | log-router pipe --archive file:///tmp/archive --quiet |
      jq -r .error_type | sort | uniq -c";

/// `log-router pipe`.
#[derive(Debug, Args)]
pub struct PipeArgs {
    /// Configuration to take archive, parsing, redaction, level of errors and sizes from
    ///
    /// Without it every setting has its default, and --archive is needed.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Environment of the configuration: its [env.NAME] overlay
    #[arg(long, value_name = "NAME", requires = "config")]
    pub env: Option<String>,
    /// Service that stands in every record and in the names of objects [default: the configuration's, or `pipe`]
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// Where the archive lies: file:///folder [default: the configuration's archive.url]
    #[arg(long, value_name = "URL", value_hint = ValueHint::DirPath)]
    pub archive: Option<String>,
    /// Where errors go, as lines of JSON: a file, file:///path or `-` for standard output
    ///
    /// A file is begun anew. With `-` nothing else is written to standard output.
    #[arg(long, value_name = "PLACE", default_value = "-", value_hint = ValueHint::FilePath)]
    pub errors: String,
    /// Folder for the spool of this run, which is private and removed at its end [default: the system's for temporary
    /// files]
    ///
    /// It holds one segment at a time: spool.segment_bytes, 16 MiB by default.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub spool: Option<PathBuf>,
    /// Time of input that states none, and what dates without a year are resolved against [default: now]
    ///
    /// RFC 3339, for example 2026-11-24T01:02:03Z.
    #[arg(long, value_name = "TIME")]
    pub received_at: Option<Timestamp>,
    /// How the summary on standard error is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the summary as JSON to this file; with --format json instead of to standard error
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub summary: Option<PathBuf>,
    /// No progress and no summary for people
    #[arg(short, long)]
    pub quiet: bool,
    /// Files to read one after the other, `-` is standard input [default: -]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
}

const CHECK_LONG_ABOUT: &str = "\
Checks the configuration and shows what it resolves to: all problems at once, each with its line and remedy (exit code \
78); then whether what it needs on this machine is there: the spool's folder, and the archive's if it is one (exit code \
1 if not). Nothing is written that stays.\n\n\
With --line or --sample it shows the record that each line becomes, by the configuration if there is one.";

const CHECK_EXAMPLES: &str = "\
Examples:
  log-router check
  log-router check --config sluice.toml --env prod --format json
  log-router check --line 'ERROR:app.db:refused' --line '{\"level\":\"error\",\"msg\":\"refused\"}'
  log-router check --sample app.log --format json | jq -r .level | sort | uniq -c";

/// `log-router check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The configuration [default: sluice.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Environment of the configuration: its [env.NAME] overlay
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// Show the record that this line becomes; may be repeated, also for the lines of one traceback
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub line: Vec<String>,
    /// Show the records that the lines of this file become; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "line")]
    pub sample: Option<PathBuf>,
    /// Time of lines that state none, and what dates without a year are resolved against [default: now]
    #[arg(long, value_name = "TIME")]
    pub received_at: Option<Timestamp>,
    /// How it is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}
