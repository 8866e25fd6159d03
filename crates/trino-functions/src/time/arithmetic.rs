//! Adding units to instants and dates, and counting the units between two.

use super::civil::{
    self, DAY, HOUR, Local, MINUTE, SECOND, WEEK, Zone, days_from_civil, days_in_month, is_leap,
};
use crate::function::{Call, Definition, Kind, Returns};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Int64Array, TimestampMillisecondArray, TimestampMillisecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::error::Result;
use std::sync::Arc;

pub(super) const DATE_ADD: Definition = Definition {
    names: &["date_add"],
    forms: &[&[Kind::Text, Kind::Long, Kind::Moment]],
    returns: Returns::From(|given, _| Ok(given[2].clone())),
    body: add,
};

pub(super) const DATE_DIFF: Definition = Definition {
    names: &["date_diff"],
    forms: &[&[Kind::Text, Kind::Moment, Kind::Moment]],
    returns: Returns::Is(|| DataType::Int64),
    body: difference,
};

/// A unit of time: of a fixed length, or of months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Shorter than a day: the same for instants of all zones.
    Clock(i64),
    /// Days or weeks, of local time.
    Days(i64),
    /// Months, of local time.
    Months(i64),
    /// Years, of local time.
    Year,
}

impl Unit {
    fn named(call: &Call<'_>, name: &str, date: bool) -> Result<Self> {
        let unit = match name.to_ascii_lowercase().as_str() {
            "millisecond" => Some(Self::Clock(1)),
            "second" => Some(Self::Clock(SECOND)),
            "minute" => Some(Self::Clock(MINUTE)),
            "hour" => Some(Self::Clock(HOUR)),
            "day" => Some(Self::Days(DAY)),
            "week" => Some(Self::Days(WEEK)),
            "month" => Some(Self::Months(1)),
            "quarter" => Some(Self::Months(3)),
            "year" => Some(Self::Year),
            _ => None,
        };
        let valid = unit.filter(|unit| !(date && matches!(unit, Self::Clock(_))));
        let kind = if date { "DATE" } else { "TIMESTAMP" };
        valid.ok_or_else(|| call.error(format!("'{name}' is not a valid {kind} field")))
    }
}

/// An argument's instants, dates being midnights.
fn instants(call: &Call<'_>, index: usize) -> Result<TimestampMillisecondArray> {
    if call.type_of(index) == DataType::Date32 {
        let dates = call.array(index)?;
        return Ok(dates.as_primitive::<Date32Type>().unary(|day| i64::from(day) * DAY));
    }
    call.instant(index)
}

fn add(call: &Call<'_>) -> Result<ArrayRef> {
    let date = call.type_of(2) == DataType::Date32;
    let zone = Zone::of(&call.type_of(2))?;
    let (names, counts, given) = (call.text(0)?, call.long(1)?, instants(call, 2)?);
    let mut last: Option<(&str, Unit)> = None;
    let mut out = TimestampMillisecondBuilder::with_capacity(call.rows);
    for row in 0..call.rows {
        let (Some(name), Some(count), true) = (names.get(row), counts.get(row), given.is_valid(row)) else {
            out.append_null();
            continue;
        };
        let unit = match last {
            Some((before, unit)) if before == name => unit,
            _ => Unit::named(call, name, date)?,
        };
        last = Some((name, unit));
        let sum = match added(&zone, given.value(row), count, unit) {
            Some(Sum::Instant(instant)) => instant,
            Some(Sum::Local(local)) => zone.instant(local)?,
            None => return Err(call.error(format!("{count} {name}s are too many"))),
        };
        out.append_value(sum);
    }
    let sums = out.finish();
    if date {
        let dates: Date32Array = sums.unary(|instant| instant.div_euclid(DAY) as i32);
        return Ok(Arc::new(dates));
    }
    Ok(Arc::new(sums.with_data_type(call.returns.clone())))
}

enum Sum {
    Instant(i64),
    Local(i64),
}

/// The sum, unless it is out of range.
fn added(zone: &Zone, instant: i64, count: i64, unit: Unit) -> Option<Sum> {
    let months = match unit {
        Unit::Clock(length) => return instant.checked_add(count.checked_mul(length)?).map(Sum::Instant),
        Unit::Days(length) => {
            return zone.local(instant).checked_add(count.checked_mul(length)?).map(Sum::Local);
        }
        Unit::Months(months) => count.checked_mul(months)?,
        Unit::Year => count.checked_mul(12)?,
    };
    let local = Local::of(zone.local(instant));
    let month = (local.year * 12 + local.month - 1).checked_add(months)?;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    if year.abs() > 200_000_000 {
        return None;
    }
    let day = local.day.min(days_in_month(year, month));
    Some(Sum::Local(days_from_civil(year, month, day) * DAY + local.millis))
}

fn difference(call: &Call<'_>) -> Result<ArrayRef> {
    let date = call.type_of(1) == DataType::Date32 && call.type_of(2) == DataType::Date32;
    let zone = Zone::of(&call.type_of(1))?;
    let names = call.text(0)?;
    let (from, to) = (instants(call, 1)?, instants(call, 2)?);
    let mut last: Option<(&str, Unit)> = None;
    let mut out = Int64Array::builder(call.rows);
    for row in 0..call.rows {
        let (Some(name), true, true) = (names.get(row), from.is_valid(row), to.is_valid(row)) else {
            out.append_null();
            continue;
        };
        let unit = match last {
            Some((before, unit)) if before == name => unit,
            _ => Unit::named(call, name, date)?,
        };
        last = Some((name, unit));
        out.append_value(between(&zone, from.value(row), to.value(row), unit));
    }
    Ok(Arc::new(out.finish()))
}

/// The whole units from one instant to another.
fn between(zone: &Zone, from: i64, to: i64, unit: Unit) -> i64 {
    if let Unit::Clock(length) = unit {
        return (to - from) / length;
    }
    let (from, to) = (zone.local(from), zone.local(to));
    match unit {
        Unit::Clock(length) | Unit::Days(length) => (to - from) / length,
        Unit::Months(months) if to < from => -(months_between(to, from) / months),
        Unit::Months(months) => months_between(from, to) / months,
        Unit::Year if to < from => -years_between(to, from),
        Unit::Year => years_between(from, to),
    }
}

/// Whole months; the last day of a month counts as every later day of a longer one.
fn months_between(from: i64, to: i64) -> i64 {
    let (mut from, to) = (Local::of(from), Local::of(to));
    let months = (to.year - from.year) * 12 + to.month - from.month;
    if to.day == days_in_month(to.year, to.month) && from.day > to.day {
        from.day = to.day;
    }
    months - i64::from((to.day, to.millis) < (from.day, from.millis))
}

/// Whole years; days from the 29th of February on count without it.
fn years_between(from: i64, to: i64) -> i64 {
    const FEBRUARY_29: i64 = 59 * DAY;
    let (first, last) = (Local::of(from).year, Local::of(to).year);
    let mut from = from - civil::days_from_civil(first, 1, 1) * DAY;
    let mut to = to - civil::days_from_civil(last, 1, 1) * DAY;
    if from >= FEBRUARY_29 && is_leap(first) && !is_leap(last) {
        from -= DAY;
    } else if from >= FEBRUARY_29 && to >= FEBRUARY_29 && !is_leap(first) && is_leap(last) {
        to -= DAY;
    }
    last - first - i64::from(to < from)
}
