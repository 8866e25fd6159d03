//! The lines: what is sent, and what is to be found of it afterwards.
//!
//! Invariants:
//! 1. A line depends on the mix, the seed, its number and the base time alone.
//! 2. Every record has its number in it, as `req-` and sixteen hexadecimal digits, once in the line that begins it.
//! 3. What a record is to be found as ([`Record`]) is decided here, not read back from what a router made of it.

use std::fmt::Write;
use std::str::FromStr;

use fastrand::Rng;
use jiff::Timestamp;

const LOGGERS: [&str; 5] = ["shop.orders", "shop.payments", "shop.access", "shop.catalog", "shop.store"];
const PATHS: [&str; 5] = ["/orders", "/search", "/users", "/reports/daily", "/health"];
const WORDS: [&str; 16] = [
    "order",
    "customer",
    "warehouse",
    "stock",
    "invoice",
    "parcel",
    "refund",
    "basket",
    "voucher",
    "address",
    "carrier",
    "pallet",
    "price",
    "discount",
    "country",
    "return",
];
/// Of ten JSON lines so many begin a trace; the others belong to that of the line before. Random digits do not
/// compress: so many make the output compress as that of the budget did (libdeflate level 4: 8.0).
const NEW_TRACES: u8 = 8;
/// Records a second of the time that the lines tell.
const RECORDS_A_SECOND: i64 = 600;
const HOUR_MS: i64 = 3_600_000;
/// Docker cuts lines here.
pub(crate) const PART_BYTES: usize = 16 << 10;
/// What a record's number begins with in its line.
pub(crate) const MARK: &[u8; 4] = b"req-";

/// A kind of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    /// 70 % JSON lines, 30 % Python logging text, 2.1 % ERROR or CRITICAL, mean line 272 bytes.
    Reference,
    /// JSON lines only.
    Json,
    /// Python logging text only.
    Text,
    /// The reference, but each fifth record is an exception with a traceback of Python, a message a line.
    Tracebacks,
    /// JSON lines of 8 to 40 KiB, those over 16 KiB in parts.
    LongLines,
    /// The reference from 100 containers, a connection each.
    Containers,
    /// The reference, but a record's time is any of three hours.
    ThreeHours,
}

impl Mix {
    /// Every one, with its name.
    pub(crate) const ALL: [(Self, &'static str); 7] = [
        (Self::Reference, "reference"),
        (Self::Json, "json"),
        (Self::Text, "text"),
        (Self::Tracebacks, "tracebacks"),
        (Self::LongLines, "long-lines"),
        (Self::Containers, "containers"),
        (Self::ThreeHours, "three-hours"),
    ];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(mix, _)| *mix == self).map_or("", |(_, name)| name)
    }

    /// From how many containers the lines are.
    pub(crate) fn containers(self) -> usize {
        if self == Self::Containers { 100 } else { 1 }
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(|(_, name)| name).join(", ");
        let found = Self::ALL.iter().find(|(_, known)| *known == name).map(|(mix, _)| *mix);
        found.ok_or_else(|| format!("there is no mix {name:?}; there are {}", names()))
    }
}

/// What is to be found of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    /// Its time, Unix milliseconds.
    pub(crate) ms: i64,
    /// At ERROR or above.
    pub(crate) is_error: bool,
    /// [`fingerprint`] of its message.
    pub(crate) message: u64,
}

/// A hash of a message, to compare many with little memory: FNV-1a.
pub(crate) fn fingerprint(message: &[u8]) -> u64 {
    message
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The lines of a record, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Each with its line feed.
    pub(crate) text: String,
    /// `stdout` or `stderr`.
    pub(crate) is_stderr: bool,
}

/// Makes records, from the first on.
#[derive(Debug)]
pub(crate) struct Generator {
    mix: Mix,
    random: Rng,
    base_ms: i64,
    next: u64,
    trace: u128,
}

impl Generator {
    /// The records of a mix whose times begin with `base_ms`, the beginning of an hour.
    pub(crate) fn new(mix: Mix, seed: u64, base_ms: i64) -> Self {
        Self { mix, random: Rng::with_seed(seed), base_ms, next: 0, trace: 0 }
    }

    /// The next record, its lines in `out`.
    pub(crate) fn next(&mut self, out: &mut Lines) -> Record {
        out.text.clear();
        let number = self.next;
        self.next += 1;
        let ms = self.base_ms
            + match self.mix {
                Mix::ThreeHours => self.random.i64(0..3 * HOUR_MS),
                // Stays within three hours however much is made of it.
                _ => (number as i64 * 1000 / RECORDS_A_SECOND) % (3 * HOUR_MS),
            };
        let mut level = level(&mut self.random);
        let is_json = match self.mix {
            Mix::Json | Mix::LongLines => true,
            Mix::Text => false,
            _ => self.random.u8(0..10) < 7,
        };
        let traceback = self.mix == Mix::Tracebacks && number.is_multiple_of(5);
        if traceback {
            level = "ERROR";
        }
        let mut message = message(&mut self.random);
        let logger = self.random.choice(LOGGERS).unwrap_or_default();
        if self.mix == Mix::LongLines {
            prolong(&mut message, &mut self.random);
        }
        if is_json && !traceback {
            self.json(out, number, ms, level, logger, &message);
        } else {
            message = format!("req-{number:016x} {message}");
            let _ = writeln!(out.text, "{} {level} [{logger}] {message}", time(ms, "%F %T,%3f"));
        }
        out.is_stderr = !is_json;
        if traceback {
            frames(&mut out.text, &mut self.random);
        }
        Record {
            ms,
            is_error: matches!(level, "ERROR" | "CRITICAL"),
            message: fingerprint(message.as_bytes()),
        }
    }

