//! Made-up but lifelike log records in the archive's envelope, the same for the same seed.
//!
//! Seven in ten stand for JSON lines of an HTTP service (varied fields, `attrs`), three for text lines with
//! the values inside the message. Ids are random, as real ones are: they are what does not compress.

use std::fmt::Write as _;

use fastrand::Rng;
use sluice_archive::Level;

/// One record: its line without newline, its time and its level.
pub(crate) struct Record {
    pub(crate) line: Vec<u8>,
    pub(crate) ts_ms: i64,
    pub(crate) level: Level,
}

const START_MS: i64 = 1_790_002_800_000;
const PATHS: [&str; 12] = [
    "/api/v1/orders",
    "/api/v1/orders/{}",
    "/api/v1/users/{}",
    "/api/v1/users/{}/cart",
    "/api/v1/items",
    "/api/v1/items/{}",
    "/api/v1/search",
    "/api/v1/payments",
    "/api/v1/payments/{}/refund",
    "/healthz",
    "/api/v1/sessions",
    "/api/v1/items/{}/reviews",
];
const LOGGERS: [&str; 8] = [
    "app.http",
    "app.orders.service",
    "app.payments.gateway",
    "app.db.pool",
    "app.cache",
    "app.auth.session",
    "worker.mail",
    "worker.scheduler",
];
const NOTES: [&str; 10] = [
    "request completed",
    "order created",
    "payment authorised",
    "cache miss, loading from database",
    "session refreshed",
    "query finished",
    "item reserved",
    "message published to queue",
    "user profile updated",
    "request started",
];
const FAULTS: [&str; 4] = [
    "payment gateway timed out",
    "could not acquire a connection from the pool",
    "unique constraint violated on orders.reference",
    "upstream answered 503",
];

/// Records until their lines are `bytes` long together.
pub(crate) fn records(seed: u64, bytes: usize) -> Vec<Record> {
    let mut rng = Rng::with_seed(seed);
    let tasks: Vec<String> = (0..4).map(|_| hex(&mut rng, 32)).collect();
    let mut records = Vec::new();
    let (mut len, mut ts_ms) = (0, START_MS);
    while len < bytes {
        ts_ms += rng.i64(0..4);
        let level = level(&mut rng);
        let task = &tasks[rng.usize(..tasks.len())];
        let line = if rng.u8(..10) < 7 {
            json_line(&mut rng, ts_ms, level, task)
        } else {
            text_line(&mut rng, ts_ms, level, task)
        };
        len += line.len() + 1;
        records.push(Record { line: line.into_bytes(), ts_ms, level });
    }
    records
}

fn level(rng: &mut Rng) -> Level {
    match rng.u16(..1000) {
        0..2 => Level::Fatal,
        2..21 => Level::Error,
        21..70 => Level::Warn,
        70..190 => Level::Debug,
        _ => Level::Info,
    }
}

fn json_line(rng: &mut Rng, ts_ms: i64, level: Level, task: &str) -> String {
    let mut out = start(ts_ms, level, "api");
    let note = if level.is_severe() { choose(rng, &FAULTS) } else { choose(rng, &NOTES) };
    let path = choose(rng, &PATHS).replace("{}", &rng.u32(1..200_000).to_string());
    let status = if level.is_severe() { choose(rng, &["500", "502", "503"]) } else { status(rng) };
    let method = choose(rng, &["GET", "GET", "GET", "POST", "PUT", "DELETE"]);
    let _ = write!(out, r#""message":"{note}","logger":"{}""#, choose(rng, &LOGGERS));
    if rng.u8(..10) < 9 {
        let _ = write!(out, r#","trace_id":"{}","span_id":"{}""#, hex(rng, 32), hex(rng, 16));
    }
    if rng.u8(..10) < 3 {
        let _ = write!(out, r#","user_id":"u-{}""#, rng.u32(..50_000));
    }
    let micros = rng.u32(200..400_000);
    let _ = write!(
        out,
        r#","http_method":"{method}","http_path":"{path}","http_status":{status},"duration_ms":{}.{:02}"#,
        micros / 1000,
        micros % 100
    );
    end(&mut out, rng, task, level);
    let _ = write!(
        out,
        r#","attrs":{{"env":"prod","version":"2.14.3","region":"ap-northeast-1","bytes":{},"attempt":{}"#,
        rng.u32(120..30_000),
        rng.u8(1..3)
    );
    match rng.u8(..4) {
        0 => drop(write!(out, r#","db":{{"rows":{},"pool":"primary"}}"#, rng.u16(..500))),
        1 => drop(write!(out, r#","cache_hit":{}"#, rng.bool())),
        2 => drop(write!(out, r#","order_id":"ord_{}""#, rng.u32(..10_000_000))),
        _ => {}
    }
    out + "}}"
}

fn text_line(rng: &mut Rng, ts_ms: i64, level: Level, task: &str) -> String {
    let mut out = start(ts_ms, level, "worker");
    let number = rng.u32(..1_000_000);
    let _ = match rng.u8(..5) {
        0 => write!(out, r#""message":"job {number} finished in {} ms""#, rng.u16(5..9000)),
        1 => write!(out, r#""message":"sent mail to user {} with template welcome_v3""#, number % 50_000),
        2 => write!(
            out,
            r#""message":"retrying task sync-inventory for warehouse {}, attempt {} of 5""#,
            number % 40,
            rng.u8(1..6)
        ),
        3 => write!(
            out,
            r#""message":"connected to 10.0.{}.{}:5432 (pool size {})""#,
            rng.u8(..8),
            rng.u8(..),
            rng.u8(1..21)
        ),
        _ => write!(out, r#""message":"{} (item={number}, queue=default)""#, choose(rng, &NOTES)),
    };
    let _ = write!(out, r#","logger":"{}""#, choose(rng, &LOGGERS));
    end(&mut out, rng, task, level);
    out + "}"
}

fn start(ts_ms: i64, level: Level, service: &str) -> String {
    let of_day = ts_ms.rem_euclid(86_400_000);
    let (seconds, millis) = (of_day / 1000, of_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!(
        r#"{{"ts":"2026-09-21T{hour:02}:{minute:02}:{second:02}.{millis:03}Z","level":"{}","service":"{service}","#,
        level.name()
    )
}

fn end(out: &mut String, rng: &mut Rng, task: &str, level: Level) {
    let _ = write!(out, r#","source":"stdout","container":"app","task":"{task}","cluster":"prod""#);
    if level.is_severe() {
        let _ = write!(
            out,
            r#","fingerprint":"{:016x}""#,
            u64::from(rng.u8(..40)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        );
    }
}

fn status(rng: &mut Rng) -> &'static str {
    choose(rng, &["200", "200", "200", "200", "200", "201", "204", "304", "404"])
}

fn choose(rng: &mut Rng, from: &[&'static str]) -> &'static str {
    from[rng.usize(..from.len())]
}

fn hex(rng: &mut Rng, digits: usize) -> String {
    format!("{:032x}", rng.u128(..))[..digits].to_owned()
}
