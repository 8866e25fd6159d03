//! Killed at random moments while sinks fail: every record is archived once, every error delivered.
//!
//! `SLUICE_KILLS` and `SLUICE_SEED` make it longer and other; `make soak` does.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sluice_system_tests::{Acked, BASE_MS, Record, Rig, json_line};
use sluice_testkit::faults::FaultPlan;

const SETTINGS: &str = "spool.segment_bytes = '256KiB'\nspool.segment_age = '300ms'\nerrors.batch_wait = '20ms'\n\
    deliver.retry_base = '5ms'\ndeliver.retry_max = '100ms'\ndeliver.timeout = '2s'";
/// Lines of a chunk.
const CHUNK: u64 = 40;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// One in fifty is an error.
fn record(id: u64, base_ms: i64) -> Record {
    Record { id, ms: base_ms + (id * 700) as i64 % (3 * 3_600_000), is_error: id.is_multiple_of(50) }
}

#[test]
fn killed_at_random_moments_while_sinks_fail_it_archives_every_record_once_and_delivers_every_error() {
    let (kills, seed) = (number("SLUICE_KILLS", 8), number("SLUICE_SEED", 7));
    println!("SLUICE_KILLS={kills} SLUICE_SEED={seed}");
    let rig = Rig::new(SETTINGS, &FaultPlan::new(seed, 1.0 / 3.0));
    let mut random = fastrand::Rng::with_seed(seed);
    let stop = Arc::new(AtomicBool::new(false));
    let base_ms = BASE_MS();
    let client = {
        let (socket, stop) = (rig.socket(), Arc::clone(&stop));
        std::thread::spawn(move || {
            let mut client = Acked::new(socket);
            let mut sent = 0;
            while !stop.load(Ordering::Relaxed) {
                let lines: Vec<_> = (sent..sent + CHUNK).map(|id| json_line(&record(id, base_ms))).collect();
                client.chunk(&format!("chunk-{sent}"), &lines);
                sent += CHUNK;
            }
            (sent, client.resent)
        })
    };
    for _ in 0..kills {
        let router = rig.start_unready();
        // The moment is the test: at start, while it recovers, and under way.
        std::thread::sleep(Duration::from_millis(random.u64(5..700)));
        router.kill();
        router.wait(Duration::from_secs(10));
    }
    let router = rig.start();
    stop.store(true, Ordering::Relaxed);
    let (sent, resent) = client.join().expect("the client");
    rig.end(&router);

    let mut archived: HashMap<u64, u64> = HashMap::new();
    for record in rig.archived() {
        *archived.entry(record.json["attrs"]["id"].as_u64().expect("an id")).or_default() += 1;
    }
    let missing: Vec<u64> = (0..sent).filter(|id| !archived.contains_key(id)).collect();
    let twice: Vec<u64> = archived.iter().filter(|(_, count)| **count > 1).map(|(id, _)| *id).collect();
    let mut delivered: HashMap<u64, u64> = HashMap::new();
    for error in rig.errors() {
        *delivered.entry(error["attrs"]["id"].as_u64().expect("an id")).or_default() += 1;
    }
    let unsent: Vec<u64> = (0..sent).filter(|id| id % 50 == 0 && !delivered.contains_key(id)).collect();
    println!(
        "{sent} records in {} chunks, {resent} sends repeated, {} errors delivered {} times, {} of {} calls failed",
        sent / CHUNK,
        delivered.len(),
        delivered.values().sum::<u64>(),
        rig.s3_faults.failed() + rig.logs_faults.failed(),
        rig.s3_faults.calls() + rig.logs_faults.calls(),
    );
    assert!(missing.is_empty(), "{} missing: {missing:?}", missing.len());
    assert!(twice.is_empty(), "{} more than once: {twice:?}", twice.len());
    assert!(unsent.is_empty(), "{} errors not delivered: {unsent:?}", unsent.len());
    assert!(delivered.keys().all(|id| id % 50 == 0), "something else than errors was delivered");
}
