//! Everything goes wrong, mixed, by a seed: the router is killed, ended, stopped and continued; S3 and CloudWatch Logs
//! refuse, hang, throttle, fail, answer half or not at all, or their names do not resolve; the disk is full or slow; the
//! clock jumps; clients storm, leave in the middle and send nonsense. At the end the account must close:
//!
//! accepted = archived once + counted discards, and every accepted error is in CloudWatch Logs.
//!
//! Accepted is what was acknowledged. A client that asks for no acknowledgement, as FireLens', may lose lines to a kill,
//! but none of its lines is archived twice.
//!
//! `SLUICE_SOAK_SECONDS` (12) and `SLUICE_SEED` (7) make it longer and other; `make soak` runs half an hour. The seed
//! decides what happens in which order; when a call comes is up to the machine. The emulators take a signature of any
//! time, so that a wrong clock does not become a service that refuses every call: such are there besides.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::Signal;
use sluice_system_tests::{Acked, BASE_MS, FireLens, Record, Rig, json_line};
use sluice_testkit::faults::{Down, Fault, FaultPlan};
use sluice_testkit::process::Child;

const SETTINGS: &str = "spool.segment_bytes = '256KiB'\nspool.segment_age = '300ms'\nspool.max_bytes = '8MiB'\n\
    errors.batch_wait = '20ms'\nerrors.bytes_per_minute = 'off'\ndeliver.retry_base = '5ms'\n\
    deliver.retry_max = '200ms'\ndeliver.timeout = '2s'\nshutdown.deadline = '10s'\nshutdown.quiet = '100ms'\n\
    inputs.forward.tcp = '$TCP'\ninputs.forward.max_connections = 128\ninputs.forward.handshake_timeout = '1s'";
const SHARE: f64 = 0.15;
/// So many seconds the clock of the routers is ahead or behind at most: two days.
const CLOCK_OFF_S: i64 = 2 * 86_400;
/// Lines of a chunk.
const CHUNK: u64 = 40;
/// Clients with acknowledgements.
const CLIENTS: u64 = 3;
/// Ids of a client begin so far apart.
const APART: u64 = 1_000_000_000;
/// Memory that the router may take, in KiB: half of what a sidecar has.
const MOST_KIB: u64 = 64 << 10;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// One in fifty is an error.
fn record(id: u64, base_ms: i64) -> Record {
    Record {
        id,
        ms: base_ms + ((id % APART) * 700) as i64 % (3 * 3_600_000),
        is_error: id.is_multiple_of(50),
    }
}

#[test]
fn whatever_goes_wrong_what_was_accepted_is_archived_once_and_every_error_is_delivered() {
    let (seconds, seed) = (number("SLUICE_SOAK_SECONDS", 12), number("SLUICE_SEED", 7));
    eprintln!("SLUICE_SOAK_SECONDS={seconds} SLUICE_SEED={seed}");
    let kinds = [&Fault::ALL[..], &[Fault::HalfAnswer]].concat();
    let rig = Rig::interposed(SETTINGS, &FaultPlan::new(seed, SHARE).only(&kinds));
    let disk = SmallDisk::mount(&rig.root().join("spool"));
    let stop = Arc::new(AtomicBool::new(false));
    let base_ms = BASE_MS();
    let clients: Vec<_> = (0..CLIENTS).map(|client| acked(&rig, client, base_ms, &stop)).collect();
    let unacked = unacked(&rig, base_ms, &stop);

    let mut storm = Storm {
        rig: &rig,
        disk: disk.as_ref(),
        random: Rng::with_seed(seed),
        done: HashMap::new(),
        peak_kib: 0,
    };
    let ends = Instant::now() + Duration::from_secs(seconds);
    let mut router = rig.start();
    while Instant::now() < ends {
        router = storm.strike(router);
    }
    // Calm: what is left is delivered, and the account closes.
    rig.s3_faults.set_fail_share(0.0);
    rig.logs_faults.set_fail_share(0.0);
    stop.store(true, Ordering::Relaxed);
    let sent: Vec<u64> = clients.into_iter().map(|client| client.join().expect("a client")).collect();
    let unacked_sent = unacked.join().expect("the client without acknowledgements");
    rig.check_account(&router);
    let discarded = rig.metric(&router, "discarded_records_total");
    storm.peak_kib = storm.peak_kib.max(router.peak_rss_kib());
    rig.end(&router);

    let (peak_kib, done) = (storm.peak_kib, storm.told());
    drop(disk);
    Account::of(&rig, &sent, unacked_sent, discarded).close(&rig, &done, peak_kib);
}

/// Sends chunks until told to stop; gives how many records were acknowledged.
fn acked(rig: &Rig, client: u64, base_ms: i64, stop: &Arc<AtomicBool>) -> JoinHandle<u64> {
    let (socket, stop) = (rig.socket(), Arc::clone(stop));
    thread::spawn(move || {
        let mut sender = Acked::new(socket);
        let mut sent = 0;
        while !stop.load(Ordering::Relaxed) {
            let ids = client * APART + sent..client * APART + sent + CHUNK;
            let lines: Vec<_> = ids.map(|id| json_line(&record(id, base_ms))).collect();
            sender.chunk(&format!("client-{client}-{sent}"), &lines);
            sent += CHUNK;
            // As a busy service, not as fast as it can: half an hour must fit into memory.
            thread::sleep(Duration::from_millis(10));
        }
        sent
    })
}

