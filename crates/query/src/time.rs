//! What people type for a time or a window: `2h`, `2026-11-24T01:00Z`, `2026-11-24`, `now`, `yesterday`.
//!
//! A window is half open: its start is in it, its end is not. Times are UTC unless they say otherwise.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Unit, Zoned};
use sluice_catalog::window::{Window, WindowError};
use sluice_pipeline::parse_duration;

/// Why a text is no time.
#[derive(Debug, thiserror::Error)]
pub enum TimeError {
    /// Of no form that is known.
    #[error(
        "{text:?} is no time; write 2026-11-24T01:00:00Z, 2026-11-24 01:00 (UTC), 2026-11-24, 2h (ago), now, today or yesterday"
    )]
    Form {
        /// The text.
        text: String,
    },
    /// No length of time.
    #[error("{text:?} is no length of time; write 15m, 2h or 7d")]
    Duration {
        /// The text.
        text: String,
    },
    /// `--since` together with `--from` or `--to`.
    #[error("--since and --from/--to both set the window; give one of them")]
    Both,
    /// The window's ends.
    #[error(transparent)]
    Window(#[from] WindowError),
}

/// A time as people type it.
///
/// # Errors
/// When the text has no form that is known.
pub fn parse_time(text: &str, now: Timestamp) -> Result<Timestamp, TimeError> {
    let text = text.trim();
    let midnight = |days: i64| {
        let today = now.to_zoned(TimeZone::UTC).start_of_day().ok()?;
        today.timestamp().checked_add(SignedDuration::from_hours(24 * days)).ok()
    };
    let utc = |civil: DateTime| civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).ok();
    let found = match text {
        "now" => Some(now),
        "today" => midnight(0),
        "yesterday" => midnight(-1),
        _ => None,
    }
    .or_else(|| text.parse::<Timestamp>().ok())
    .or_else(|| text.parse::<Zoned>().ok().map(|zoned| zoned.timestamp()))
    .or_else(|| text.strip_suffix('Z').unwrap_or(text).parse::<DateTime>().ok().and_then(utc))
    .or_else(|| {
        text.parse::<Date>().ok().and_then(|date| utc(date.to_datetime(jiff::civil::Time::midnight())))
    })
    .or_else(|| {
        let ago = parse_duration(text).ok()?;
        now.checked_sub(SignedDuration::try_from(ago).ok()?).ok()
    });
    found.ok_or_else(|| TimeError::Form { text: text.to_owned() })
}

/// The window that `--since`, `--from` and `--to` mean; None when none of them is given.
///
/// `--since 2h` ends at the next full second, so that records of this moment are in it.
///
/// # Errors
/// When a text is no time, when both forms are given, when the window ends before it begins.
pub fn parse_window(
    since: Option<&str>,
    from: Option<&str>,
    to: Option<&str>,
    now: Timestamp,
) -> Result<Option<Window>, TimeError> {
    let end = || now.round(Unit::Second).unwrap_or(now).saturating_add(SignedDuration::from_secs(1));
    match (since, from, to) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => Err(TimeError::Both),
        (Some(since), None, None) => Ok(Some(Window::new(parse_time(since, now)?, end().unwrap_or(now))?)),
        (None, None, None) => Ok(None),
        (None, from, to) => {
            let to = to.map_or_else(|| Ok(end().unwrap_or(now)), |to| parse_time(to, now))?;
            let day = SignedDuration::from_hours(24);
            let from = match from {
                Some(from) => parse_time(from, now)?,
                None => to.checked_sub(day).unwrap_or(to),
            };
            Ok(Some(Window::new(from, to)?))
        }
    }
}

/// A length of time in seconds.
///
/// # Errors
/// When the text is none.
pub fn parse_seconds(text: &str) -> Result<u64, TimeError> {
    let duration = parse_duration(text).map_err(|_| TimeError::Duration { text: text.to_owned() })?;
    Ok(duration.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T12:34:56.7Z".parse().expect("a time")
    }

    #[test]
    fn times_are_read_in_every_form_that_people_type() {
        for (text, time) in [
            ("2026-11-24T01:00:00Z", "2026-11-24T01:00:00Z"),
            ("2026-11-24T10:00:00+09:00", "2026-11-24T01:00:00Z"),
            ("2026-11-24 01:00", "2026-11-24T01:00:00Z"),
            ("2026-11-24T01:00Z", "2026-11-24T01:00:00Z"),
            ("2026-11-24", "2026-11-24T00:00:00Z"),
            ("2h", "2026-11-24T10:34:56.7Z"),
            ("now", "2026-11-24T12:34:56.7Z"),
            ("today", "2026-11-24T00:00:00Z"),
            ("yesterday", "2026-11-23T00:00:00Z"),
        ] {
            assert_eq!(parse_time(text, now()).expect(text), time.parse().expect("a time"), "{text}");
        }
        for text in ["", "24/11/2026", "soon", "2026-13-01"] {
            assert!(parse_time(text, now()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_window_is_given_in_one_way() {
        let window = |since, from, to| parse_window(since, from, to, now());
        assert!(window(None, None, None).expect("none").is_none());
        let hour = window(Some("1h"), None, None).expect("a window").expect("one");
        assert_eq!(hour.from(), "2026-11-24T11:34:56.7Z".parse().expect("a time"));
        assert!(hour.to() > now());
        assert!(matches!(window(Some("1h"), Some("2h"), None), Err(TimeError::Both)));
        assert!(window(None, Some("2026-11-24"), Some("2026-11-23")).is_err());
    }
}
