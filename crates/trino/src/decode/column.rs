//! The values of one column, as they come.

use std::sync::Arc;

use arrow::array::types::{
    Date32Type, DurationMillisecondType, Int8Type, Int16Type, Int32Type, Int64Type, IntervalYearMonthType,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BinaryBuilder, BooleanBuilder, Decimal128Array, Float32Array, Float64Array,
    ListArray, MapArray, NullArray, NullBufferBuilder, PrimitiveArray, StringBuilder, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{Field, TimeUnit};
use arrow::error::ArrowError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Zone, text};
use crate::types::{Type, entry_fields, item_field, row_fields};

/// A value that its type does not have.
#[derive(Debug)]
pub(crate) struct Unfit;

/// Collects the values of a type.
#[derive(Debug)]
pub(crate) struct Builder {
    kind: Type,
    values: Values,
    nulls: NullBufferBuilder,
}

#[derive(Debug)]
enum Values {
    Unknown(usize),
    Booleans(BooleanBuilder),
    /// Whole numbers, and every kind of time as the number that Arrow stores.
    Whole(Vec<i64>),
    Doubles(Vec<f64>),
    Decimals(Vec<i128>),
    Texts(StringBuilder),
    Bytes(BinaryBuilder),
    List {
        ends: Vec<i32>,
        items: Box<Builder>,
    },
    Map {
        ends: Vec<i32>,
        keys: Box<Builder>,
        values: Box<Builder>,
    },
    Row(Vec<Builder>),
}

impl Builder {
    pub(crate) fn new(kind: &Type, capacity: usize) -> Self {
        let inner = |kind: &Type| Box::new(Builder::new(kind, capacity));
        let values = match kind {
            Type::Unknown => Values::Unknown(0),
            Type::Boolean => Values::Booleans(BooleanBuilder::with_capacity(capacity)),
            Type::Real | Type::Double => Values::Doubles(Vec::with_capacity(capacity)),
            Type::Decimal(..) => Values::Decimals(Vec::with_capacity(capacity)),
            Type::Text => Values::Texts(StringBuilder::new()),
            Type::Binary => Values::Bytes(BinaryBuilder::new()),
            Type::Array(item) => Values::List { ends: vec![0], items: inner(item) },
            Type::Map(key, value) => Values::Map { ends: vec![0], keys: inner(key), values: inner(value) },
            Type::Row(fields) => {
                Values::Row(fields.iter().map(|(_, kind)| Builder::new(kind, capacity)).collect())
            }
            _ => Values::Whole(Vec::with_capacity(capacity)),
        };
        Self { kind: kind.clone(), values, nulls: NullBufferBuilder::new(capacity) }
    }

    pub(crate) fn append(&mut self, value: &Value, zone: &mut Zone) -> Result<(), Unfit> {
        if value.is_null() {
            self.append_null();
            return Ok(());
        }
        match (&mut self.values, value) {
            (Values::Unknown(_), _) => return Err(Unfit),
            (Values::Booleans(values), Value::Bool(value)) => values.append_value(*value),
            (Values::Whole(values), Value::Number(number)) => {
                values.push(whole(&self.kind, number.as_i64())?);
            }
            (Values::Doubles(values), Value::Number(number)) => values.push(number.as_f64().ok_or(Unfit)?),
            (Values::Texts(values), Value::String(text)) => values.append_value(text),
            // Types that are not known here, whose values are not text.
            (Values::Texts(values), other) => values.append_value(other.to_string()),
            (Values::List { ends, items }, Value::Array(list)) => {
                for item in list {
                    items.append(item, zone)?;
                }
                ends.push(end(ends, list.len())?);
            }
            (Values::Map { ends, keys, values }, Value::Object(map)) => {
                for (key, value) in map {
                    keys.append_text(key, zone)?;
                    values.append(value, zone)?;
                }
                ends.push(end(ends, map.len())?);
            }
            (Values::Row(fields), Value::Array(list)) if list.len() == fields.len() => {
                for (field, value) in fields.iter_mut().zip(list) {
                    field.append(value, zone)?;
                }
            }
            (_, Value::String(text)) => return self.append_text(text, zone),
            _ => return Err(Unfit),
        }
        self.nulls.append_non_null();
        Ok(())
    }

