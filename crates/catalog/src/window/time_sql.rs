//! The predicate on the column of time.

use jiff::Timestamp;

use super::Window;
use crate::{
    identifier::{sql_identifier, sql_text},
    table::{TimeColumn, TimeKind},
};

const SECOND: i128 = 1_000_000_000;
const MILLISECOND: i128 = 1_000_000;

pub(super) fn predicate(window: &Window, time: &TimeColumn, alias: Option<&str>) -> String {
    let column = column(&time.column, alias);
    let (from, to) = (literal(window.from(), time.kind), literal(window.to(), time.kind));
    format!("{column} >= {from} AND {column} < {to}")
}

/// A column's name as SQL takes it, with an alias before it.
pub(super) fn column(name: &str, alias: Option<&str>) -> String {
    let name = sql_identifier(name);
    alias.map_or(name.clone(), |alias| format!("{}.{name}", sql_identifier(alias)))
}

fn literal(time: Timestamp, kind: TimeKind) -> String {
    match kind {
        TimeKind::EpochSeconds => up(time, SECOND).div_euclid(SECOND).to_string(),
        TimeKind::EpochMillis => up(time, MILLISECOND).div_euclid(MILLISECOND).to_string(),
        TimeKind::Iso8601 { digits } => sql_text(&iso(time, digits)),
        TimeKind::Timestamp => {
            let text = iso(time, 3).replace('T', " ");
            format!("TIMESTAMP {}", sql_text(text.trim_end_matches('Z')))
        }
    }
}

/// The time in RFC 3339, rounded up to so many digits.
fn iso(time: Timestamp, digits: u8) -> String {
    let unit = 10i128.pow(9 - u32::from(digits.min(9)));
    let time = Timestamp::from_nanosecond(up(time, unit)).unwrap_or(Timestamp::MAX);
    format!("{time:.precision$}", precision = usize::from(digits))
}

/// Nanoseconds since 1970, rounded up to whole units.
fn up(time: Timestamp, unit: i128) -> i128 {
    let nanoseconds = time.as_nanosecond();
    nanoseconds.div_euclid(unit) * unit + if nanoseconds.rem_euclid(unit) == 0 { 0 } else { unit }
}
