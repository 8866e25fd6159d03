//! Time from the write of an ERROR line to the arrival of its PutLogEvents, while other lines come in.
//!
//!   error_latency RATE_MB SECONDS [CGROUP]
//!
//! RATE_MB is in MB of lines a second. CGROUP is the name of a cpu and memory cgroup (v1) the router is put in.
//! Set SLUICE_TEST_PROFILE=release to measure the router that users run.

use std::io::Write;
use std::time::{Duration, Instant};

use sluice_system_tests::{BASE_MS, FireLens, Record, Rig, json_line};
use sluice_testkit::faults::FaultPlan;

/// An ERROR comes so often: with 20 ms between two, 50 a second.
const BETWEEN_ERRORS: Duration = Duration::from_millis(20);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rate, seconds, cgroup @ ..] = arguments.as_slice() else {
        eprintln!("usage: error_latency RATE_MB SECONDS [CGROUP]");
        std::process::exit(64);
    };
    let rate: f64 = rate.parse().expect("MB a second");
    let seconds: u64 = seconds.parse().expect("seconds");
    let rig = Rig::new("", &FaultPlan::none());
    let router = rig.start();
    for cgroup in cgroup {
        for controller in ["cpu", "memory"] {
            let procs = format!("/sys/fs/cgroup/{controller}/{cgroup}/cgroup.procs");
            std::fs::write(procs, router.pid().to_string()).expect("a cgroup");
        }
    }
    let base_ms = BASE_MS();
    let (mut id, mut bytes) = (0u64, 0usize);
    let mut sent: Vec<(u64, Instant)> = Vec::new();
    let mut client = FireLens::connect(&rig.socket());
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(seconds) {
        let due = (started.elapsed().as_secs_f64() * rate * 1e6) as usize;
        while bytes < due {
            let line = json_line(&Record { id, ms: base_ms + id as i64 / 50, is_error: false });
            bytes += line.text.len();
            client.line(&line);
            id += 1;
        }
        client.line(&json_line(&Record { id, ms: base_ms + id as i64 / 50, is_error: true }));
        client.flush();
        sent.push((id, Instant::now()));
        id += 1;
        std::thread::sleep(BETWEEN_ERRORS);
    }
    let wanted = sent.len();
    let events = rig.logs().wait_for(|events| events.len() >= wanted, Duration::from_secs(60));
    let mut arrived = std::collections::HashMap::new();
    for event in events {
        let record: serde_json::Value = serde_json::from_str(&event.message).expect("a record");
        let id = record["attrs"]["id"].as_u64().expect("an id");
        arrived.entry(id).or_insert(event.arrived);
    }
    let mut waits: Vec<Duration> = sent.iter().map(|(id, at)| arrived[id].duration_since(*at)).collect();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_millis();
    let _ = writeln!(
        std::io::stdout(),
        "{} errors among {id} records at {rate} MB/s: p50 {} ms, p99 {} ms, most {} ms; peak memory {:.1} MiB",
        sent.len(),
        at(0.5),
        at(0.99),
        at(1.0),
        router.peak_rss_kib() as f64 / 1024.0
    );
    drop(client);
    rig.end(&router);
}
