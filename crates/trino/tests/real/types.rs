//! A value of every type.

use arrow::datatypes::{DataType, IntervalUnit, TimeUnit};
use serde_json::json;

use crate::Rig;

pub(super) fn every_type_is_read(rig: &Rig) {
    let milliseconds = |zone: &str| DataType::Timestamp(TimeUnit::Millisecond, Some(zone.into()));
    let cases: Vec<(&str, Option<DataType>, serde_json::Value)> = vec![
        ("true", Some(DataType::Boolean), json!(true)),
        ("TINYINT '-128'", Some(DataType::Int8), json!(-128)),
        ("SMALLINT '32767'", Some(DataType::Int16), json!(32767)),
        ("-2147483648", Some(DataType::Int32), json!(i32::MIN)),
        ("9223372036854775807", Some(DataType::Int64), json!(i64::MAX)),
        ("REAL '0.1'", Some(DataType::Float32), json!(0.1)),
        ("DOUBLE '0.1'", Some(DataType::Float64), json!(0.1)),
        ("nan()", Some(DataType::Float64), json!("NaN")),
        ("-infinity()", Some(DataType::Float64), json!("-Infinity")),
        ("DECIMAL '-12.30'", Some(DataType::Decimal128(4, 2)), json!(-12.30)),
        ("CAST('é' AS varchar(3))", Some(DataType::Utf8), json!("é")),
        ("CAST('ab' AS char(3))", Some(DataType::Utf8), json!("ab ")),
        ("X'00ff'", Some(DataType::Binary), json!("00 ff")),
        ("DATE '2026-11-24'", Some(DataType::Date32), json!("2026-11-24")),
        ("TIME '01:02:03'", Some(DataType::Time32(TimeUnit::Second)), json!("01:02:03")),
        ("TIME '01:02:03.123456'", Some(DataType::Time64(TimeUnit::Microsecond)), json!("01:02:03.123456")),
        ("TIME '01:02:03.123 +09:00'", Some(DataType::Utf8), json!("01:02:03.123+09:00")),
        (
            "TIMESTAMP '2026-11-24 01:02:03.123'",
            Some(DataType::Timestamp(TimeUnit::Millisecond, None)),
            json!("2026-11-24 01:02:03.123"),
        ),
        (
            "TIMESTAMP '2026-11-24 01:02:03.123456789'",
            Some(DataType::Timestamp(TimeUnit::Nanosecond, None)),
            json!("2026-11-24 01:02:03.123456789"),
        ),
        (
            "TIMESTAMP '2026-11-24 01:02:03.123456789012'",
            Some(DataType::Utf8),
            json!("2026-11-24 01:02:03.123456789012"),
        ),
        (
            "TIMESTAMP '2026-11-24 01:02:03.000 UTC'",
            Some(milliseconds("UTC")),
            json!("2026-11-24 01:02:03.000 UTC"),
        ),
        (
            "TIMESTAMP '2026-11-24 01:02:03.000 Asia/Tokyo'",
            Some(milliseconds("Asia/Tokyo")),
            json!("2026-11-24 01:02:03.000 Asia/Tokyo"),
        ),
        (
            "TIMESTAMP '2026-11-24 01:02:03.000 -03:30'",
            Some(milliseconds("-03:30")),
            json!("2026-11-24 01:02:03.000 -03:30"),
        ),
        (
            "INTERVAL '-1 02:03:04.567' DAY TO SECOND",
            Some(DataType::Duration(TimeUnit::Millisecond)),
            json!("-1 02:03:04.567"),
        ),
        ("INTERVAL '1-2' YEAR TO MONTH", Some(DataType::Interval(IntervalUnit::YearMonth)), json!("1-2")),
        ("ARRAY[1, NULL, 3]", None, json!([1, null, 3])),
        ("MAP(ARRAY[1, 2], ARRAY['a', NULL])", None, json!({"1": "a", "2": null})),
        ("MAP(ARRAY[DATE '2026-11-24'], ARRAY[true])", None, json!({"2026-11-24": true})),
        (
            "CAST(ROW(1, ARRAY[ROW('x')]) AS ROW(a integer, b array(row(c varchar))))",
            None,
            json!({"a": 1, "b": [{"c": "x"}]}),
        ),
        ("ROW(1, 'x')", None, json!({"field0": 1, "field1": "x"})),
        ("JSON '{\"a\": [1, 2]}'", Some(DataType::Utf8), json!("{\"a\":[1,2]}")),
        (
            "UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'",
            Some(DataType::Utf8),
            json!("12151fd2-7586-11e9-8f9e-2a86e4085a59"),
        ),
        ("IPADDRESS '2001:db8::1'", Some(DataType::Utf8), json!("2001:db8::1")),
        ("NULL", Some(DataType::Null), json!(null)),
    ];
    let list: Vec<String> =
        cases.iter().enumerate().map(|(i, (sql, _, _))| format!("{sql} AS c{i}")).collect();
    let sql = format!("SELECT {}", list.join(", "));
    let row = rig.rows(&sql).remove(0);
    let schema = rig.ask(&sql).answer.schema;
    for (index, (sql, kind, value)) in cases.iter().enumerate() {
        assert_eq!(&row[format!("c{index}")], value, "{sql}");
        if let Some(kind) = kind {
            assert_eq!(schema.field(index).data_type(), kind, "{sql}");
        }
    }
    let zones = "SELECT t FROM (VALUES TIMESTAMP '2026-11-24 10:00:00 Asia/Tokyo', TIMESTAMP '2026-11-24 01:00:00 UTC', NULL) AS x(t)";
    let utc = json!({"t": "2026-11-24 01:00:00 UTC"});
    assert_eq!(rig.rows(zones), [utc.clone(), utc, json!({"t": null})]);
    let none = rig.ask("SELECT 1 AS a WHERE false").answer;
    assert_eq!((none.rows(), none.columns()), (0, 1));
}
