//! Columns whose values all come as text, as those of Athena, which is a Trino and writes values the same way.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{DataType, TimeUnit};
use arrow::error::ArrowError;

use crate::decode::{Builder, Zone, zoned};
use crate::types::{Type, unit};

/// Makes an Arrow column of texts by the name of its type. Arrays, maps, rows, bytes and types that are not known stay
/// the text that they are.
#[derive(Debug)]
pub struct TextColumn {
    kind: String,
    precision: u8,
    scale: i8,
    texts: Vec<Option<String>>,
}

/// A text that is no value of the column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfitText(pub String);

impl TextColumn {
    /// A column without values. `kind` is the name of the type without arguments, such as `decimal`; precision and
    /// scale count for decimals alone.
    #[must_use]
    pub fn new(kind: &str, precision: u8, scale: i8) -> Self {
        Self { kind: kind.to_ascii_lowercase(), precision, scale, texts: Vec::new() }
    }

    /// Appends a value, or NULL.
    pub fn push(&mut self, text: Option<String>) {
        self.texts.push(text);
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The column. Times get the unit that holds the digits they are written with; those with more than nine digits
    /// stay text.
    ///
    /// # Errors
    /// When a text is no value of the type: the inner error has it.
    pub fn finish(self) -> Result<Result<ArrayRef, UnfitText>, ArrowError> {
        let kind = self.kind();
        if kind == Type::Text {
            return Ok(Ok(Arc::new(StringArray::from(self.texts))));
        }
        let (mut builder, mut zone) = (Builder::new(&kind, self.texts.len()), Zone::default());
        for text in self.texts {
            if builder.append_option(text.as_deref(), &mut zone).is_err() {
                return Ok(Err(UnfitText(text.unwrap_or_default())));
            }
        }
        let array = builder.finish()?;
        Ok(Ok(match (&kind, zone) {
            (Type::Instant(unit), Zone::One(name)) => {
                zoned(&array, &DataType::Timestamp(*unit, Some(name.as_str().into())))
            }
            _ => array,
        }))
    }

    fn kind(&self) -> Type {
        let timed = |kind: fn(TimeUnit) -> Type| self.unit().map_or(Type::Text, kind);
        match self.kind.as_str() {
            "boolean" => Type::Boolean,
            "tinyint" => Type::Tinyint,
            "smallint" => Type::Smallint,
            "integer" | "int" => Type::Integer,
            "bigint" => Type::Bigint,
            "real" | "float" => Type::Real,
            "double" => Type::Double,
            "decimal" if (1..=38).contains(&self.precision) => Type::Decimal(self.precision, self.scale),
            "date" => Type::Date,
            "time" => timed(Type::Time),
            "timestamp" => timed(Type::Timestamp),
            "timestamp with time zone" => timed(Type::Instant),
            "interval day to second" => Type::DayInterval,
            "interval year to month" => Type::MonthInterval,
            _ => Type::Text,
        }
    }

    /// The unit that holds the digits of every text; milliseconds at least, as Athena's times have them.
    fn unit(&self) -> Option<TimeUnit> {
        let digits = |text: &String| {
            let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
            fraction.bytes().take_while(u8::is_ascii_digit).count() as u64
        };
        unit(self.texts.iter().flatten().map(digits).max().unwrap_or(3).max(3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: &str, texts: &[Option<&str>]) -> Result<ArrayRef, UnfitText> {
        let mut column = TextColumn::new(kind, 4, 2);
        texts.iter().for_each(|text| column.push(text.map(str::to_owned)));
        column.finish().unwrap()
    }

    #[test]
    fn texts_become_values_of_their_type() {
        for (kind, text, wanted) in [
            ("boolean", "true", DataType::Boolean),
            ("integer", "-7", DataType::Int32),
            ("bigint", "9223372036854775807", DataType::Int64),
            ("float", "NaN", DataType::Float32),
            ("double", "1.5E9", DataType::Float64),
            ("decimal", "-12.30", DataType::Decimal128(4, 2)),
            ("date", "2026-11-24", DataType::Date32),
            ("timestamp", "2026-11-24 01:02:03.123", DataType::Timestamp(TimeUnit::Millisecond, None)),
            ("timestamp", "2026-11-24 01:02:03.123456", DataType::Timestamp(TimeUnit::Microsecond, None)),
            (
                "timestamp with time zone",
                "2026-11-24 01:02:03.123 Asia/Tokyo",
                DataType::Timestamp(TimeUnit::Millisecond, Some("Asia/Tokyo".into())),
            ),
            ("array", "[1, 2]", DataType::Utf8),
            ("varbinary", "00 ff", DataType::Utf8),
            ("varchar", "", DataType::Utf8),
        ] {
            let array = column(kind, &[Some(text), None]).unwrap();
            assert_eq!(array.data_type(), &wanted, "{kind}");
            assert_eq!((array.is_null(0), array.is_null(1)), (false, true), "{kind}");
        }
    }

    #[test]
    fn a_text_of_another_type_is_told() {
        assert_eq!(column("integer", &[Some("1"), Some("x")]).unwrap_err(), UnfitText("x".to_owned()));
        assert_eq!(column("decimal", &[Some("1.234")]).unwrap_err(), UnfitText("1.234".to_owned()));
    }
}