    fn json(&mut self, out: &mut Lines, number: u64, ms: i64, level: &str, logger: &str, message: &str) {
        let random = &mut self.random;
        if random.u8(0..10) < NEW_TRACES {
            self.trace = random.u128(..);
        }
        let path = random.choice(PATHS).unwrap_or_default();
        let status = if level == "ERROR" { 500 } else { 200 };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out.text,
            r#"{{"level": "{level}", "logger": "{logger}", "message": "{message}", "method": "GET", "path": "{path}/{}", "status": {status}, "duration_ms": {}.{:02}, "client_ip": "203.0.113.{}", "user_id": "u-{}", "request_id": "req-{number:016x}", "trace_id": "{:032x}", "timestamp": "{}"}}"#,
            random.u32(0..9999),
            random.u8(0..100),
            random.u8(0..100),
            random.u8(0..250),
            random.u32(0..9999),
            self.trace,
            time(ms, "%FT%T.%6f+00:00"),
        );
    }
}

fn level(random: &mut Rng) -> &'static str {
    match random.u32(0..1000) {
        0..700 => "INFO",
        700..880 => "DEBUG",
        880..979 => "WARNING",
        979..997 => "ERROR",
        _ => "CRITICAL",
    }
}

fn message(random: &mut Rng) -> String {
    let (a, b) = (random.u32(0..100_000), random.u32(0..900));
    match random.u8(0..5) {
        0 => format!("order {a} stored in {b} ms"),
        1 => format!("payment {a} taken after {b} ms"),
        2 => format!("search answered with {b} rows in {a} us"),
        3 => format!("query took {a} us, {b} rows"),
        _ => format!("cache missed for key {a}, {b} entries"),
    }
}

/// Words up to a length of 8 to 40 KiB.
fn prolong(message: &mut String, random: &mut Rng) {
    let until = random.usize(8 << 10..40 << 10);
    while message.len() < until {
        message.push(' ');
        message.push_str(random.choice(WORDS).unwrap_or_default());
        if random.u8(0..4) == 0 {
            let _ = write!(message, " {}", random.u32(0..100_000));
        }
    }
}

/// The rest of an exception of Python's logging, a line each.
fn frames(text: &mut String, random: &mut Rng) {
    text.push_str("Traceback (most recent call last):\n");
    for _ in 0..random.u8(2..7) {
        let (file, line) = (random.choice(WORDS).unwrap_or_default(), random.u32(10..900));
        let function = random.choice(WORDS).unwrap_or_default();
        let _ = writeln!(text, "  File \"/app/shop/{file}.py\", line {line}, in {function}");
        let _ = writeln!(text, "    return self.{function}(session, values)");
    }
    text.push_str("shop.errors.NotStored: the database refused the row\n");
}

/// The hour of a time as the keys name it: `YYYY-MM-DDTHH`.
pub(crate) fn hour(ms: i64) -> String {
    time(ms, "%Y-%m-%dT%H")
}

/// A time in UTC as programs write it: `format` as strftime has it.
fn time(ms: i64, format: &str) -> String {
    // Every time of a run is within what jiff knows.
    Timestamp::from_millisecond(ms).map(|time| time.strftime(format).to_string()).unwrap_or_default()
}

/// The number that is marked in a line.
pub(crate) fn number_in(line: &[u8]) -> Option<u64> {
    let at = memchr::memmem::find(line, MARK)? + MARK.len();
    let digits = std::str::from_utf8(line.get(at..at + 16)?).ok()?;
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: i64 = 1_795_000_000_000 / HOUR_MS * HOUR_MS;

    fn many(mix: Mix, seed: u64) -> (Vec<String>, Vec<Record>) {
        let mut generator = Generator::new(mix, seed, BASE);
        let mut out = Lines::default();
        (0..5000)
            .map(|_| {
                let record = generator.next(&mut out);
                (out.text.clone(), record)
            })
            .unzip()
    }

    #[test]
    fn a_seed_gives_the_same_lines_every_time_and_another_seed_others() {
        for (mix, name) in Mix::ALL {
            assert_eq!(many(mix, 7).0, many(mix, 7).0, "{name}");
            assert_ne!(many(mix, 7).0, many(mix, 8).0, "{name}");
        }
    }

    #[test]
    fn every_record_is_found_by_its_number_in_its_first_line() {
        for (mix, name) in Mix::ALL {
            for (at, text) in many(mix, 7).0.iter().enumerate() {
                let mut lines = text.lines();
                assert_eq!(
                    number_in(lines.next().unwrap_or_default().as_bytes()),
                    Some(at as u64),
                    "{name}: {text}"
                );
                assert!(lines.all(|line| number_in(line.as_bytes()).is_none()), "{name}: {text}");
            }
        }
    }

    #[test]
    fn the_reference_is_as_long_and_has_as_many_errors_as_it_says() {
        let (lines, records) = many(Mix::Reference, 7);
        let mean = lines.iter().map(String::len).sum::<usize>() as f64 / lines.len() as f64;
        assert!((262.0..282.0).contains(&mean), "{mean}");
        let json = lines.iter().filter(|line| line.starts_with('{')).count();
        assert!((3400..3600).contains(&json), "{json}");
        let errors = records.iter().filter(|record| record.is_error).count();
        assert!((80..130).contains(&errors), "{errors}");
    }

    #[test]
    fn times_of_three_hours_are_out_of_order_and_those_of_the_others_are_not() {
        let sorted = |mix| many(mix, 7).1.is_sorted_by_key(|record| record.ms);
        assert!(sorted(Mix::Reference) && !sorted(Mix::ThreeHours));
        assert_eq!(hour(BASE + HOUR_MS - 1), hour(BASE));
        assert_ne!(hour(BASE + HOUR_MS), hour(BASE));
    }
}
