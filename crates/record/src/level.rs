//! The six levels of the record and every way a known logger spells them.
//!
//! Invariant: the order of the enum is the order of severity, so `level >= Level::Error` is the
//! gate between the archive alone and CloudWatch Logs.

use std::fmt;

/// Severity of a record, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Finest detail (`trace`, `verbose`, `finest`, OpenTelemetry 1–4).
    Trace = 0,
    /// Debugging detail (OpenTelemetry 5–8).
    Debug = 1,
    /// Normal operation, also the default of a line that states no level (OpenTelemetry 9–12).
    Info = 2,
    /// Something to look at (OpenTelemetry 13–16).
    Warn = 3,
    /// A failed operation (OpenTelemetry 17–20).
    Error = 4,
    /// The process or service cannot go on (`critical`, `emerg`, `panic`, OpenTelemetry 21–24).
    Fatal = 5,
}

/// Largest offset from a named level that is taken for one of slog's: `ERROR-42` is a code of something else.
const MOST_OFFSET: i64 = 16;

impl Level {
    /// All levels in ascending order; the index of each is its numeric value.
    pub const ALL: [Level; 6] =
        [Level::Trace, Level::Debug, Level::Info, Level::Warn, Level::Error, Level::Fatal];

    /// The lower-case word written into the `level` column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
            Level::Fatal => "fatal",
        }
    }

    /// The numeric value 0–5, as the archive's index stores it.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Reads a number of [`code`](Level::code).
    pub const fn from_code(code: u8) -> Option<Level> {
        match code {
            0 => Some(Level::Trace),
            1 => Some(Level::Debug),
            2 => Some(Level::Info),
            3 => Some(Level::Warn),
            4 => Some(Level::Error),
            5 => Some(Level::Fatal),
            _ => None,
        }
    }

    /// Reads a level word of any well-known logger, in any case.
    ///
    /// Sources: Log4j, java.util.logging, Python logging, syslog(3), zap, Serilog, NLog, .NET console,
    /// PostgreSQL (`LOG`, `DEBUG1`–`DEBUG5`), slog offsets (`ERROR+4`, `DEBUG-4`).
    pub fn from_word(word: &[u8]) -> Option<Level> {
        let mut lower = [0u8; 13];
        let n = word.len();
        if n < 2 || n > lower.len() {
            return None;
        }
        for (to, from) in lower.iter_mut().zip(word) {
            *to = from.to_ascii_lowercase();
        }
        Some(match &lower[..n] {
            b"info" | b"inf" | b"information" | b"informational" | b"notice" | b"config" | b"log"
            | b"ntc" | b"success" => Level::Info,
            b"error" | b"err" | b"eror" | b"erro" | b"severe" | b"fail" | b"failure" => Level::Error,
            b"warn" | b"warning" | b"wrn" | b"wrng" => Level::Warn,
            b"debug" | b"dbg" | b"dbug" | b"debg" | b"debu" | b"fine" | b"debug1" | b"debug2" | b"debug3"
            | b"debug4" | b"debug5" => Level::Debug,
            b"trace" | b"trc" | b"trce" | b"trac" | b"trace1" | b"trace2" | b"trace3" | b"trace4"
            | b"trace5" | b"trace6" | b"trace7" | b"trace8" | b"verbose" | b"verb" | b"finest" | b"finer"
            | b"vrb" => Level::Trace,
            b"fatal" | b"critical" | b"crit" | b"ftl" | b"fata" | b"emerg" | b"emergency" | b"alert"
            | b"panic" | b"dpanic" | b"crt" | b"pnc" => Level::Fatal,
            other => return Level::from_offset(other),
        })
    }

    /// `INFO+2`, `ERROR+4`, `DEBUG-4`: how Go's slog prints a level between two named ones.
    fn from_offset(lower: &[u8]) -> Option<Level> {
        let at = lower.iter().position(|b| matches!(b, b'+' | b'-'))?;
        let base = match &lower[..at] {
            b"debug" => -4,
            b"info" => 0,
            b"warn" => 4,
            b"error" => 8,
            _ => return None,
        };
        let digits = &lower[at + 1..];
        if digits.is_empty() || digits.len() > 2 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let offset = digits.iter().fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
        if offset > MOST_OFFSET {
            return None;
        }
        Some(Level::from_slog(base + if lower[at] == b'-' { -offset } else { offset }))
    }

    /// An OpenTelemetry severity number (1–24).
    /// Source: OpenTelemetry logs data model, field `SeverityNumber`.
    pub const fn from_otel(number: i64) -> Option<Level> {
        Some(match number {
            1..=4 => Level::Trace,
            5..=8 => Level::Debug,
            9..=12 => Level::Info,
            13..=16 => Level::Warn,
            17..=20 => Level::Error,
            21..=24 => Level::Fatal,
            _ => return None,
        })
    }

    /// A pino or bunyan level (10 trace … 60 fatal); custom values count as the named one below.
    pub const fn from_pino(number: i64) -> Option<Level> {
        Some(match number {
            1..=19 => Level::Trace,
            20..=29 => Level::Debug,
            30..=39 => Level::Info,
            40..=49 => Level::Warn,
            50..=59 => Level::Error,
            60..=100 => Level::Fatal,
            _ => return None,
        })
    }

    /// A `levelno` of Python's logging (10 debug … 50 critical); custom values count as the named one below.
    pub const fn from_python(number: i64) -> Option<Level> {
        Some(match number {
            1..=9 => Level::Trace,
            10..=19 => Level::Debug,
            20..=29 => Level::Info,
            30..=39 => Level::Warn,
            40..=49 => Level::Error,
            50..=1000 => Level::Fatal,
            _ => return None,
        })
    }

    /// A level of Go's slog (−4 debug, 0 info, 4 warn, 8 error; below −4 trace, from 12 fatal).
    pub const fn from_slog(number: i64) -> Level {
        match number {
            i64::MIN..=-5 => Level::Trace,
            -4..=-1 => Level::Debug,
            0..=3 => Level::Info,
            4..=7 => Level::Warn,
            8..=11 => Level::Error,
            _ => Level::Fatal,
        }
    }

    /// A syslog severity 0–7 (RFC 5424 §6.2.1); emergency, alert and critical are fatal, notice is info.
    pub const fn from_syslog(number: i64) -> Option<Level> {
        Some(match number {
            0..=2 => Level::Fatal,
            3 => Level::Error,
            4 => Level::Warn,
            5 | 6 => Level::Info,
            7 => Level::Debug,
            _ => return None,
        })
    }

    /// The one-letter forms of klog, Ruby's Logger, logcat, MongoDB and etcd.
    pub const fn from_letter(letter: u8) -> Option<Level> {
        Some(match letter {
            b'V' | b'T' => Level::Trace,
            b'D' => Level::Debug,
            b'I' | b'N' => Level::Info,
            b'W' => Level::Warn,
            b'E' => Level::Error,
            b'F' | b'C' | b'A' => Level::Fatal,
            _ => return None,
        })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Level::from_word(s.as_bytes()).ok_or_else(|| UnknownLevel(s.to_owned()))
    }
}

