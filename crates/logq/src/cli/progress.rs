//! How far a query is, on a terminal alone: one line on standard error that is gone when the answer is there.

use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use sluice_query::Stats;

/// The line.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(is_shown: bool) -> Progress {
        let bar = ProgressBar::new_spinner();
        // On anything but a terminal indicatif draws nothing by itself.
        bar.set_draw_target(if is_shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress(bar)
    }

    pub(super) fn local(&self, stats: &Stats) {
        let get = Stats::get;
        let (read, found) = (get(&stats.read_bytes), get(&stats.object_bytes));
        self.0.set_message(format!(
            "{} folders · {} of {} · {} records",
            HumanCount(get(&stats.folders)),
            HumanBytes(read),
            HumanBytes(found.max(read)),
            HumanCount(get(&stats.records)),
        ));
    }

    pub(super) fn trino(&self, stats: &sluice_trino::Stats) {
        self.0.set_message(format!(
            "{} · {} of {} splits · {} · {} rows",
            stats.state.to_lowercase(),
            stats.splits_done,
            stats.splits_total,
            HumanBytes(stats.read_bytes),
            HumanCount(stats.rows),
        ));
    }

    pub(super) fn athena(&self, seen: &sluice_athena::Progress) {
        let scanned = HumanBytes(seen.scanned_bytes);
        self.0.set_message(format!("{} · {scanned} scanned · {}", seen.state.to_lowercase(), seen.id));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
