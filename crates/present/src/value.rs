//! One value of an answer as text.
//!
//! Invariant: the same value is the same text in every format; only quoting and NULL differ. A [`Shape::Number`]
//! is a number of JSON as it stands.

use std::fmt::Write;

use arrow::array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, IntervalDayTimeType, IntervalMonthDayNanoType, IntervalYearMonthType,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow::array::{Array, ArrayRef, AsArray, StructArray};
use arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, IntervalUnit, TimeUnit,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::double;
use crate::error::Error;
use crate::time::{self, Zone};

/// What a value's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No text was appended.
    Null,
    /// `true` or `false`.
    Bool,
    /// A finite number.
    Number,
    /// Anything that JSON writes as a string.
    Text,
    /// JSON of an array, a map or a row.
    Json,
}

/// Appends the text of `array`'s value at `row`. Dictionaries and run-end encoded arrays are for
/// [`crate::answer::plain`] to resolve before.
pub(crate) fn append(array: &dyn Array, row: usize, out: &mut String) -> Result<Shape, Error> {
    if array.is_null(row) {
        return Ok(Shape::Null);
    }
    macro_rules! number {
        ($type:ty) => {{
            // Writing to a string never fails.
            _ = write!(out, "{}", primitive::<$type>(array, row));
            Shape::Number
        }};
    }
    Ok(match array.data_type() {
        DataType::Null => Shape::Null,
        DataType::Boolean => {
            out.push_str(if array.as_boolean().value(row) { "true" } else { "false" });
            Shape::Bool
        }
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => append_f32(primitive::<Float16Type>(array, row).to_f32(), out),
        DataType::Float32 => append_f32(primitive::<Float32Type>(array, row), out),
        DataType::Float64 => append_f64(primitive::<Float64Type>(array, row), out),
        DataType::Decimal32(..) => {
            text(&array.as_primitive::<Decimal32Type>().value_as_string(row), Shape::Number, out)
        }
        DataType::Decimal64(..) => {
            text(&array.as_primitive::<Decimal64Type>().value_as_string(row), Shape::Number, out)
        }
        DataType::Decimal128(..) => {
            text(&array.as_primitive::<Decimal128Type>().value_as_string(row), Shape::Number, out)
        }
        DataType::Decimal256(..) => {
            text(&array.as_primitive::<Decimal256Type>().value_as_string(row), Shape::Number, out)
        }
        DataType::Utf8 => text(array.as_string::<i32>().value(row), Shape::Text, out),
        DataType::LargeUtf8 => text(array.as_string::<i64>().value(row), Shape::Text, out),
        DataType::Utf8View => text(array.as_string_view().value(row), Shape::Text, out),
        DataType::Binary => hex(array.as_binary::<i32>().value(row), out),
        DataType::LargeBinary => hex(array.as_binary::<i64>().value(row), out),
        DataType::BinaryView => hex(array.as_binary_view().value(row), out),
        DataType::FixedSizeBinary(_) => hex(array.as_fixed_size_binary().value(row), out),
        DataType::List(_) => list(&array.as_list::<i32>().value(row), out)?,
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row), out)?,
        DataType::ListView(_) => list(&array.as_list_view::<i32>().value(row), out)?,
        DataType::LargeListView(_) => list(&array.as_list_view::<i64>().value(row), out)?,
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(row), out)?,
        DataType::Map(..) => map(&array.as_map().value(row), out)?,
        DataType::Struct(_) => object(array.as_struct(), row, out)?,
        other => {
            if !append_temporal(array, other, row, out) {
                let formatter = ArrayFormatter::try_new(array, &FormatOptions::default())?;
                _ = write!(out, "{}", formatter.value(row));
            }
            Shape::Text
        }
    })
}

/// Appends the value as JSON.
pub(crate) fn append_json(array: &dyn Array, row: usize, out: &mut String) -> Result<(), Error> {
    let start = out.len();
    match append(array, row, out)? {
        Shape::Null => out.push_str("null"),
        Shape::Bool | Shape::Number | Shape::Json => {}
        Shape::Text => {
            let text = out.split_off(start);
            quote(&text, out);
        }
    }
    Ok(())
}

/// Appends `text` as a string of JSON.
pub(crate) fn quote(text: &str, out: &mut String) {
    _ = write!(out, "{}", serde_json::Value::from(text));
}

fn primitive<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> T::Native {
    array.as_primitive::<T>().value(row)
}

fn text(text: &str, shape: Shape, out: &mut String) -> Shape {
    out.push_str(text);
    shape
}

fn append_f32(value: f32, out: &mut String) -> Shape {
    if !value.is_finite() {
        return append_f64(value.into(), out);
    }
    double::append(value, out);
    Shape::Number
}

