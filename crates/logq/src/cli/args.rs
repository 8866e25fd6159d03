//! What can be typed, and its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// The tables.
    Tables(ListArgs),
    /// The columns of a table.
    Describe(DescribeArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
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

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The query: pack/name, or the name alone.
    pub(super) name: String,
    /// A parameter of the query; may be repeated.
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE")]
    pub(super) parameters: Vec<String>,
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) output: Output,
    /// Print the SQL that would run, and do not run it.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct SqlArgs {
    /// The SQL; `{{window}}` stands for the partitions and times of --since or --from/--to.
    pub(super) sql: String,
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The pack.
    pub(super) pack: String,
    #[command(flatten)]
    pub(super) data: Data,
    /// The file to write.
    #[arg(long, short, value_name = "FILE", default_value = "report.html")]
    pub(super) output: PathBuf,
}

/// Where the data is, and which of it.
#[derive(Debug, Args)]
pub(super) struct Data {
    /// Where a table's data lies: a folder or an s3:// URL; without TABLE that of app_logs. May be repeated.
    #[arg(
        long = "source",
        short = 's',
        value_name = "[TABLE=]URL",
        env = "LOGQ_SOURCE",
        value_delimiter = ' '
    )]
    pub(super) sources: Vec<String>,
    /// The spec whose archive is asked when no --source says where app_logs lies.
    #[arg(long, short, value_name = "FILE", default_value = "sluice.toml")]
    pub(super) config: PathBuf,
    /// The environment of the spec.
    #[arg(long, value_name = "ENV")]
    pub(super) env: Option<String>,
    /// The window begins so long ago, and ends now: 15m, 2h, 7d.
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<String>,
    /// The window's begin: 2026-11-24T01:00:00Z, 2026-11-24, yesterday.
    #[arg(long, value_name = "TIME")]
    pub(super) from: Option<String>,
    /// The window's end, which is not in it.
    #[arg(long, value_name = "TIME")]
    pub(super) to: Option<String>,
    /// Memory for sorts, joins and aggregates, in MiB; what needs more goes to disk.
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    pub(super) memory: usize,
    /// Threads [default: as many as there are CPUs].
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Say what the query took: folders, objects, bytes, records, time.
    #[arg(long)]
    pub(super) stats: bool,
}

/// How and where the answer is written.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Form of the answer.
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
    /// The file to write instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Most rows of a table on the screen; 0 shows all.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) max_rows: usize,
}

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people.
    Table,
    /// One line a value, for wide rows.
    Vertical,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// CSV with a header.
    Csv,
    /// A Markdown table.
    Markdown,
    /// A chart in the terminal.
    Chart,
    /// A Parquet file.
    Parquet,
}

impl Format {
    /// The form of the library that writes it.
    pub(super) fn present(self) -> sluice_present::Format {
        match self {
            Format::Table => sluice_present::Format::Table,
            Format::Vertical => sluice_present::Format::Vertical,
            Format::Json => sluice_present::Format::Json,
            Format::Jsonl => sluice_present::Format::Jsonl,
            Format::Csv => sluice_present::Format::Csv,
            Format::Markdown => sluice_present::Format::Markdown,
            Format::Chart => sluice_present::Format::Chart,
            Format::Parquet => sluice_present::Format::Parquet,
        }
    }
}
