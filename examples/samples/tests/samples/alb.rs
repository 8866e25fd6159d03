use std::collections::BTreeMap;

use regex::Regex;
use sluice_samples::{Kind, Plan, write};

use crate::app::accesses;
use crate::files::{Samples, plan, samples, tally};

/// The expression that Glue's and Athena's tables read access logs with: 37 groups.
const ACCESS: &str = r#"([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) "([^ ]*) (.*) (- |[^ ]*)" "([^"]*)" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^"]*)" ([-.0-9]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^ ]*)" "([^\s]+?)" "([^\s]+)" "([^ ]*)" "([^ ]*)"(?: ([^ ]*))?(?: "([^"]*)" "([^"]*)" "([^"]*)")?(?: .*)?"#;

/// That of connection logs, 15 groups.
const CONNECTION: &str = r#"([^ ]*) ([^ ]*) ([0-9]*) ([0-9]*) ([A-Za-z0-9.-]*) ([^ ]*) ([-.0-9]*) "([^"]*)" ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*)"#;

/// Every line as its columns.
fn columns(lines: &[String], expression: &str) -> Vec<Vec<String>> {
    let expression = Regex::new(&format!("^(?:{expression})$")).unwrap();
    lines
        .iter()
        .map(|line| {
            let found = expression.captures(line).unwrap_or_else(|| panic!("no match: {line}"));
            found.iter().skip(1).map(|group| group.map_or("", |group| group.as_str()).to_owned()).collect()
        })
        .collect()
}

fn access_columns(samples: &Samples) -> Vec<Vec<String>> {
    columns(&samples.lines("alb"), ACCESS)
}

#[test]
fn every_access_line_has_all_37_columns() {
    let samples = samples();
    let lines = access_columns(&samples);
    for line in &lines {
        assert_eq!(line.len(), 37);
        let empty: Vec<usize> = (0..37).filter(|column| line[*column].is_empty()).collect();
        // Without a target the expression takes its dash for the one before the port.
        let expected: &[usize] = if line[29] == "-" { &[5, 6] } else { &[] };
        assert_eq!(empty, expected, "empty columns of {line:?}");
    }
    assert!(
        lines.iter().any(|line| line[36] == "TransformSuccess" && line[35].starts_with("/api/products/"))
    );
}

#[test]
fn the_summary_counts_what_the_access_log_says() {
    let samples = samples();
    let lines = access_columns(&samples);
    let counts = &samples.summary.alb;
    assert_eq!(counts.lines, lines.len() as u64);
    assert_eq!(samples.summary.requests, counts.lines);
    assert_eq!(counts.by_elb_status, tally(lines.iter().map(|line| line[10].parse().unwrap())));
    assert_eq!(counts.by_target_status, tally(lines.iter().map(|line| line[11].parse().unwrap_or(0))));
    let failed = |target: bool| {
        let hit = |line: &&Vec<String>| line[10].starts_with('5') && (line[11] != "-") == target;
        lines.iter().filter(hit).count() as u64
    };
    assert_eq!((counts.elb_5xx, counts.target_5xx), (failed(false), failed(true)));
    let sum = |column: usize| lines.iter().map(|line| line[column].parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!((counts.received_bytes, counts.sent_bytes), (sum(12), sum(13)));
    for status in [200, 201, 301, 304, 400, 401, 402, 403, 404, 460, 500, 502, 503, 504] {
        assert!(counts.by_elb_status.contains_key(&status), "nobody was answered {status}");
    }
}

#[test]
fn every_access_record_has_its_line_with_the_same_trace_id() {
    let samples = samples();
    let mut by_trace = BTreeMap::new();
    for line in access_columns(&samples) {
        let id = line[21].replace("Root=1-", "").replace('-', "");
        assert!(id.is_empty() || by_trace.insert(id, line).is_none(), "a trace id came twice");
    }
    let records = accesses(&samples);
    assert_eq!(records.len() as u64, samples.summary.accesses());
    for record in records {
        let line = &by_trace[record["trace_id"].as_str().unwrap()];
        assert_eq!(line[3], record["client_ip"].as_str().unwrap());
        assert_eq!(line[14], record["method"].as_str().unwrap());
        let status = record["status"].to_string();
        assert!(line[11] == status || line[10] == "460", "{line:?} is not {record}");
        let url = &line[15];
        let path = record["path"].as_str().unwrap();
        assert!(url.contains(path) || line[35] == path, "{url} is not {path}");
    }
}

#[test]
fn a_file_has_what_was_logged_in_the_five_minutes_before_its_name() {
    let samples = samples();
    for name in samples.files("alb").into_keys() {
        let end = name.split('_').nth(4).unwrap().to_owned();
        let folder = format!("{}/{}/{}/", &end[..4], &end[4..6], &end[6..8]);
        assert!(name.contains(&folder), "{name} lies in another day's folder");
        assert!(end.ends_with("0Z") || end.ends_with("5Z"), "{name}");
    }
}

#[test]
fn every_access_came_over_a_logged_connection() {
    let samples = samples();
    let connections = columns(&samples.lines("alb-connection"), CONNECTION);
    assert_eq!(samples.summary.connections.lines, connections.len() as u64);
    let failed = connections.iter().filter(|line| line[10].starts_with("Failed:")).count() as u64;
    assert_eq!(samples.summary.connections.failed, failed);
    assert!(failed > 0);
    let by_id: BTreeMap<&str, &Vec<String>> =
        connections.iter().map(|line| (line[11].as_str(), line)).collect();
    for line in access_columns(&samples) {
        let connection = by_id[line[33].as_str()];
        assert_eq!((&connection[1], &connection[2]), (&line[3], &line[4]));
    }
}

#[test]
fn traffic_that_ends_at_midnight_is_delivered_into_the_next_day() {
    let folder = tempfile::tempdir().unwrap();
    let from = "2026-11-23T23:00:00Z".parse().unwrap();
    write(&Plan { from, hours: 1, only: [Kind::Alb].into(), ..plan(folder.path()) }).unwrap();
    let root = folder.path().join("alb/AWSLogs/123456789012/elasticloadbalancing/ap-northeast-1/2026/11");
    assert!(root.join("23").is_dir() && root.join("24").is_dir());
}
