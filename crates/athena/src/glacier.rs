//! Data that Athena does not see.

use jiff::{SignedDuration, Timestamp};

/// A note when a window begins where the archive's lifecycle has moved objects to Glacier, after `days`: Athena skips
/// such objects and says nothing.
#[must_use]
pub fn glacier_note(from: Timestamp, now: Timestamp, days: u32) -> Option<String> {
    let moved = now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).ok()?;
    (from < moved).then(|| {
        format!(
            "the window begins at {from}; objects older than {days} days (before {moved}) may be in Glacier, where Athena \
             skips them without a word: restore them, or begin the window later"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_window_that_reaches_behind_the_days_has_a_note() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-24T00:00:00Z");
        assert_eq!(glacier_note(at("2026-08-26T00:00:00Z"), now, 90), None);
        let note = glacier_note(at("2026-08-25T23:59:59Z"), now, 90).unwrap();
        assert!(note.contains("90 days (before 2026-08-26T00:00:00Z)"), "{note}");
    }
}
