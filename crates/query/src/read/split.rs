//! A line of text into the columns of its table: the groups of a regular expression, or what stands between delimiters.
//!
//! Nothing here is DataFusion's, so that it can be fuzzed by itself.

use std::ops::Range;

use regex::bytes::{CaptureLocations, Regex};
use sluice_catalog::{FormatKind, Table};

/// How a line becomes columns.
#[derive(Debug)]
pub(crate) enum Split {
    /// By the groups of an expression that takes the whole line.
    Groups(Regex),
    /// At each delimiter; so many lines at the begin of an object only name columns.
    Delimiter(u8, usize),
}

/// A table's lines cannot be taken apart.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SplitError {
    /// Its expression does not compile.
    #[error("table {table}: {problem}")]
    Expression {
        /// The table.
        table: String,
        /// What is wrong.
        problem: regex::Error,
    },
    /// Its delimiter is more than a byte.
    #[error("table {table}: {delimiter:?} is no byte")]
    Delimiter {
        /// The table.
        table: String,
        /// What it is.
        delimiter: char,
    },
}

impl Split {
    /// How lines of the table become columns; none when its objects are no such lines.
    ///
    /// # Errors
    /// [`SplitError`].
    pub(crate) fn of(table: &Table) -> Result<Option<Split>, SplitError> {
        let name = || table.name.clone();
        match &table.format.kind {
            FormatKind::Regex { expression } => Regex::new(&format!("^(?:{expression})$"))
                .map(|regex| Some(Split::Groups(regex)))
                .map_err(|problem| SplitError::Expression { table: name(), problem }),
            FormatKind::Delimited { delimiter, header_lines } => {
                let byte = u8::try_from(*delimiter)
                    .map_err(|_| SplitError::Delimiter { table: name(), delimiter: *delimiter })?;
                Ok(Some(Split::Delimiter(byte, usize::try_from(*header_lines).unwrap_or(usize::MAX))))
            }
            FormatKind::Json | FormatKind::Parquet => Ok(None),
        }
    }

    /// Lines at the begin of an object that are no records.
    pub(crate) fn head(&self) -> usize {
        match self {
            Split::Groups(_) => 0,
            Split::Delimiter(_, head) => *head,
        }
    }
}

/// Where the columns of a line are, one line after the other.
#[derive(Debug)]
pub(crate) struct Columns<'s> {
    split: &'s Split,
    groups: Option<CaptureLocations>,
    parts: Vec<Range<usize>>,
    matches: bool,
}

impl<'s> Columns<'s> {
    /// Of no line yet.
    pub(crate) fn new(split: &'s Split) -> Columns<'s> {
        let groups = match split {
            Split::Groups(regex) => Some(regex.capture_locations()),
            Split::Delimiter(..) => None,
        };
        Columns { split, groups, parts: Vec::new(), matches: false }
    }

    /// Takes a line apart; false when it is none of the table's, and so has no columns.
    pub(crate) fn read(&mut self, line: &[u8]) -> bool {
        self.matches = match (self.split, &mut self.groups) {
            (Split::Groups(regex), Some(groups)) => regex.captures_read(groups, line).is_some(),
            (Split::Groups(_), None) => false,
            (Split::Delimiter(delimiter, _), _) => {
                self.parts.clear();
                let mut from = 0;
                for at in memchr::memchr_iter(*delimiter, line) {
                    self.parts.push(from..at);
                    from = at + 1;
                }
                self.parts.push(from..line.len());
                true
            }
        };
        self.matches
    }

    /// Where a column of the line is; none when it has no such one.
    pub(crate) fn get(&self, column: usize) -> Option<Range<usize>> {
        match &self.groups {
            _ if !self.matches => None,
            Some(groups) => groups.get(column + 1).map(|(from, to)| from..to),
            None => self.parts.get(column).cloned(),
        }
    }
}
