//! Charts: which one an answer gets, drawn with characters here and as SVG in reports.

pub(crate) mod bars;
mod canvas;
mod columns;
mod histogram;
pub(crate) mod lines;
pub(crate) mod plot;
pub(crate) mod scale;
mod spark;
pub(crate) mod svg;
mod terminal;

use std::fmt;
use std::io::Write;
use std::str::FromStr;

pub use spark::sparkline;

use crate::answer::Answer;
use crate::error::Error;
use crate::style::Style;
use plot::Plot;

/// What a chart of an answer shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSpec {
    /// How it is drawn.
    pub kind: ChartKind,
    /// The column of the horizontal axis: the labels of bars, the times of lines, what a histogram counts.
    pub x: String,
    /// The columns of the values. A histogram counts rows when there is none, else it adds these up.
    pub y: Vec<String>,
    /// The column that parts the rows into series, one of its values each.
    pub series: Option<String>,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChartKind {
    /// One bar a row.
    Bar,
    /// Values over time, or over another number.
    Line,
    /// How often values occur.
    Histogram,
    /// Not at all: the answer is for reading.
    None,
}

impl ChartKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Bar, Self::Line, Self::Histogram, Self::None];

    /// The name it is chosen by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Line => "line",
            Self::Histogram => "histogram",
            Self::None => "none",
        }
    }
}

impl fmt::Display for ChartKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ChartKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| Error::UnknownChart(name.to_owned()))
    }
}

pub(crate) fn write(
    answer: &Answer,
    spec: Option<&ChartSpec>,
    style: &Style,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let text = match Plot::of(answer, spec)? {
        Plot::Bars(bars) => terminal::bars(&bars, style),
        Plot::Lines(lines) => terminal::lines(&lines, style),
    };
    Ok(out.write_all(text.as_bytes())?)
}
