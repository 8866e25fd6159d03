//! A process, its standard error line by line, and its end.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{self, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use super::{http_get, parse_metrics};

/// How long the end of standard error is waited for once the process has ended.
const LAST_LINES: Duration = Duration::from_secs(1);

/// A running process. It is killed when it is dropped.
pub struct Child {
    shared: Arc<Shared>,
    pid: Pid,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    process: process::Child,
    lines: Vec<String>,
    /// Standard error is at its end.
    closed: bool,
    status: Option<ExitStatus>,
    /// CPU seconds of a process that has ended.
    used: f64,
}

impl Child {
    /// Starts a command and captures its standard error.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        let spawned = command.stderr(Stdio::piped()).spawn();
        let mut process = spawned.unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
        let pid = Pid::from_child(&process);
        let (stdin, stdout) = (process.stdin.take(), process.stdout.take());
        let stderr = process.stderr.take().expect("a captured standard error");
        let state = State { process, lines: Vec::new(), closed: false, status: None, used: 0.0 };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                    shared.change(|state| state.lines.push(String::from_utf8_lossy(&line).into_owned()));
                }
                shared.change(|state| state.closed = true);
            }
        });
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.await_end(pid)
        });
        Self { shared, pid, stdin, stdout }
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Its standard input, if the command had it piped; dropping it closes it.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.stdin.take()
    }

    /// Its standard output, if the command had it piped.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.stdout.take()
    }

    /// The lines of its standard error so far.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.shared.lock().lines.clone()
    }

    /// The first line of its standard error, from its start, for which `wanted` holds.
    ///
    /// # Panics
    /// When there is none within `timeout`, or standard error ended without one.
    #[track_caller]
    pub fn wait_for_line(&self, mut wanted: impl FnMut(&str) -> bool, timeout: Duration) -> String {
        let mut seen = 0;
        let mut found = None;
        let state = self.shared.wait(timeout, |state| {
            found = state.lines[seen..].iter().find(|line| wanted(line)).cloned();
            seen = state.lines.len();
            found.is_some() || state.closed
        });
        let end = if state.closed { "its standard error ended" } else { "it did not come in time" };
        let lines = state.lines.join("\n");
        drop(state);
        found.unwrap_or_else(|| panic!("no such line, {end}; there were:\n{lines}"))
    }

    /// Asks it to end (SIGTERM). Nothing happens if it has ended.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Kills it (SIGKILL). Nothing happens if it has ended.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Sends it any signal. Nothing happens if it has ended.
    pub fn signal(&self, signal: Signal) {
        let state = self.shared.lock();
        if state.status.is_none() {
            // It may be a zombie, which takes every signal.
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Waits for its end, and for the last line of its standard error (a second at most: a child of its own may hold
    /// that open).
    ///
    /// # Panics
    /// When it runs on after `timeout`.
    #[track_caller]
    pub fn wait(&self, timeout: Duration) -> ExitStatus {
        if self.shared.wait(timeout, |state| state.status.is_some()).status.is_some() {
            drop(self.shared.wait(LAST_LINES, |state| state.closed));
        }
        let state = self.shared.lock();
        let (status, lines) = (state.status, state.lines.join("\n"));
        drop(state);
        status.unwrap_or_else(|| panic!("it still runs after {timeout:?}; its standard error:\n{lines}"))
    }

    /// True until it has ended.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.shared.lock().status.is_none()
    }

    /// The most memory it had resident so far, in KiB.
    ///
    /// # Panics
    /// When it has ended: the kernel forgets the figure then.
    #[must_use]
    pub fn peak_rss_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak.and_then(|kib| kib.trim().parse().ok()).expect("the peak memory of a process that runs")
    }

    /// CPU time it used so far, or until its end, in seconds.
    #[must_use]
    pub fn cpu_seconds(&self) -> f64 {
        let state = self.shared.lock();
        if state.status.is_some() { state.used } else { cpu_seconds(self.pid).unwrap_or_default() }
    }

    /// Its metrics at `http://{address}/metrics`: `name{labels}` → value.
    ///
    /// # Panics
    /// When there is no answer, or it is no text of metrics.
    #[must_use]
    pub fn metrics(&self, address: &str) -> BTreeMap<String, f64> {
        let (status, text) = http_get(address, "/metrics");
        assert_eq!(status, 200, "{text}");
        parse_metrics(&text)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        let ended = self.shared.wait(Duration::from_secs(10), |state| state.status.is_some());
        if thread::panicking() {
            let lines = &ended.lines;
            let from = lines.len().saturating_sub(50);
            eprintln!("standard error of process {}, its end:\n{}", self.pid(), lines[from..].join("\n"));
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Returns when `enough` holds or the time is over.
    fn wait(&self, timeout: Duration, mut enough: impl FnMut(&State) -> bool) -> MutexGuard<'_, State> {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        while !enough(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    fn await_end(&self, pid: Pid) {
        // Left unreaped, so that its id stays its own until the lock is held.
        while let Err(rustix::io::Errno::INTR) =
            waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
        {}
        self.change(|state| {
            state.used = cpu_seconds(pid).unwrap_or_default();
            state.status = Some(state.process.wait().expect("the status of a process that ended"));
        });
    }
}

fn cpu_seconds(pid: Pid) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name before may hold anything, but nothing behind it holds a bracket. Fields 14 and 15 of all.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: f64 =
        fields.split_ascii_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    Some(ticks / clock_ticks_per_second() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Child {
        Child::start(Command::new("sh").args(["-c", script]).stdin(Stdio::null()))
    }

    #[test]
    fn lines_and_the_end_are_awaited() {
        let child = shell("echo one >&2; echo two >&2; exit 3");
        assert_eq!(child.wait_for_line(|line| line.starts_with("tw"), LONG), "two");
        assert_eq!(child.wait_for_line(|line| line.starts_with("on"), LONG), "one");
        assert_eq!(child.wait(LONG).code(), Some(3));
        assert_eq!(child.lines(), ["one", "two"]);
        assert!(!child.is_running());
        child.terminate();
    }

    #[test]
    fn a_line_that_cannot_come_any_more_is_not_waited_for() {
        let child = shell("echo one >&2");
        let missing = std::panic::AssertUnwindSafe(|| child.wait_for_line(|line| line == "two", LONG));
        std::panic::catch_unwind(missing).unwrap_err();
    }

    #[test]
    fn signals_arrive_and_its_use_of_memory_and_cpu_can_be_read() {
        use std::os::unix::process::ExitStatusExt;
        let child = shell("trap 'exit 7' TERM; echo ready >&2; while :; do :; done");
        child.wait_for_line(|line| line == "ready", LONG);
        assert!(child.peak_rss_kib() > 100);
        crate::wait::until(LONG, "some CPU is used", || (child.cpu_seconds() > 0.05).then_some(()));
        child.terminate();
        assert_eq!(child.wait(LONG).code(), Some(7));
        assert!(child.cpu_seconds() > 0.05);
        let child = shell("exec sleep 600");
        child.kill();
        assert_eq!(child.wait(LONG).signal(), Some(9));
    }

    #[test]
    fn a_dropped_child_is_gone() {
        let child = shell("exec sleep 600");
        let pid = child.pid();
        drop(child);
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    }
}
