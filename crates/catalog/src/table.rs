//! What a definition file says: a table, its columns and its column of time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::{
    column_type::ColumnType,
    format::Format,
    location::Location,
    partition::{CalendarPart, Partition},
};

/// A table over files that lie in partition folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name in lower case.
    pub name: String,
    /// A line that says what the table holds.
    pub title: String,
    /// What a reader of the table should know.
    pub comment: String,
    /// Where the files lie.
    pub location: Location,
    /// How they are read.
    pub format: Format,
    /// Further properties of the table.
    pub parameters: BTreeMap<String, String>,
    /// The column that time windows are about.
    pub time: Option<TimeColumn>,
    /// The columns in the files, in order.
    pub columns: Vec<Column>,
    /// The columns that come from the names of the folders, in order.
    pub partitions: Vec<Partition>,
}

/// A column in the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in lower case.
    pub name: String,
    /// The type.
    pub column_type: ColumnType,
    /// What it holds.
    pub comment: String,
}

/// The column that says when a record happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeColumn {
    /// Its name.
    pub column: String,
    /// How it writes a time.
    pub kind: TimeKind,
    /// How much later than its time a record can still be filed: a file that ends at 01:03 may lie under the
    /// hour it was delivered in. Windows look so much further for partitions, never for times.
    pub lag: Duration,
}

/// How a column writes a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeKind {
    /// Text in RFC 3339, UTC, with `Z` and this many digits behind the second: compares as text.
    Iso8601 {
        /// 0 to 9.
        digits: u8,
    },
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
    /// A timestamp in UTC, to the millisecond.
    Timestamp,
}

impl Table {
    /// A column in the files by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The partition columns that hold year, month, day and hour, outermost first: positions in `partitions`.
    pub(crate) fn calendar(&self) -> Vec<usize> {
        let of = |part: CalendarPart| self.partitions.iter().position(|p| p.calendar() == Some(part));
        // A month without a year says nothing about a window.
        CalendarPart::ALL.into_iter().map_while(of).collect()
    }
}
