//! The first and the last civil time of a window.

use jiff::civil::DateTime;

use crate::partition::civil_seconds;

/// Both ends included, as year, month, day and hour and as seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    first: DateTime,
    last: DateTime,
}

impl Bounds {
    /// Where clocks go back the later time can read earlier. They go back by whole hours, or to the middle of the
    /// hour before, so that the two ends still hold all the hours between.
    pub(super) fn new(a: DateTime, b: DateTime) -> Self {
        Self { first: a.min(b), last: a.max(b) }
    }

    pub(crate) fn first(&self) -> [i64; 4] {
        parts(self.first)
    }

    pub(crate) fn last(&self) -> [i64; 4] {
        parts(self.last)
    }

    /// Both ends in seconds of civil time.
    pub(crate) fn seconds(&self) -> (i64, i64) {
        (civil_seconds(self.first), civil_seconds(self.last))
    }
}

fn parts(time: DateTime) -> [i64; 4] {
    [time.year().into(), time.month().into(), time.day().into(), time.hour().into()]
}
