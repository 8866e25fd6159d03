//! Windows as SQL: examples as people would write them, and laws.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

mod evaluate;
mod laws;

use jiff::{Timestamp, tz::TimeZone};
use sluice_catalog::{
    Catalog, Table,
    window::{Window, WindowError},
};

fn table(name: &str) -> Table {
    Catalog::builtin().get(name).unwrap().clone()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(from: &str, to: &str) -> Window {
    Window::new(at(&format!("{from}Z")), at(&format!("{to}Z"))).unwrap()
}

fn partitions(name: &str, from: &str, to: &str) -> String {
    window(from, to).partition_predicate(&table(name), None).unwrap()
}

#[test]
fn short_windows_read_like_written_by_hand() {
    for (from, to, sql) in [
        (
            "2026-11-24T01:00:00",
            "2026-11-24T06:00:00",
            "year = '2026' AND month = '11' AND day = '24' AND hour BETWEEN '01' AND '05'",
        ),
        (
            "2026-11-24T01:10:00",
            "2026-11-24T01:20:00",
            "year = '2026' AND month = '11' AND day = '24' AND hour = '01'",
        ),
        ("2026-11-24T00:00:00", "2026-11-25T00:00:00", "year = '2026' AND month = '11' AND day = '24'"),
        (
            "2026-11-24T22:30:00",
            "2026-11-25T03:00:00",
            "year = '2026' AND month = '11' \
             AND ((day = '24' AND hour >= '22') OR (day = '25' AND hour <= '02'))",
        ),
        (
            "2026-11-20T00:00:00",
            "2026-11-25T12:00:00",
            "year = '2026' AND month = '11' \
             AND (day BETWEEN '20' AND '24' OR (day = '25' AND hour <= '11'))",
        ),
    ] {
        assert_eq!(partitions("app_logs", from, to), sql);
    }
}

#[test]
fn long_windows_stay_short() {
    for (from, to, sql) in [
        ("2024-02-01T00:00:00", "2024-03-01T00:00:00", "year = '2024' AND month = '02'"),
        ("2025-01-01T00:00:00", "2027-01-01T00:00:00", "year BETWEEN '2025' AND '2026'"),
        (
            "2026-12-31T23:00:00",
            "2027-01-01T02:00:00",
            "((year = '2026' AND month = '12' AND day = '31' AND hour = '23') \
             OR (year = '2027' AND month = '01' AND day = '01' AND hour <= '01'))",
        ),
        (
            "2026-10-15T06:00:00",
            "2026-12-03T00:00:00",
            "year = '2026' AND ((month = '10' AND ((day = '15' AND hour >= '06') OR day > '15')) \
             OR month = '11' OR (month = '12' AND day <= '02'))",
        ),
    ] {
        assert_eq!(partitions("app_logs", from, to), sql);
    }
    let worst = partitions("app_logs", "2020-06-15T12:00:00", "2030-06-15T12:00:00");
    assert!(worst.len() < 350, "{worst}");
}

#[test]
fn tables_by_day_use_days() {
    assert_eq!(
        partitions("alb_access_logs", "2026-11-24T01:00:00", "2026-11-24T06:00:00"),
        "year = '2026' AND month = '11' AND day = '24'"
    );
    assert_eq!(
        partitions("alb_access_logs", "2026-11-30T01:00:00", "2026-12-01T06:00:00"),
        "year = '2026' AND ((month = '11' AND day = '30') OR (month = '12' AND day = '01'))"
    );
}

#[test]
fn each_kind_of_time_is_compared_in_its_own_way() {
    let window = Window::new(at("2026-11-24T01:00:00.0000001Z"), at("2026-11-24T06:00:00Z")).unwrap();
    for (name, sql) in [
        ("app_logs", "ts >= '2026-11-24T01:00:00.001Z' AND ts < '2026-11-24T06:00:00.000Z'"),
        (
            "alb_access_logs",
            "\"time\" >= '2026-11-24T01:00:00.000001Z' AND \"time\" < '2026-11-24T06:00:00.000000Z'",
        ),
        ("vpc_flow_logs", "\"start\" >= 1795482001 AND \"start\" < 1795500000"),
        ("waf_logs", "\"timestamp\" >= 1795482000001 AND \"timestamp\" < 1795500000000"),
    ] {
        assert_eq!(window.time_predicate(&table(name), None).unwrap(), sql);
    }
    let mut parquet = table("app_logs_parquet");
    let time = parquet.time.as_mut().unwrap();
    time.column = "event_time".into();
    time.kind = sluice_catalog::TimeKind::Timestamp;
    assert_eq!(
        window.time_predicate(&parquet, Some("p")).unwrap(),
        "p.event_time >= TIMESTAMP '2026-11-24 01:00:00.001' AND p.event_time < TIMESTAMP '2026-11-24 06:00:00.000'"
    );
}

#[test]
fn an_alias_stands_before_every_column() {
    let window = window("2026-11-24T01:00:00", "2026-11-24T02:00:00");
    assert_eq!(
        window.predicate(&table("vpc_flow_logs"), Some("f")),
        "f.year = '2026' AND f.month = '11' AND f.day = '24' AND f.hour BETWEEN '01' AND '02' \
         AND f.\"start\" >= 1795482000 AND f.\"start\" < 1795485600"
    );
}

#[test]
fn folders_named_in_a_zone_are_found_by_it() {
    let window =
        window("2026-11-24T01:00:00", "2026-11-24T02:00:00").in_zone(TimeZone::get("Asia/Tokyo").unwrap());
    assert_eq!(
        window.predicate(&table("app_logs"), None),
        "year = '2026' AND month = '11' AND day = '24' AND hour = '10' \
         AND ts >= '2026-11-24T01:00:00.000Z' AND ts < '2026-11-24T02:00:00.000Z'"
    );
}

#[test]
fn a_table_without_time_and_partitions_is_not_limited() {
    let mut table = table("app_logs");
    table.partitions.clear();
    table.time = None;
    assert_eq!(window("2026-11-24T01:00:00", "2026-11-24T02:00:00").predicate(&table, None), "TRUE");
}

#[test]
fn an_empty_window_is_refused() {
    let time = at("2026-11-24T01:00:00Z");
    let error = Window::new(time, time).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the window from 2026-11-24T01:00:00Z to 2026-11-24T01:00:00Z is empty: its end must be later than its start"
    );
    let ancient = at("-000044-03-15T12:00:00Z");
    assert_eq!(Window::new(ancient, time), Err(WindowError::OutOfRange { from: ancient }));
    assert!(Window::new(at("0001-01-01T00:00:00Z"), Timestamp::MAX).is_ok());
}
