//! The requests that all logs tell of.
//!
//! | file | decides |
//! |---|---|
//! | `route.rs` | what can be asked for, how long it takes and how often it fails |
//! | `client.rs` | who asks: address, country, browser, connections |
//! | `visit.rs` | what people do: sessions along a funnel |
//! | `noise.rs` | what nobody wanted: crawlers, scanners, a password guesser, malformed requests |
//! | `answer.rs` | who answers a request, with what, and how fast |
//!
//! The requests are in the order of their arrival, and every one has a trace id of its own whose first eight hex
//! digits are the second of arrival, as the load balancer makes them.

mod answer;
mod client;
mod noise;
mod route;
mod visit;

use std::fmt::{self, Display};
use std::net::Ipv4Addr;

pub(crate) use answer::{Failure, Refusal};
pub(crate) use client::{Agent, Client, Connection};
pub(crate) use route::Route;

use crate::chance::mix;
use crate::clock::{HOUR, Micros, SECOND};
use crate::plan::{Plan, Window};
use crate::world::Task;

/// A request at the load balancer.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Arrival.
    pub(crate) at: Micros,
    pub(crate) trace: u128,
    pub(crate) client: Client,
    /// Index into [`Traffic::connections`].
    pub(crate) connection: usize,
    /// Number of the user that is logged in.
    pub(crate) user: Option<u32>,
    pub(crate) route: Route,
    pub(crate) path: String,
    /// Without the `?`; may be empty.
    pub(crate) query: String,
    pub(crate) outcome: Outcome,
    /// Milliseconds that the client took to send what it had to.
    pub(crate) upload: f64,
    /// Milliseconds that the client took to fetch the answer.
    pub(crate) download: f64,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    /// A rule in count mode that matched.
    pub(crate) counted: Option<&'static str>,
}

/// Who answered.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// A task.
    App(Answer),
    /// The load balancer, or the firewall before it.
    Refused(Refusal),
}

/// What a task answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) task: Task,
    pub(crate) status: u16,
    /// Milliseconds.
    pub(crate) took: f64,
    pub(crate) failure: Option<Failure>,
    /// The client had gone before the answer came: 460 at the load balancer.
    pub(crate) unheard: bool,
}

impl Request {
    pub(crate) fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::App(answer) => Some(answer),
            Outcome::Refused(_) => None,
        }
    }

    /// When the application was done with it.
    pub(crate) fn logged(&self) -> Option<Micros> {
        self.answer().map(|answer| self.at + millis(self.upload + answer.took))
    }

    /// The path as the client wrote it, and as the application saw it.
    pub(crate) fn rewritten(&self) -> Option<String> {
        (self.route == Route::Legacy).then(|| self.path.replacen("/v1/", "/api/", 1))
    }

    /// The path as the application saw it.
    pub(crate) fn app_path(&self) -> String {
        self.rewritten().unwrap_or_else(|| self.path.clone())
    }

    /// A number of this request's own.
    pub(crate) fn number(&self, what: u64) -> u64 {
        let [high, low] = [self.trace >> 64, self.trace].map(|half| half as u64);
        mix(&[what, high, low])
    }

    pub(crate) fn request_id(&self) -> u64 {
        self.number(1)
    }

    pub(crate) fn span_id(&self) -> u64 {
        self.number(2)
    }
}

/// Milliseconds as microseconds.
pub(crate) fn millis(millis: f64) -> Micros {
    (millis * 1000.0) as Micros
}

/// All that came to the load balancer, in the order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) requests: Vec<Request>,
    pub(crate) connections: Vec<Connection>,
}

/// How busy each hour of the day is in Japan, where the shop's customers are. The mean is 1.
const RHYTHM: [f64; 24] = [
    0.75, 0.42, 0.24, 0.16, 0.14, 0.18, 0.36, 0.68, 0.92, 1.02, 1.08, 1.15, 1.48, 1.28, 1.12, 1.08, 1.10,
    1.18, 1.30, 1.48, 1.78, 1.95, 1.80, 1.35,
];

/// How busy it is at an instant.
pub(crate) fn busy(at: Micros) -> f64 {
    let hour = (at / HOUR + 9).rem_euclid(24);
    RHYTHM[usize::try_from(hour).unwrap_or(0)]
}

pub(crate) fn generate(plan: &Plan, window: Window) -> Traffic {
    let mut traffic = Traffic::default();
    visit::generate(plan, window, &mut traffic);
    noise::generate(plan, window, &mut traffic);
    traffic.requests.retain(|request| request.at < window.to);
    // The trace makes the order total, so that it does not depend on how the sort goes.
    traffic.requests.sort_unstable_by_key(|request| (request.at, request.trace));
    traffic
}

/// A trace id whose first eight hex digits are the second of arrival.
fn trace(at: Micros, rng: &mut fastrand::Rng) -> u128 {
    let second = u128::from(u32::try_from(at / SECOND).unwrap_or(u32::MAX));
    (second << 96) | (rng.u128(..) >> 32)
}

/// The last byte of an address.
fn last(address: Ipv4Addr) -> u8 {
    address.octets()[3]
}

/// `1-67890abc-0123456789abcdef01234567`: a trace id as the load balancer and the firewall write it. Without its first
/// part and the dashes it is the application's.
pub(crate) struct TraceId(pub(crate) u128);

impl Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1-{:08x}-{:024x}", self.0 >> 96, self.0 & ((1 << 96) - 1))
    }
}
