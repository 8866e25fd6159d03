//! The hour an object belongs to, and its part of the key: `year=2026/month=11/day=24/hour=05`.
//!
//! All parts have a fixed number of digits, so the order of the text is the order of time; partition
//! projection (glue-schemas/) counts on it.

use std::fmt;

use crate::key::KeyError;

const HOUR_MS: i64 = 3_600_000;
const DAY_HOURS: i64 = 24;
/// 0000-01-01T00 and 9999-12-31T23 in hours since 1970.
const FIRST_HOUR: i64 = -719_528 * DAY_HOURS;
const LAST_HOUR: i64 = 2_932_897 * DAY_HOURS - 1;

/// An hour of the calendar, in the zone of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
}

impl Partition {
    /// The hour of a time in milliseconds since 1970 UTC, in a zone that is `utc_offset_seconds` ahead of UTC
    /// at that time. Times outside the years 0 to 9999 fall into the first or the last hour of these.
    #[must_use]
    pub fn at(ts_ms: i64, utc_offset_seconds: i32) -> Self {
        let local = ts_ms.saturating_add(i64::from(utc_offset_seconds) * 1000);
        let hours = local.div_euclid(HOUR_MS).clamp(FIRST_HOUR, LAST_HOUR);
        let (year, month, day) = civil_from_days(hours.div_euclid(DAY_HOURS));
        Self { year, month, day, hour: hours.rem_euclid(DAY_HOURS) as u8 }
    }

    /// Reads what `Display` writes.
    ///
    /// # Errors
    /// [`KeyError`] when the text is anything else.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError { key: text.to_owned(), what: "no year=YYYY/month=MM/day=DD/hour=HH" };
        let mut parts = text.split('/');
        let mut part = |name: &str, digits: usize| {
            let value = parts.next()?.strip_prefix(name)?.strip_prefix('=')?;
            let numeric = value.len() == digits && value.bytes().all(|byte| byte.is_ascii_digit());
            if numeric { value.parse::<u16>().ok() } else { None }
        };
        let fields = (part("year", 4), part("month", 2), part("day", 2), part("hour", 2));
        let (Some(year), Some(month), Some(day), Some(hour)) = fields else { return Err(wrong()) };
        let partition = Self { year, month: month as u8, day: day as u8, hour: hour as u8 };
        // Only dates that exist come back from their own first millisecond.
        let exists = (1..=12).contains(&month) && Self::at(partition.start_ms(0), 0) == partition;
        if parts.next().is_none() && exists { Ok(partition) } else { Err(wrong()) }
    }

    /// The first millisecond of the hour, since 1970 UTC, in a zone `utc_offset_seconds` ahead of UTC.
    #[must_use]
    pub fn start_ms(self, utc_offset_seconds: i32) -> i64 {
        let hours = days_from_civil(self) * DAY_HOURS + i64::from(self.hour);
        hours * HOUR_MS - i64::from(utc_offset_seconds) * 1000
    }

    /// The values of the partition columns year, month, day and hour, padded with zeros.
    #[must_use]
    pub fn values(self) -> [String; 4] {
        let Self { year, month, day, hour } = self;
        [format!("{year:04}"), format!("{month:02}"), format!("{day:02}"), format!("{hour:02}")]
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour } = self;
        write!(f, "year={year:04}/month={month:02}/day={day:02}/hour={hour:02}")
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar (Howard
/// Hinnant, "chrono-compatible low-level date algorithms"). The caller keeps it within the years 0 to 9999.
fn civil_from_days(days: i64) -> (u16, u8, u8) {
    // Eras of 400 years that begin on 1 March, so that the leap day is a year's last.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year as u16, month as u8, day as u8)
}

/// The inverse of [`civil_from_days`].
fn days_from_civil(date: Partition) -> i64 {
    let (month, day) = (i64::from(date.month), i64::from(date.day));
    let year = i64::from(date.year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_times_fall_into_their_hours() {
        for (ts_ms, offset, path) in [
            (0, 0, "year=1970/month=01/day=01/hour=00"),
            (-1, 0, "year=1969/month=12/day=31/hour=23"),
            (1_709_164_800_000, 0, "year=2024/month=02/day=29/hour=00"),
            (1_709_164_800_000, -3600, "year=2024/month=02/day=28/hour=23"),
            (1_709_164_800_000, 9 * 3600, "year=2024/month=02/day=29/hour=09"),
            (1_709_164_800_000, 5 * 3600 + 1800, "year=2024/month=02/day=29/hour=05"),
            (i64::MIN, -1, "year=0000/month=01/day=01/hour=00"),
            (i64::MAX, 1, "year=9999/month=12/day=31/hour=23"),
            (253_402_300_799_999, 0, "year=9999/month=12/day=31/hour=23"),
        ] {
            assert_eq!(Partition::at(ts_ms, offset).to_string(), path, "{ts_ms}");
        }
    }

    #[test]
    fn what_is_no_hour_is_refused() {
        for text in [
            "",
            "year=2024/month=02/day=30/hour=00",
            "year=2024/month=13/day=01/hour=00",
            "year=2024/month=00/day=01/hour=00",
            "year=2024/month=2/day=01/hour=00",
            "year=2024/month=02/day=01/hour=24",
            "year=+024/month=02/day=01/hour=00",
            "year=2024/month=02/day=01",
            "year=2024/month=02/day=01/hour=00/",
        ] {
            assert!(Partition::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_hour_is_read_back_and_holds_its_time(
            ts_ms in -62_167_000_000_000i64..253_402_000_000_000,
            offset in -50_400i32..50_400,
        ) {
            let partition = Partition::at(ts_ms, offset);
            prop_assert_eq!(Partition::parse(&partition.to_string()), Ok(partition));
            let start = partition.start_ms(offset);
            prop_assert!((start..start + HOUR_MS).contains(&ts_ms));
        }

        #[test]
        fn text_order_is_time_order(a: i64, b: i64) {
            let (a, b) = (Partition::at(a, 0), Partition::at(b, 0));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
