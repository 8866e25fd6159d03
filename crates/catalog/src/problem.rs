//! What is wrong with a definition file, told so that it can be put right: file, line, column, key, fault, remedy.
//!
//! Invariants: a [`Problems`] is never empty and is sorted by file and position.

use std::fmt;

/// One fault of a definition file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named by the caller.
    pub file: String,
    /// Line (from 1) and column (from 1, in characters); none when what is missing has no place.
    pub position: Option<(usize, usize)>,
    /// The key, for example `columns[3].type`; empty for faults of the file itself.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.file)?;
        if let Some((line, column)) = self.position {
            write!(out, "{line}:{column}:")?;
        }
        if !self.key.is_empty() {
            write!(out, " {}:", self.key)?;
        }
        write!(out, " {}; {}", self.what, self.remedy)
    }
}

/// Every problem of the definition files that were read, one a line when displayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines())]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Sorts the problems by place; none when there are none.
    pub(crate) fn collect(mut all: Vec<Problem>) -> Option<Self> {
        all.sort_by(|a, b| (&a.file, a.position).cmp(&(&b.file, b.position)));
        (!all.is_empty()).then_some(Self(all))
    }

    /// The problems.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    fn lines(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }
}
