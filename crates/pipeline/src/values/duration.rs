//! Durations as people write them: `"250ms"`, `"60s"`, `"5m"`, `"1h30m"`, `"7d"`.
//!
//! A bare number is refused: its unit would be a guess.

use std::time::Duration;

use crate::{
    define::{Setting, Shape},
    reader::Reader,
    source::{Entry, Value},
};

/// Units in milliseconds, from large to small.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// The form of a duration, for the schema.
pub(crate) const PATTERN: &str = r"^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$";

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// No numbers with units, or units not from large to small.
    #[error("{0:?} is not a duration: write whole numbers with a unit, ms, s, m, h or d")]
    Form(String),
    /// A number alone.
    #[error("{0:?} is not a duration: the unit is missing, write \"{0}s\" for seconds")]
    NoUnit(String),
    /// More milliseconds than 64 bits hold.
    #[error("{0:?} is too long a duration")]
    TooLong(String),
}

/// Reads a duration such as `"60s"` or `"1h30m"`: whole numbers with units from large to small.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let form = || DurationError::Form(text.to_owned());
    let too_long = || DurationError::TooLong(text.to_owned());
    let (mut rest, mut units, mut total) = (text.trim(), UNITS.as_slice(), 0u64);
    while !rest.is_empty() || units.len() == UNITS.len() {
        let (number, after) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
        let (unit, after) = after.split_at(after.bytes().take_while(u8::is_ascii_alphabetic).count());
        if !number.is_empty() && unit.is_empty() && after.is_empty() && units.len() == UNITS.len() {
            return Err(DurationError::NoUnit(number.to_owned()));
        }
        let position = units.iter().position(|(name, _)| *name == unit).ok_or_else(form)?;
        if number.is_empty() {
            return Err(form());
        }
        let number: u64 = number.parse().map_err(|_| too_long())?;
        let part = number.checked_mul(units[position].1).ok_or_else(too_long)?;
        total = total.checked_add(part).ok_or_else(too_long)?;
        units = &units[position + 1..];
        rest = after;
    }
    Ok(Duration::from_millis(total))
}

/// Writes a duration so that [`parse_duration`] reads it back: in the largest unit that divides its milliseconds.
pub fn format_duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    match UNITS.iter().find(|(_, unit)| millis > 0 && millis.is_multiple_of(*unit)) {
        Some((name, unit)) => format!("{}{name}", millis / unit),
        None => "0s".to_owned(),
    }
}

/// The least and the greatest duration allowed, in milliseconds, and whether only whole days are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    least: u64,
    greatest: u64,
    whole_days: bool,
}

impl Default for Span {
    fn default() -> Self {
        Self::millis(0, u64::MAX)
    }
}

impl Span {
    pub(crate) const fn millis(least: u64, greatest: u64) -> Self {
        Self { least, greatest, whole_days: false }
    }

    pub(crate) const fn seconds(least: u64, greatest: u64) -> Self {
        Self::millis(least * 1000, greatest * 1000)
    }

    pub(crate) const fn days(least: u64, greatest: u64) -> Self {
        Self { least: least * UNITS[0].1, greatest: greatest * UNITS[0].1, whole_days: true }
    }

    pub(crate) fn expected(&self) -> String {
        let [least, greatest] =
            [self.least, self.greatest].map(|ms| format_duration(Duration::from_millis(ms)));
        let kind = if self.whole_days { "a duration in whole days" } else { "a duration" };
        format!("{kind} from {least} to {greatest}")
    }

    #[cfg(test)]
    pub(crate) fn ends(&self) -> [Duration; 2] {
        [self.least, self.greatest].map(Duration::from_millis)
    }

    fn contains(&self, duration: Duration) -> bool {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        (self.least..=self.greatest).contains(&millis)
            && (!self.whole_days || millis.is_multiple_of(UNITS[0].1))
    }
}

impl Setting for Duration {
    type Rule = Span;

    fn shape(rule: &Span) -> Shape {
        Shape::Duration(*rule)
    }

    fn read(rule: &Span, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let parsed = match &entry.value {
            Value::Text(text) => parse_duration(text),
            Value::Whole(number) => Err(DurationError::NoUnit(number.to_string())),
            _ => return reader.mismatch::<Self, _>(rule, entry),
        };
        match parsed {
            Ok(duration) if rule.contains(duration) => Some(duration),
            Ok(_) => reader.mismatch::<Self, _>(rule, entry),
            Err(DurationError::NoUnit(number)) => {
                let remedy = format!("write \"{number}s\" for seconds");
                reader.fail_with(entry, format!("the duration {number} has no unit"), remedy);
                None
            }
            Err(error) => {
                reader.fail(entry, error.to_string());
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_duration_reads_back_as_it_is_shown(millis: u64, unit in 0usize..5, count in 0u64..5000) {
            for duration in [Duration::from_millis(millis), Duration::from_millis(count * UNITS[unit].1)] {
                prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
            }
        }

        #[test]
        fn what_reads_as_a_duration_fits_the_schema(text in "([0-9]{0,2}(d|h|m|s|ms)?){0,3}") {
            if parse_duration(&text).is_ok() {
                prop_assert!(regex::Regex::new(PATTERN).unwrap().is_match(&text), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = parse_duration(&text);
        }
    }

    #[test]
    fn units_go_from_large_to_small() {
        assert_eq!(parse_duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert!(matches!(parse_duration("30m1h"), Err(DurationError::Form(_))));
        assert!(matches!(parse_duration("1m1m"), Err(DurationError::Form(_))));
        assert!(matches!(parse_duration(""), Err(DurationError::Form(_))));
        assert!(matches!(parse_duration("s"), Err(DurationError::Form(_))));
        assert_eq!(parse_duration("60"), Err(DurationError::NoUnit("60".into())));
        assert!(matches!(parse_duration("99999999999999999d"), Err(DurationError::TooLong(_))));
    }
}
