//! The lines that the work is done on: the same bytes on every machine and in every run.

use std::fmt::Write;

/// Size of the input in bytes, up to the end of its last line.
pub const BYTES: usize = 2_000_000;

const LEVELS: [&str; 5] = ["INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"];
/// Out of a thousand lines, in the order of [`LEVELS`].
const WEIGHTS: [u64; 5] = [700, 180, 99, 18, 3];
const LOGGERS: [&str; 5] = ["shop.orders", "shop.payments", "shop.access", "shop.catalog", "shop.store"];
const PATHS: [&str; 5] = ["/orders", "/search", "/users", "/reports/daily", "/health"];

/// SplitMix64. Written here because a crate may change its numbers with a new version, and the baseline would then
/// measure another input.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick(&mut self, choices: [&'static str; 5]) -> &'static str {
        choices[self.below(5) as usize]
    }

    fn level(&mut self) -> &'static str {
        let mut left = self.below(1000);
        for (level, weight) in LEVELS.into_iter().zip(WEIGHTS) {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return level,
            }
        }
        LEVELS[0]
    }
}

/// Log lines of a made-up service: 70 % JSON and 30 % Python logging, 2.1 % errors, those of Python with a traceback. Between
/// lines stands a line feed.
#[must_use]
pub fn lines(seed: u64) -> String {
    let mut random = Random(seed);
    let mut text = String::with_capacity(BYTES + 1024);
    let mut number = 0u64;
    while text.len() < BYTES {
        number += 1;
        // Writing to a String cannot fail.
        let _ = if random.below(10) < 7 {
            json(&mut text, &mut random, number)
        } else {
            python(&mut text, &mut random, number)
        };
    }
    text
}

fn json(text: &mut String, random: &mut Random, number: u64) -> std::fmt::Result {
    let (level, logger, path) = (random.level(), random.pick(LOGGERS), random.pick(PATHS));
    let status = if level == "ERROR" { 500 } else { 200 };
    let (second, micros) = (number / 600, number % 600 * 1666);
    writeln!(
        text,
        r#"{{"level": "{level}", "logger": "{logger}", "message": "order {} stored in {} ms", "method": "GET", "path": "{path}/{}", "status": {status}, "duration_ms": {}.{}, "client_ip": "203.0.113.{}", "user_id": "u-{}", "request_id": "req-{:016x}", "trace_id": "{:016x}{:016x}", "timestamp": "2026-11-24T01:{:02}:{:02}.{micros:06}+00:00"}}"#,
        random.below(100_000),
        random.below(900),
        random.below(9999),
        random.below(100),
        random.below(10),
        random.below(250),
        random.below(9999),
        random.next(),
        random.next(),
        random.next(),
        second / 60 % 60,
        second % 60,
    )
}

fn python(text: &mut String, random: &mut Random, number: u64) -> std::fmt::Result {
    let (level, logger, order) = (random.level(), random.pick(LOGGERS), random.below(100_000));
    let second = number / 600;
    let (minute, second, millis) = (second / 60 % 60, second % 60, number % 600);
    writeln!(
        text,
        "2026-11-24 01:{minute:02}:{second:02},{millis:03} {level} [{logger}] order {order} failed"
    )?;
    if level == "ERROR" {
        text.push_str(
            "Traceback (most recent call last):\n  File \"/app/shop/orders.py\", line 71, in store\n",
        );
        text.push_str("    db.execute(sql, values)\nsqlite3.OperationalError: unterminated string\n");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_the_same_every_time_and_of_the_size_that_is_said() {
        let text = lines(7);
        assert_eq!(text, lines(7));
        assert_ne!(text, lines(8));
        assert!((BYTES..BYTES + 1024).contains(&text.len()));
    }

    #[test]
    fn about_two_lines_in_a_hundred_are_errors() {
        let text = lines(7);
        let heads = text.lines().filter(|line| line.starts_with('{') || line.starts_with("2026")).count();
        let errors = text.lines().filter(|line| line.contains("ERROR") || line.contains("CRITICAL")).count();
        assert!((15..28).contains(&(errors * 1000 / heads)), "{errors} of {heads}");
    }
}