fn append_f64(value: f64, out: &mut String) -> Shape {
    if !value.is_finite() {
        return text(double::name_of_special(value), Shape::Text, out);
    }
    double::append(value, out);
    Shape::Number
}

/// Trino parts the bytes by spaces.
fn hex(bytes: &[u8], out: &mut String) -> Shape {
    for (index, byte) in bytes.iter().enumerate() {
        _ = write!(out, "{}{byte:02x}", if index > 0 { " " } else { "" });
    }
    Shape::Text
}

fn list(values: &ArrayRef, out: &mut String) -> Result<Shape, Error> {
    out.push('[');
    for row in 0..values.len() {
        if row > 0 {
            out.push(',');
        }
        append_json(values, row, out)?;
    }
    out.push(']');
    Ok(Shape::Json)
}

/// Keys of JSON are text, whatever the map's are.
fn map(entries: &StructArray, out: &mut String) -> Result<Shape, Error> {
    let (keys, values) = (entries.column(0), entries.column(1));
    out.push('{');
    for row in 0..entries.len() {
        if row > 0 {
            out.push(',');
        }
        let mut key = String::new();
        append(keys, row, &mut key)?;
        quote(&key, out);
        out.push(':');
        append_json(values, row, out)?;
    }
    out.push('}');
    Ok(Shape::Json)
}

fn object(fields: &StructArray, row: usize, out: &mut String) -> Result<Shape, Error> {
    out.push('{');
    for (index, (name, values)) in fields.column_names().into_iter().zip(fields.columns()).enumerate() {
        if index > 0 {
            out.push(',');
        }
        quote(name, out);
        out.push(':');
        append_json(values, row, out)?;
    }
    out.push('}');
    Ok(Shape::Json)
}

/// Whether `kind` is a type of times, and so its text was appended.
fn append_temporal(array: &dyn Array, kind: &DataType, row: usize, out: &mut String) -> bool {
    match kind {
        DataType::Date32 => time::append_days(primitive::<Date32Type>(array, row).into(), out),
        DataType::Date64 => {
            time::append_days(primitive::<Date64Type>(array, row).div_euclid(86_400_000), out);
        }
        DataType::Time32(unit) => {
            let value = match unit {
                TimeUnit::Second => primitive::<Time32SecondType>(array, row),
                _ => primitive::<Time32MillisecondType>(array, row),
            };
            time::append_time(value.into(), *unit, out);
        }
        DataType::Time64(unit) => {
            let value = match unit {
                TimeUnit::Nanosecond => primitive::<Time64NanosecondType>(array, row),
                _ => primitive::<Time64MicrosecondType>(array, row),
            };
            time::append_time(value, *unit, out);
        }
        DataType::Timestamp(unit, zone) => {
            let value = match unit {
                TimeUnit::Second => primitive::<TimestampSecondType>(array, row),
                TimeUnit::Millisecond => primitive::<TimestampMillisecondType>(array, row),
                TimeUnit::Microsecond => primitive::<TimestampMicrosecondType>(array, row),
                TimeUnit::Nanosecond => primitive::<TimestampNanosecondType>(array, row),
            };
            time::append_timestamp(value, *unit, &Zone::of(zone.as_deref()), out);
        }
        DataType::Duration(unit) => {
            let value = match unit {
                TimeUnit::Second => primitive::<DurationSecondType>(array, row),
                TimeUnit::Millisecond => primitive::<DurationMillisecondType>(array, row),
                TimeUnit::Microsecond => primitive::<DurationMicrosecondType>(array, row),
                TimeUnit::Nanosecond => primitive::<DurationNanosecondType>(array, row),
            };
            time::append_day_interval(time::nanoseconds(value, *unit), out);
        }
        DataType::Interval(unit) => append_interval(array, *unit, row, out),
        _ => return false,
    }
    true
}

fn append_interval(array: &dyn Array, unit: IntervalUnit, row: usize, out: &mut String) {
    const DAY: i128 = 86_400_000_000_000;
    let (months, nanos) = match unit {
        IntervalUnit::YearMonth => (primitive::<IntervalYearMonthType>(array, row), 0),
        IntervalUnit::DayTime => {
            let value = primitive::<IntervalDayTimeType>(array, row);
            (0, i128::from(value.days) * DAY + i128::from(value.milliseconds) * 1_000_000)
        }
        IntervalUnit::MonthDayNano => {
            let value = primitive::<IntervalMonthDayNanoType>(array, row);
            (value.months, i128::from(value.days) * DAY + i128::from(value.nanoseconds))
        }
    };
    if months != 0 || unit == IntervalUnit::YearMonth {
        time::append_month_interval(months, out);
        if nanos != 0 {
            out.push(' ');
        }
    }
    if nanos != 0 || (months == 0 && unit != IntervalUnit::YearMonth) {
        time::append_day_interval(nanos, out);
    }
}
