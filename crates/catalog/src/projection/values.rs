//! The values of one partition column, made as they are asked for.

use std::vec::IntoIter;

use crate::{
    date_pattern::DatePattern,
    partition::{civil_time, padded},
};

/// Values in the order of the projection.
#[derive(Debug)]
pub(super) enum Values {
    /// Numbers from `next` to `last`.
    Numbers {
        next: i64,
        last: i64,
        interval: i64,
        digits: u8,
    },
    /// Times from `next` to `last`, in seconds of civil time.
    Dates {
        next: i64,
        last: i64,
        step: i64,
        pattern: DatePattern,
    },
    Listed(IntoIter<String>),
}

impl Iterator for Values {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        match self {
            Self::Numbers { next, last, interval, digits } => {
                let number = advance(next, *last, *interval)?;
                Some(padded(number, *digits))
            }
            Self::Dates { next, last, step, pattern } => {
                let seconds = advance(next, *last, *step)?;
                civil_time(seconds).map(|time| pattern.format(time))
            }
            Self::Listed(values) => values.next(),
        }
    }
}

/// The next number, if it is not behind the last.
fn advance(next: &mut i64, last: i64, step: i64) -> Option<i64> {
    let current = *next;
    if current > last {
        return None;
    }
    // Behind the largest number comes nothing.
    let (sum, overflow) = current.overflowing_add(step);
    *next = if overflow { i64::MAX } else { sum };
    if overflow && current == i64::MAX { None } else { Some(current) }
}

/// The first number of the grid `from`, `from + step`, … whose step can hold `bound`, or `from`.
pub(super) fn floor_to_grid(from: i64, step: i64, bound: i64) -> i64 {
    if bound <= from { from } else { from + (bound - from) / step * step }
}
