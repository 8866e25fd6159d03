use std::collections::BTreeMap;

use jiff::Timestamp;
use sluice_archive::Partition;

use crate::support::{Place, sample};

const HOUR_MS: i64 = 3_600_000;
/// 2026-11-24T01:00:00Z
const BASE_MS: i64 = 1_795_482_000_000;

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap().to_string()
}

/// `count` lines of several formats, each with a number of its own, spread over `hours`, in no order.
fn mixed(count: i64, hours: i64) -> String {
    let mut text = String::new();
    for n in 0..count {
        let at = time(BASE_MS + (n * 7919 % hours) * HOUR_MS + n % 3000);
        text += &match n % 4 {
            0 => format!("{{\"time\":\"{at}\",\"level\":\"info\",\"msg\":\"line <{n}>\"}}\n"),
            1 => format!("{{\"time\":\"{at}\",\"level\":\"error\",\"msg\":\"line <{n}>\"}}\n"),
            2 => format!("{at} WARN app: line <{n}>\n"),
            _ => format!("time={at} level=debug msg=\"line <{n}>\"\n"),
        };
    }
    text
}

fn numbers(messages: &[String]) -> BTreeMap<i64, usize> {
    let mut seen = BTreeMap::new();
    for message in messages {
        let (_, rest) = message.split_once('<').unwrap();
        *seen.entry(rest.split_once('>').unwrap().0.parse().unwrap()).or_default() += 1;
    }
    seen
}

#[test]
fn every_line_is_archived_exactly_once() {
    let place = Place::new();
    let summary = place.route(&[], mixed(20_000, 5));
    assert_eq!((&summary["lines"], &summary["records"]), (&20_000.into(), &20_000.into()));
    let seen = numbers(&place.messages());
    assert!(seen.into_iter().eq((0..20_000).map(|n| (n, 1))));
}

#[test]
fn each_record_lies_in_the_hour_of_its_own_time() {
    let place = Place::new();
    let summary = place.route(&[], mixed(3_000, 5));
    let records = place.records();
    for filed in &records {
        let ts: Timestamp = filed.record["ts"].as_str().unwrap().parse().unwrap();
        assert_eq!(filed.hour, Partition::at(ts.as_millisecond(), 0));
    }
    assert_eq!(summary["first_hour"], records.first().unwrap().hour.to_string());
    assert_eq!(summary["last_hour"], records.last().unwrap().hour.to_string());
    assert_eq!(summary["objects"], 5);
}

#[test]
fn the_hours_are_those_of_the_archives_zone() {
    let place = Place::new();
    let config = place.file("sluice.toml", "name = 'api'\narchive.zone = 'Asia/Kolkata'");
    place.route(&["--config", config.to_str().unwrap()], "2026-11-24T18:45:00Z INFO a: b\n");
    assert_eq!(place.records()[0].hour.to_string(), "year=2026/month=11/day=25/hour=00");
}

#[test]
fn records_of_a_level_keep_their_order() {
    let place = Place::new();
    place.route(&[], (0..5_000).map(|n| format!("{} INFO a: {n}\n", time(BASE_MS))).collect::<String>());
    assert!(place.messages().into_iter().eq((0..5_000).map(|n: i32| n.to_string())));
}

#[test]
fn thousands_of_hours_in_one_segment_are_filed_each() {
    let place = Place::new();
    let summary = place.route(&[], mixed(12_000, 4_000));
    assert_eq!(summary["objects"], 4_000);
    let records = place.records();
    assert_eq!(records.len(), 12_000);
    assert!(records.iter().all(|filed| {
        let ts: Timestamp = filed.record["ts"].as_str().unwrap().parse().unwrap();
        filed.hour == Partition::at(ts.as_millisecond(), 0)
    }));
}

#[test]
fn real_logs_become_the_records_that_their_programs_counted() {
    for (name, records, errors) in [("backend-json.log", 2175, 71), ("backend-text.log", 949, 61)] {
        let place = Place::new();
        let summary = place.route(&["--service", "shop"], sample(name));
        assert_eq!((&summary["records"], &summary["errors"]), (&records.into(), &errors.into()), "{name}");
        assert!(place.records().iter().all(|filed| filed.record["service"] == "shop"));
    }
}

#[test]
fn an_object_is_named_by_service_and_content() {
    let place = Place::new();
    place.route(&["--service", "shop"], "2026-11-24T01:02:03Z INFO a: b\n");
    let tree = place.tree();
    let name = tree.keys().next().unwrap().to_str().unwrap();
    let (start, end) = ("year=2026/month=11/day=24/hour=01/shop-pipe-", "-0000000001.json.gz");
    let hash = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).unwrap();
    assert!(hash.len() == 12 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()), "{name}");
}

#[test]
fn a_line_without_a_time_takes_that_of_the_line_before_and_the_first_ones_the_first() {
    let place = Place::new();
    place.route(&[], "first\n2020-01-02T03:04:05Z INFO a: timed\nlast\n");
    let times: Vec<_> = place.records().iter().map(|filed| filed.record["ts"].clone()).collect();
    assert_eq!(times, ["2020-01-02T03:04:05.000Z"; 3]);
}

#[test]
fn a_date_without_a_year_is_the_latest_before_the_time_of_receipt() {
    let place = Place::new();
    let lines = "<11>Nov 24 01:02:03 host app[7]: a\n<11>Dec 31 23:00:00 host app[7]: b\n";
    place.route(&["--received-at", "2026-11-24T12:00:00Z"], lines);
    let times: Vec<_> = place.records().iter().map(|filed| filed.record["ts"].clone()).collect();
    assert_eq!(times, ["2025-12-31T23:00:00.000Z", "2026-11-24T01:02:03.000Z"]);
}

#[test]
fn a_configuration_says_how_lines_are_read_and_what_is_masked() {
    let place = Place::new();
    let config = place.file(
        "sluice.toml",
        "name = 'api'\nservice = 'backend'\nparse.zone = 'Asia/Tokyo'\nredact.named = ['email']\n\
         inputs.forward.tcp = '127.0.0.1:24224'\ninputs.forward.shared_key = '${NOT_SET_ANYWHERE}'\n\
         [[redact.custom]]\nname = 'order'\npattern = 'ORD-[0-9]+'\n",
    );
    let line = "2026-11-24 10:02:03,123 INFO [app] mail to ann@example.com about ORD-71\n";
    let summary = place.route(&["--config", config.to_str().unwrap()], line);
    assert_eq!(summary["redactions"], serde_json::json!({ "email": 1, "order": 1 }));
    let record = &place.records()[0].record;
    assert_eq!(record["ts"], "2026-11-24T01:02:03.123Z");
    assert_eq!(record["service"], "backend");
    assert_eq!(record["message"], "mail to [redacted:email] about [redacted]");
}
