//! Who answers a request, with what, and how fast.

use fastrand::Rng;

use super::{Answer, Outcome, Request, Route};
use crate::chance::Chance;
use crate::plan::Window;
use crate::world::{Service, Task};

/// Why the application failed: each is logged with a message and mostly a traceback of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    /// No connection to the database came free in time.
    PoolTimeout,
    /// The database was gone.
    ConnectionLost,
    /// The database chose this transaction as the victim.
    Deadlock,
    /// The card network did not answer.
    GatewayTimeout,
    /// Only since the deployment: a price rule without a discount.
    MissingDiscount,
    /// The card was refused; a 402 and no error of the application.
    CardDeclined,
}

/// Why no task answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refusal {
    /// The firewall blocked it, by this rule.
    Blocked(&'static str),
    /// The load balancer sent the client from HTTP to HTTPS.
    Redirected,
    /// It was no HTTP.
    Malformed,
    /// 502: the task closed the connection.
    BadGateway(Task),
    /// 503: no healthy task.
    Unavailable(Service),
    /// 504: the task did not answer in time.
    Timeout(Task),
}

/// Decides the fate of a request that the firewall let through, and its sizes and times.
pub(super) fn decide(request: &mut Request, window: Window, rng: &mut Rng) {
    let usual = request.route.usual();
    let deployed = window.deployed(request.at);
    let incident = window.in_incident(request.at);
    let task = Task::of(usual.service, rng.usize(..8), deployed);

    request.received = rng.around(if usual.method == "POST" { 1_450.0 } else { 780.0 }, 0.25) as u64;
    request.upload = 0.5 + rng.f64();
    request.download = 0.1 + rng.f64() * 0.4;
    // A few people are on slow lines.
    if rng.chance(0.012) {
        request.upload += rng.around(400.0, 0.9);
        request.download += rng.around(1_500.0, 0.9);
    }

    let refusal = match rng.f64() {
        x if incident && x < 0.05 => Some(Refusal::Timeout(task)),
        x if incident && x < 0.08 => Some(Refusal::BadGateway(task)),
        x if incident && x < 0.11 => Some(Refusal::Unavailable(usual.service)),
        x if x < 0.0004 => Some(Refusal::BadGateway(task)),
        x if x < 0.0006 => Some(Refusal::Timeout(task)),
        _ => None,
    };
    if let Some(refusal) = refusal {
        request.sent = 277;
        request.outcome = Outcome::Refused(refusal);
        return;
    }

    let failure = failure(request.route, deployed, incident, usual.failing, rng);
    let mut took = rng.around(usual.median, usual.spread);
    if deployed && request.route.is_view() {
        took = took * 6.0 + 110.0;
    }
    if incident {
        took *= 4.0;
    }
    let (status, took) = match failure {
        Some(Failure::PoolTimeout) => (503, 30_000.0 + rng.f64() * 40.0),
        Some(Failure::ConnectionLost | Failure::MissingDiscount) => (500, took * 0.5),
        Some(Failure::Deadlock) => (500, took + 1_000.0 + rng.f64() * 200.0),
        Some(Failure::GatewayTimeout) => (502, 10_000.0 + rng.f64() * 30.0),
        Some(Failure::CardDeclined) => (402, took),
        None => (plain_status(request, rng), took),
    };
    request.sent = if status < 400 { rng.around(usual.size, 0.4) as u64 + 180 } else { 340 + rng.u64(..60) };
    let unheard = took > 4_000.0 && rng.chance(0.3) || rng.chance(0.0008);
    if unheard {
        request.sent = 0;
    }
    request.outcome = Outcome::App(Answer { task, status, took, failure, unheard });
}

fn failure(route: Route, deployed: bool, incident: bool, failing: f64, rng: &mut Rng) -> Option<Failure> {
    if route == Route::Unknown {
        return None;
    }
    let x = rng.f64();
    if incident {
        return match x {
            x if x < 0.10 => Some(Failure::PoolTimeout),
            x if x < 0.28 => Some(Failure::ConnectionLost),
            x if x < 0.45 && route == Route::Order => Some(Failure::Deadlock),
            _ => None,
        };
    }
    if deployed && route.is_view() && x < 0.012 {
        return Some(Failure::MissingDiscount);
    }
    match (route, x) {
        (Route::Pay, x) if x < failing => Some(Failure::GatewayTimeout),
        (Route::Pay, x) if x < failing + 0.045 => Some(Failure::CardDeclined),
        (Route::Order, x) if x < failing => Some(Failure::Deadlock),
        (_, x) if x < failing => Some(Failure::ConnectionLost),
        _ => None,
    }
}

/// The status of an answer that is no failure.
fn plain_status(request: &Request, rng: &mut Rng) -> u16 {
    match request.route {
        Route::CartAdd | Route::Order | Route::Pay => 201,
        Route::Unknown => 404,
        Route::Login if request.user.is_none() => 401,
        Route::Home | Route::Search if rng.chance(0.06) => 304,
        route if route.is_view() && rng.chance(0.008) => 404,
        _ => 200,
    }
}
