//! What tasks send, by arithmetic, and how their requests coincide, by simulation.

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// What one task logs.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Lines a second.
    pub lines_per_second: f64,
    /// Mean bytes of a line, and about those of its record.
    pub line_bytes: f64,
    /// Share of ERROR and above.
    pub error_share: f64,
    /// Record bytes for a byte of object.
    pub compression: f64,
}

impl Load {
    /// A service of middling talk: the mix of `bench-peers reference`, 50 lines a second.
    pub const MIDDLING: Self =
        Self { lines_per_second: 50.0, line_bytes: 272.0, error_share: 0.021, compression: 8.0 };

    /// Bytes of lines a second.
    #[must_use]
    pub fn bytes_per_second(&self) -> f64 {
        self.lines_per_second * self.line_bytes
    }
}

/// The settings of log-router that count here.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// `spool.segment_bytes`.
    pub segment_bytes: f64,
    /// `spool.segment_age` in seconds.
    pub segment_age: f64,
    /// `errors.batch_wait` in seconds.
    pub batch_wait: f64,
}

impl Settings {
    /// log-router's defaults.
    pub const DEFAULT: Self =
        Self { segment_bytes: 16.0 * 1024.0 * 1024.0, segment_age: 60.0, batch_wait: 1.0 };

    /// Seconds until a segment of this load is sealed.
    #[must_use]
    pub fn roll_seconds(&self, load: &Load) -> f64 {
        self.segment_age.min(self.segment_bytes / load.bytes_per_second())
    }
}

/// A day of many tasks.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    /// Tasks.
    pub tasks: f64,
    /// GB of lines.
    pub line_gb: f64,
    /// Objects: a segment is one, and one more when an hour begins within it.
    pub objects: f64,
    /// GB of objects.
    pub object_gb: f64,
    /// GB of errors that CloudWatch Logs takes in.
    pub error_gb: f64,
    /// PUT requests a second, on average.
    pub puts_per_second: f64,
    /// PutLogEvents a second, on average.
    pub log_puts_per_second: f64,
}

impl Day {
    /// The day of so many tasks.
    #[must_use]
    pub fn of(tasks: f64, load: &Load, settings: &Settings) -> Self {
        let line_gb = tasks * load.bytes_per_second() * DAY / 1e9;
        let segments = DAY / settings.roll_seconds(load);
        let objects = tasks * (segments + 24.0);
        // A batch begins with an error and takes what comes within the wait.
        let errors = load.lines_per_second * load.error_share;
        let batches = if errors > 0.0 { 1.0 / (settings.batch_wait + 1.0 / errors) } else { 0.0 };
        Self {
            tasks,
            line_gb,
            objects,
            object_gb: line_gb / load.compression,
            error_gb: line_gb * load.error_share,
            puts_per_second: objects / DAY,
            log_puts_per_second: tasks * batches,
        }
    }

    /// KB of an object, on average.
    #[must_use]
    pub fn object_kb(&self) -> f64 {
        self.object_gb * 1e6 / self.objects
    }
}

/// Requests of the fullest second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    /// When tasks began at any time.
    pub spread: u32,
    /// When all began within ten seconds, as after an outage of a zone.
    pub together: u32,
    /// When an hour begins: every task that rolls has records of two hours.
    pub at_the_hour: u32,
}

/// Lets tasks roll for an hour, each from its own second on.
#[must_use]
pub fn simulate(tasks: u32, load: &Load, settings: &Settings, seed: u64) -> Peak {
    let roll = settings.roll_seconds(load);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut fullest = |within: f64| {
        let mut seconds = vec![0u32; 3600];
        let mut hour_seconds = vec![0u32; roll.ceil() as usize + 1];
        for _ in 0..tasks {
            let begun = random.f64() * within;
            let mut at = begun + roll;
            // The first roll after the hour has an object of each hour.
            hour_seconds[(begun % roll) as usize] += 2;
            while at < 3600.0 {
                seconds[at as usize] += 1;
                at += roll;
            }
        }
        let most = |counts: &[u32]| counts.iter().copied().max().unwrap_or(0);
        (most(&seconds), most(&hour_seconds))
    };
    let (spread, at_the_hour) = fullest(roll);
    let (together, _) = fullest(10.0_f64.min(roll));
    Peak { spread, together, at_the_hour }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_task_rolls_by_size_and_a_quiet_one_by_age() {
        let busy = Load { lines_per_second: 10_000.0, ..Load::MIDDLING };
        assert!((Settings::DEFAULT.roll_seconds(&Load::MIDDLING) - 60.0).abs() < 1e-9);
        assert!(Settings::DEFAULT.roll_seconds(&busy) < 7.0);
    }

    #[test]
    fn a_day_is_the_sum_of_its_tasks() {
        let one = Day::of(1.0, &Load::MIDDLING, &Settings::DEFAULT);
        let many = Day::of(1000.0, &Load::MIDDLING, &Settings::DEFAULT);
        assert!((many.line_gb - 1000.0 * one.line_gb).abs() < 1e-6);
        assert!((one.objects - (1440.0 + 24.0)).abs() < 1e-6);
        assert!((one.object_kb() - many.object_kb()).abs() < 1e-9);
    }

    #[test]
    fn no_errors_send_nothing_and_a_longer_wait_sends_less() {
        let quiet = Load { error_share: 0.0, ..Load::MIDDLING };
        assert!(Day::of(10.0, &quiet, &Settings::DEFAULT).log_puts_per_second.abs() < 1e-9);
        let patient = Settings { batch_wait: 5.0, ..Settings::DEFAULT };
        let puts = |settings| Day::of(10.0, &Load::MIDDLING, settings).log_puts_per_second;
        assert!(puts(&patient) < puts(&Settings::DEFAULT) / 2.0);
    }

    #[test]
    fn every_roll_is_counted_and_those_that_begin_together_roll_together() {
        let peak = simulate(6000, &Load::MIDDLING, &Settings::DEFAULT, 7);
        assert!((100..150).contains(&peak.spread), "{peak:?}");
        assert!((600..750).contains(&peak.together), "{peak:?}");
        assert!((200..300).contains(&peak.at_the_hour), "{peak:?}");
        assert_eq!(peak, simulate(6000, &Load::MIDDLING, &Settings::DEFAULT, 7));
    }
}
