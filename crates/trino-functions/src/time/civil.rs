//! The calendar in whole numbers, and zones: instants are milliseconds since 1970 in UTC, local times
//! the same with the zone's offset added.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::{DataFusionError, Result};
use jiff::{Timestamp, civil, tz};

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const WEEK: i64 = 7 * DAY;

/// Days since 1970-01-01 of a date of the Gregorian calendar (proleptic).
#[inline]
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
#[inline]
pub(crate) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Whether a year has a 29th of February.
pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The number of days of a month.
pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The Monday that an ISO week year starts on, in days since 1970-01-01.
pub(crate) fn first_monday(week_year: i64) -> i64 {
    let fourth = days_from_civil(week_year, 1, 4);
    fourth - (day_of_week(fourth) - 1)
}

/// 1 on Mondays to 7 on Sundays.
pub(crate) fn day_of_week(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// ISO week year and week.
pub(crate) fn iso_week(days: i64) -> (i64, i64) {
    let (year, _, _) = civil_from_days(days - (day_of_week(days) - 1) + 3);
    (year, (days - first_monday(year)) / 7 + 1)
}

/// A local time, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local {
    pub days: i64,
    pub year: i64,
    pub month: i64,
    pub day: i64,
    /// Milliseconds of the day.
    pub millis: i64,
}

impl Local {
    /// Takes local milliseconds apart.
    #[inline]
    pub(crate) fn of(local: i64) -> Self {
        let days = local.div_euclid(DAY);
        let (year, month, day) = civil_from_days(days);
        Self { days, year, month, day, millis: local - days * DAY }
    }

    pub(crate) fn hour(&self) -> i64 {
        self.millis / HOUR
    }

    pub(crate) fn minute(&self) -> i64 {
        self.millis / MINUTE % 60
    }

    pub(crate) fn second(&self) -> i64 {
        self.millis / SECOND % 60
    }

    pub(crate) fn day_of_year(&self) -> i64 {
        self.days - days_from_civil(self.year, 1, 1) + 1
    }
}

/// A zone.
#[derive(Debug, Clone)]
pub(crate) enum Zone {
    /// An offset in milliseconds; 0 for UTC.
    Fixed(i64),
    /// One of the zone database.
    Named(tz::TimeZone),
}

impl Zone {
    /// A zone by name or offset.
    pub(crate) fn named(name: &str) -> Result<Self> {
        if matches!(name, "UTC" | "Z" | "GMT" | "Etc/UTC" | "+00:00") {
            return Ok(Self::Fixed(0));
        }
        if let Some(offset) = offset(name) {
            return Ok(Self::Fixed(offset));
        }
        match tz::TimeZone::get(name) {
            Ok(zone) => Ok(Self::Named(zone)),
            Err(_) => exec_err!("'{name}' is not a valid time zone"),
        }
    }

    /// The zone of a timestamp's type; UTC without one.
    pub(crate) fn of(given: &DataType) -> Result<Self> {
        match given {
            DataType::Timestamp(_, Some(zone)) => Self::named(zone),
            _ => Ok(Self::Fixed(0)),
        }
    }

    /// Milliseconds to add to an instant to have the local time.
    #[inline]
    pub(crate) fn offset(&self, instant: i64) -> i64 {
        match self {
            Self::Fixed(offset) => *offset,
            Self::Named(zone) => Timestamp::from_millisecond(instant)
                .map_or(0, |instant| i64::from(zone.to_offset(instant).seconds()) * SECOND),
        }
    }

    /// The local time of an instant.
    #[inline]
    pub(crate) fn local(&self, instant: i64) -> i64 {
        instant + self.offset(instant)
    }

    /// The instant of a local time: the earlier of two, and past a gap by the gap's length.
    pub(crate) fn instant(&self, local: i64) -> Result<i64> {
        match self {
            Self::Fixed(offset) => Ok(local - offset),
            Self::Named(zone) => {
                let parts = Local::of(local);
                let out_of_range = |error: jiff::Error| DataFusionError::Execution(error.to_string());
                let time = civil::DateTime::new(
                    i16::try_from(parts.year).unwrap_or(i16::MAX),
                    parts.month as i8,
                    parts.day as i8,
                    parts.hour() as i8,
                    parts.minute() as i8,
                    parts.second() as i8,
                    ((parts.millis % SECOND) * 1_000_000) as i32,
                )
                .map_err(out_of_range)?;
                let instant = zone.to_ambiguous_timestamp(time).compatible().map_err(out_of_range)?;
                Ok(instant.as_millisecond())
            }
        }
    }

    /// The short name at an instant, such as `JST`.
    pub(crate) fn abbreviation(&self, instant: i64) -> String {
        match self {
            Self::Fixed(0) => "UTC".to_owned(),
            Self::Fixed(offset) => offset_text(*offset, true),
            Self::Named(zone) => Timestamp::from_millisecond(instant)
                .map(|instant| zone.to_offset_info(instant).abbreviation().to_owned())
                .unwrap_or_default(),
        }
    }

    /// The name in full, such as `Asia/Tokyo`.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::Fixed(0) => "UTC".to_owned(),
            Self::Fixed(offset) => offset_text(*offset, true),
            Self::Named(zone) => zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}

/// `+09:00` or `+0900`.
pub(crate) fn offset_text(offset: i64, colon: bool) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / MINUTE;
    let colon = if colon { ":" } else { "" };
    format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
}

/// The milliseconds of `+hh:mm`, `+hhmm` or `+hh`.
pub(crate) fn offset(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |at: usize| -> Option<i64> {
        let (tens, ones) = (bytes.get(at)?.wrapping_sub(b'0'), bytes.get(at + 1)?.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
    };
    let (hours, minutes) = match bytes.len() {
        3 => (two(1)?, 0),
        5 => (two(1)?, two(3)?),
        6 if bytes[3] == b':' => (two(1)?, two(4)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_agrees_with_jiff() {
        for days in (-800_000..800_000).step_by(13) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
            if (1..9999).contains(&year) {
                let date = civil::date(year as i16, month as i8, day as i8);
                assert_eq!(day_of_week(days), i64::from(date.weekday().to_monday_one_offset()));
                let week = date.iso_week_date();
                assert_eq!(iso_week(days), (i64::from(week.year()), i64::from(week.week())));
                assert_eq!(days_in_month(year, month), i64::from(date.days_in_month()));
            }
        }
    }
}
