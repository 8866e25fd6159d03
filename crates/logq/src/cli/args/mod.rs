//! What can be typed, and its help.

mod data;
mod output;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sluice_pipeline::ByteSize;

use self::data::ENGINE;
pub(super) use self::data::{Cluster, Data, EngineName};
pub(super) use self::output::{Format, Output};

/// Questions to the archive: packs of queries, and SQL, without a server and without an account.
#[derive(Debug, Parser)]
#[command(name = "logq", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  logq list                                              what can be asked
  logq run errors/by-service --source ./archive --since 2h
  logq run latency-by-route --source s3://logs/app --from 2026-11-24 --to 2026-11-25 --format chart
  logq sql \"SELECT level, count(*) AS n FROM app_logs GROUP BY level\" --source ./archive
  logq report errors --source ./archive --since 24h -o errors.html
  logq shell --source ./archive                          ask one question after another
  logq tail --source ./archive --level warn              new records as they come

Defaults come from ~/.config/sluice/logq.toml (LOGQ_CONFIG names another file), from the
environment, and from the command line; the later wins.

Exit codes: 0 done, 1 failed, 64 usage, 78 configuration, 130 interrupted.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What can be asked: the queries of all packs, or of one.
    List(ListArgs),
    /// One query: its question, its parameters, how to read its answer, its SQL.
    Show(ShowArgs),
    /// Ask a query of a pack.
    Run(RunArgs),
    /// Ask in Trino SQL.
    Sql(SqlArgs),
    /// Ask every query of a pack that needs no more than a window, into one HTML file.
    Report(ReportArgs),
    /// Ask one question after another, with completion and history.
    Shell(ShellArgs),
    /// Print new records of an archive, or new events of a log group, as they come.
    Tail(TailArgs),
    /// Turn closed hours of the archive into Parquet.
    Compact(CompactArgs),
    /// Bring the packs to Athena: a work group with a limit, and named queries.
    Publish(PublishArgs),
    /// What was asked, when, and what it took.
    History(HistoryArgs),
    /// The tables; what of them is in Glue, and bringing it there.
    Tables(TablesArgs),
    /// The columns of a table.
    Describe(DescribeArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder.
    Man {
        /// The folder.
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only this pack.
    pub(super) pack: Option<String>,
    /// Form of the list.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The query: pack/name, or the name alone.
    pub(super) name: String,
    /// Form of the description.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct DescribeArgs {
    /// The table.
    pub(super) table: String,
    /// Form of the list.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

const RUN_EXAMPLES: &str = "\
Examples:
  logq run errors/by-service --source ./archive --since 2h
  logq run latency-by-route --source s3://logs/app --from 2026-11-24 --to 2026-11-25 --format chart
  logq run errors/top-fingerprints --param limit=5 --since 1d --format csv -o top.csv
  logq run errors/by-service --engine athena --database api_logs --since 2h --max-cost 0.50
  logq show errors/top-fingerprints                      its parameters, and how to read its answer";

#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub(super) struct RunArgs {
    /// The query: pack/name, or the name alone.
    pub(super) name: String,
    /// A parameter of the query; may be repeated.
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE")]
    pub(super) parameters: Vec<String>,
    /// Print the SQL that would run, and do not run it.
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) output: Output,
}

const SQL_EXAMPLES: &str = "\
Examples:
  logq sql \"SELECT level, count(*) AS n FROM app_logs WHERE {{window}} GROUP BY level\" --since 1d
  logq sql \"SELECT ts, message FROM app_logs WHERE level = 'error' AND {{window}}\" --since 1h
  logq sql \"SELECT json_extract_scalar(attrs, '$.order') FROM app_logs LIMIT 5\" -s s3://logs/app
  logq describe app_logs                                 the columns";

#[derive(Debug, Args)]
#[command(after_help = SQL_EXAMPLES)]
pub(super) struct SqlArgs {
    /// The SQL; `{{window}}` stands for the partitions and times of --since or --from/--to.
    pub(super) sql: String,
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) output: Output,
}

