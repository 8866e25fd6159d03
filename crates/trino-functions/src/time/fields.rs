//! The fields of an instant in its zone: year to millisecond.

use super::civil::{self, Local, Zone, day_of_week, iso_week};
use crate::function::{Call, Definition, Kind, Returns};
use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use std::sync::Arc;

/// A field of the local time.
fn local(call: &Call<'_>, field: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let numbers: Int64Array = match Zone::of(&call.type_of(0))? {
        Zone::Fixed(offset) => call.instant(0)?.unary(|instant| field(instant + offset)),
        zone => call.instant(0)?.unary(|instant| field(zone.local(instant))),
    };
    Ok(Arc::new(numbers))
}

fn offset(call: &Call<'_>, field: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let zone = Zone::of(&call.type_of(0))?;
    let numbers: Int64Array = call.instant(0)?.unary(|instant| field(zone.offset(instant)));
    Ok(Arc::new(numbers))
}

const fn define(names: &'static [&'static str], body: fn(&Call<'_>) -> Result<ArrayRef>) -> Definition {
    Definition { names, forms: &[&[Kind::Instant]], returns: Returns::Is(|| DataType::Int64), body }
}

pub(super) const YEAR: Definition = define(&["year"], |call| local(call, |at| Local::of(at).year));
pub(super) const QUARTER: Definition =
    define(&["quarter"], |call| local(call, |at| (Local::of(at).month + 2) / 3));
pub(super) const MONTH: Definition = define(&["month"], |call| local(call, |at| Local::of(at).month));
pub(super) const WEEK: Definition =
    define(&["week", "week_of_year"], |call| local(call, |at| iso_week(Local::of(at).days).1));
pub(super) const DAY: Definition =
    define(&["day", "day_of_month"], |call| local(call, |at| Local::of(at).day));
pub(super) const DAY_OF_WEEK: Definition =
    define(&["day_of_week", "dow"], |call| local(call, |at| day_of_week(at.div_euclid(civil::DAY))));
pub(super) const DAY_OF_YEAR: Definition =
    define(&["day_of_year", "doy"], |call| local(call, |at| Local::of(at).day_of_year()));
pub(super) const YEAR_OF_WEEK: Definition =
    define(&["year_of_week", "yow"], |call| local(call, |at| iso_week(Local::of(at).days).0));
pub(super) const HOUR: Definition =
    define(&["hour"], |call| local(call, |at| at.div_euclid(civil::HOUR).rem_euclid(24)));
pub(super) const MINUTE: Definition =
    define(&["minute"], |call| local(call, |at| at.div_euclid(civil::MINUTE).rem_euclid(60)));
pub(super) const SECOND: Definition =
    define(&["second"], |call| local(call, |at| at.div_euclid(civil::SECOND).rem_euclid(60)));
pub(super) const MILLISECOND: Definition =
    define(&["millisecond"], |call| local(call, |at| at.rem_euclid(civil::SECOND)));
pub(super) const TIMEZONE_HOUR: Definition =
    define(&["timezone_hour"], |call| offset(call, |offset| offset / civil::HOUR));
pub(super) const TIMEZONE_MINUTE: Definition =
    define(&["timezone_minute"], |call| offset(call, |offset| offset / civil::MINUTE % 60));
