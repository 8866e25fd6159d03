//! Trino's types, and the Arrow types that hold their values.
//!
//! | Trino | Arrow |
//! |---|---|
//! | time(p), timestamp(p) | seconds for p = 0, milliseconds up to 3, microseconds up to 6, nanoseconds up to 9 |
//! | the same with more digits, time with time zone | text |
//! | timestamp(p) with time zone | an instant, in the one zone that all values of the column have, else in UTC |
//! | interval day to second · year to month | a duration in milliseconds · an interval of months |
//! | json, uuid, ipaddress, and types without an Arrow counterpart | text as Trino writes it |

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, IntervalUnit, TimeUnit};
use serde::Deserialize;
use serde_json::Value;

/// A type as the protocol describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Signature {
    raw_type: String,
    #[serde(default)]
    arguments: Vec<Argument>,
}

#[derive(Debug, Clone, Deserialize)]
struct Argument {
    kind: String,
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    field_name: Option<FieldName>,
    type_signature: Signature,
}

#[derive(Deserialize)]
struct FieldName {
    name: String,
}

/// A type, as far as its values are told apart here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Unknown,
    Boolean,
    Tinyint,
    Smallint,
    Integer,
    Bigint,
    Real,
    Double,
    Decimal(u8, i8),
    Text,
    Binary,
    Date,
    Time(TimeUnit),
    Timestamp(TimeUnit),
    Instant(TimeUnit),
    DayInterval,
    MonthInterval,
    Array(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Row(Vec<(String, Type)>),
}

/// The unit that holds so many digits of a second.
pub(crate) fn unit(digits: u64) -> Option<TimeUnit> {
    match digits {
        0 => Some(TimeUnit::Second),
        1..=3 => Some(TimeUnit::Millisecond),
        4..=6 => Some(TimeUnit::Microsecond),
        7..=9 => Some(TimeUnit::Nanosecond),
        _ => None,
    }
}

impl Type {
    /// The type of a signature.
    pub(crate) fn of(signature: &Signature) -> Result<Type, String> {
        let number = |index: usize| signature.arguments.get(index).and_then(|one| one.value.as_u64());
        let digits = || unit(number(0).unwrap_or(3));
        let nested = |index: usize| -> Result<Box<Type>, String> {
            let argument =
                signature.arguments.get(index).ok_or_else(|| signature.broken("lacks an argument"))?;
            let inner =
                Signature::deserialize(&argument.value).map_err(|e| signature.broken(&e.to_string()))?;
            Ok(Box::new(Type::of(&inner)?))
        };
        Ok(match signature.raw_type.as_str() {
            "unknown" => Type::Unknown,
            "boolean" => Type::Boolean,
            "tinyint" => Type::Tinyint,
            "smallint" => Type::Smallint,
            "integer" => Type::Integer,
            "bigint" => Type::Bigint,
            "real" => Type::Real,
            "double" => Type::Double,
            "decimal" => {
                let precision = number(0).unwrap_or(38);
                let scale = number(1).unwrap_or(0);
                match (u8::try_from(precision), i8::try_from(scale)) {
                    (Ok(precision @ 1..=38), Ok(scale)) if scale.unsigned_abs() <= precision => {
                        Type::Decimal(precision, scale)
                    }
                    _ => return Err(signature.broken("has a precision or scale that no decimal has")),
                }
            }
            "varbinary" => Type::Binary,
            "date" => Type::Date,
            "time" => digits().map_or(Type::Text, Type::Time),
            "timestamp" => digits().map_or(Type::Text, Type::Timestamp),
            "timestamp with time zone" => digits().map_or(Type::Text, Type::Instant),
            "interval day to second" => Type::DayInterval,
            "interval year to month" => Type::MonthInterval,
            "array" => Type::Array(nested(0)?),
            "map" => Type::Map(nested(0)?, nested(1)?),
            "row" => Type::Row(signature.fields()?),
            _ => Type::Text,
        })
    }

