//! Where the data is and which of it is asked.

use std::path::PathBuf;

use clap::Args;
use sluice_pipeline::ByteSize;

/// Where the data is, and which of it.
#[derive(Debug, Args)]
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
    #[arg(long, value_name = "MIB", default_value_t = 1024, env = "LOGQ_MEMORY")]
    pub(in crate::cli) memory: usize,
    /// Threads [default: as many as there are CPUs].
    #[arg(long, value_name = "N", env = "LOGQ_THREADS")]
    pub(in crate::cli) threads: Option<usize>,
    /// Refuse a query whose window holds more bytes of objects than this: 500MB, 20GiB.
    #[arg(long, value_name = "SIZE", env = "LOGQ_MAX_SCAN")]
    pub(in crate::cli) max_scan: Option<ByteSize>,
    /// Show no progress; it is shown on a terminal alone.
    #[arg(long, env = "LOGQ_NO_PROGRESS")]
    pub(in crate::cli) no_progress: bool,
    /// Say what the query took: folders, objects, bytes, records, time.
    #[arg(long)]
    pub(in crate::cli) stats: bool,
}