    /// A value that is written as text, as the keys of maps all are.
    fn append_text(&mut self, value: &str, zone: &mut Zone) -> Result<(), Unfit> {
        match &mut self.values {
            Values::Booleans(values) => values.append_value(value.parse().map_err(|_| Unfit)?),
            Values::Whole(values) => values.push(time(&self.kind, value, zone).ok_or(Unfit)?),
            Values::Doubles(values) => values.push(value.parse().map_err(|_| Unfit)?),
            Values::Decimals(values) => {
                let Type::Decimal(precision, scale) = self.kind else { return Err(Unfit) };
                values.push(text::decimal(value, precision, scale).ok_or(Unfit)?);
            }
            Values::Texts(values) => values.append_value(value),
            Values::Bytes(values) => values.append_value(STANDARD.decode(value).map_err(|_| Unfit)?),
            // Keys of maps that are arrays or rows come as text of a form that nobody documents.
            Values::Unknown(_) | Values::List { .. } | Values::Map { .. } | Values::Row(_) => {
                return Err(Unfit);
            }
        }
        self.nulls.append_non_null();
        Ok(())
    }

    /// A value that is written as text, or NULL.
    pub(crate) fn append_option(&mut self, value: Option<&str>, zone: &mut Zone) -> Result<(), Unfit> {
        match value {
            Some(value) => self.append_text(value, zone),
            None => {
                self.append_null();
                Ok(())
            }
        }
    }

    fn append_null(&mut self) {
        match &mut self.values {
            Values::Unknown(count) => *count += 1,
            Values::Booleans(values) => values.append_null(),
            Values::Whole(values) => values.push(0),
            Values::Doubles(values) => values.push(0.0),
            Values::Decimals(values) => values.push(0),
            Values::Texts(values) => values.append_null(),
            Values::Bytes(values) => values.append_null(),
            Values::List { ends, .. } | Values::Map { ends, .. } => {
                ends.push(*ends.last().unwrap_or(&0));
            }
            Values::Row(fields) => fields.iter_mut().for_each(Builder::append_null),
        }
        self.nulls.append_null();
    }

    pub(crate) fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let nulls = self.nulls.finish();
        Ok(match (self.values, &self.kind) {
            (Values::Unknown(count), _) => Arc::new(NullArray::new(count)),
            (Values::Booleans(mut values), _) => Arc::new(values.finish()),
            (Values::Whole(values), kind) => whole_array(kind, values, nulls)?,
            (Values::Doubles(values), Type::Real) => {
                // Trino wrote the shortest text of a real, so that nothing is lost on the way back.
                let values = values.into_iter().map(|value| value as f32).collect::<Vec<_>>();
                Arc::new(Float32Array::try_new(values.into(), nulls)?)
            }
            (Values::Doubles(values), _) => Arc::new(Float64Array::try_new(values.into(), nulls)?),
            (Values::Decimals(values), Type::Decimal(precision, scale)) => Arc::new(
                Decimal128Array::try_new(values.into(), nulls)?
                    .with_precision_and_scale(*precision, *scale)?,
            ),
            (Values::Texts(mut values), _) => Arc::new(values.finish()),
            (Values::Bytes(mut values), _) => Arc::new(values.finish()),
            (Values::List { ends, items }, Type::Array(item)) => {
                Arc::new(ListArray::try_new(item_field(item), offsets(ends), items.finish()?, nulls)?)
            }
            (Values::Map { ends, keys, values }, Type::Map(key, value)) => {
                let fields = entry_fields(key, value);
                let entries =
                    StructArray::try_new(fields.clone(), vec![keys.finish()?, values.finish()?], None)?;
                let field = Field::new("entries", arrow::datatypes::DataType::Struct(fields), false);
                Arc::new(MapArray::try_new(Arc::new(field), offsets(ends), entries, nulls, false)?)
            }
            (Values::Row(columns), Type::Row(fields)) => {
                let length = columns.first().map_or(0, |column| column.nulls.len());
                let columns = columns.into_iter().map(Builder::finish).collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new_with_length(row_fields(fields), columns, nulls, length)?)
            }
            (values, kind) => unreachable!("{values:?} were made for {kind:?}"),
        })
    }
}

/// Offsets of the lists, which only grow.
fn offsets(ends: Vec<i32>) -> OffsetBuffer<i32> {
    OffsetBuffer::new(ScalarBuffer::from(ends))
}

