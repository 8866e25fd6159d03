//! What a query says about partition columns.

use std::collections::{BTreeMap, BTreeSet};

/// Says which partitions can hold what a query looks for. A closure `|column, value, outer| …` is one, too.
pub trait PartitionFilter {
    /// Whether a partition can match whose column `column` has this value; `outer` are the values of the columns
    /// before it, in the order of the table. Answering `true` too often only costs time.
    fn allows(&self, column: &str, value: &str, outer: &[String]) -> bool;

    /// The values that the query names for an injected column.
    fn injected(&self, column: &str) -> Option<Vec<String>> {
        let _ = column;
        None
    }
}

impl<F: Fn(&str, &str, &[String]) -> bool> PartitionFilter for F {
    fn allows(&self, column: &str, value: &str, outer: &[String]) -> bool {
        self(column, value, outer)
    }
}

/// No filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Everything;

impl PartitionFilter for Everything {
    fn allows(&self, _: &str, _: &str, _: &[String]) -> bool {
        true
    }
}

/// Conditions on single columns, all of which have to hold. Texts are compared as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints(BTreeMap<String, Vec<Allowed>>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    Set(BTreeSet<String>),
    Range(Option<String>, Option<String>),
}

impl Constraints {
    /// No conditions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The column has this value.
    #[must_use]
    pub fn equal(self, column: &str, value: &str) -> Self {
        self.one_of(column, [value])
    }

    /// The column has one of these values.
    #[must_use]
    pub fn one_of<'v>(self, column: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        self.with(column, Allowed::Set(values.into_iter().map(str::to_owned).collect()))
    }

    /// The column is at least and at most this, where given.
    #[must_use]
    pub fn between(self, column: &str, from: Option<&str>, to: Option<&str>) -> Self {
        self.with(column, Allowed::Range(from.map(str::to_owned), to.map(str::to_owned)))
    }

    fn with(mut self, column: &str, allowed: Allowed) -> Self {
        self.0.entry(column.to_owned()).or_default().push(allowed);
        self
    }
}

impl Allowed {
    fn allows(&self, value: &str) -> bool {
        match self {
            Self::Set(values) => values.contains(value),
            Self::Range(from, to) => {
                from.as_deref().is_none_or(|from| from <= value) && to.as_deref().is_none_or(|to| value <= to)
            }
        }
    }
}

impl PartitionFilter for Constraints {
    fn allows(&self, column: &str, value: &str, _: &[String]) -> bool {
        self.0.get(column).is_none_or(|all| all.iter().all(|allowed| allowed.allows(value)))
    }

    fn injected(&self, column: &str) -> Option<Vec<String>> {
        self.0.get(column)?.iter().find_map(|allowed| match allowed {
            Allowed::Set(values) => Some(values.iter().cloned().collect()),
            Allowed::Range(..) => None,
        })
    }
}
