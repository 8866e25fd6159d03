//! Where an answer goes and in which form.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::data::ANSWER;

/// How and where the answer is written.
#[derive(Debug, Args)]
#[command(next_help_heading = ANSWER)]
pub(in crate::cli) struct Output {
    /// Form of the answer.
    #[arg(long, short, value_name = "FORMAT", default_value = "table", env = "LOGQ_FORMAT")]
    pub(in crate::cli) format: Format,
    /// The file to write instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Most rows of a table on the screen; 0 shows all.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) max_rows: usize,
    /// What shows answers that are longer than the screen; "off" prints them [default: $PAGER, or less -SRFX].
    #[arg(long, value_name = "COMMAND", env = "LOGQ_PAGER")]
    pub(in crate::cli) pager: Option<String>,
}

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
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
    pub(in crate::cli) fn present(self) -> sluice_present::Format {
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
