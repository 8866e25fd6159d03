//! For any window and record: the predicate holds exactly inside, and the partition predicate never drops a record.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::prelude::*;
use sluice_catalog::{Table, TimeKind, window::Window};

use super::{
    evaluate::{Row, Value, holds},
    table,
};

/// The tables, and Parquet once more by its timestamp.
fn tables() -> Vec<Table> {
    let mut by_timestamp = table("app_logs_parquet");
    let time = by_timestamp.time.as_mut().unwrap();
    (time.column, time.kind) = ("event_time".into(), TimeKind::Timestamp);
    let mut all: Vec<Table> = sluice_catalog::Catalog::builtin().tables.into_values().collect();
    all.push(by_timestamp);
    all
}

/// A row with its time, cut to what the column holds, filed as late as is allowed; and that time.
fn row(table: &Table, time: Timestamp, late: f64, zone: &TimeZone) -> (Row, Timestamp) {
    let column = table.time.as_ref().unwrap();
    let unit = match column.kind {
        TimeKind::EpochSeconds => 1_000_000_000,
        TimeKind::Iso8601 { digits } => 10i128.pow(9 - u32::from(digits)),
        TimeKind::EpochMillis | TimeKind::Timestamp => 1_000_000,
    };
    let time = Timestamp::from_nanosecond(time.as_nanosecond().div_euclid(unit) * unit).unwrap();
    let utc = TimeZone::UTC.to_datetime(time);
    let value = match column.kind {
        TimeKind::EpochSeconds => Value::Number(time.as_second()),
        TimeKind::EpochMillis => Value::Number(time.as_millisecond()),
        TimeKind::Iso8601 { digits: 6 } => Value::Text(utc.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()),
        TimeKind::Iso8601 { .. } => Value::Text(utc.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()),
        TimeKind::Timestamp => Value::Timestamp(utc.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string()),
    };
    let name = match column.column.as_str() {
        quoted @ ("time" | "start" | "timestamp") => format!("\"{quoted}\""),
        plain => plain.to_owned(),
    };
    let filed =
        zone.to_datetime(time + SignedDuration::from_secs_f64(column.lag.as_secs_f64() * late * 0.999));
    let mut row = Row::from([(name, value)]);
    for (part, format) in [("year", "%Y"), ("month", "%m"), ("day", "%d"), ("hour", "%H")] {
        row.insert(part.into(), Value::Text(filed.strftime(format).to_string()));
    }
    (row, time)
}

/// Times near each other and near the ends of hours, days, months and years.
fn times() -> impl Strategy<Value = Timestamp> {
    let edges = prop_oneof![
        Just("2026-11-24T00:00:00Z"),
        Just("2026-12-01T00:00:00Z"),
        Just("2027-01-01T00:00:00Z"),
        Just("2024-02-29T23:00:00Z"),
        Just("2024-03-01T00:00:00Z"),
        Just("2025-03-01T00:00:00Z"),
        Just("2026-03-29T01:00:00Z"),
        Just("2026-10-25T01:00:00Z"),
    ];
    let distance = prop_oneof![
        Just(0i64),
        -2i64..3,
        -2_000_000i64..2_000_000,
        -8_000_000_000_000i64..8_000_000_000_000,
        -4_000_000_000_000_000i64..4_000_000_000_000_000,
    ];
    (edges, distance, 0i64..3).prop_map(|(edge, micros, nanos)| {
        edge.parse::<Timestamp>().unwrap()
            + SignedDuration::from_nanos(nanos)
            + SignedDuration::from_micros(micros)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_predicate_holds_for_exactly_the_records_inside(
        a in times(), b in times(), elsewhere in times(), within in 0.0f64..1.0, late in 0.0f64..=1.0,
        table in proptest::sample::select(tables()),
        zone in prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("Asia/Kathmandu")],
    ) {
        prop_assume!(a != b);
        let (from, to) = (a.min(b), a.max(b));
        let zone = TimeZone::get(zone).unwrap();
        let window = Window::new(from, to).unwrap().in_zone(zone.clone());
        let all = window.predicate(&table, None);
        let time_only = window.time_predicate(&table, None).unwrap();
        let partitions_only = window.partition_predicate(&table, None).unwrap();
        let length = to.duration_since(from).as_secs_f64();
        let inside = from + SignedDuration::from_secs_f64(length * within);
        for time in [from, to, inside, elsewhere, to - SignedDuration::from_nanos(1)] {
            let (row, time) = row(&table, time, late, &zone);
            let wanted = from <= time && time < to;
            prop_assert_eq!(holds(&time_only, &row), wanted, "{} {:?}", &time_only, &row);
            prop_assert!(!wanted || holds(&partitions_only, &row), "{} {:?}", &partitions_only, &row);
            prop_assert_eq!(holds(&all, &row), wanted, "{} {:?}", &all, &row);
        }
    }

    #[test]
    fn the_partition_predicate_lets_no_hour_through_that_the_window_does_not_touch(
        a in times(), b in times(), elsewhere in times(),
    ) {
        prop_assume!(a != b);
        let (from, to) = (a.min(b), a.max(b));
        let sql = Window::new(from, to).unwrap().partition_predicate(&table("app_logs"), None).unwrap();
        let (row, _) = row(&table("app_logs"), elsewhere, 0.0, &TimeZone::UTC);
        let hour = Timestamp::from_second(elsewhere.as_second().div_euclid(3600) * 3600).unwrap();
        let touched = hour < to && hour + SignedDuration::from_hours(1) > from;
        prop_assert_eq!(holds(&sql, &row), touched, "{} {:?}", &sql, &row);
    }
}