/// A word that no known logger uses as a level.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a level; use trace, debug, info, warn, error or fatal")]
pub struct UnknownLevel(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_known_loggers_map_to_the_six_levels() {
        for (words, level) in [
            ("trace TRC verbose Finest", Level::Trace),
            ("debug DBG fine DEBUG3", Level::Debug),
            ("INFO inf Information informational notice CONFIG LOG", Level::Info),
            ("warn WARNING wrn", Level::Warn),
            ("error ERR SEVERE eror fail", Level::Error),
            ("critical CRIT fatal emerg emergency alert PANIC dpanic", Level::Fatal),
        ] {
            for word in words.split(' ') {
                assert_eq!(Level::from_word(word.as_bytes()), Some(level), "{word}");
            }
        }
    }

    #[test]
    fn slog_offsets_fall_to_the_named_level_at_or_below() {
        assert_eq!(Level::from_word(b"ERROR+4"), Some(Level::Fatal));
        assert_eq!(Level::from_word(b"INFO+2"), Some(Level::Info));
        assert_eq!(Level::from_word(b"DEBUG-4"), Some(Level::Trace));
        assert_eq!(Level::from_word(b"INFO+"), None);
    }

    #[test]
    fn other_words_are_no_level() {
        for word in ["", "i", "errors", "infos", "warned", "ok", "informationally"] {
            assert_eq!(Level::from_word(word.as_bytes()), None, "{word}");
        }
    }
}
