//! Whole numbers and booleans.

use crate::{
    define::{Setting, Shape},
    reader::Reader,
    source::{Entry, Value},
};

/// The numbers allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whole {
    /// From the first to the second, both included.
    Range(i64, i64),
    /// These only.
    OneOf(&'static [i64]),
}

impl Default for Whole {
    fn default() -> Self {
        Self::Range(0, i64::MAX)
    }
}

impl Whole {
    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Range(least, greatest) => format!("a whole number from {least} to {greatest}"),
            Self::OneOf(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
                format!("one of {}", numbers.join(", "))
            }
        }
    }

    fn contains(&self, number: i128) -> bool {
        match self {
            Self::Range(least, greatest) => (i128::from(*least)..=i128::from(*greatest)).contains(&number),
            Self::OneOf(numbers) => numbers.iter().any(|allowed| i128::from(*allowed) == number),
        }
    }
}

macro_rules! whole {
    ($($Number:ty)*) => {$(
        impl Setting for $Number {
            type Rule = Whole;

            fn shape(rule: &Whole) -> Shape {
                Shape::Whole(*rule)
            }

            fn read(rule: &Whole, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
                let number = match entry.value {
                    Value::Whole(number) if rule.contains(number) => Self::try_from(number).ok(),
                    _ => None,
                };
                number.or_else(|| reader.mismatch::<Self, _>(rule, entry))
            }
        }
    )*};
}

whole!(u8 u16 u32 usize);

impl Setting for bool {
    type Rule = ();

    fn shape(_rule: &()) -> Shape {
        Shape::Bool
    }

    fn read(rule: &(), entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        match entry.value {
            Value::Bool(truth) => Some(truth),
            _ => reader.mismatch::<Self, _>(rule, entry),
        }
    }
}
