//! One run: sinks, a router between, an input; what it cost and what came out.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sluice_testkit::logs::CloudWatchRecorder;
use sluice_testkit::process::Child;
use sluice_testkit::s3::S3Server;
use sluice_testkit::tls::TlsProxy;

use crate::limits::Limits;
use crate::load::{Input, Sent};
use crate::router::{BUCKET, Place, Router};
use crate::verify::Found;

/// How long a router may work on what it was sent.
const DRAIN: Duration = Duration::from_secs(300);
/// A router that used no CPU so long has read what was sent.
const QUIET: Duration = Duration::from_millis(500);

/// What a run showed.
pub(crate) struct Measured {
    /// How the sending went.
    pub(crate) sent: Sent,
    /// CPU seconds of the router, user and system, from its start to its end.
    pub(crate) cpu_s: f64,
    /// The system's share of it, from 0 to 1.
    pub(crate) system_share: f64,
    /// The most memory it had resident, in KiB.
    pub(crate) peak_kib: u64,
    /// From the last byte sent to its end.
    pub(crate) drain: Duration,
    /// It ended with status 0 when it was asked to.
    pub(crate) ended_well: bool,
    /// What is in the sinks.
    pub(crate) found: Found,
    /// Batches that CloudWatch Logs refused, and why.
    pub(crate) violations: Vec<String>,
}

/// Runs a router on an input. `limits` are those of [`Limits`].
///
/// # Errors
/// When it cannot be started or takes no connection, or what it left cannot be read.
pub(crate) fn run(
    router: &Router,
    input: &Input,
    rate: Option<f64>,
    limits: Option<&Limits>,
) -> Result<Measured> {
    let folder = tempfile::tempdir().context("a folder for the run")?;
    let (s3, logs) = (S3Server::start(&[BUCKET]), CloudWatchRecorder::alone());
    let tls = TlsProxy::start(&logs.endpoint());
    let place =
        Place { folder: folder.path(), s3: s3.endpoint(), logs: logs.endpoint(), logs_tls: tls.port() };
    let mut command = router.command(&place)?;
    if let Some(limits) = limits {
        command = limits.wrap(&command);
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
    }
    let child = Child::start(&mut command);
    let watch = Watch::start(child.pid());
    router.wait_ready(&child, &place);

    let sent = input.send(&place.socket(), rate).context("sending to the router")?;
    let last = Instant::now();
    wait_quiet(&child);
    child.terminate();
    let status = child.wait(DRAIN);
    let drain = last.elapsed();
    let (peak_kib, system_share) = watch.stop();
    if std::env::var_os("BENCH_STDERR").is_some() {
        child.lines().iter().for_each(|line| eprintln!("  | {line}"));
    }

    let found = Found::read(input, &sent, &s3.objects(BUCKET), &logs.events())?;
    Ok(Measured {
        sent,
        cpu_s: child.cpu_seconds(),
        system_share,
        peak_kib,
        drain,
        ended_well: status.success(),
        found,
        violations: logs.violations(),
    })
}

/// Returns when the router has used no CPU to speak of for [`QUIET`], or after [`DRAIN`]. What it has left to upload
/// then is for its end: only a message that was not read would be lost by asking too early.
fn wait_quiet(child: &Child) {
    let started = Instant::now();
    loop {
        let before = child.cpu_seconds();
        std::thread::sleep(QUIET);
        let used = child.cpu_seconds() - before;
        if used < 0.015 || !child.is_running() || started.elapsed() > DRAIN {
            return;
        }
    }
}

/// Reads a process' peak memory and CPU until it is told to stop: the kernel forgets both when the process ends.
struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(u64, f64)>,
}

impl Watch {
    fn start(pid: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let folder = Path::new("/proc").join(pid.to_string());
            let (mut peak, mut share) = (0, 0.0);
            while !stopped.load(Ordering::Relaxed) {
                if let Some(kib) = peak_kib(&folder) {
                    peak = peak.max(kib);
                }
                if let Some((user, system)) = cpu_ticks(&folder) {
                    share = system / (user + system).max(1.0);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            (peak, share)
        });
        Self { stop, thread }
    }

    fn stop(self) -> (u64, f64) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("reading /proc does not panic")
    }
}

fn peak_kib(folder: &Path) -> Option<u64> {
    let status = fs::read_to_string(folder.join("status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}

fn cpu_ticks(folder: &Path) -> Option<(f64, f64)> {
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11).map(str::parse::<f64>);
    Some((fields.next()?.ok()?, fields.next()?.ok()?))
}
