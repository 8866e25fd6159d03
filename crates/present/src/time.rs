//! Times, dates and intervals as Trino writes them.
//!
//! A timestamp has as many digits as its type: seconds none, milliseconds three, microseconds six, nanoseconds
//! nine. Zones that mean UTC are written `UTC`.

use std::fmt::Write;

use arrow::datatypes::TimeUnit;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The zone of a column of timestamps.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    /// `None` is UTC.
    zone: Option<TimeZone>,
    /// What stands after a timestamp, with the space before it.
    suffix: String,
}

impl Zone {
    /// The zone a type has; timestamps without one are shown as they are.
    pub(crate) fn of(name: Option<&str>) -> Self {
        let Some(name) = name else { return Self { zone: None, suffix: String::new() } };
        let utc = || Self { zone: None, suffix: " UTC".to_owned() };
        if ["UTC", "Z", "Etc/UTC", "+00:00", "GMT"].iter().any(|utc| name.eq_ignore_ascii_case(utc)) {
            return utc();
        }
        match offset(name).or_else(|| TimeZone::get(name).ok()) {
            Some(zone) => Self { zone: Some(zone), suffix: format!(" {name}") },
            None => utc(),
        }
    }

    /// What stands after a timestamp, with the space before it.
    pub(crate) fn suffix(&self) -> &str {
        &self.suffix
    }

    /// Seconds east of UTC at `seconds` since 1970.
    pub(crate) fn offset(&self, seconds: f64) -> f64 {
        let Some(zone) = &self.zone else { return 0.0 };
        Timestamp::from_second(seconds as i64).map_or(0.0, |at| f64::from(zone.to_offset(at).seconds()))
    }

    /// The date and time on the wall at `seconds` since 1970.
    pub(crate) fn civil(&self, seconds: i64, nanos: u32) -> Option<DateTime> {
        let at = Timestamp::new(seconds, i32::try_from(nanos).ok()?).ok()?;
        Some(self.zone.as_ref().map_or_else(|| Offset::UTC.to_datetime(at), |zone| zone.to_datetime(at)))
    }
}

fn offset(name: &str) -> Option<TimeZone> {
    let sign = match name.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = name[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    Some(TimeZone::fixed(Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()?))
}

/// Seconds, the rest in nanoseconds, and how many digits the unit has.
fn split(value: i64, unit: TimeUnit) -> (i64, u32, usize) {
    let (per_second, digits) = match unit {
        TimeUnit::Second => (1, 0),
        TimeUnit::Millisecond => (1_000, 3),
        TimeUnit::Microsecond => (1_000_000, 6),
        TimeUnit::Nanosecond => (1_000_000_000, 9),
    };
    let rest = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    (value.div_euclid(per_second), rest as u32, digits)
}

fn fraction(nanos: u32, digits: usize, out: &mut String) {
    if digits > 0 {
        let text = format!("{nanos:09}");
        out.push('.');
        out.push_str(&text[..digits]);
    }
}

/// Appends a timestamp; one that no calendar reaches as its bare number.
pub(crate) fn append_timestamp(value: i64, unit: TimeUnit, zone: &Zone, out: &mut String) {
    let (seconds, nanos, digits) = split(value, unit);
    let Some(at) = zone.civil(seconds, nanos) else {
        _ = write!(out, "{value}");
        return;
    };
    append_date(at, out);
    _ = write!(out, " {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
    fraction(nanos, digits, out);
    out.push_str(zone.suffix());
}

fn append_date(at: DateTime, out: &mut String) {
    _ = write!(out, "{:04}-{:02}-{:02}", at.year(), at.month(), at.day());
}

/// Appends the date `days` after 1970-01-01.
pub(crate) fn append_days(days: i64, out: &mut String) {
    match days.checked_mul(86_400).and_then(|seconds| Zone::of(None).civil(seconds, 0)) {
        Some(at) => append_date(at, out),
        None => _ = write!(out, "{days}"),
    }
}

/// Appends a time of the day.
pub(crate) fn append_time(value: i64, unit: TimeUnit, out: &mut String) {
    let (seconds, nanos, digits) = split(value, unit);
    _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    fraction(nanos, digits, out);
}

/// Appends an interval of days and milliseconds: `1 02:03:04.567`.
pub(crate) fn append_day_interval(nanos: i128, out: &mut String) {
    let millis = nanos / 1_000_000;
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    let (days, rest) = (millis / 86_400_000, millis % 86_400_000);
    let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    _ = write!(out, "{sign}{days} {hours:02}:{minutes:02}:{seconds:02}.{:03}", rest % 1000);
}

/// Appends an interval of months: `1-2` is a year and two months.
pub(crate) fn append_month_interval(months: i32, out: &mut String) {
    let sign = if months < 0 { "-" } else { "" };
    let months = months.unsigned_abs();
    _ = write!(out, "{sign}{}-{}", months / 12, months % 12);
}

/// Nanoseconds of a duration.
pub(crate) fn nanoseconds(value: i64, unit: TimeUnit) -> i128 {
    let (seconds, nanos, _) = split(value, unit);
    i128::from(seconds) * 1_000_000_000 + i128::from(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp(value: i64, unit: TimeUnit, zone: Option<&str>) -> String {
        let mut out = String::new();
        append_timestamp(value, unit, &Zone::of(zone), &mut out);
        out
    }

    #[test]
    fn timestamps_have_the_digits_of_their_unit_and_the_name_of_their_zone() {
        let at = 1_795_482_123;
        assert_eq!(timestamp(at, TimeUnit::Second, None), "2026-11-24 01:02:03");
        assert_eq!(timestamp(at * 1000 + 123, TimeUnit::Millisecond, None), "2026-11-24 01:02:03.123");
        assert_eq!(
            timestamp(at * 1000 + 123, TimeUnit::Millisecond, Some("+00:00")),
            "2026-11-24 01:02:03.123 UTC"
        );
        assert_eq!(timestamp(at, TimeUnit::Second, Some("Asia/Tokyo")), "2026-11-24 10:02:03 Asia/Tokyo");
        assert_eq!(timestamp(at, TimeUnit::Second, Some("-03:30")), "2026-11-23 21:32:03 -03:30");
        assert_eq!(timestamp(-1, TimeUnit::Nanosecond, None), "1969-12-31 23:59:59.999999999");
        assert_eq!(timestamp(i64::MAX, TimeUnit::Second, None), i64::MAX.to_string());
    }

    #[test]
    fn intervals_are_those_of_trino() {
        let mut out = String::new();
        append_day_interval(-93_784_567_000_000, &mut out);
        out.push('|');
        append_month_interval(14, &mut out);
        assert_eq!(out, "-1 02:03:04.567|1-2");
    }
}
