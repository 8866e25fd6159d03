//! Application logs by the gigabyte, for measurements.
//!
//! The lines are those of `access.rs` and `events.rs` in number and fields, but independent of each other, so that
//! they need no memory. The time of a line follows from the bytes before it: however many are asked for, they are
//! spread evenly over the 24 hours from the plan's start.

use std::fs::File;
use std::io::Write;

use fastrand::Rng;

use crate::Error;
use crate::chance::{Chance, stream};
use crate::clock::{HOUR, Micros, SECOND, push_iso, push_padded};
use crate::files::Files;
use crate::plan::Plan;
use crate::summary::{AppCounts, Summary, add};

const NAME: &str = "app/shop-api.log";
const CHUNK: usize = 1 << 20;

/// Method, path without its id, median of the milliseconds.
const ROUTES: [(&str, &str, &str, bool, f64); 8] = [
    ("GET", "/api/products/", "/api/products/{id}", true, 24.0),
    ("GET", "/api/products/", "/api/products/{id}", true, 24.0),
    ("GET", "/api/products/", "/api/products/{id}", true, 24.0),
    ("GET", "/api/search", "/api/search", false, 68.0),
    ("GET", "/", "/", false, 12.0),
    ("GET", "/api/orders/", "/api/orders/{id}", true, 28.0),
    ("POST", "/api/cart/items", "/api/cart/items", false, 45.0),
    ("POST", "/api/orders", "/api/orders", false, 180.0),
];

pub(crate) fn write(
    plan: &Plan,
    million: u64,
    files: &mut Files,
    summary: &mut Summary,
) -> Result<(), Error> {
    let path = files.place(NAME)?;
    let fail = |source| Error::Write { path: path.clone(), source };
    let mut file = File::create(&path).map_err(fail)?;
    let total = million * 1_000_000;
    let mut lines = Lines {
        rng: stream(plan.seed, "bulk", 0),
        from: plan.from.as_microsecond(),
        counts: AppCounts::default(),
        levels: [0; 4],
        seconds: (Micros::MIN, Vec::new()),
    };
    let mut chunk = Vec::with_capacity(CHUNK + 4096);
    let mut written = 0;
    while written < total {
        chunk.clear();
        while chunk.len() < CHUNK && written + (chunk.len() as u64) < total {
            let done = written + chunk.len() as u64;
            let at = u128::from(done) * 86_400_000_000 / u128::from(total);
            lines.push(&mut chunk, Micros::try_from(at).unwrap_or(24 * HOUR));
        }
        file.write_all(&chunk).map_err(fail)?;
        written += chunk.len() as u64;
    }
    for (level, count) in ["debug", "info", "warn", "error"].into_iter().zip(lines.levels) {
        lines.counts.by_level.insert(level.to_owned(), count);
    }
    files.count(NAME, written);
    summary.app.insert("shop-api".to_owned(), lines.counts);
    Ok(())
}

struct Lines {
    rng: Rng,
    from: Micros,
    counts: AppCounts,
    /// Debug, info, warning, error.
    levels: [u64; 4],
    /// A second, and how it is written.
    seconds: (Micros, Vec<u8>),
}

