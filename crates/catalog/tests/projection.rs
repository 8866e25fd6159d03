//! Partition projection against brute force.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::date, tz::TimeZone};
use proptest::prelude::*;
use sluice_catalog::{
    Catalog, Partition, Projection, Table,
    projection::{Constraints, Everything, PartitionFilter, PartitionPath, ProjectionError, Scan, values_of},
    window::Window,
};

const BASE: &str = "s3://logs/p";

fn table(name: &str) -> Table {
    Catalog::builtin().get(name).unwrap().clone()
}

/// A table with these partitions, written as TOML.
fn custom(location: &str, partitions: &str) -> Table {
    let text = format!(
        "name = 't'\ntitle = 'T'\nlocation = '{location}'\npartitions = [{partitions}]\n\
         columns = [{{ name = 'ts', type = 'string' }}]\nformat.kind = 'json'\n\
         time = {{ column = 'ts', kind = 'iso8601' }}"
    );
    Table::parse(&text, "t.toml").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(from: &str, to: &str) -> Window {
    Window::new(at(from), at(to)).unwrap()
}

fn locations(scan: Scan<'_>) -> Vec<String> {
    scan.paths(Everything).unwrap().map(|path| path.location).collect()
}

/// The hours that a window touches, by walking through it.
fn hours(from: Timestamp, to: Timestamp, zone: &TimeZone) -> Vec<String> {
    let mut hour = Timestamp::from_second(from.as_second().div_euclid(3600) * 3600).unwrap();
    let mut found = Vec::new();
    while hour < to {
        found.push(zone.to_datetime(hour).strftime("year=%Y/month=%m/day=%d/hour=%H/").to_string());
        hour = hour.checked_add(1.hour()).unwrap();
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_window_gives_exactly_the_hours_it_touches(
        start in 1_577_836_800i64..2_000_000_000, nanos in 0i32..1_000_000_000, millis in 1i64..400_000_000,
    ) {
        let table = table("app_logs");
        let from = Timestamp::new(start, nanos).unwrap();
        let to = from + SignedDuration::from_millis(millis);
        let found = locations(Scan::new(&table, BASE).window(Window::new(from, to).unwrap()));
        let wanted: Vec<String> =
            hours(from, to, &TimeZone::UTC).iter().map(|hour| format!("{BASE}/{hour}")).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn a_window_reaches_every_hour_of_its_zone(
        start in 1_577_836_800i64..2_000_000_000, minutes in 1i64..6_000,
        zone in prop_oneof![
            Just("Asia/Tokyo"), Just("America/New_York"), Just("Asia/Kathmandu"), Just("Australia/Lord_Howe"),
        ],
    ) {
        let (table, zone) = (table("app_logs"), TimeZone::get(zone).unwrap());
        let from = Timestamp::from_second(start).unwrap();
        let to = from + SignedDuration::from_mins(minutes);
        let window = Window::new(from, to).unwrap().in_zone(zone.clone());
        let found = locations(Scan::new(&table, BASE).window(window));
        for minute in 0..minutes {
            let time = from + SignedDuration::from_mins(minute);
            let wanted = zone.to_datetime(time).strftime("year=%Y/month=%m/day=%d/hour=%H/").to_string();
            prop_assert!(found.contains(&format!("{BASE}/{wanted}")), "{} {}", time, wanted);
        }
        // When clocks go forward an hour is named that never was.
        prop_assert!(found.len() as i64 <= minutes / 60 + 4);
    }
}

proptest! {
    // Each case throws away three years of hours.
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn filters_find_what_brute_force_finds(
        years in proptest::sample::subsequence(vec!["2023", "2024", "2025", "2036"], 0..4),
        month in 1u8..13, months in 0u8..3, hours in proptest::sample::subsequence(vec!["00", "07", "23", "24"], 0..4),
        window in proptest::option::of((1_704_067_200i64..1_709_500_000, 1i64..10_000_000)),
    ) {
        let table = table("app_logs");
        let (low, high) = (format!("{month:02}"), format!("{:02}", month + months));
        let constraints = Constraints::new()
            .one_of("year", years)
            .between("month", Some(&low), Some(&high))
            .one_of("hour", hours);
        let window = window.map(|(from, seconds)| {
            Window::new(Timestamp::from_second(from).unwrap(), Timestamp::from_second(from + seconds).unwrap())
                .unwrap()
        });
        let scan = || match &window {
            Some(window) => Scan::new(&table, BASE).window(window.clone()),
            None => Scan::new(&table, BASE),
        };
        // All of two years and then some, thrown away one by one.
        let all = Scan::new(&table, BASE).paths(|column: &str, value: &str, _: &[String]| {
            column != "year" || ["2023", "2024", "2025"].contains(&value)
        });
        let in_window = |path: &PartitionPath| window.as_ref().is_none_or(|window| {
            let number = |at: usize| path.values[at].parse::<i16>().unwrap();
            let hour = date(number(0), number(1) as i8, number(2) as i8).at(number(3) as i8, 0, 0, 0);
            let start = hour.to_zoned(TimeZone::UTC).unwrap().timestamp();
            start < window.to() && start + SignedDuration::from_hours(1) > window.from()
        });
        let allowed = |path: &PartitionPath| ["year", "month", "day", "hour"].iter().enumerate().all(|(at, column)| {
            constraints.allows(column, &path.values[at], &path.values[..at])
        });
        let wanted: Vec<PartitionPath> = all.unwrap().filter(|p| allowed(p) && in_window(p)).collect();
        let found: Vec<PartitionPath> = scan().paths(constraints.clone()).unwrap().collect();
        prop_assert_eq!(found, wanted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_path_reads_back_as_its_values(
        name in proptest::sample::select(Catalog::builtin().tables.into_keys().collect::<Vec<_>>()),
        start in 1_577_836_800i64..2_000_000_000,
    ) {
        let table = table(&name);
        let from = Timestamp::from_second(start).unwrap();
        let window = Window::new(from, from + SignedDuration::from_hours(30)).unwrap();
        for path in Scan::new(&table, BASE).window(window).paths(Everything).unwrap() {
            let object = format!("{}sub/object.gz", path.location);
            prop_assert_eq!(values_of(&table, BASE, &object), Some((path.values, "sub/object.gz")));
        }
    }
}

#[test]
fn sixteen_years_cost_nothing_until_they_are_asked_for() {
    let table = table("app_logs");
    let asked = std::cell::Cell::new(0);
    let filter = |column: &str, value: &str, _: &[String]| {
        asked.set(asked.get() + 1);
        match column {
            "year" => value == "2031",
            "month" => value == "02",
            "day" => value == "29" || value == "28",
            _ => value >= "22",
        }
    };
    let found: Vec<String> =
        Scan::new(&table, "/d").paths(filter).unwrap().map(|path| path.values.join("-")).collect();
    // 2031 is no leap year.
    assert_eq!(found, ["2031-02-28-22", "2031-02-28-23"]);
    assert!(asked.get() <= 16 + 12 + 31 + 24, "{} values were looked at", asked.get());
    let first = Scan::new(&table, "/d").paths(Everything).unwrap().next().unwrap();
    assert_eq!(first.location, "/d/year=2020/month=01/day=01/hour=00/");
    let all = Scan::new(&table, "/d").paths(Everything).unwrap().count();
    assert_eq!(all, 24 * (16 * 365 + 4));
}

#[test]
fn a_lag_looks_further_for_partitions() {
    let window = window("2026-11-24T01:30:00Z", "2026-11-24T02:00:00Z");
    let flows = table("vpc_flow_logs");
    assert_eq!(
        locations(Scan::new(&flows, BASE).window(window)),
        [1, 2].map(|hour| format!("{BASE}/year=2026/month=11/day=24/hour=0{hour}/"))
    );
    let requests = table("alb_access_logs");
    let late = Window::new(at("2026-12-31T23:00:00Z"), at("2026-12-31T23:45:00Z")).unwrap();
    assert_eq!(
        locations(Scan::new(&requests, BASE).window(late)),
        [format!("{BASE}/2026/12/31/"), format!("{BASE}/2027/01/01/")]
    );
}

#[test]
fn a_window_outside_the_range_gives_nothing() {
    let table = table("app_logs");
    let found =
        locations(Scan::new(&table, BASE).window(window("2019-12-31T00:00:00Z", "2020-01-01T00:00:00Z")));
    assert_eq!(found, Vec::<String>::new());
}

const DATES: &str = "{ name = 'region', projection = { type = 'enum', values = ['eu/west', 'eu'] } }, \
    { name = 'dt', projection = { type = 'date', range = ['2024/01/01/00', 'NOW-1HOURS'], \
      format = 'yyyy/MM/dd/HH', interval = 6, unit = 'hours' } }";

#[test]
fn dates_go_in_steps_up_to_now() {
    let table = custom("{archive}/${region}/${dt}/", DATES);
    let error = Scan::new(&table, "/d").paths(Everything).unwrap_err();
    assert_eq!(error, ProjectionError::NoTime { table: "t".into(), column: "dt".into() });
    let found = locations(Scan::new(&table, "/d").now(at("2024-01-01T13:00:00Z")));
    let wanted = ["eu/west", "eu"]
        .into_iter()
        .flat_map(|region| ["00", "06", "12"].map(|hour| format!("/d/{region}/2024/01/01/{hour}/")));
    assert_eq!(found, wanted.collect::<Vec<_>>());
    for location in &found {
        let (values, rest) = values_of(&table, "/d", location).unwrap();
        assert_eq!((format!("/d/{}/{}/", values[0], values[1]), rest), (location.clone(), ""));
    }
    let late = window("2026-11-24T07:00:00Z", "2026-11-24T12:00:00Z");
    let now = at("2030-01-01T00:00:00Z");
    let filter = Constraints::new().equal("region", "eu");
    let found: Vec<String> = Scan::new(&table, "/d")
        .window(late)
        .now(now)
        .paths(filter)
        .unwrap()
        .map(|path| path.location)
        .collect();
    assert_eq!(found, ["/d/eu/2026/11/24/06/"]);
}

#[test]
fn an_injected_column_needs_its_values() {
    let mut table = table("waf_logs");
    let projection = Projection::Injected;
    table.partitions.insert(0, Partition { name: "acl".into(), comment: String::new(), projection });
    let window = window("2026-11-24T01:00:00Z", "2026-11-24T01:05:00Z");
    let scan = || Scan::new(&table, "/d").window(window.clone());
    let error = scan().paths(Everything).unwrap_err();
    assert_eq!(error, ProjectionError::NoValue { table: "waf_logs".into(), column: "acl".into() });
    let found = scan().paths(Constraints::new().one_of("acl", ["b", "a"])).unwrap();
    let values: Vec<String> = found.map(|path| path.values.join("/")).collect();
    assert_eq!(values, ["a/2026/11/24/01", "b/2026/11/24/01"]);
}

#[test]
fn a_table_without_partitions_is_one_folder() {
    let table = custom("{archive}/", "");
    assert_eq!(locations(Scan::new(&table, "file:///d")), ["file:///d/"]);
    assert_eq!(values_of(&table, "file:///d", "file:///d/a.gz"), Some((vec![], "a.gz")));
}

#[test]
fn what_lies_elsewhere_is_no_partition() {
    let table = table("app_logs");
    for url in [
        "s3://other/year=2026/month=11/day=24/hour=05/",
        "s3://logs/p/year=2026/month=11/day=24/hour=24/",
        "s3://logs/p/year=2026/month=11/day=24/hour=5/",
        "s3://logs/p/year=2026/month=11/day=24/",
        "s3://logs/p2/year=2026/month=11/day=24/hour=05/",
    ] {
        assert_eq!(values_of(&table, BASE, url), None, "{url}");
    }
}
