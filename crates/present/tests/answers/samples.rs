//! Answers that the tests write.

use std::sync::Arc;

use arrow::array::builder::{Int64Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow::array::types::Int32Type;
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    DurationMillisecondArray, Float32Array, Float64Array, Int64Array, NullArray, RecordBatch, StringArray,
    StructArray, Time64MicrosecondArray, TimestampMicrosecondArray, TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field, Schema};
use sluice_present::{Answer, ChartSpec, Error, Format, Style, write};

/// 2026-11-24 01:02:03.123 UTC.
pub(crate) const AT: i64 = 1_795_482_123_123;

pub(crate) fn answer(columns: Vec<(&str, ArrayRef)>) -> Answer {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Answer {
        schema: Arc::clone(&schema),
        batches: vec![RecordBatch::try_new(schema, arrays).expect("a sample")],
    }
}

pub(crate) fn text<const N: usize>(values: [Option<&str>; N]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

pub(crate) fn integers(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

pub(crate) fn doubles(values: &[Option<f64>]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// Times in seconds, of UTC.
pub(crate) fn times(values: &[Option<i64>]) -> ArrayRef {
    let millis: Vec<_> = values.iter().map(|value| value.map(|value| value * 1000)).collect();
    Arc::new(TimestampMillisecondArray::from(millis).with_timezone("UTC"))
}

/// A column of each type, of which the last row is NULL.
pub(crate) fn every_type() -> Answer {
    let mut list = ListBuilder::new(StringBuilder::new());
    list.append_value([Some("a"), Some("\"b\""), None]);
    list.append_value([None::<&str>; 0]);
    list.append_null();
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    map.keys().append_value("k");
    map.values().append_value(1);
    map.append(true).expect("a sample");
    map.append(true).expect("a sample");
    map.append(false).expect("a sample");
    let row = StructArray::try_new(
        vec![Field::new("id", DataType::Int64, true), Field::new("name", DataType::Utf8, true)].into(),
        vec![integers(&[Some(7), None, None]), text([Some("Ü"), Some("z"), None])],
        Some(vec![true, true, false].into()),
    );
    let dictionary: DictionaryArray<Int32Type> = vec![Some("hot"), Some("cold"), None].into_iter().collect();
    answer(vec![
        ("varchar", text([Some("plain"), Some(""), None])),
        ("bigint", integers(&[Some(i64::MAX), Some(-1), None])),
        ("double", doubles(&[Some(12.5), Some(1e21), None])),
        ("special", doubles(&[Some(f64::NAN), Some(f64::NEG_INFINITY), None])),
        ("real", Arc::new(Float32Array::from(vec![Some(0.1), Some(1.0), None]))),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from(vec![Some(12_345), Some(-5), None])
                    .with_precision_and_scale(38, 2)
                    .expect("a sample"),
            ),
        ),
        ("boolean", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("date", Arc::new(Date32Array::from(vec![Some(20_781), Some(-1), None]))),
        ("time", Arc::new(Time64MicrosecondArray::from(vec![Some(3_723_000_004), Some(0), None]))),
        ("timestamp", Arc::new(TimestampMillisecondArray::from(vec![Some(AT), Some(0), None]))),
        (
            "zoned",
            Arc::new(TimestampMillisecondArray::from(vec![Some(AT), Some(0), None]).with_timezone("+00:00")),
        ),
        (
            "tokyo",
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(AT * 1000), Some(0), None])
                    .with_timezone("Asia/Tokyo"),
            ),
        ),
        ("interval", Arc::new(DurationMillisecondArray::from(vec![Some(93_784_567), Some(-1), None]))),
        ("varbinary", Arc::new(BinaryArray::from(vec![Some(b"\x00\xffA".as_slice()), Some(b""), None]))),
        ("array", Arc::new(list.finish())),
        ("map", Arc::new(map.finish())),
        ("row", Arc::new(row.expect("a sample"))),
        ("dictionary", Arc::new(dictionary)),
        ("unknown", Arc::new(NullArray::new(3))),
    ])
}

/// Log records as strangers write them.
pub(crate) fn logs() -> Answer {
    answer(vec![
        (
            "ts",
            times(&[Some(AT / 1000), Some(AT / 1000 + 1), Some(AT / 1000 + 2), None, Some(AT / 1000 + 4)]),
        ),
        ("level", text([Some("error"), Some("warn"), Some("fatal"), Some("debug"), Some("info")])),
        (
            "message",
            text([
                Some("order 71 failed\n\tat shop.Order.pay(Order.java:71)\n\tat shop.Main.main(Main.java:3)"),
                Some("日本語のログは半角の二倍の幅があるので切り詰めるときに注意が必要です 🎉👩‍💻🎉👩‍💻 end"),
                Some("\x1b[31mred\x1b[0m \u{202e}desrever \x07 | pipe `code` *bold* a_b _c_ <b>&amp;</b>"),
                None,
                Some("she said \"hi\", twice"),
            ]),
        ),
        ("ms", doubles(&[Some(12.5), Some(1.0), None, Some(0.25), Some(1e9)])),
        ("n", integers(&[Some(1), Some(20), Some(300), None, Some(-5)])),
    ])
}

/// Counts by level.
pub(crate) fn by_level() -> Answer {
    answer(vec![
        ("level", text([Some("info"), Some("warn"), Some("error"), Some("fatal"), None])),
        ("records", integers(&[Some(84_211), Some(1_204), Some(318), Some(1), None])),
    ])
}

/// Counts by minute and level; four minutes are missing, one is NULL.
pub(crate) fn by_minute() -> Answer {
    let (mut at, mut level, mut count) = (Vec::new(), Vec::new(), Vec::new());
    let start = AT / 1000 - 123;
    for minute in (0..60).filter(|minute| !(20..24).contains(minute)) {
        let wave = (minute as f64 / 6.0).sin();
        at.extend([Some(start + minute * 60); 2]);
        level.extend(["error", "warn"]);
        count.push((minute != 40).then_some((20.0 + 15.0 * wave).round() as i64));
        count.push(Some((60.0 - 30.0 * wave).round() as i64));
    }
    answer(vec![
        ("minute", times(&at)),
        ("level", Arc::new(StringArray::from(level))),
        ("records", integers(&count)),
    ])
}

/// Durations of requests.
pub(crate) fn durations() -> Answer {
    let values: Vec<Option<f64>> =
        (0..400).map(|i| (i % 50 != 7).then_some(f64::from(i * i % 397) / 3.0 + f64::from(i % 7))).collect();
    answer(vec![("ms", doubles(&values))])
}

pub(crate) fn written(answer: &Answer, format: Format, style: &Style) -> String {
    String::from_utf8(try_write(answer, format, style, None).expect("a sample")).expect("a sample")
}

pub(crate) fn drawn(answer: &Answer, chart: Option<&ChartSpec>, style: &Style) -> Result<String, Error> {
    try_write(answer, Format::Chart, style, chart).map(|bytes| String::from_utf8(bytes).expect("a sample"))
}

pub(crate) fn try_write(
    answer: &Answer,
    format: Format,
    style: &Style,
    chart: Option<&ChartSpec>,
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    write(answer, format, style, chart, &mut out)?;
    Ok(out)
}
