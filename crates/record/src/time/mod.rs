//! Event time: reading the time forms of well-known loggers and writing the `ts` column.
//!
//! A parsed time is a [`Stamp`]: what the line says, which may lack the year or the zone. It becomes an
//! instant (milliseconds since the epoch, UTC) by [`Stamp::resolve`], with the time the line was received
//! for the missing year and the configured [`Zone`] for the missing zone. Nothing here reads a clock.

mod civil;
mod epoch;
mod layout;
mod zone;

pub use civil::write_rfc3339;
pub(crate) use epoch::from_number;
pub(crate) use layout::{Layout, prefix, whole};
pub use zone::{UnknownZone, Zone};

use civil::{DAY_MS, days_from_civil};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// First and last instant that `ts` can show with a four-digit year.
pub(crate) const MIN_MS: Millis = -62_167_219_200_000;
pub(crate) const MAX_MS: Millis = 253_402_300_799_999;

/// A time as a line states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// None where the layout has no year (syslog, klog, logcat).
    pub(crate) year: Option<i32>,
    /// 1–12; 0 where the layout has only a time of day.
    pub(crate) month: u8,
    /// 1–31; 0 where the layout has only a time of day.
    pub(crate) day: u8,
    /// Milliseconds since midnight (a leap second counts into the next minute).
    pub(crate) ms_of_day: i64,
    /// Seconds east of UTC, where stated.
    pub(crate) offset: Option<i32>,
}

impl Stamp {
    /// The instant, or None when it lies outside the years 0–9999.
    pub(crate) fn resolve(self, received_ms: Millis, zone: &Zone) -> Option<Millis> {
        let instant = match (self.month, self.year) {
            (0, _) => {
                // A time of day: the last such time not later than an hour after receipt.
                let local_now = received_ms.checked_add(zone.offset_ms_at(received_ms))?;
                let today = local_now.div_euclid(DAY_MS) * DAY_MS + self.ms_of_day;
                let local = if today > local_now + 3_600_000 { today - DAY_MS } else { today };
                self.to_utc(local, zone)
            }
            (_, Some(year)) => self.to_utc(self.local_ms(year)?, zone),
            (_, None) => {
                // Without a year: the latest such date not more than a day after receipt.
                let (this_year, _, _) = civil::civil_from_days(received_ms.div_euclid(DAY_MS));
                [this_year + 1, this_year, this_year - 1, this_year - 2, this_year - 3, this_year - 4]
                    .into_iter()
                    .filter_map(|year| Some(self.to_utc(self.local_ms(year)?, zone)))
                    .find(|&ms| ms <= received_ms.saturating_add(DAY_MS))?
            }
        };
        (MIN_MS..=MAX_MS).contains(&instant).then_some(instant)
    }

    /// None for a date that does not exist (29 February of a common year).
    fn local_ms(self, year: i32) -> Option<i64> {
        (self.day <= civil::days_in_month(year, self.month))
            .then(|| days_from_civil(year, self.month, self.day) * DAY_MS + self.ms_of_day)
    }

    fn to_utc(self, local_ms: i64, zone: &Zone) -> Millis {
        match self.offset {
            Some(seconds) => local_ms - i64::from(seconds) * 1000,
            None => zone.to_utc(local_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVED: Millis = 1_795_521_600_000; // 2026-11-24T12:00:00Z

    fn shown(text: &str, zone: &Zone) -> String {
        let stamp = whole(text.as_bytes()).unwrap_or_else(|| panic!("no time in {text}"));
        let mut out = Vec::new();
        write_rfc3339(&mut out, stamp.resolve(RECEIVED, zone).expect("in range"));
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn a_time_without_zone_takes_the_configured_one() {
        let tokyo = Zone::named("Asia/Tokyo").expect("known");
        assert_eq!(shown("2026-11-24 10:02:03,123", &tokyo), "2026-11-24T01:02:03.123Z");
        assert_eq!(shown("2026-11-24T10:02:03+02:00", &tokyo), "2026-11-24T08:02:03.000Z");
        let berlin = Zone::named("Europe/Berlin").expect("known");
        assert_eq!(shown("2026-07-01 10:00:00", &berlin), "2026-07-01T08:00:00.000Z");
        assert_eq!(shown("2026-12-01 10:00:00", &berlin), "2026-12-01T09:00:00.000Z");
    }

    #[test]
    fn a_date_without_year_is_the_latest_not_in_the_future() {
        assert_eq!(shown("Nov 24 11:00:00", &Zone::Utc), "2026-11-24T11:00:00.000Z");
        assert_eq!(shown("Dec 31 23:59:59", &Zone::Utc), "2025-12-31T23:59:59.000Z");
        assert_eq!(shown("Feb 29 00:00:00", &Zone::Utc), "2024-02-29T00:00:00.000Z");
        assert_eq!(shown("Nov 25 11:00:00", &Zone::Utc), "2026-11-25T11:00:00.000Z");
    }

    #[test]
    fn a_time_of_day_is_of_today_or_of_yesterday() {
        assert_eq!(shown("11:59:59.5", &Zone::Utc), "2026-11-24T11:59:59.500Z");
        assert_eq!(shown("23:00:00", &Zone::Utc), "2026-11-23T23:00:00.000Z");
    }
}
