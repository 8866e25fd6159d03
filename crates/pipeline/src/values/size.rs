//! Sizes in bytes, as people write them: `"64MiB"`, `"1 MB"`, `512`.

use std::{fmt, str::FromStr};

use crate::{
    define::{Setting, Shape},
    reader::Reader,
    source::{Entry, Value},
};

/// A number of bytes.
///
/// Reads `512`, `"512"`, `"512B"`, `"1 MB"`, `"64MiB"`; KB, MB, GB, TB count by 1000 and KiB, MiB, GiB, TiB by 1024;
/// case does not matter. Displays in the largest unit that divides it, so that what is shown reads back as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(pub u64);

/// Units from large to small. At equal divisibility the binary one is shown.
const UNITS: [(&str, u64); 8] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
];

/// Bytes in a KiB and a MiB, for rules.
pub(crate) const KIB: u64 = 1 << 10;
pub(crate) const MIB: u64 = 1 << 20;
pub(crate) const GIB: u64 = 1 << 30;

/// The form of a size, for the schema.
pub(crate) const PATTERN: &str = r"^[0-9]+ ?(([KkMmGgTt][Ii]?)?[Bb])?$";

impl ByteSize {
    /// The size as a count for memory; saturates where `usize` is narrower.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, bytes)| self.0 > 0 && self.0.is_multiple_of(*bytes)) {
            Some((unit, bytes)) => write!(out, "{}{unit}", self.0 / bytes),
            None => write!(out, "{}B", self.0),
        }
    }
}

/// Why a text is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// No number and unit.
    #[error("{0:?} is not a size: write a whole number and a unit, B, KB, MB, GB, KiB, MiB or GiB")]
    Form(String),
    /// The unit does not say whether it counts by 1000 or 1024.
    #[error("{0:?} is not a size: the unit is ambiguous, write {1}B (by 1000) or {1}iB (by 1024)")]
    Ambiguous(String, char),
    /// More than 64 bits of bytes.
    #[error("{0:?} is too large a size")]
    TooLarge(String),
}

impl FromStr for ByteSize {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let trimmed = text.trim();
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = trimmed.split_at(digits);
        let unit = unit.trim_start();
        let bytes = match unit.to_ascii_uppercase().as_str() {
            "" | "B" => 1,
            "K" | "M" | "G" | "T" => {
                return Err(SizeError::Ambiguous(
                    text.to_owned(),
                    unit.as_bytes()[0].to_ascii_uppercase().into(),
                ));
            }
            upper => UNITS
                .iter()
                .find(|(name, _)| name.to_ascii_uppercase() == upper)
                .map(|(_, bytes)| *bytes)
                .ok_or_else(|| SizeError::Form(text.to_owned()))?,
        };
        if number.is_empty() {
            return Err(SizeError::Form(text.to_owned()));
        }
        let too_large = || SizeError::TooLarge(text.to_owned());
        let number: u64 = number.parse().map_err(|_| too_large())?;
        number.checked_mul(bytes).map(ByteSize).ok_or_else(too_large)
    }
}

/// The least and the greatest size allowed, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes(pub(crate) u64, pub(crate) u64);

impl Default for Sizes {
    fn default() -> Self {
        Self(0, i64::MAX as u64)
    }
}

impl Sizes {
    pub(crate) fn expected(&self) -> String {
        format!("a size from {} to {}", ByteSize(self.0), ByteSize(self.1))
    }
}

impl Setting for ByteSize {
    type Rule = Sizes;

    fn shape(rule: &Sizes) -> Shape {
        Shape::Size(*rule)
    }

    fn read(rule: &Sizes, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let size = match &entry.value {
            Value::Whole(number) => u64::try_from(*number).ok().map(ByteSize),
            Value::Text(text) => match text.parse() {
                Ok(size) => Some(size),
                Err(SizeError::Ambiguous(text, unit)) => {
                    let remedy = format!("write {unit}B (by 1000) or {unit}iB (by 1024)");
                    reader.fail_with(entry, format!("the unit of the size {text:?} is ambiguous"), remedy);
                    return None;
                }
                Err(error) => {
                    reader.fail(entry, SizeError::to_string(&error));
                    return None;
                }
            },
            _ => None,
        };
        let fits = size.filter(|size| (rule.0..=rule.1).contains(&size.0));
        fits.or_else(|| reader.mismatch::<Self, _>(rule, entry))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_size_reads_back_as_it_is_shown(bytes: u64, unit in 0usize..8, count in 0u64..5000) {
            for size in [ByteSize(bytes), ByteSize(count.saturating_mul(UNITS[unit].1))] {
                prop_assert_eq!(size.to_string().parse(), Ok(size));
            }
        }

        #[test]
        fn what_reads_as_a_size_fits_the_schema(text in "[0-9]{0,3} ?[KMGTkmg]?i?[Bb]?") {
            if text.parse::<ByteSize>().is_ok() {
                prop_assert!(regex::Regex::new(PATTERN).unwrap().is_match(&text), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = text.parse::<ByteSize>();
        }
    }

    #[test]
    fn units_by_1000_and_by_1024_are_told_apart() {
        let read = |text: &str| text.parse::<ByteSize>().map(|size| size.0);
        assert_eq!(read("1 MB"), Ok(1_000_000));
        assert_eq!(read("1mib"), Ok(1_048_576));
        assert_eq!(read("512"), Ok(512));
        assert_eq!(read("64M"), Err(SizeError::Ambiguous("64M".into(), 'M')));
        assert!(matches!(read("MiB"), Err(SizeError::Form(_))));
        assert!(matches!(read("-1"), Err(SizeError::Form(_))));
        assert!(matches!(read("99999999TiB"), Err(SizeError::TooLarge(_))));
    }
}
