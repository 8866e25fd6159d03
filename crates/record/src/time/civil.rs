//! Days and civil dates in the proleptic Gregorian calendar, and the writer of `ts`.
//!
//! Written here, not taken from a date library, because every record passes through it twice and the
//! sidecar has 50 milli-CPU. Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

use super::Millis;

pub(super) const DAY_MS: i64 = 86_400_000;

/// Days from 1970-01-01 to the date.
pub(super) fn days_from_civil(year: i32, month: u8, day: u8) -> i64 {
    let y = i64::from(year) - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let shifted = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a day: year, month 1–12, day 1–31.
pub(super) fn civil_from_days(days: i64) -> (i32, u8, u8) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u8;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u8;
    ((year_of_era + era * 400 + i64::from(month <= 2)) as i32, month, day)
}

pub(super) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Appends an instant as `YYYY-MM-DDTHH:MM:SS.mmmZ` (RFC 3339, UTC, 24 bytes).
///
/// Instants outside the years 0–9999 are clamped to that range.
#[inline]
pub fn write_rfc3339(out: &mut Vec<u8>, ms: Millis) {
    let ms = ms.clamp(super::MIN_MS, super::MAX_MS);
    let (year, month, day) = civil_from_days(ms.div_euclid(DAY_MS));
    let in_day = ms.rem_euclid(DAY_MS) as u32;
    let (seconds, millis) = (in_day / 1000, in_day % 1000);
    let two = |n: u32| [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
    let [y1, y2] = two(year as u32 / 100);
    let [y3, y4] = two(year as u32 % 100);
    let [mo1, mo2] = two(u32::from(month));
    let [d1, d2] = two(u32::from(day));
    let [h1, h2] = two(seconds / 3600);
    let [mi1, mi2] = two(seconds / 60 % 60);
    let [s1, s2] = two(seconds % 60);
    let [f2, f3] = two(millis % 100);
    let f1 = b'0' + (millis / 100) as u8;
    out.extend_from_slice(&[
        y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b'T', h1, h2, b':', mi1, mi2, b':', s1, s2, b'.', f1,
        f2, f3, b'Z',
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn dates_and_days_are_inverse(days in -719_528i64..2_932_896) {
            let (year, month, day) = civil_from_days(days);
            prop_assert_eq!(days_from_civil(year, month, day), days);
            prop_assert!(day <= days_in_month(year, month));
        }

        #[test]
        fn written_times_are_those_of_jiff(ms in super::super::MIN_MS..super::super::MAX_MS) {
            let mut out = Vec::new();
            write_rfc3339(&mut out, ms);
            let jiff = jiff::Timestamp::from_millisecond(ms).expect("in range");
            prop_assert_eq!(String::from_utf8(out).expect("ASCII"), format!("{jiff:.3}"));
        }
    }
}