fn end(ends: &[i32], more: usize) -> Result<i32, Unfit> {
    let last = ends.last().copied().unwrap_or(0);
    i32::try_from(more).ok().and_then(|more| last.checked_add(more)).ok_or(Unfit)
}

/// A whole number within its type.
fn whole(kind: &Type, value: Option<i64>) -> Result<i64, Unfit> {
    let value = value.ok_or(Unfit)?;
    let fits = match kind {
        Type::Tinyint => i8::try_from(value).is_ok(),
        Type::Smallint => i16::try_from(value).is_ok(),
        Type::Integer => i32::try_from(value).is_ok(),
        Type::Bigint => true,
        _ => false,
    };
    fits.then_some(value).ok_or(Unfit)
}

/// The number that Arrow stores for a text of the type.
fn time(kind: &Type, value: &str, zone: &mut Zone) -> Option<i64> {
    match kind {
        Type::Date => text::date(value),
        Type::Time(unit) => text::time(value, *unit),
        Type::Timestamp(unit) => text::timestamp(value, *unit),
        Type::Instant(unit) => {
            let (at, name) = text::instant(value, *unit)?;
            zone.saw(name);
            Some(at)
        }
        Type::DayInterval => text::day_interval(value),
        Type::MonthInterval => text::month_interval(value),
        _ => whole(kind, value.parse().ok()).ok(),
    }
}

fn whole_array(kind: &Type, values: Vec<i64>, nulls: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
    // Every value was checked against its type when it came.
    fn wide<T: ArrowPrimitiveType<Native = i64>>(
        values: Vec<i64>,
        nulls: Option<NullBuffer>,
    ) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(PrimitiveArray::<T>::try_new(values.into(), nulls)?))
    }
    fn narrow<T: ArrowPrimitiveType<Native = i32>>(
        values: Vec<i64>,
        nulls: Option<NullBuffer>,
    ) -> Result<ArrayRef, ArrowError> {
        let values = values.into_iter().map(|value| value as i32).collect::<Vec<_>>();
        Ok(Arc::new(PrimitiveArray::<T>::try_new(values.into(), nulls)?))
    }
    match kind {
        Type::Tinyint => {
            let values = values.into_iter().map(|value| value as i8).collect::<Vec<_>>();
            Ok(Arc::new(PrimitiveArray::<Int8Type>::try_new(values.into(), nulls)?))
        }
        Type::Smallint => {
            let values = values.into_iter().map(|value| value as i16).collect::<Vec<_>>();
            Ok(Arc::new(PrimitiveArray::<Int16Type>::try_new(values.into(), nulls)?))
        }
        Type::Integer => narrow::<Int32Type>(values, nulls),
        Type::Date => narrow::<Date32Type>(values, nulls),
        Type::MonthInterval => narrow::<IntervalYearMonthType>(values, nulls),
        Type::DayInterval => wide::<DurationMillisecondType>(values, nulls),
        Type::Time(TimeUnit::Second) => narrow::<Time32SecondType>(values, nulls),
        Type::Time(TimeUnit::Millisecond) => narrow::<Time32MillisecondType>(values, nulls),
        Type::Time(TimeUnit::Microsecond) => wide::<Time64MicrosecondType>(values, nulls),
        Type::Time(TimeUnit::Nanosecond) => wide::<Time64NanosecondType>(values, nulls),
        Type::Timestamp(unit) => match unit {
            TimeUnit::Second => wide::<TimestampSecondType>(values, nulls),
            TimeUnit::Millisecond => wide::<TimestampMillisecondType>(values, nulls),
            TimeUnit::Microsecond => wide::<TimestampMicrosecondType>(values, nulls),
            TimeUnit::Nanosecond => wide::<TimestampNanosecondType>(values, nulls),
        },
        Type::Instant(unit) => {
            let zone = Some("UTC");
            macro_rules! utc {
                ($type:ty) => {{
                    let array = PrimitiveArray::<$type>::try_new(values.into(), nulls)?;
                    Ok(Arc::new(array.with_timezone_opt(zone)))
                }};
            }
            match unit {
                TimeUnit::Second => utc!(TimestampSecondType),
                TimeUnit::Millisecond => utc!(TimestampMillisecondType),
                TimeUnit::Microsecond => utc!(TimestampMicrosecondType),
                TimeUnit::Nanosecond => utc!(TimestampNanosecondType),
            }
        }
        _ => wide::<Int64Type>(values, nulls),
    }
}
