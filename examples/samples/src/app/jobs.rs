//! The worker, and services that start.

use super::Logs;
use super::events::{job_done, order};
use super::line::{Entry, Json, Level};
use crate::chance::{Chance, stream};
use crate::clock::{MINUTE, SECOND};
use crate::plan::{Plan, Window};
use crate::traffic::{Route, Traffic};
use crate::world::Service;

pub(super) fn log(plan: &Plan, window: Window, traffic: &Traffic, logs: &mut Logs) {
    let worker = Service::Worker.name();
    starts(window, logs);
    let rng = &mut stream(plan.seed, "worker", 0);

    for request in traffic.requests.iter().filter(|request| request.route == Route::Order) {
        let (Some(answer), Some(logged)) = (request.answer(), request.logged()) else { continue };
        if answer.status >= 300 {
            continue;
        }
        let at = job_done(request, logged);
        let took = rng.around(180.0, 0.6);
        let fails = if window.in_incident(at) { 0.5 } else { 0.004 };
        let mut line = if rng.chance(fails) {
            let message =
                format!("job send-receipt failed for {}: [Errno 111] Connection refused", order(request));
            Json::new(at, Level::Error, "worker.jobs", message, worker)
        } else {
            let message = format!("job send-receipt done for {}", order(request));
            Json::new(at, Level::Info, "worker.jobs", message, worker)
        };
        line.string("job", "send-receipt").raw("took_ms", format_args!("{took:.1}")).context(request);
        logs.push(worker, line.finish());
    }

    let mut at = window.from + 30 * SECOND;
    while at < window.to {
        let waiting = rng.wait(1.2) as u32;
        let message = format_args!("alive, {waiting} jobs waiting");
        logs.push(worker, Entry::text(at, Level::Info, "worker.beat", message));
        if window.in_incident(at) {
            let message = format_args!("queue is not reachable, next try in {} s", 5 + rng.u32(..20));
            logs.push(worker, Entry::text(at + 90_000, Level::Critical, "worker.queue", message));
        }
        at += 5 * MINUTE;
    }
}

/// What uvicorn says when the tasks of the new release start.
fn starts(window: Window, logs: &mut Logs) {
    let shop = Service::Shop.name();
    for task in 0..4 {
        let at = window.deploy - (40 - task * 8) * SECOND;
        for (later, text) in [
            (0, format!("INFO:     Started server process [{}]", 7 + task)),
            (1, "INFO:     Waiting for application startup.".to_owned()),
        ] {
            logs.push(shop, Entry::bare(at + later, Level::Info, text));
        }
        let mut line = Json::new(at + 900_000, Level::Info, "shop", "shop-api ready, log style json", shop);
        line.string("version", "1.5.0");
        logs.push(shop, line.finish());
        let text = "INFO:     Application startup complete.".to_owned();
        logs.push(shop, Entry::bare(at + 900_001, Level::Info, text));
    }
}
