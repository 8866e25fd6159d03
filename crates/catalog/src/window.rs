//! A window of time as SQL: which partitions to read, and which of their records count.
//!
//! Both predicates are Trino's SQL and DataFusion's alike. For a window `[from, to)`
//! - the time predicate holds for exactly the records inside it. The ends are rounded up to what the column can
//!   tell apart, which changes nothing for its values;
//! - the partition predicate holds for the partition of every such record, and for few others. It looks further by
//!   the lag of the table's time, and compares each partition column with constants, so that engines prune.

mod bounds;
mod partition_sql;
mod sql;
mod time_sql;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub(crate) use bounds::Bounds;

use crate::table::Table;

/// A half-open window of time: from, up to but not to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    from: Timestamp,
    to: Timestamp,
    zone: TimeZone,
}

/// Why two times are no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// The end is not behind the start.
    #[error("the window from {from} to {to} is empty: its end must be later than its start")]
    Empty {
        /// The start.
        from: Timestamp,
        /// The end.
        to: Timestamp,
    },
    /// A year before 1 has no fixed number of digits.
    #[error("the window begins at {from}: give a time in the years 1 to 9999")]
    OutOfRange {
        /// The start.
        from: Timestamp,
    },
}

impl Window {
    /// A window.
    ///
    /// # Errors
    /// When it is empty or begins before the year 1.
    pub fn new(from: Timestamp, to: Timestamp) -> Result<Self, WindowError> {
        if from >= to {
            return Err(WindowError::Empty { from, to });
        }
        if TimeZone::UTC.to_datetime(from).year() < 1 {
            return Err(WindowError::OutOfRange { from });
        }
        Ok(Self { from, to, zone: TimeZone::UTC })
    }

    /// For a table whose folders are named in this zone (`archive.zone`) rather than in UTC.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// The start.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// The end, which is not in the window.
    #[must_use]
    pub fn to(&self) -> Timestamp {
        self.to
    }

    /// The predicate that keeps a query to the window: partitions and time, `TRUE` when the table has neither.
    /// `alias` is put before the names of columns. It can be joined with others by `AND` as it is.
    #[must_use]
    pub fn predicate(&self, table: &Table, alias: Option<&str>) -> String {
        let both = [self.partition_predicate(table, alias), self.time_predicate(table, alias)];
        let both: Vec<String> = both.into_iter().flatten().collect();
        if both.is_empty() { "TRUE".to_owned() } else { both.join(" AND ") }
    }

    /// The predicate on partition columns; none when the table has none that hold a time.
    #[must_use]
    pub fn partition_predicate(&self, table: &Table, alias: Option<&str>) -> Option<String> {
        partition_sql::predicate(self, table, alias)
    }

    /// The predicate on the column of time; none when the table has none.
    #[must_use]
    pub fn time_predicate(&self, table: &Table, alias: Option<&str>) -> Option<String> {
        table.time.as_ref().map(|time| time_sql::predicate(self, time, alias))
    }

    /// The first and last civil time of folders that can hold a record of the window.
    pub(crate) fn bounds(&self, table: &Table) -> Bounds {
        let lag = table.time.as_ref().map_or(0, |time| time.lag.as_secs());
        let lag = SignedDuration::from_secs(lag.try_into().unwrap_or(0));
        let end = self.to.checked_add(lag).unwrap_or(Timestamp::MAX);
        // The end itself is not in the window.
        let last = end.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(end);
        Bounds::new(self.zone.to_datetime(self.from), self.zone.to_datetime(last))
    }
}