const REPORT_EXAMPLES: &str = "\
Examples:
  logq report errors --source ./archive --since 24h -o errors.html
  logq report performance --source s3://logs/app --from 2026-11-24 --to 2026-11-25";

#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(super) struct ReportArgs {
    /// The pack.
    pub(super) pack: String,
    /// The file to write.
    #[arg(long, short, value_name = "FILE", default_value = "report.html")]
    pub(super) output: PathBuf,
    #[command(flatten)]
    pub(super) data: Data,
}

const SHELL_EXAMPLES: &str = "\
Examples:
  logq shell --source ./archive --since 1d
  logq shell --engine trino --trino http://me@localhost:8080/hive/logs

In the shell SQL ends with a semicolon, and .help says what else can be typed.";

#[derive(Debug, Args)]
#[command(after_help = SHELL_EXAMPLES)]
pub(super) struct ShellArgs {
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) output: Output,
}

const TAIL_EXAMPLES: &str = "\
Examples:
  logq tail --source s3://logs/app --level error
  logq tail --log-group /sluice/prod/api --since 10m
  logq tail --source ./archive --grep timeout --no-follow";

#[derive(Debug, Args)]
#[command(after_help = TAIL_EXAMPLES)]
pub(super) struct TailArgs {
    /// Where the archive lies: a folder or an s3:// URL.
    #[arg(long, short, value_name = "URL", env = "LOGQ_SOURCE", value_delimiter = ' ')]
    pub(super) source: Vec<String>,
    /// Follow this log group of CloudWatch Logs instead of an archive.
    #[arg(long, value_name = "NAME", conflicts_with = "source")]
    pub(super) log_group: Option<String>,
    /// The spec whose archive is followed when neither is given.
    #[arg(long, short, value_name = "FILE", default_value = "sluice.toml")]
    pub(super) config: PathBuf,
    /// The environment of the spec.
    #[arg(long, value_name = "ENV")]
    pub(super) env: Option<String>,
    /// Begin with the records of so long ago.
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub(super) since: String,
    /// Only records of this level and above: trace, debug, info, warn, error, fatal.
    #[arg(long, short, value_name = "LEVEL", default_value = "trace")]
    pub(super) level: String,
    /// Only records of this service.
    #[arg(long, value_name = "NAME")]
    pub(super) service: Option<String>,
    /// Only records whose JSON has a match of this regular expression.
    #[arg(long, short, value_name = "REGEX")]
    pub(super) grep: Option<String>,
    /// Print the records as they are, JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// End after what is there now.
    #[arg(long)]
    pub(super) no_follow: bool,
    /// Look for new records so often.
    #[arg(long, value_name = "TIME", default_value = "2s")]
    pub(super) every: String,
}

const COMPACT_EXAMPLES: &str = "\
Examples:
  logq compact --source s3://logs/app --source app_logs_parquet=s3://logs/app-parquet --since 3d
  logq compact --source ./archive --source app_logs_parquet=./parquet --since 1d --dry-run
  logq sql \"SELECT count(*) FROM app_logs_all\" -s ./archive -s app_logs_parquet=./parquet

It may be run again at any time: hours that are done are left, hours with late records are made
anew. The raw archive is only read. app_logs_all reads compacted hours and raw ones as one table.";

#[derive(Debug, Args)]
#[command(after_help = COMPACT_EXAMPLES, mut_args(without_queries))]
pub(super) struct CompactArgs {
    /// An hour is closed when it ended so long ago.
    #[arg(long, value_name = "TIME", default_value = "1h")]
    pub(super) settle: String,
    /// Bytes of a row group before compression.
    #[arg(long, value_name = "SIZE", default_value = "128MiB")]
    pub(super) row_group: ByteSize,
    /// Level of zstd, 1 to 22.
    #[arg(long, value_name = "LEVEL", default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..=22))]
    pub(super) zstd: i32,
    /// Say what would be compacted, and do nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Form of what is said: table or jsonl.
    #[arg(long, value_name = "FORMAT", default_value = "table", hide_possible_values = true)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) data: Data,
}

