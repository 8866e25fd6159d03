//! What can go wrong while an answer is written.

use std::io;

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use thiserror::Error;

/// An answer could not be written.
#[derive(Debug, Error)]
pub enum Error {
    /// The output failed.
    #[error("writing the answer failed")]
    Write(#[from] io::Error),
    /// A column's values could not be read.
    #[error("a column of the answer cannot be shown; cast it to varchar in the query")]
    Values(#[from] ArrowError),
    /// The answer does not fit into Parquet.
    #[error("the answer cannot be written as Parquet; cast the column to another type in the query")]
    Parquet(#[from] ParquetError),
    /// No format has this name.
    #[error("{0:?} is no format; choose one of table, vertical, json, jsonl, csv, markdown, chart, parquet")]
    UnknownFormat(String),
    /// No kind of chart has this name.
    #[error("{0:?} is no kind of chart; choose one of bar, line, histogram, none")]
    UnknownChart(String),
    /// The answer has nothing that a chart could show.
    #[error("nothing to chart: {reason}; {remedy}")]
    NothingToChart {
        /// Why there is no chart.
        reason: String,
        /// What makes one.
        remedy: String,
    },
}

impl Error {
    pub(crate) fn nothing(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::NothingToChart { reason: reason.into(), remedy: remedy.into() }
    }
}
