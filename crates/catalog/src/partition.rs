//! Partition columns and the rule (Athena's and Trino's partition projection) that says which values they take.
//!
//! | projection | values |
//! |---|---|
//! | integer | `from`, `from + interval`, … up to `to`, padded with zeros to `digits` |
//! | enum | as listed |
//! | date | times from `from` to `to` in steps, written by a pattern |
//! | injected | any; a query must name them |

use std::fmt;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::date_pattern::DatePattern;

/// A column whose values are in the names of the folders. Its type is `string`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The name in lower case. Integer columns called `year`, `month`, `day` and `hour` are the time of what lies
    /// in the folder.
    pub name: String,
    /// What it holds.
    pub comment: String,
    /// The values it takes.
    pub projection: Projection,
}

/// The values that a partition column takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// Whole numbers in a range, both ends included.
    Integer {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
        /// The step.
        interval: u32,
        /// Digits that numbers are padded to; 0 for no padding.
        digits: u8,
    },
    /// A list.
    Enum(Vec<String>),
    /// Times in a range, both ends included.
    Date {
        /// The first.
        from: DateBound,
        /// The last.
        to: DateBound,
        /// How they are written.
        pattern: DatePattern,
        /// The step, in units.
        interval: u32,
        /// The unit of the step.
        unit: DateUnit,
    },
    /// Whatever a query asks for by equality.
    Injected,
}

/// An end of a range of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateBound {
    /// A fixed time.
    At(DateTime),
    /// The time of the query, so many units later (or, when negative, earlier).
    Now {
        /// The number of units.
        offset: i32,
        /// The unit.
        unit: DateUnit,
    },
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateUnit {
    /// 24 hours.
    Days,
    /// 60 minutes.
    Hours,
    /// 60 seconds.
    Minutes,
    /// A second.
    Seconds,
}

/// A part of a time that a partition column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CalendarPart {
    Year,
    Month,
    Day,
    Hour,
}

impl CalendarPart {
    pub(crate) const ALL: [Self; 4] = [Self::Year, Self::Month, Self::Day, Self::Hour];

    pub(crate) fn name(self) -> &'static str {
        ["year", "month", "day", "hour"][self as usize]
    }

    /// Digits that every value of the part has room in.
    pub(crate) fn digits(self) -> u8 {
        if self == Self::Year { 4 } else { 2 }
    }
}

impl Partition {
    pub(crate) fn calendar(&self) -> Option<CalendarPart> {
        let part = CalendarPart::ALL.into_iter().find(|part| part.name() == self.name)?;
        matches!(self.projection, Projection::Integer { .. }).then_some(part)
    }
}

impl DateUnit {
    pub(crate) const ALL: [Self; 4] = [Self::Days, Self::Hours, Self::Minutes, Self::Seconds];

    /// The unit's name in projection properties.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["DAYS", "HOURS", "MINUTES", "SECONDS"][self as usize]
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        [86_400, 3_600, 60, 1][self as usize]
    }
}

impl DateBound {
    /// Reads `NOW`, `NOW-3DAYS` or a date in the pattern.
    pub(crate) fn parse(text: &str, pattern: &DatePattern) -> Option<Self> {
        let Some(offset) = text.trim().strip_prefix("NOW") else {
            return pattern.parse_time(text).map(Self::At);
        };
        if offset.is_empty() {
            return Some(Self::Now { offset: 0, unit: DateUnit::Days });
        }
        let digits = offset.find(|c: char| c.is_ascii_uppercase())?;
        let (number, unit) = offset.split_at(digits);
        let unit =
            DateUnit::ALL.into_iter().find(|u| u.name() == unit || u.name().trim_end_matches('S') == unit)?;
        let signed = number.starts_with(['+', '-']);
        number.parse().ok().filter(|_| signed).map(|offset| Self::Now { offset, unit })
    }

    /// The text that reads as the bound.
    #[must_use]
    pub fn format(self, pattern: &DatePattern) -> String {
        match self {
            Self::At(time) => pattern.format(time),
            Self::Now { offset: 0, .. } => "NOW".to_owned(),
            Self::Now { offset, unit } => format!("NOW{offset:+}{}", unit.name()),
        }
    }