/// Hides what only queries use from the help of a command that asks none.
fn without_queries(option: clap::Arg) -> clap::Arg {
    let id = option.get_id().as_str();
    let hidden =
        option.get_help_heading() == Some(ENGINE) || ["max_scan", "stats", "no_progress"].contains(&id);
    option.hide(hidden)
}

const PUBLISH_EXAMPLES: &str = "\
Examples:
  logq publish --database api_logs --work-group api-logs                what would be made or changed
  logq publish --database api_logs --work-group api-logs --apply
  logq publish --database api_logs --work-group api-logs --since 7d --check

The SQL of a named query is that of its pack with default parameters, for the window that is given
here. Exit codes: 0 done, 2 --check found a difference.";

#[derive(Debug, Args)]
#[command(after_help = PUBLISH_EXAMPLES)]
pub(super) struct PublishArgs {
    /// Only the queries of this pack.
    #[arg(long, value_name = "PACK")]
    pub(super) pack: Option<String>,
    /// A query that would scan more is cancelled.
    #[arg(long, value_name = "SIZE", default_value = "100GiB")]
    pub(super) scan_limit: ByteSize,
    /// Do it.
    #[arg(long)]
    pub(super) apply: bool,
    /// Exit with 2 when something would be made or changed.
    #[arg(long, conflicts_with = "apply")]
    pub(super) check: bool,
    /// Form of the plan: table or json.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) data: Data,
}

const TABLES_EXAMPLES: &str = "\
Examples:
  logq tables                                                             the tables that there are
  logq tables diff --database api_logs --place archive=s3://example-logs/app
  logq tables sync --database api_logs --place archive=s3://example-logs/app --table app_logs
  logq tables view --source s3://logs/app --source app_logs_parquet=s3://logs/app-parquet";

#[derive(Debug, Args)]
#[command(after_help = TABLES_EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct TablesArgs {
    #[command(subcommand)]
    pub(super) command: Option<TablesCommand>,
    /// Form of the list.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Debug, Subcommand)]
pub(super) enum TablesCommand {
    /// What differs between the definitions and Glue; exit code 2 when something does.
    Diff(GlueArgs),
    /// Create and update tables in Glue, after showing what; nothing is ever deleted.
    Sync(GlueArgs),
    /// Print the SQL that makes app_logs_all, compacted and raw hours as one, on Trino or Athena.
    View(Box<ViewArgs>),
}

const VIEW_EXAMPLES: &str = "\
Examples:
  logq tables view --source s3://logs/app --source app_logs_parquet=s3://logs/app-parquet
  logq sql --engine athena --database api_logs \"$(logq tables view)\"     after each compaction

Compacted hours of the window (--since, by default a day) are compared with their raw objects:
where records came late, the raw hour is taken. Earlier ones are taken as they are. The local
engine has app_logs_all without a view.";

#[derive(Debug, Args)]
#[command(after_help = VIEW_EXAMPLES, mut_args(without_queries))]
pub(super) struct ViewArgs {
    #[command(flatten)]
    pub(super) data: Data,
}

/// Which tables in which catalog.
#[derive(Debug, Args)]
pub(super) struct GlueArgs {
    /// The Glue database; it is made when it is missing.
    #[arg(long, value_name = "NAME", env = "LOGQ_DATABASE")]
    pub(super) database: String,
    /// Only these tables.
    #[arg(long = "table", value_name = "NAME")]
    pub(super) tables: Vec<String>,
    /// A value for the places of the tables, such as archive=s3://example-logs/app; `logq tables` shows which each has.
    #[arg(long = "place", value_name = "NAME=VALUE")]
    pub(super) places: Vec<String>,
    /// The region [default: as the SDK finds it].
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
    /// Form of the plan: table or json.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Ask this engine for what it ran: athena. Without it, what was asked from here.
    #[arg(long, short = 'e', value_name = "ENGINE", default_value = "local")]
    pub(super) engine: EngineName,
    /// How many of the last questions.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub(super) limit: usize,
    /// Form of the list.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) cluster: Cluster,
}
