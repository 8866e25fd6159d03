//! Texts of times, intervals and decimals, as Trino writes them, to the numbers that Arrow stores.

use arrow::datatypes::TimeUnit;
use jiff::civil;
use jiff::tz::TimeZone;

const DAY: i64 = 86_400;

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A whole number of digits alone.
fn digits(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A text without its sign, and whether that was a minus.
fn unsigned(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Days since 1970-01-01 of `2026-11-24`; years may have a sign, and more than four digits.
pub(super) fn date(text: &str) -> Option<i64> {
    let (negative, rest) = unsigned(text);
    let mut parts = rest.splitn(3, '-').map(digits);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let year = if negative { -year } else { year };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) || year.unsigned_abs() > 300_000_000 {
        return None;
    }
    // Years from March on, in eras of 400 years, which all have the same number of days.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    i32::try_from(days).ok().map(i64::from)
}

/// `01:02:03.123` in the unit.
pub(super) fn time(text: &str, unit: TimeUnit) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.splitn(3, ':').map(digits);
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let mut value = hours * 3600 + minutes * 60 + seconds;
    let mut scale = per_second(unit);
    value *= scale;
    for digit in fraction.bytes() {
        scale /= 10;
        if !digit.is_ascii_digit() || scale == 0 {
            return None;
        }
        value += i64::from(digit - b'0') * scale;
    }
    Some(value)
}

/// `2026-11-24 01:02:03.123` in the unit.
pub(super) fn timestamp(text: &str, unit: TimeUnit) -> Option<i64> {
    let (day, clock) = text.split_once(' ')?;
    let days = i128::from(date(day)?) * i128::from(DAY) * i128::from(per_second(unit));
    i64::try_from(days + i128::from(time(clock, unit)?)).ok()
}

/// `2026-11-24 01:02:03.123 Asia/Tokyo` in the unit, and the zone. Of an hour that the clocks repeat it is the first.
pub(super) fn instant(text: &str, unit: TimeUnit) -> Option<(i64, &str)> {
    let (local, zone) = text.rsplit_once(' ')?;
    let at = timestamp(local, unit)?;
    let seconds = match zone {
        "UTC" | "Z" => 0,
        _ => match fixed(zone) {
            Some(seconds) => seconds,
            None => named(zone, at.div_euclid(per_second(unit)))?,
        },
    };
    Some((at.checked_sub(seconds * per_second(unit))?, zone))
}

/// Seconds of `+09:00`.
fn fixed(zone: &str) -> Option<i64> {
    if !zone.starts_with(['+', '-']) {
        return None;
    }
    let (negative, rest) = unsigned(zone);
    let (hours, minutes) = rest.split_once(':')?;
    let seconds = digits(hours)? * 3600 + digits(minutes)? * 60;
    Some(if negative { -seconds } else { seconds })
}

/// Seconds east of UTC when the wall clock of a zone shows so many seconds since 1970.
fn named(zone: &str, wall: i64) -> Option<i64> {
    let zone = TimeZone::get(zone).ok()?;
    let civil = civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    let civil = civil.checked_add(jiff::SignedDuration::from_secs(wall)).ok()?;
    let at = zone.to_timestamp(civil).ok()?;
    Some(wall - at.as_second())
}

/// Milliseconds of `-1 02:03:04.567`, which are days and a time.
pub(super) fn day_interval(text: &str) -> Option<i64> {
    let (negative, rest) = unsigned(text);
    let (days, clock) = rest.split_once(' ')?;
    let value = digits(days)?.checked_mul(DAY * 1000)?.checked_add(time(clock, TimeUnit::Millisecond)?)?;
    Some(if negative { -value } else { value })
}

/// Months of `1-2`, a year and two months.
pub(super) fn month_interval(text: &str) -> Option<i64> {
    let (negative, rest) = unsigned(text);
    let (years, months) = rest.split_once('-')?;
    let value = digits(years)?.checked_mul(12)?.checked_add(digits(months)?)?;
    i32::try_from(if negative { -value } else { value }).ok().map(i64::from)
}

/// `-12.30` as a number of units of 10^-scale; it must have just so many places and digits.
pub(super) fn decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    let (negative, rest) = unsigned(text);
    let (whole, places) = rest.split_once('.').unwrap_or((rest, ""));
    if whole.is_empty() || places.len() != usize::try_from(scale).ok()? {
        return None;
    }
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(places.bytes()) {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    (value < 10_i128.pow(u32::from(precision))).then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_years_are_counted() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("2026-11-24", 20_781),
            ("0001-01-01", -719_162),
            ("-0001-12-31", -719_529),
            ("12345-01-01", 3_789_391),
            ("+12345-01-01", 3_789_391),
        ] {
            assert_eq!(date(text), Some(days), "{text}");
        }
        for wrong in
            ["2026-02-29", "2026-13-01", "2026-00-01", "2026-01", "x", "", "2026-1-1-1", "9000000-01-01"]
        {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_have_at_most_the_digits_of_their_unit() {
        assert_eq!(time("01:02:03.1", TimeUnit::Millisecond), Some(3_723_100));
        assert_eq!(time("01:02:03", TimeUnit::Second), Some(3_723));
        assert_eq!(time("23:59:59.999999999", TimeUnit::Nanosecond), Some(86_399_999_999_999));
        for wrong in ["24:00:00", "00:60:00", "00:00", "00:00:00.1234", "00:00:0x"] {
            assert_eq!(time(wrong, TimeUnit::Millisecond), None, "{wrong}");
        }
        assert_eq!(timestamp("1969-12-31 23:59:59.999", TimeUnit::Millisecond), Some(-1));
        assert_eq!(timestamp("2300-01-01 00:00:00.000000000", TimeUnit::Nanosecond), None);
    }

    #[test]
    fn instants_are_those_of_their_zone() {
        let at = 1_795_482_123_000;
        for (text, zone) in [
            ("2026-11-24 01:02:03.000 UTC", "UTC"),
            ("2026-11-24 10:02:03.000 Asia/Tokyo", "Asia/Tokyo"),
            ("2026-11-24 10:02:03.000 +09:00", "+09:00"),
            ("2026-11-23 21:32:03.000 -03:30", "-03:30"),
        ] {
            assert_eq!(instant(text, TimeUnit::Millisecond), Some((at, zone)), "{text}");
        }
        assert_eq!(instant("2026-11-24 01:02:03.000 Nowhere/Else", TimeUnit::Millisecond), None);
    }

    #[test]
    fn intervals_and_decimals_keep_their_sign() {
        assert_eq!(day_interval("-1 02:03:04.567"), Some(-93_784_567));
        assert_eq!(day_interval("0 00:00:00.000"), Some(0));
        assert_eq!(month_interval("-1-2"), Some(-14));
        assert_eq!(month_interval("0-11"), Some(11));
        assert_eq!(decimal("-12.30", 4, 2), Some(-1230));
        assert_eq!(decimal("99999999999999999999999999999999999999", 38, 0), Some(10_i128.pow(38) - 1));
        for (wrong, precision, scale) in
            [("1.2", 4, 2), ("123.45", 4, 2), ("1e2", 4, 0), ("", 4, 0), (".5", 4, 1)]
        {
            assert_eq!(decimal(wrong, precision, scale), None, "{wrong}");
        }
    }
}
