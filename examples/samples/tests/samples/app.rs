use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sluice_record::{Engine, Origin, Settings};
use sluice_samples::{Kind, Plan, write};

use crate::files::{Samples, plan, samples, tally};

/// The access records of all services, from the lines themselves.
pub(crate) fn accesses(samples: &Samples) -> Vec<Value> {
    let mut records = Vec::new();
    for bytes in samples.files("app").into_values() {
        let text = String::from_utf8(bytes).unwrap();
        let json = text.lines().filter(|line| line.starts_with('{'));
        records.extend(json.map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    records.retain(|record| record.get("method").is_some());
    records
}

/// What the router makes of a service's log.
fn routed(bytes: &[u8]) -> Vec<Value> {
    let mut engine = Engine::new(Settings::default());
    let stream = engine.stream(Origin::new("test"));
    let mut records = Vec::new();
    let mut keep = |json: &[u8]| records.push(serde_json::from_slice(json).unwrap());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        engine.push(stream, &line[..line.len() - 1], 1_795_392_000_000, &mut |record| keep(record.json));
    }
    engine.flush(&mut |record| keep(record.json));
    records
}

#[test]
fn the_router_makes_of_the_lines_the_records_that_the_summary_counts() {
    let samples = samples();
    for (name, bytes) in samples.files("app") {
        let service = name.trim_end_matches(".log");
        let counts = &samples.summary.app[service];
        let records = routed(&bytes);
        assert_eq!(counts.lines, bytes.iter().filter(|byte| **byte == b'\n').count() as u64, "{service}");
        assert_eq!(counts.records, records.len() as u64, "{service}");
        let levels = tally(records.iter().map(|record| record["level"].as_str().unwrap().to_owned()));
        assert_eq!(counts.by_level, levels, "{service}");
        let statuses =
            records.iter().filter_map(|record| record["http_status"].as_u64()).map(|status| status as u16);
        assert_eq!(counts.by_status, tally(statuses), "{service}");
    }
}

#[test]
fn users_sessions_and_the_funnel_are_those_of_the_access_records() {
    let samples = samples();
    let mut visits: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut funnel: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for record in accesses(&samples) {
        let Some(user) = record["user_id"].as_str().map(str::to_owned) else { continue };
        let at: jiff::Timestamp = record["timestamp"].as_str().unwrap().parse().unwrap();
        visits.entry(user.clone()).or_default().push(at.as_millisecond());
        let stage = match (record["method"].as_str().unwrap(), record["route"].as_str().unwrap()) {
            ("GET", "/api/products/{id}") => "view",
            ("POST", "/api/cart/items") => "cart",
            ("POST", "/api/orders") => "order",
            ("POST", "/payments") => "pay",
            _ => continue,
        };
        if record["status"].as_u64().unwrap() < 400 {
            funnel.entry(stage).or_default().insert(user);
        }
    }
    let people = &samples.summary.people;
    assert_eq!(people.users, visits.len() as u64);
    let mut sessions = 0;
    for times in visits.values_mut() {
        times.sort_unstable();
        sessions += 1 + times.windows(2).filter(|pair| pair[1] - pair[0] >= 1_800_000).count() as u64;
    }
    assert_eq!(people.sessions, sessions);
    let counted: Vec<(&str, u64)> =
        funnel.iter().map(|(stage, users)| (*stage, users.len() as u64)).collect();
    let said: Vec<(&str, u64)> =
        people.funnel.iter().map(|(stage, users)| (stage.as_str(), *users)).collect();
    assert_eq!(counted, said);
    let steps: Vec<u64> = ["view", "cart", "order", "pay"].map(|stage| people.funnel[stage]).into();
    assert!(steps.is_sorted_by(|more, fewer| more > fewer), "{steps:?} is no funnel");
}

#[test]
fn after_the_deployment_a_route_is_slower_and_an_error_is_new() {
    let samples = samples();
    let deploy = samples.summary.times.deploy;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for record in accesses(&samples) {
        let at: jiff::Timestamp = record["timestamp"].as_str().unwrap().parse().unwrap();
        let calm = at > samples.summary.times.incident_to;
        if record["route"] == "/api/products/{id}" && record["status"] == 200 && calm {
            let took = record["duration_ms"].as_f64().unwrap();
            if at < deploy { before.push(took) } else { after.push(took) }
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    assert!(median(&mut after) > 5.0 * median(&mut before));

    let records = routed(&samples.files("app")["shop-api.log"]);
    let new: Vec<&Value> = records.iter().filter(|record| record["error_type"] == "KeyError").collect();
    assert!(!new.is_empty());
    assert_eq!(tally(new.iter().map(|record| record["fingerprint"].to_string())).len(), 1);
    for record in new {
        let at: jiff::Timestamp = record["ts"].as_str().unwrap().parse().unwrap();
        assert!(at >= deploy, "{record}");
    }
}

#[test]
fn most_errors_are_of_the_incident() {
    let samples = samples();
    let times = samples.summary.times;
    let errors: Vec<jiff::Timestamp> = routed(&samples.files("app")["shop-api.log"])
        .iter()
        .filter(|record| record["level"] == "error" && record["error_type"] != "KeyError")
        .map(|record| record["ts"].as_str().unwrap().parse().unwrap())
        .collect();
    let until = times.incident_to + jiff::SignedDuration::from_secs(35);
    let within = errors.iter().filter(|at| (times.incident_from..until).contains(at)).count();
    assert!(within * 2 > errors.len(), "{within} of {}", errors.len());
}

#[test]
fn the_database_says_what_operators_look_for() {
    let samples = samples();
    let text = String::from_utf8(samples.files("app").remove("aurora.log").unwrap()).unwrap();
    for said in [
        "ERROR:  deadlock detected",
        "LOG:  duration: ",
        " ms  statement: SELECT ",
        "FATAL:  password authentication failed for user \"app\"",
    ] {
        assert!(text.contains(said), "nothing of {said}");
    }
}

#[test]
fn a_big_log_has_its_size_and_is_spread_evenly_over_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan { big_app: Some(8), only: [Kind::App].into(), ..plan(folder.path()) };
    let summary = write(&plan).unwrap();
    let bytes = std::fs::read(folder.path().join("app/shop-api.log")).unwrap();
    assert!((8_000_000..8_002_000).contains(&bytes.len()), "{} bytes", bytes.len());
    let records = routed(&bytes);
    let counts = &summary.app["shop-api"];
    assert_eq!(counts.records, records.len() as u64);
    assert_eq!(
        counts.by_level,
        tally(records.iter().map(|record| record["level"].as_str().unwrap().to_owned()))
    );
    assert_eq!(
        counts.accesses,
        records.iter().filter(|record| record.get("http_status").is_some()).count() as u64
    );
    let hours = tally(records.iter().map(|record| record["ts"].as_str().unwrap()[..13].to_owned()));
    assert_eq!(hours.len(), 24);
    let mean = counts.records / 24;
    assert!(hours.values().all(|count| count.abs_diff(mean) < mean / 10), "{hours:?}");
}
