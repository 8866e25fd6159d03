//! Writes log lines of a made-up service to standard output, always the same for the same number of megabytes:
//! `cargo run --release -p sluice-log-router --example mixed_lines 500 [few] > mixed.log`
//!
//! 70 % JSON lines, 30 % Python logging text, 2.1 % ERROR or CRITICAL, 600 lines a second. Each JSON line has two random
//! ids of 16 and 32 digits; with `few` requests have numbers instead, and the lines compress about as well as those of
//! a service without tracing.

use std::io::{BufWriter, Write};

const LOGGERS: [&str; 5] = ["shop.orders", "shop.payments", "shop.access", "shop.catalog", "shop.store"];
const PATHS: [&str; 5] = ["/orders", "/search", "/users", "/reports/daily", "/health"];

fn level(random: &mut fastrand::Rng) -> &'static str {
    match random.u32(0..1000) {
        0..700 => "INFO",
        700..880 => "DEBUG",
        880..979 => "WARNING",
        979..997 => "ERROR",
        _ => "CRITICAL",
    }
}

fn message(random: &mut fastrand::Rng) -> String {
    let (a, b) = (random.u32(0..100_000), random.u32(0..900));
    match random.u8(0..5) {
        0 => format!("order {a} stored in {b} ms"),
        1 => format!("payment {a} taken after {b} ms"),
        2 => format!("search answered with {b} rows in {a} us"),
        3 => format!("query took {a} us, {b} rows"),
        _ => format!("cache missed for key {a}, {b} entries"),
    }
}

fn main() -> std::io::Result<()> {
    let megabytes: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100);
    let few = std::env::args().nth(2).is_some_and(|word| word == "few");
    let mut random = fastrand::Rng::with_seed(7);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut written, mut number) = (0, 0u64);
    while written < megabytes * 1_000_000 {
        number += 1;
        let (second, micros) = (number / 600 % 86_400, number % 600 * 1666);
        let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        let (level, logger) = (level(&mut random), random.choice(LOGGERS).unwrap_or_default());
        let message = message(&mut random);
        let line = if random.u8(0..10) < 7 {
            let (path, order) = (random.choice(PATHS).unwrap_or_default(), random.u32(0..9999));
            let (request, trace) = match few {
                true => (format!("{number:016x}"), format!("{:032x}", number / 5)),
                false => (format!("{:016x}", random.u64(..)), format!("{:032x}", random.u128(..))),
            };
            let status = if level == "ERROR" { 500 } else { 200 };
            format!(
                r#"{{"level": "{level}", "logger": "{logger}", "message": "{message}", "method": "GET", "path": "{path}/{order}", "status": {status}, "duration_ms": {}.{:02}, "client_ip": "203.0.113.{}", "user_id": "u-{}", "request_id": "req-{request}", "trace_id": "{trace}", "timestamp": "2026-11-24T{time}.{micros:06}+00:00"}}"#,
                random.u8(0..100),
                random.u8(0..100),
                random.u8(0..250),
                random.u32(0..9999),
            )
        } else {
            format!("2026-11-24 {time},{:03} {level} [{logger}] {message}", micros / 1000)
        };
        writeln!(out, "{line}")?;
        written += line.len() as u64 + 1;
    }
    out.flush()
}
