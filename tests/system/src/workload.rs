//! Lines whose records are known.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::client::Line;

/// Milliseconds since 1970 UTC.
#[must_use]
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64
}

/// The beginning of the hour three hours ago: three hours from then on are past, and CloudWatch Logs takes them.
pub const BASE_MS: fn() -> i64 = || (now_ms() - 3 * 3_600_000) / 3_600_000 * 3_600_000;

/// A record that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Found again in `attrs.id` or in the message.
    pub id: u64,
    /// Its time.
    pub ms: i64,
    /// At ERROR or above.
    pub is_error: bool,
}

/// A JSON line that is one record.
#[must_use]
pub fn json_line(record: &Record) -> Line {
    let level = if record.is_error { "ERROR" } else { "INFO" };
    let text = format!(
        r#"{{"time":"{}","level":"{level}","message":"order {} stored in {} ms","id":{}}}"#,
        rfc3339(record.ms),
        record.id % 1000,
        record.id % 37,
        record.id
    );
    Line { source: "stdout", ms: record.ms, text, part: None }
}

/// A time as programs write it.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    let days = ms.div_euclid(86_400_000);
    let day_ms = ms.rem_euclid(86_400_000);
    // Days to a date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        day_ms / 3_600_000,
        day_ms / 60_000 % 60,
        day_ms / 1000 % 60,
        day_ms % 1000
    )
}
