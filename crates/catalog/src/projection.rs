//! Partition projection: which folders of a table to read, worked out from its definition, without listing any.
//!
//! ```
//! use sluice_catalog::{Catalog, projection::{Constraints, Scan}, window::Window};
//!
//! let catalog = Catalog::builtin();
//! let table = catalog.get("app_logs").expect("built in");
//! let window = Window::new("2026-11-24T23:30:00Z".parse()?, "2026-11-25T01:00:00Z".parse()?)?;
//! let paths = Scan::new(table, "file:///data").window(window).paths(Constraints::new())?;
//! let locations: Vec<String> = paths.map(|path| path.location).collect();
//! assert_eq!(
//!     locations,
//!     [
//!         "file:///data/year=2026/month=11/day=24/hour=23/",
//!         "file:///data/year=2026/month=11/day=25/hour=00/",
//!     ]
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! 1. Paths come in the order of the projections, the first partition column outermost, each once.
//! 2. They are made one by one: a column is gone through only under values of the columns before it that the filter
//!    allows, and within a window only from its first value to its last.
//! 3. Days that no calendar has, such as 30 February, are left out.
//! 4. [`values_of`] reads the values of each path back.

mod filter;
mod read_back;
mod values;
mod walk;

use jiff::Timestamp;

pub use filter::{Constraints, Everything, PartitionFilter};
pub use read_back::values_of;
pub use walk::Paths;

use crate::{
    location::Place,
    partition::{DateBound, Projection},
    table::Table,
    window::Window,
};

/// A folder to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionPath {
    /// The values of the partition columns, in the order of the table.
    pub values: Vec<String>,
    /// The URL of the folder; ends in `/`.
    pub location: String,
}

/// Why the folders cannot be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectionError {
    /// An injected column without values.
    #[error(
        "table {table} needs a filter {column} = '…': its partition column {column} has no list of values"
    )]
    NoValue {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A range that ends now, without a window and a time that is now.
    #[error("table {table} needs a window of time: the range of its partition column {column} depends on it")]
    NoTime {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

/// What to go through.
#[derive(Debug, Clone)]
pub struct Scan<'a> {
    table: &'a Table,
    place: Place,
    window: Option<Window>,
    now: Option<Timestamp>,
}

impl<'a> Scan<'a> {
    /// All partitions of a table whose data lies under this URL.
    #[must_use]
    pub fn new(table: &'a Table, base: &str) -> Self {
        Self { table, place: table.location.at(base), window: None, now: None }
    }

    /// Only those that can hold records of the window.
    #[must_use]
    pub fn window(self, window: Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// The time that `NOW` in a range of dates stands for; without it, the end of the window.
    #[must_use]
    pub fn now(self, now: Timestamp) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The folders, one by one.
    ///
    /// # Errors
    /// When an injected column has no values, or a range of dates ends now and nobody said when that is.
    pub fn paths<F: PartitionFilter>(self, filter: F) -> Result<Paths<'a, F>, ProjectionError> {
        let now = self.now.or(self.window.as_ref().map(Window::to));
        for partition in &self.table.partitions {
            let (table, column) = (self.table.name.clone(), partition.name.clone());
            match &partition.projection {
                Projection::Injected if filter.injected(&column).is_none_or(|values| values.is_empty()) => {
                    return Err(ProjectionError::NoValue { table, column });
                }
                Projection::Date { from, to, .. }
                    if now.is_none() && [from, to].iter().any(|b| matches!(b, DateBound::Now { .. })) =>
                {
                    return Err(ProjectionError::NoTime { table, column });
                }
                _ => {}
            }
        }
        Ok(Paths::new(self.table, self.place, self.window, now, filter))
    }
}
