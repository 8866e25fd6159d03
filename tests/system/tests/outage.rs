//! Sinks away, spool full, disk that fails: nothing accepted is lost, memory stays flat, health tells.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use sluice_system_tests::{Acked, BASE_MS, FireLens, Record, Rig, json_line};
use sluice_testkit::faults::{Down, FaultPlan};

const FAST_RETRIES: &str =
    "deliver.retry_base = '10ms'\ndeliver.retry_max = '200ms'\ndeliver.timeout = '1s'\n";

fn ids(rig: &Rig) -> Vec<u64> {
    let mut ids: Vec<u64> =
        rig.archived().iter().map(|record| record.json["attrs"]["id"].as_u64().expect("an id")).collect();
    ids.sort_unstable();
    ids
}

fn line(id: u64, base_ms: i64) -> sluice_system_tests::Line {
    json_line(&Record { id, ms: base_ms + id as i64, is_error: id.is_multiple_of(50) })
}

#[test]
fn while_s3_is_away_errors_are_delivered_and_the_spool_takes_the_rest_with_flat_memory() {
    let seconds: u64 =
        std::env::var("SLUICE_OUTAGE_SECONDS").map_or(8, |text| text.parse().expect("seconds"));
    // A second of lines with their envelopes takes about 14 MB.
    let settings = format!("{FAST_RETRIES}spool.max_bytes = '{}MiB'\n", 1024 + 20 * seconds);
    let rig = Rig::new(&settings, &FaultPlan::none());
    let router = rig.start();
    rig.s3_faults.set_down(Down::Refuse);
    let base_ms = BASE_MS();
    let mut sent = 0;
    let mut early_peak = 0;
    {
        let mut client = FireLens::connect(&rig.socket());
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(seconds) {
            // 5 MB/s: a tenth of a second's worth at a time.
            for _ in 0..5_000_000 / 10 / 110 {
                client.line(&line(sent, base_ms));
                sent += 1;
            }
            client.flush();
            if started.elapsed() < Duration::from_secs(seconds / 2) {
                early_peak = router.peak_rss_kib();
            }
            std::thread::sleep(
                Duration::from_millis(100)
                    .saturating_sub(Duration::from_millis(started.elapsed().as_millis() as u64 % 100)),
            );
        }
    }
    rig.wait_metric(&router, "in_events_total", |events| events == sent);
    rig.wait_metric(&router, "cloudwatch_events_total", |events| events == sent.div_ceil(50));
    rig.check_account(&router);
    assert_eq!(rig.metric(&router, "archived_bytes_total"), 0);
    let (status, body) = rig.get("/healthz");
    assert!(status == 200 && body.contains("archive"), "{status} {body}");
    let late_peak = router.peak_rss_kib();
    println!("{sent} records while away, memory {early_peak} KiB then {late_peak} KiB");
    assert!(late_peak < early_peak + (8 << 10), "memory grows: {early_peak} KiB, then {late_peak} KiB");
    rig.s3_faults.set_down(None);
    rig.end(&router);
    assert_eq!(ids(&rig), (0..sent).collect::<Vec<_>>());
}

#[test]
fn a_full_spool_makes_clients_wait_and_nothing_is_lost() {
    let settings = "spool.max_bytes = '1MiB'\nspool.segment_bytes = '128KiB'\n";
    let rig = Rig::new(&format!("{FAST_RETRIES}{settings}"), &FaultPlan::none());
    let router = rig.start();
    rig.s3_faults.set_down(Down::Hang);
    let base_ms = BASE_MS();
    let client = {
        let socket = rig.socket();
        std::thread::spawn(move || {
            let mut client = Acked::new(socket);
            for chunk in 0..200 {
                let lines: Vec<_> = (chunk * 50..chunk * 50 + 50).map(|id| line(id, base_ms)).collect();
                client.chunk(&format!("c{chunk}"), &lines);
            }
        })
    };
    rig.wait_metric(&router, "spool_full", |full| full == 1);
    let (status, body) = rig.get("/readyz");
    assert!(status == 503 && body.contains("room"), "{status} {body}");
    assert_eq!(rig.get("/healthz").0, 200);
    rig.check_account(&router);
    rig.s3_faults.set_down(None);
    client.join().expect("the client");
    rig.end(&router);
    assert_eq!(ids(&rig), (0..10_000).collect::<Vec<_>>());
}

#[test]
fn a_full_spool_that_drops_keeps_every_error_and_accounts_for_the_rest() {
    let settings = "spool.max_bytes = '1MiB'\nspool.segment_bytes = '128KiB'\nspool.when_full = 'drop'\n";
    let rig = Rig::new(&format!("{FAST_RETRIES}{settings}"), &FaultPlan::none());
    let router = rig.start();
    rig.s3_faults.set_down(Down::Refuse);
    let base_ms = BASE_MS();
    let mut client = Acked::new(rig.socket());
    for chunk in 0..600 {
        let lines: Vec<_> = (chunk * 50..chunk * 50 + 50).map(|id| line(id, base_ms)).collect();
        client.chunk(&format!("c{chunk}"), &lines);
    }
    let discarded = rig.metric(&router, "discarded_records_total");
    assert!(discarded > 10_000, "{discarded}");
    rig.check_account(&router);
    rig.s3_faults.set_down(None);
    rig.end(&router);
    let ids = ids(&rig);
    assert_eq!(ids.len() as u64 + discarded, 30_000);
    let errors: Vec<u64> = ids.iter().copied().filter(|id| id % 50 == 0).collect();
    assert_eq!(errors, (0..30_000).step_by(50).collect::<Vec<_>>());
    let mut delivered: Vec<u64> =
        rig.errors().iter().map(|error| error["attrs"]["id"].as_u64().expect("an id")).collect();
    delivered.sort_unstable();
    delivered.dedup();
    let missing: Vec<u64> = errors.iter().copied().filter(|id| !delivered.contains(id)).collect();
    assert_eq!(missing, Vec::<u64>::new());
}

#[test]
fn a_spool_that_cannot_be_written_turns_health_red_and_input_waits() {
    let rig = Rig::new(
        "spool.segment_bytes = '64KiB'\nspool.max_bytes = '16MiB'\nspool.segment_age = '100ms'",
        &FaultPlan::none(),
    );
    let router = rig.start();
    let spool = rig.root().join("spool");
    if std::fs::write("/proc/self/oom_score_adj", "0").is_ok() && rustix_is_root() {
        // To root, rights mean nothing: the folder goes instead.
        std::fs::rename(&spool, rig.root().join("gone")).expect("a folder that can be moved");
        std::fs::write(&spool, "a file").expect("a file in its place");
    } else {
        std::fs::set_permissions(&spool, std::fs::Permissions::from_mode(0o500)).expect("rights");
    }
    let base_ms = BASE_MS();
    let client = {
        let socket = rig.socket();
        std::thread::spawn(move || Acked::new(socket).chunk("c", &[line(1, base_ms)]))
    };
    let red = sluice_testkit::wait::until(Duration::from_secs(30), "health turns red", || {
        let (status, body) = rig.get("/healthz");
        (status == 503).then_some(body)
    });
    assert!(red.contains("spool"), "{red}");
    if spool.is_file() {
        std::fs::remove_file(&spool).expect("the file");
    } else {
        std::fs::set_permissions(&spool, std::fs::Permissions::from_mode(0o700)).expect("rights");
    }
    client.join().expect("the client is answered once the spool works again");
    assert_eq!(rig.get("/healthz").0, 200);
    rig.end(&router);
    assert_eq!(ids(&rig), [1]);
}

fn rustix_is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0)
}
