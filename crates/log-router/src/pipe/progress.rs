//! One line on a terminal that says how far a run is, and is gone at its end.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use super::summary::{Summary, megabytes, thousands};

/// Five times a second is as fast as digits can be read.
const EVERY: Duration = Duration::from_millis(200);
/// To the line's beginning, and clear it.
const CLEAR: &str = "\r\x1b[K";

/// The line.
pub(super) struct Progress {
    on: bool,
    last: Instant,
    shown: bool,
}

impl Progress {
    /// Nothing is shown unless standard error is a terminal.
    pub(super) fn new(wanted: bool) -> Progress {
        Progress { on: wanted && stderr().is_terminal(), last: Instant::now(), shown: false }
    }

    /// Shows the numbers when it is time to.
    pub(super) fn show(&mut self, summary: impl FnOnce() -> Summary) {
        if !self.on || self.last.elapsed() < EVERY {
            return;
        }
        self.last = Instant::now();
        self.shown = true;
        let now = summary();
        // What cannot be shown is no reason to stop.
        let _ = write!(
            stderr(),
            "{CLEAR}{} lines · {} · {:.0} MB/s · {} records · {} errors",
            thousands(now.lines),
            megabytes(now.bytes),
            now.megabytes_per_second(),
            thousands(now.routed.by_level.total()),
            thousands(now.routed.errors)
        );
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(stderr(), "{CLEAR}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