    /// The Arrow type that holds it; instants in UTC.
    pub(crate) fn arrow(&self) -> DataType {
        match self {
            Type::Unknown => DataType::Null,
            Type::Boolean => DataType::Boolean,
            Type::Tinyint => DataType::Int8,
            Type::Smallint => DataType::Int16,
            Type::Integer => DataType::Int32,
            Type::Bigint => DataType::Int64,
            Type::Real => DataType::Float32,
            Type::Double => DataType::Float64,
            Type::Decimal(precision, scale) => DataType::Decimal128(*precision, *scale),
            Type::Text => DataType::Utf8,
            Type::Binary => DataType::Binary,
            Type::Date => DataType::Date32,
            Type::Time(unit @ (TimeUnit::Second | TimeUnit::Millisecond)) => DataType::Time32(*unit),
            Type::Time(unit) => DataType::Time64(*unit),
            Type::Timestamp(unit) => DataType::Timestamp(*unit, None),
            Type::Instant(unit) => DataType::Timestamp(*unit, Some("UTC".into())),
            Type::DayInterval => DataType::Duration(TimeUnit::Millisecond),
            Type::MonthInterval => DataType::Interval(IntervalUnit::YearMonth),
            Type::Array(item) => DataType::List(item_field(item)),
            Type::Map(key, value) => DataType::Map(
                Arc::new(Field::new("entries", DataType::Struct(entry_fields(key, value)), false)),
                false,
            ),
            Type::Row(fields) => DataType::Struct(row_fields(fields)),
        }
    }
}

pub(crate) fn item_field(item: &Type) -> Arc<Field> {
    Arc::new(Field::new_list_field(item.arrow(), true))
}

pub(crate) fn entry_fields(key: &Type, value: &Type) -> Fields {
    vec![Field::new("key", key.arrow(), false), Field::new("value", value.arrow(), true)].into()
}

pub(crate) fn row_fields(fields: &[(String, Type)]) -> Fields {
    fields.iter().map(|(name, kind)| Field::new(name, kind.arrow(), true)).collect::<Vec<_>>().into()
}

impl Signature {
    /// The fields of a row; those without a name are called as Trino's clients call them.
    fn fields(&self) -> Result<Vec<(String, Type)>, String> {
        let field = |(index, argument): (usize, &Argument)| {
            if argument.kind != "NAMED_TYPE" {
                return Err(self.broken(&format!("has an argument of the kind {}", argument.kind)));
            }
            let named =
                Named::deserialize(&argument.value).map_err(|error| self.broken(&error.to_string()))?;
            let name = named.field_name.map_or_else(|| format!("field{index}"), |field| field.name);
            Ok((name, Type::of(&named.type_signature)?))
        };
        self.arguments.iter().enumerate().map(field).collect()
    }

    fn broken(&self, what: &str) -> String {
        format!("the type {} {what}", self.raw_type)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(signature: Value) -> Result<Type, String> {
        Type::of(&serde_json::from_value(signature).unwrap())
    }

    #[test]
    fn nested_types_keep_the_names_of_their_fields() {
        let bigint = json!({"rawType": "bigint", "arguments": []});
        let row = json!({"rawType": "row", "arguments": [
            {"kind": "NAMED_TYPE", "value": {"fieldName": {"name": "a"}, "typeSignature": bigint}},
            {"kind": "NAMED_TYPE", "value": {"typeSignature":
                {"rawType": "array", "arguments": [{"kind": "TYPE", "value": bigint}]}}},
        ]});
        let array = Type::Array(Box::new(Type::Bigint));
        assert_eq!(
            of(row),
            Ok(Type::Row(vec![("a".to_owned(), Type::Bigint), ("field1".to_owned(), array)]))
        );
    }

    #[test]
    fn digits_of_a_second_choose_the_unit_and_what_no_unit_holds_is_text() {
        let time = |kind: &str, digits: u64| {
            of(json!({"rawType": kind, "arguments": [{"kind": "LONG", "value": digits}]})).unwrap()
        };
        assert_eq!(time("timestamp", 0), Type::Timestamp(TimeUnit::Second));
        assert_eq!(time("timestamp", 3), Type::Timestamp(TimeUnit::Millisecond));
        assert_eq!(time("time", 6), Type::Time(TimeUnit::Microsecond));
        assert_eq!(time("timestamp with time zone", 9), Type::Instant(TimeUnit::Nanosecond));
        assert_eq!(time("timestamp", 12), Type::Text);
        assert_eq!(time("time with time zone", 3), Type::Text);
    }

    #[test]
    fn an_impossible_type_is_an_error() {
        assert!(of(json!({"rawType": "array", "arguments": []})).is_err());
        let scale = json!([{"kind": "LONG", "value": 3}, {"kind": "LONG", "value": 9}]);
        assert!(of(json!({"rawType": "decimal", "arguments": scale})).unwrap_err().contains("decimal"));
    }
}
