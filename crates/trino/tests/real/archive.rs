//! The generator's logs, the application's through the router, counted by Trino.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;
use sluice_samples::Plan;
use sluice_testkit::process::Router;

use sluice_testkit::tables;

use crate::Rig;

const TABLES: [(&str, &str); 5] = [
    ("app_logs", ""),
    ("alb_access_logs", "raw/alb"),
    ("alb_connection_logs", "raw/alb-connection"),
    ("vpc_flow_logs", "raw/vpc"),
    ("waf_logs", "raw/waf"),
];
/// Six hours of traffic, and the hour into whose folder the last minutes of it are delivered.
const WINDOW: &str = "year = '2026' AND month = '11' AND day = '23'";

pub(super) fn counts_are_those_of_the_generator(rig: &Rig) {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = Plan::new(folder.path().join("raw"));
    plan.hours = 6;
    plan.requests_per_hour = 120;
    let begun = Instant::now();
    let summary = sluice_samples::write(&plan).unwrap();
    for file in fs::read_dir(folder.path().join("raw/app")).unwrap() {
        let path = file.unwrap().path();
        let status = Router::command()
            .args(["pipe", "--service", path.file_stem().unwrap().to_str().unwrap(), "--errors", "/dev/null"])
            .args(["--archive", &format!("file://{}", folder.path().join("archive").display())])
            .stdin(fs::File::open(&path).unwrap())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success());
    }
    rig.moto.create_bucket(tables::BUCKET);
    tables::create(&rig.moto, &TABLES);
    let files = tables::upload(&rig.moto, folder.path(), "").to_string();
    eprintln!("{files} files written, routed and stored: {:.1} s", begun.elapsed().as_secs_f64());

    let levels =
        rig.rows(&format!("SELECT service, level, count(*) AS n FROM app_logs WHERE {WINDOW} GROUP BY 1, 2"));
    let mut counted: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for row in &levels {
        let (service, level) = (row["service"].as_str().unwrap(), row["level"].as_str().unwrap());
        counted.entry(service.to_owned()).or_default().insert(level.to_owned(), number(row));
    }
    let wanted: BTreeMap<_, _> =
        summary.app.iter().map(|(service, counts)| (service.clone(), counts.by_level.clone())).collect();
    assert_eq!(counted, wanted);

    let alb = group(rig, "SELECT elb_status_code AS k, count(*) AS n FROM alb_access_logs");
    assert_eq!(alb, texts(&summary.alb.by_elb_status));
    let bytes = format!("SELECT sum(sent_bytes) AS n FROM alb_access_logs WHERE {WINDOW}");
    assert_eq!(number(&rig.rows(&bytes)[0]), summary.alb.sent_bytes);
    let connections = format!("SELECT count(*) AS n FROM alb_connection_logs WHERE {WINDOW}");
    assert_eq!(number(&rig.rows(&connections)[0]), summary.connections.lines);
    let ports = group(
        rig,
        "SELECT CAST(dstport AS varchar) AS k, count(*) FILTER (WHERE action = 'REJECT') AS n FROM vpc_flow_logs",
    );
    let ports: BTreeMap<_, _> = ports.into_iter().filter(|(_, n)| *n > 0).collect();
    assert_eq!(ports, texts(&summary.flows.rejected_by_port));
    let flows = format!("SELECT sum(bytes) AS n FROM vpc_flow_logs WHERE {WINDOW}");
    assert_eq!(number(&rig.rows(&flows)[0]), summary.flows.bytes);
    let waf = group(rig, "SELECT action AS k, count(*) AS n FROM waf_logs");
    assert_eq!(waf, summary.waf.by_action);
    let countries = group(
        rig,
        "SELECT httprequest.country AS k, count(*) FILTER (WHERE action = 'BLOCK') AS n FROM waf_logs",
    );
    let countries: BTreeMap<_, _> = countries.into_iter().filter(|(_, n)| *n > 0).collect();
    assert_eq!(countries, summary.waf.blocked_by_country);

    let outside =
        rig.rows("SELECT count(*) AS n FROM app_logs WHERE year = '2026' AND month = '11' AND day = '20'");
    assert_eq!(number(&outside[0]), 0);
}

fn group(rig: &Rig, select: &str) -> BTreeMap<String, u64> {
    let rows = rig.rows(&format!("{select} WHERE {WINDOW} GROUP BY 1"));
    rows.iter().map(|row| (text(&row["k"]), number(row))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn number(row: &Value) -> u64 {
    row["n"].as_u64().unwrap_or_else(|| panic!("{row}"))
}

fn texts(counts: &BTreeMap<u16, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(key, count)| (key.to_string(), *count)).collect()
}
