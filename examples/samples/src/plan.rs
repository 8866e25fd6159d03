//! What is to be written.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::Error;
use crate::clock::{HOUR, MINUTE, Micros};

/// A family of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Kind {
    /// Lines of the services and of the database, for `log-router pipe`.
    App,
    /// Access logs and connection logs of the load balancer.
    Alb,
    /// Flow logs, as Parquet and as text.
    Vpc,
    /// Logs of the web application firewall.
    Waf,
}

impl Kind {
    /// Every family.
    pub const ALL: [Kind; 4] = [Kind::App, Kind::Alb, Kind::Vpc, Kind::Waf];
}

/// What is to be written. The same plan gives the same bytes, whatever is left out of `only`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The folder to write to; made when missing. Files of an earlier run with the same names are replaced.
    pub out: PathBuf,
    /// Where all chance comes from.
    pub seed: u64,
    /// The first instant of the traffic, at a full minute.
    pub from: Timestamp,
    /// How many hours the traffic lasts, 1 to 8,760.
    pub hours: u32,
    /// Requests in an average hour, 20 to 2,000,000. Nights have fewer, evenings more.
    pub requests_per_hour: u32,
    /// The families to write.
    pub only: BTreeSet<Kind>,
    /// In place of the application's logs: this many million bytes of lines, spread evenly over 24 hours.
    pub big_app: Option<u64>,
}

impl Plan {
    /// The plan that the command line has without options: 26 hours of a Monday, 400 requests an hour, seed 7.
    #[must_use]
    pub fn new(out: impl Into<PathBuf>) -> Self {
        Self {
            out: out.into(),
            seed: 7,
            from: Timestamp::constant(1_795_392_000, 0),
            hours: 26,
            requests_per_hour: 400,
            only: Kind::ALL.into(),
            big_app: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(1..=8760).contains(&self.hours) {
            return Err(Error::Hours { hours: self.hours });
        }
        if !(20..=2_000_000).contains(&self.requests_per_hour) {
            return Err(Error::Requests { requests: self.requests_per_hour });
        }
        if self.from.as_microsecond() % MINUTE != 0 || self.from.as_second() < 946_684_800 {
            return Err(Error::From { from: self.from });
        }
        if self.big_app == Some(0) {
            return Err(Error::BigApp);
        }
        Ok(())
    }

    pub(crate) fn window(&self) -> Window {
        let from = self.from.as_microsecond();
        let length = i64::from(self.hours) * HOUR;
        let incident = from + length / 8 / MINUTE * MINUTE;
        Window { from, to: from + length, deploy: from + length / 2, incident, calm: incident + 20 * MINUTE }
    }
}

/// The instants at which something changes, in microseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Micros,
    pub(crate) to: Micros,
    /// shop-api 1.5.0 takes over: one route is slower, and a new error appears.
    pub(crate) deploy: Micros,
    /// The database fails over: 5xx and ERROR lines, until `calm`.
    pub(crate) incident: Micros,
    pub(crate) calm: Micros,
}

impl Window {
    pub(crate) fn deployed(&self, at: Micros) -> bool {
        at >= self.deploy
    }

    pub(crate) fn in_incident(&self, at: Micros) -> bool {
        (self.incident..self.calm).contains(&at)
    }
}
