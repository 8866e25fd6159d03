//! Where the data is and which of it is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sluice_pipeline::ByteSize;

/// Headings of help: a heading that is set for a group holds for whatever follows, so each group sets its own.
pub(in crate::cli) const ENGINE: &str = "Engine";
const LIMITS: &str = "Limits";
pub(in crate::cli) const ANSWER: &str = "Answer";

/// Where the data is, and which of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub(in crate::cli) struct Data {
    /// Where a table's data lies: a folder or an s3:// URL; without TABLE that of app_logs. May be repeated.
    #[arg(
        long = "source",
        short = 's',
        value_name = "[TABLE=]URL",
        env = "LOGQ_SOURCE",
        value_delimiter = ' '
    )]
    pub(in crate::cli) sources: Vec<String>,
    /// The spec whose archive is asked when no --source says where app_logs lies.
    #[arg(long, short, value_name = "FILE", default_value = "sluice.toml")]
    pub(in crate::cli) config: PathBuf,
    /// The environment of the spec.
    #[arg(long, value_name = "ENV")]
    pub(in crate::cli) env: Option<String>,
    /// The window begins so long ago, and ends now: 15m, 2h, 7d.
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) since: Option<String>,
    /// The window's begin: 2026-11-24T01:00:00Z, 2026-11-24, yesterday.
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) from: Option<String>,
    /// The window's end, which is not in it.
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) to: Option<String>,
    /// Memory for sorts, joins and aggregates, in MiB; what needs more goes to disk.
    #[arg(long, value_name = "MIB", default_value_t = 1024, env = "LOGQ_MEMORY", help_heading = LIMITS)]
    pub(in crate::cli) memory: usize,
    /// Threads [default: as many as there are CPUs].
    #[arg(long, value_name = "N", env = "LOGQ_THREADS", help_heading = LIMITS)]
    pub(in crate::cli) threads: Option<usize>,
    /// Refuse a query whose window holds more bytes of objects than this: 500MB, 20GiB.
    #[arg(long, value_name = "SIZE", env = "LOGQ_MAX_SCAN", help_heading = LIMITS)]
    pub(in crate::cli) max_scan: Option<ByteSize>,
    /// Show no progress; it is shown on a terminal alone.
    #[arg(long, env = "LOGQ_NO_PROGRESS", help_heading = ANSWER)]
    pub(in crate::cli) no_progress: bool,
    /// Say what the query took: folders, objects, bytes, records, time.
    #[arg(long, help_heading = ANSWER)]
    pub(in crate::cli) stats: bool,
    /// What runs the query.
    #[arg(
        long,
        short = 'e',
        value_name = "ENGINE",
        default_value = "local",
        env = "LOGQ_ENGINE",
        help_heading = ENGINE
    )]
    pub(in crate::cli) engine: EngineName,
    #[command(flatten)]
    pub(in crate::cli) cluster: Cluster,
}

/// What runs queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum EngineName {
    /// This machine, over folders and S3.
    Local,
    /// A Trino cluster.
    Trino,
    /// Amazon Athena.
    Athena,
}

/// Where queries run that do not run here.
#[derive(Debug, Args)]
#[command(next_help_heading = ENGINE)]
pub(in crate::cli) struct Cluster {
    /// Trino: https://user@host:port/catalog/schema; password and token come from TRINO_PASSWORD and TRINO_TOKEN.
    #[arg(long, value_name = "URL", env = "LOGQ_TRINO")]
    pub(in crate::cli) trino: Option<String>,
    /// Athena: the Glue database of the tables.
    #[arg(long, value_name = "NAME", env = "LOGQ_DATABASE")]
    pub(in crate::cli) database: Option<String>,
    /// Athena: the work group [default: primary].
    #[arg(long, value_name = "NAME", env = "LOGQ_WORK_GROUP")]
    pub(in crate::cli) work_group: Option<String>,
    /// Athena: where results go [default: as the work group says].
    #[arg(long, value_name = "S3 URL", env = "LOGQ_RESULTS")]
    pub(in crate::cli) results: Option<String>,
    /// Athena: the region [default: as the SDK finds it].
    #[arg(long, value_name = "REGION")]
    pub(in crate::cli) region: Option<String>,
    /// Athena: refuse a query that may cost more US dollars, by the bytes listed under the window of each --source.
    #[arg(long, value_name = "USD", env = "LOGQ_MAX_COST")]
    pub(in crate::cli) max_cost: Option<f64>,
    /// Athena: US dollars for a terabyte scanned.
    #[arg(long, value_name = "USD", default_value_t = 5.0)]
    pub(in crate::cli) price: f64,
    /// Athena: take an answer to the same SQL that is at most so old: 15m, 1h.
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) reuse: Option<String>,
    /// Athena: days after which objects may be in Glacier, where it does not see them.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    pub(in crate::cli) glacier_days: u32,
}