/// Sends as FireLens does, over a new connection when one breaks; gives how many records were written.
fn unacked(rig: &Rig, base_ms: i64, stop: &Arc<AtomicBool>) -> JoinHandle<u64> {
    let (socket, stop) = (rig.socket(), Arc::clone(stop));
    thread::spawn(move || {
        let mut sent = 0;
        while !stop.load(Ordering::Relaxed) {
            let Ok(mut client) = FireLens::try_connect(&socket) else {
                thread::sleep(Duration::from_millis(5));
                continue;
            };
            let mut connected = true;
            while connected && !stop.load(Ordering::Relaxed) {
                client.line(&json_line(&record(CLIENTS * APART + sent, base_ms)));
                connected = client.try_flush().is_ok();
                sent += 1;
                thread::sleep(Duration::from_millis(2));
            }
        }
        sent
    })
}

/// A spool's folder on a file system of its own, so that it can be full.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one of 24 MiB; none where that is not allowed, which is told.
    fn mount(folder: &Path) -> Option<SmallDisk> {
        fs::create_dir_all(folder).expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs"])
            .arg(folder)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(SmallDisk { folder: folder.to_owned() }),
            _ => {
                eprintln!("no file system can be mounted here (that takes root): the disk is never full");
                None
            }
        }
    }

    fn fill(&self) -> Full<'_> {
        let path = self.folder.join("ballast");
        let mut file = fs::File::create(&path).expect("a file on the small disk");
        while file.write_all(&[0; 64 << 10]).is_ok() {}
        Full { path, _disk: self }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.folder).output();
    }
}

/// The disk is full until this is dropped.
struct Full<'d> {
    path: PathBuf,
    _disk: &'d SmallDisk,
}

impl Drop for Full<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// What happens to a router, one after the other.
struct Storm<'r> {
    rig: &'r Rig,
    disk: Option<&'r SmallDisk>,
    random: Rng,
    done: HashMap<&'static str, u64>,
    peak_kib: u64,
}

impl Storm<'_> {
    /// Lets one thing happen; gives the router that runs afterwards.
    fn strike(&mut self, router: Child) -> Child {
        let rig = self.rig;
        self.peak_kib = self.peak_kib.max(router.peak_rss_kib());
        self.pause(20..300);
        match self.random.u8(0..15) {
            0 | 1 => {
                self.count("SIGKILL");
                router.kill();
                router.wait(Duration::from_secs(10));
                return self.start();
            }
            2 => {
                self.count("SIGTERM");
                router.terminate();
                let status = router.wait(Duration::from_secs(60));
                // 1 tells that something stayed in the spool.
                assert!(matches!(status.code(), Some(0 | 1)), "{status}: {:#?}", router.lines());
                return self.start();
            }
            3 => {
                self.count("SIGSTOP, SIGCONT");
                router.signal(Signal::STOP);
                self.pause(50..1500);
                router.signal(Signal::CONT);
            }
            4 | 5 => {
                self.count("S3 down");
                rig.s3_faults.set_down(self.way_down());
                self.pause(100..2500);
                if self.random.bool() {
                    self.count("SIGKILL while S3 is down");
                    router.kill();
                    router.wait(Duration::from_secs(10));
                    let router = self.start();
                    rig.s3_faults.set_down(None);
                    return router;
                }
                rig.s3_faults.set_down(None);
            }
            6 => {
                self.count("CloudWatch Logs down");
                rig.logs_faults.set_down(self.way_down());
                self.pause(100..2500);
                rig.logs_faults.set_down(None);
            }
            7 => {
                self.count("most calls fail");
                rig.s3_faults.set_fail_share(0.8);
                rig.logs_faults.set_fail_share(0.8);
                self.pause(200..2000);
                rig.s3_faults.set_fail_share(SHARE);
                rig.logs_faults.set_fail_share(SHARE);
            }
            8 | 9 => {
                let Some(disk) = self.disk else { return router };
                self.count("disk full");
                let full = disk.fill();
                self.pause(100..1500);
                drop(full);
            }
            10 => {
                self.count("connection storm");
                let clients: Vec<_> = (0..200).filter_map(|_| TcpStream::connect(rig.tcp()).ok()).collect();
                for mut client in &clients {
                    let _ = client.write_all(&[0x92, 0xa3, b'a', b'p', b'p', 0xdc]);
                }
                self.pause(10..300);
            }
            11 => {
                self.count("malformed clients");
                for bytes in [
                    &b"GET / HTTP/1.1\r\n\r\n"[..],
                    &[0xc1],
                    &[0x92, 0xa3, b'a', b'p', b'p', 0xc6, 0x40, 0, 0, 0],
                    &[0x93, 0xa3, b'a', b'p', b'p', 0, 0xdf, 0x40, 0, 0, 0],
                ] {
                    let _ = UnixStream::connect(rig.socket()).map(|mut client| client.write_all(bytes));
                }
            }
            12 => {
                self.count("slow disk");
                rig.interposer().set_file_delay(Duration::from_millis(self.random.u64(5..150)));
                self.pause(200..2500);
                rig.interposer().set_file_delay(Duration::ZERO);
            }
            13 => {
                self.count("clock jumps");
                rig.interposer().set_clock_ahead(self.random.i64(-CLOCK_OFF_S..=CLOCK_OFF_S));
            }
            _ => {
                self.count("names that do not resolve");
                router.kill();
                router.wait(Duration::from_secs(10));
                let lost = rig.start_with("http://s3.sluice-test.invalid", "http://logs.sluice-test.invalid");
                self.pause(300..2500);
                lost.kill();
                lost.wait(Duration::from_secs(10));
                return self.start();
            }
        }
        router
    }

    /// Starts a router; killed again at times while it recovers.
    fn start(&mut self) -> Child {
        while self.random.u8(0..4) == 0 {
            self.count("SIGKILL while starting");
            let router = self.rig.start_unready();
            self.pause(1..200);
            router.kill();
            router.wait(Duration::from_secs(10));
        }
        self.rig.start()
    }

    fn way_down(&mut self) -> Down {
        if self.random.bool() { Down::Refuse } else { Down::Hang }
    }

    /// Lets time pass: how long a fault lasts is part of it.
    fn pause(&mut self, millis: std::ops::Range<u64>) {
        thread::sleep(Duration::from_millis(self.random.u64(millis)));
    }

    fn count(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    fn told(&self) -> String {
        let mut all: Vec<_> = self.done.iter().map(|(what, count)| format!("{count} × {what}")).collect();
        all.sort_unstable();
        all.join(", ")
    }
}

