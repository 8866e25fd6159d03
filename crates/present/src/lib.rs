//! Answers of queries for people and programs: tables, text formats, charts, reports.
//!
//! | to | see |
//! |---|---|
//! | write an answer as a table, JSON, CSV, Markdown, Parquet, or a chart for the terminal | [`write`](fn@write) |
//! | write one as its rows come | [`RowWriter`] |
//! | say how wide and colourful output for people is | [`Style`] |
//! | say which chart an answer gets | [`ChartSpec`] |
//! | show a log record as a line | [`log_line`] |
//! | show a trend in one line | [`sparkline`] |
//! | write answers with their questions as one HTML file | [`report`](fn@report) |
//!
//! Values are written as Trino's command line writes them; arrays, maps and rows as JSON. Nothing here does I/O
//! but to the writer it is given, asks the terminal, or knows the time. Logs hold what strangers sent: no value
//! reaches a terminal or a report as anything but text.

#![forbid(unsafe_code)]

mod answer;
mod chart;
mod csv;
mod double;
mod error;
mod format;
mod html;
mod json;
mod layout;
mod markdown;
mod parquet;
mod record;
mod report;
mod stream;
mod style;
mod table;
mod text;
mod time;
mod value;
mod vertical;

use std::io::Write;
use std::sync::Arc;

pub use answer::Answer;
pub use chart::{ChartKind, ChartSpec, sparkline};
pub use error::Error;
pub use format::Format;
pub use record::log_line;
pub use report::{REPORT_ROWS, Section, report};
pub use stream::RowWriter;
pub use style::Style;

/// Writes `answer` to `out` in `format`. `chart` is for [`Format::Chart`] alone; without it the chart is what
/// suits the answer.
///
/// # Errors
/// When the output fails, when a column has values that the format cannot hold, and when there is
/// [nothing to chart](Error::NothingToChart).
pub fn write(
    answer: &Answer,
    format: Format,
    style: &Style,
    chart: Option<&ChartSpec>,
    out: &mut dyn Write,
) -> Result<(), Error> {
    if let Some(mut writer) = RowWriter::new(format, Arc::clone(&answer.schema), out)? {
        writer.rows(answer, out)?;
        return writer.end(out);
    }
    match format {
        Format::Vertical => vertical::write(answer, style, out),
        Format::Markdown => markdown::write(answer, style, out),
        Format::Chart => chart::write(answer, chart, style, out),
        _ => table::write(answer, style, out),
    }
}