impl Lines {
    fn push(&mut self, out: &mut Vec<u8>, after: Micros) {
        let (request, trace, user) = (self.rng.u64(..), self.rng.u128(..), self.rng.u64(..20_000));
        self.counts.records += 1;
        self.counts.lines += 1;
        match self.rng.u32(..100) {
            0..30 => {
                self.levels[0] += 1;
                out.extend_from_slice(
                    br#"{"level": "DEBUG", "logger": "shop.store", "message": "query took "#,
                );
                push_number(out, self.rng.u64(..9));
                out.push(b'.');
                push_padded(out, self.rng.i64(0..1000), 3);
                out.extend_from_slice(b" ms, 1 rows: SELECT id, name, tier FROM users WHERE id = ?");
                out.extend_from_slice(br#"", "service": "shop-api", "version": "1.4.2""#);
            }
            30..45 => {
                self.levels[1] += 1;
                out.extend_from_slice(br#"{"level": "INFO", "logger": "shop.cart", "message": "added "#);
                push_number(out, self.rng.u64(1..4));
                out.extend_from_slice(b" of product ");
                push_number(out, self.rng.u64(1000..1400));
                out.extend_from_slice(br#" to the cart", "service": "shop-api", "version": "1.4.2""#);
            }
            45..46 => {
                self.levels[3] += 1;
                out.extend_from_slice(
                    br#"{"level": "ERROR", "logger": "shop.orders", "message": "order ord-"#,
                );
                push_number(out, self.rng.u64(100_000..1_000_000));
                out.extend_from_slice(ERROR);
            }
            _ => self.access(out),
        }
        out.extend_from_slice(br#", "user_id": "u-"#);
        push_number(out, 1001 + user);
        out.extend_from_slice(br#"", "request_id": "req-"#);
        push_hex(out, request.into(), 16);
        out.extend_from_slice(br#"", "trace_id": ""#);
        push_hex(out, trace, 32);
        out.extend_from_slice(br#"", "span_id": ""#);
        push_hex(out, (request ^ user).into(), 16);
        out.extend_from_slice(br#"", "timestamp": ""#);
        self.time(out, self.from + after);
        out.extend_from_slice(b"+00:00\"}\n");
    }

    fn access(&mut self, out: &mut Vec<u8>) {
        let (method, path, route, id, median) = self.rng.pick(&ROUTES);
        let (name, level, status) = match self.rng.u32(..1000) {
            0..6 => ("ERROR", 3, 500),
            6..40 => ("WARNING", 2, 404),
            _ if method == "POST" => ("INFO", 1, 201),
            _ => ("INFO", 1, 200),
        };
        self.levels[level] += 1;
        self.counts.accesses += 1;
        add(&mut self.counts.by_status, status);
        let id = id.then(|| self.rng.u64(1000..60_000));
        let push_path = |out: &mut Vec<u8>| {
            out.extend_from_slice(path.as_bytes());
            if let Some(id) = id {
                push_number(out, id);
            }
        };
        // A long tail at the price of one division.
        let took = (median * 100.0 * (0.4 + 0.6 / (0.02 + self.rng.f64()))) as u64;
        out.extend_from_slice(br#"{"level": ""#);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(br#"", "logger": "shop.access", "message": ""#);
        out.extend_from_slice(method.as_bytes());
        out.push(b' ');
        push_path(out);
        out.push(b' ');
        push_number(out, status.into());
        out.extend_from_slice(br#"", "service": "shop-api", "version": "1.4.2", "method": ""#);
        out.extend_from_slice(method.as_bytes());
        out.extend_from_slice(br#"", "path": ""#);
        push_path(out);
        out.extend_from_slice(br#"", "status": "#);
        push_number(out, status.into());
        out.extend_from_slice(br#", "duration_ms": "#);
        push_number(out, took / 100);
        out.push(b'.');
        push_padded(out, i64::try_from(took % 100).unwrap_or(0), 2);
        out.extend_from_slice(br#", "client_ip": "203.0.113."#);
        push_number(out, self.rng.u64(1..255));
        out.extend_from_slice(br#"", "route": ""#);
        out.extend_from_slice(route.as_bytes());
        out.extend_from_slice(br#"", "bytes": "#);
        push_number(out, self.rng.u64(200..20_000));
    }

    /// The seconds are written once and copied, as most lines share them.
    fn time(&mut self, out: &mut Vec<u8>, at: Micros) {
        let second = at.div_euclid(SECOND);
        if self.seconds.0 != second {
            self.seconds.0 = second;
            self.seconds.1.clear();
            push_iso(&mut self.seconds.1, second * SECOND);
            self.seconds.1.truncate(20);
        }
        out.extend_from_slice(&self.seconds.1);
        push_padded(out, at.rem_euclid(SECOND), 6);
    }
}

const ERROR: &[u8] = br#" not stored, transaction rolled back", "service": "shop-api", "version": "1.4.2", "exc_info": "Traceback (most recent call last):\n  File \"/app/shop/middleware.py\", line 41, in dispatch\n    response = await call_next(request)\n  File \"/app/shop/orders.py\", line 64, in place\n    result = await self.place_inner(*args)\nasyncpg.exceptions.DeadlockDetectedError: deadlock detected""#;

fn push_number(out: &mut Vec<u8>, value: u64) {
    let digits = value.checked_ilog10().map_or(1, |log| log as usize + 1);
    push_padded(out, i64::try_from(value).unwrap_or(i64::MAX), digits);
}

fn push_hex(out: &mut Vec<u8>, value: u128, digits: u32) {
    for place in (0..digits).rev() {
        let digit = (value >> (4 * place)) & 15;
        out.push(b"0123456789abcdef"[digit as usize]);
    }
}