/// What came of what was sent.
struct Account {
    accepted: u64,
    unacked: u64,
    discarded: u64,
    unacked_archived: u64,
    events: u64,
    missing: Vec<u64>,
    twice: Vec<u64>,
    errors: u64,
    errors_missing: Vec<u64>,
}

impl Account {
    fn of(rig: &Rig, sent: &[u64], unacked: u64, discarded: u64) -> Account {
        let id = |json: &serde_json::Value| json["attrs"]["id"].as_u64().expect("an id");
        let mut archived: HashMap<u64, u64> = HashMap::new();
        rig.each_archived(|record| *archived.entry(id(&record.json)).or_default() += 1);
        let mut delivered: HashMap<u64, u64> = HashMap::new();
        for error in rig.errors() {
            *delivered.entry(id(&error)).or_default() += 1;
        }
        let accepted =
            || sent.iter().enumerate().flat_map(|(at, sent)| at as u64 * APART..at as u64 * APART + sent);
        let errors = || accepted().filter(|id| id % 50 == 0);
        Account {
            accepted: sent.iter().sum(),
            unacked,
            discarded,
            unacked_archived: archived.keys().filter(|id| **id >= CLIENTS * APART).count() as u64,
            events: delivered.values().sum(),
            missing: accepted().filter(|id| !archived.contains_key(id)).collect(),
            twice: archived.iter().filter(|(_, count)| **count > 1).map(|(id, _)| *id).collect(),
            errors: errors().count() as u64,
            errors_missing: errors().filter(|id| !delivered.contains_key(id)).collect(),
        }
    }

    /// Prints the account, and fails when it does not close.
    fn close(&self, rig: &Rig, done: &str, peak_kib: u64) {
        eprintln!("{done}");
        eprintln!(
            "{} of {} calls failed, {} of them after the service had done what was asked",
            rig.s3_faults.failed() + rig.logs_faults.failed(),
            rig.s3_faults.calls() + rig.logs_faults.calls(),
            rig.s3_faults.lost() + rig.logs_faults.lost(),
        );
        eprintln!(
            "accepted {}, archived once {}, missing {}, twice {}, discarded {}; errors {}, not delivered {}, events {}; \
             without acknowledgement: sent {}, archived {}; peak memory {:.1} MiB",
            self.accepted,
            self.accepted - self.missing.len() as u64 - self.twice.len() as u64,
            self.missing.len(),
            self.twice.len(),
            self.discarded,
            self.errors,
            self.errors_missing.len(),
            self.events,
            self.unacked,
            self.unacked_archived,
            peak_kib as f64 / 1024.0,
        );
        assert_eq!(self.discarded, 0, "nothing may be discarded while clients can wait");
        assert!(self.missing.is_empty(), "missing: {:?}", self.missing);
        assert!(self.twice.is_empty(), "more than once: {:?}", self.twice);
        assert!(self.errors_missing.is_empty(), "errors not delivered: {:?}", self.errors_missing);
        assert!(peak_kib < MOST_KIB, "{peak_kib} KiB");
    }
}