    /// The bound in seconds of civil time since 1970; none when it depends on a time that is not known.
    pub(crate) fn seconds(self, now: Option<Timestamp>) -> Option<i64> {
        match self {
            Self::At(time) => Some(civil_seconds(time)),
            Self::Now { offset, unit } => now.map(|now| now.as_second() + i64::from(offset) * unit.seconds()),
        }
    }
}

/// Civil time on the line of seconds: as if it were UTC.
pub(crate) fn civil_seconds(time: DateTime) -> i64 {
    time.to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second())
}

/// The inverse of [`civil_seconds`].
pub(crate) fn civil_time(seconds: i64) -> Option<DateTime> {
    Timestamp::from_second(seconds).ok().map(|time| TimeZone::UTC.to_datetime(time))
}

impl Projection {
    /// The rule's name in projection properties and definition files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Integer { .. } => "integer",
            Self::Enum(_) => "enum",
            Self::Date { .. } => "date",
            Self::Injected => "injected",
        }
    }

    /// The step of dates in seconds; 1 for other kinds.
    pub(crate) fn step_seconds(&self) -> i64 {
        match self {
            Self::Date { interval, unit, .. } => i64::from(*interval) * unit.seconds(),
            _ => 1,
        }
    }

    /// The properties behind `projection.<column>.`, in the order people write them.
    #[must_use]
    pub fn properties(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("type", self.name().to_owned())];
        match self {
            Self::Integer { from, to, interval, digits } => {
                all.push(("range", format!("{from},{to}")));
                if *interval != 1 {
                    all.push(("interval", interval.to_string()));
                }
                if *digits > 0 {
                    all.push(("digits", digits.to_string()));
                }
            }
            Self::Enum(values) => all.push(("values", values.join(","))),
            Self::Date { from, to, pattern, interval, unit } => {
                all.push(("range", format!("{},{}", from.format(pattern), to.format(pattern))));
                all.push(("format", pattern.to_string()));
                all.push(("interval", interval.to_string()));
                all.push(("interval.unit", unit.name().to_owned()));
            }
            Self::Injected => {}
        }
        all
    }

    /// Whether the column can take this value (whatever the time of the query).
    #[must_use]
    pub fn takes(&self, value: &str) -> bool {
        match self {
            Self::Integer { from, to, interval, digits } => value.parse::<i64>().is_ok_and(|number| {
                (*from..=*to).contains(&number)
                    && (number - from) % i64::from(*interval) == 0
                    && padded(number, *digits) == value
            }),
            Self::Enum(values) => values.iter().any(|listed| listed == value),
            Self::Date { pattern, .. } => pattern.parse_time(value).is_some(),
            Self::Injected => !value.is_empty(),
        }
    }
}

/// A number with zeros in front.
pub(crate) fn padded(number: i64, digits: u8) -> String {
    format!("{number:0width$}", width = usize::from(digits))
}

impl fmt::Display for DateUnit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_dates_are_read_back() {
        let pattern = DatePattern::parse("yyyy/MM/dd").unwrap();
        for text in ["2024/01/31", "NOW", "NOW-3DAYS", "NOW+12HOURS"] {
            assert_eq!(DateBound::parse(text, &pattern).unwrap().format(&pattern), text);
        }
        assert_eq!(DateBound::parse("NOW-1DAY", &pattern), DateBound::parse("NOW-1DAYS", &pattern));
        for text in ["2024/02/30", "NOW-", "NOW3DAYS", "NOW-3YEARS", "2024-01-31", ""] {
            assert_eq!(DateBound::parse(text, &pattern), None, "{text}");
        }
    }

    #[test]
    fn a_projection_takes_its_values_only() {
        let hours = Projection::Integer { from: 0, to: 23, interval: 1, digits: 2 };
        assert!(hours.takes("07"));
        for wrong in ["7", "007", "24", "-1", "", "x"] {
            assert!(!hours.takes(wrong), "{wrong}");
        }
        let halves = Projection::Integer { from: 0, to: 18, interval: 6, digits: 2 };
        assert!(halves.takes("12") && !halves.takes("13"));
    }
}
