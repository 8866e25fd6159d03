//! The log of the database, in PostgreSQL's layout: `2026-11-24 01:02:03.123 UTC [7] ERROR:  deadlock detected`.

use std::fmt::Arguments;

use super::Logs;
use super::line::{Entry, Level};
use crate::chance::{Chance, stream};
use crate::clock::{HOUR, MINUTE, Micros, SECOND, push_fmt, push_text};
use crate::plan::{Plan, Window};
use crate::traffic::{Failure, Request, Route, Traffic, millis};

const NAME: &str = "aurora";

pub(super) fn log(plan: &Plan, window: Window, traffic: &Traffic, logs: &mut Logs) {
    for request in &traffic.requests {
        statement(request, logs);
    }
    let rng = &mut stream(plan.seed, "aurora", 0);
    let mut at = window.from + 2 * MINUTE;
    while at < window.to {
        let (buffers, took) = (20 + rng.u32(..400), 2.0 + rng.f64() * 20.0);
        push(
            logs,
            at,
            4,
            Level::Info,
            format_args!(
                "LOG:  checkpoint complete: wrote {buffers} buffers (0.1%); 0 WAL file(s) added, 0 removed, 1 recycled; write={took:.3} s"
            ),
        );
        at += 5 * MINUTE;
    }
    // Somebody's script has an old password.
    let mut at = window.from + 7 * MINUTE;
    while at < window.to {
        for attempt in 0..rng.i64(1..4) {
            let pid = 2_000 + rng.u32(..4_000);
            let user = if rng.chance(0.8) { "app" } else { "reporting" };
            let text = format_args!("FATAL:  password authentication failed for user \"{user}\"");
            push(logs, at + attempt * 3 * SECOND, pid, Level::Critical, text);
        }
        at += 2 * HOUR + rng.i64(0..HOUR);
    }
    for (after, text) in [
        (0, "LOG:  received fast shutdown request"),
        (1_500, "FATAL:  terminating connection due to administrator command"),
        (21_000, "LOG:  database system was interrupted; last known up a moment ago"),
        (34_000, "LOG:  database system is ready to accept connections"),
    ] {
        let level = if text.starts_with("FATAL") { Level::Critical } else { Level::Info };
        push(logs, window.incident + after * 1_000, 1, level, format_args!("{text}"));
    }
}

/// What a request left in the log.
fn statement(request: &Request, logs: &mut Logs) {
    let (Some(answer), Some(logged)) = (request.answer(), request.logged()) else { return };
    let pid = 100 + u32::try_from(request.number(10) % 900).unwrap_or(0);
    match answer.failure {
        Some(Failure::Deadlock) => {
            let at = logged - millis(8.0);
            let other = pid + 1;
            push(logs, at, pid, Level::Error, format_args!("ERROR:  deadlock detected"));
            push(
                logs,
                at,
                pid,
                Level::Info,
                format_args!(
                    "DETAIL:  Process {pid} waits for ShareLock on transaction 7731; blocked by process {other}."
                ),
            );
            push(
                logs,
                at,
                pid,
                Level::Info,
                format_args!("STATEMENT:  UPDATE products SET stock = stock - 1 WHERE id = $1"),
            );
        }
        None if answer.took > 900.0 => {
            let sql = match request.route {
                Route::Search => {
                    "SELECT id, title FROM products WHERE title ILIKE '%' || $1 || '%' ORDER BY sold DESC LIMIT 20"
                }
                Route::Product | Route::Legacy => {
                    "SELECT p.*, avg(r.stars) FROM products p LEFT JOIN reviews r ON r.product_id = p.id WHERE p.id = $1 GROUP BY p.id"
                }
                Route::Order => "INSERT INTO orders (user_id, total) VALUES ($1, $2) RETURNING id",
                Route::Pay => return,
                _ => "SELECT id, name, tier FROM users WHERE id = $1",
            };
            let took = answer.took * 0.9;
            push(
                logs,
                logged - millis(2.0),
                pid,
                Level::Info,
                format_args!("LOG:  duration: {took:.3} ms  statement: {sql}"),
            );
        }
        _ => {}
    }
}

fn push(logs: &mut Logs, at: Micros, pid: u32, level: Level, rest: Arguments<'_>) {
    let mut text = Vec::with_capacity(120);
    push_text(&mut text, at, b'.');
    push_fmt(&mut text, format_args!(" UTC [{pid}] {rest}"));
    logs.push(NAME, Entry { at, level, status: None, text });
}
