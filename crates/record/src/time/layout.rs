//! The layouts of times in log lines, read by hand-written parsers that start from the first byte.
//!
//! | layout | example | known from |
//! |---|---|---|
//! | ISO | `2026-11-24T01:02:03.123456Z`, `2026-11-24 01:02:03,123 +0900`, `2026/11/24 01:02:03` | RFC 3339, Python, log4j, nginx, Go |
//! | ISO dashed | `2005-06-03-15.42.50.675872` | DB2, Blue Gene |
//! | short year | `17/06/09 20:10:40` | log4j `yy/MM/dd` (Spark) |
//! | compact | `081109 203615`, `20171223-22:15:29:606` | HDFS, MySQL 5.5, mobile apps |
//! | month-day | `03-17 16:13:38.811`, `10.30 16:49:06` | logcat, Proxifier |
//! | CLF | `24/Nov/2026:01:02:03 +0000` | Apache, nginx |
//! | day-month-name | `24-Nov-2026 01:02:03.123`, `24 Nov 2026 01:02:03.123` | Tomcat, Redis |
//! | BSD syslog | `Nov  4 01:02:03` | RFC 3164 |
//! | asctime | `Sun Dec 04 04:47:44.123456 2005` | C `ctime`, Apache error log |
//! | RFC 2822 | `Tue, 24 Nov 2026 01:02:03 GMT` | HTTP |
//! | US | `11/24/2026, 11:14:28 AM` | JavaScript's locale, NestJS |
//! | JUL | `Nov 24, 2026 1:02:03 AM` | java.util.logging |
//! | time of day | `01:02:03.123` | logback's default, Serilog |

use super::Stamp;
use super::epoch::fraction_ms;

/// Which kind of layout matched; some need more evidence around them before they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A date with year and a time.
    Full,
    /// A date without year and a time.
    NoYear,
    /// Only a time of day.
    TimeOnly,
}

/// A time that is the whole of `text`.
pub(crate) fn whole(text: &[u8]) -> Option<Stamp> {
    let (stamp, used, _) = prefix(text).or_else(|| without_seconds(text))?;
    (used == text.len() || is_zone_name(&text[used..])).then_some(stamp)
}

/// `2026-11-24T01:02Z`
fn without_seconds(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let mut full = [0u8; 32];
    let tail = text.get(16..).filter(|_| text.get(13) == Some(&b':') && text.len() <= 24)?;
    full[..16].copy_from_slice(&text[..16]);
    full[16..19].copy_from_slice(b":00");
    full[19..19 + tail.len()].copy_from_slice(tail);
    let (stamp, used, layout) = iso(&full[..19 + tail.len()])?;
    Some((stamp, used.checked_sub(3)?, layout))
}

/// What stands behind an offset and says the same again: Java's `[Asia/Tokyo]`, Go's ` JST` and ` m=+0.1`.
fn is_zone_name(rest: &[u8]) -> bool {
    let name = |text: &[u8]| {
        !text.is_empty() && text.iter().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(b))
    };
    match rest {
        [b'[', inside @ .., b']'] => name(inside),
        [b' ', rest @ ..] => {
            let word = rest.split(|b| *b == b' ').next().unwrap_or(rest);
            let behind = &rest[word.len()..];
            name(word) && word.len() <= 5 && (behind.is_empty() || behind.starts_with(b" m="))
        }
        _ => false,
    }
}

/// A time at the start of `text`: the stamp, the bytes it takes, and its kind.
#[inline]
pub(crate) fn prefix(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let first = *text.first()?;
    if first.is_ascii_digit() {
        numeric(text)
    } else if first.is_ascii_uppercase() {
        named(text)
    } else {
        None
    }
}

fn numeric(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let digits = text.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
    let after = *text.get(digits)?;
    match (digits, after) {
        (4, b'-' | b'/' | b'.') => iso(text),
        (2, b'/') if text.get(3).is_some_and(u8::is_ascii_alphabetic) => clf(text),
        (1 | 2, b'/') if us_date(text).is_some() => us_date(text),
        (2, b'/') => short_year(text),
        (1 | 2, b':') => {
            let (ms_of_day, used) = clock(text, 0)?;
            let stamp = Stamp { year: None, month: 0, day: 0, ms_of_day, offset: None };
            let (offset, used) = zone_suffix(text, used);
            Some((Stamp { offset, ..stamp }, used, Layout::TimeOnly))
        }
        (1 | 2, b'-' | b' ') if text.get(digits + 1).is_some_and(u8::is_ascii_alphabetic) => {
            day_month_name(text, digits)
        }
        (2, b'-' | b'.') => month_day(text),
        (6 | 8, _) => compact(text, digits),
        _ => None,
    }
}

/// `2026-11-24T01:02:03…`, with `T`, `_` or blanks between, `.` or `,` before the fraction, and a zone or none.
fn iso(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let separator = text[4];
    let year = number(text, 0, 4)?;
    let (month, at) = one_or_two(text, 5)?;
    if text.get(at) != Some(&separator) {
        return None;
    }
    let (day, at) = one_or_two(text, at + 1)?;
    let between = *text.get(at)?;
    let from = match between {
        // MariaDB pads the hour with a blank.
        b' ' if text.get(at + 1) == Some(&b' ') && text.get(at + 3) == Some(&b':') => at + 2,
        b',' if text.get(at + 1) == Some(&b' ') => at + 2,
        b'T' | b't' | b' ' | b'_' => at + 1,
        b'-' if separator == b'-' => at + 1,
        _ => return None,
    };
    let (ms_of_day, used) = if between == b'-' { dotted_clock(text, from)? } else { clock(text, from)? };
    let (offset, used) = zone_suffix(text, used);
    Some((dated(Some(year as i32), month, day, ms_of_day, offset)?, used, Layout::Full))
}

/// `11/24/2026, 11:14:28 AM`
fn us_date(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let (month, at) = one_or_two(text, 0)?;
    let (day, at) = one_or_two(text, at + 1)?;
    let year = number(text, at + 1, 4)?;
    if text.get(at) != Some(&b'/') || !matches!(text.get(at + 5), Some(b',' | b' ')) {
        return None;
    }
    let (ms_of_day, used) = twelve_hours(text, at + 6)?;
    Some((dated(Some(year as i32), month, day, ms_of_day, None)?, used, Layout::Full))
}

/// `17/06/09 20:10:40`
fn short_year(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let year = number(text, 0, 2)?;
    let month = number(text, 3, 2)?;
    if text.get(5) != Some(&b'/') || text.get(8) != Some(&b' ') {
        return None;
    }
    let day = number(text, 6, 2)?;
    let (ms_of_day, used) = clock(text, 9)?;
    Some((dated(Some(century(year)), month, day, ms_of_day, None)?, used, Layout::Full))
}

/// `24/Nov/2026:01:02:03 +0000`, also with a blank before the time (Django, Flask).
fn clf(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let day = number(text, 0, 2)?;
    let month = month_name(text.get(3..6)?)?;
    if text.get(6) != Some(&b'/') || !matches!(text.get(11), Some(b':' | b' ')) {
        return None;
    }
    let year = number(text, 7, 4)?;
    let (ms_of_day, used) = clock(text, 12)?;
    let (offset, used) = zone_suffix(text, used);
    Some((dated(Some(year as i32), month, day, ms_of_day, offset)?, used, Layout::Full))
}

/// `24-Nov-2026 01:02:03.123`, `24 Nov 2026 01:02:03.123`
fn day_month_name(text: &[u8], digits: usize) -> Option<(Stamp, usize, Layout)> {
    let separator = text[digits];
    let day = number(text, 0, digits)?;
    let month = month_name(text.get(digits + 1..digits + 4)?)?;
    if text.get(digits + 4) != Some(&separator) {
        return None;
    }
    let year = number(text, digits + 5, 4)?;
    if !matches!(text.get(digits + 9), Some(b' ' | b':' | b'T')) {
        return None;
    }
    let (ms_of_day, used) = clock(text, digits + 10)?;
    let (offset, used) = zone_suffix(text, used);
    Some((dated(Some(year as i32), month, day, ms_of_day, offset)?, used, Layout::Full))
}

/// `03-17 16:13:38.811`, `10.30 16:49:06`
fn month_day(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let month = number(text, 0, 2)?;
    let day = number(text, 3, 2)?;
    if text.get(5) != Some(&b' ') {
        return None;
    }
    let (ms_of_day, used) = clock(text, 6)?;
    Some((dated(None, month, day, ms_of_day, None)?, used, Layout::NoYear))
}

/// `081109 203615`, `20261124 01:02:03`, `20171223-22:15:29:606`, `20261124T010203Z`
fn compact(text: &[u8], digits: usize) -> Option<(Stamp, usize, Layout)> {
    let year_digits = digits - 4;
    let year = number(text, 0, year_digits)?;
    let year = if year_digits == 2 { century(year) } else { year as i32 };
    let month = number(text, year_digits, 2)?;
    let day = number(text, year_digits + 2, 2)?;
    let mut from = digits;
    while matches!(text.get(from), Some(b' ')) && from < digits + 3 {
        from += 1;
    }
    if from == digits {
        if !matches!(text.get(digits), Some(b'-' | b'T' | b'_')) {
            return None;
        }
        from += 1;
    }
    let colon = text.get(from..from + 3)?.contains(&b':');
    let (ms_of_day, used) = if colon {
        clock(text, from)?
    } else {
        let (h, m, s) = (number(text, from, 2)?, number(text, from + 2, 2)?, number(text, from + 4, 2)?);
        if text.get(from + 6).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let (fraction, used) = fraction(text, from + 6);
        (ms_of_day(h, m, s)? + fraction, used)
    };
    let (offset, used) = zone_suffix(text, used);
    Some((dated(Some(year), month, day, ms_of_day, offset)?, used, Layout::Full))
}

/// Layouts that begin with the name of a month or weekday.
fn named(text: &[u8]) -> Option<(Stamp, usize, Layout)> {
    let name = text.get(..3)?;
    if let Some(month) = month_name(name) {
        return month_first(text, month, 3);
    }
    if !matches!(name, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun") {
        return None;
    }
    let at = 3 + usize::from(text.get(3) == Some(&b','));
    let at = skip_blanks(text, at);
    if text.get(at).is_some_and(u8::is_ascii_digit) {
        let digits = 1 + usize::from(text.get(at + 1).is_some_and(u8::is_ascii_digit));
        let (stamp, used, kind) = day_month_name(&text[at..], digits)?;
        return Some((stamp, at + used, kind));
    }
    let month = month_name(text.get(at..at + 3)?)?;
    month_first(text, month, at + 3)
}

/// Behind a month's name: BSD syslog, asctime (the year last, a zone name may stand before it), JUL.
fn month_first(text: &[u8], month: u32, at: usize) -> Option<(Stamp, usize, Layout)> {
    if text.get(at) != Some(&b' ') {
        return None;
    }
    let (day, at) = one_or_two(text, skip_blanks(text, at))?;
    if text.get(at) == Some(&b',') {
        return jul(text, month, day, at + 1);
    }
    if text.get(at) != Some(&b' ') {
        return None;
    }
    // `Nov 24 2026 01:02:03`: the year may stand before the time (Cisco, some syslog daemons).
    let (early_year, at) = match number(text, at + 1, 4) {
        Some(year) if text.get(at + 5) == Some(&b' ') => (Some(year as i32), at + 5),
        _ => (None, at),
    };
    let (ms_of_day, used) = clock(text, at + 1)?;
    // Java's `Date` and `date(1)` put a zone before the year: `Thu Jan 01 00:00:00 UTC 2026`.
    let letters = text
        .get(used + 1..)
        .map_or(0, |rest| rest.iter().take(6).take_while(|b| b.is_ascii_uppercase()).count());
    if early_year.is_none()
        && text.get(used) == Some(&b' ')
        && (2..=5).contains(&letters)
        && text.get(used + 1 + letters) == Some(&b' ')
        && let Some(year) = number(text, used + 2 + letters, 4).filter(|year| (1970..2100).contains(year))
        && !text.get(used + 6 + letters).is_some_and(u8::is_ascii_alphanumeric)
    {
        let (offset, _) = zone_suffix(text, used);
        let stamp = dated(Some(year as i32), month, day, ms_of_day, offset)?;
        return Some((stamp, used + 6 + letters, Layout::Full));
    }
    let late_year = (early_year.is_none() && text.get(used) == Some(&b' '))
        .then(|| number(text, used + 1, 4))
        .flatten()
        .filter(|year| {
            (1970..2100).contains(year) && !text.get(used + 5).is_some_and(u8::is_ascii_alphanumeric)
        });
    if let Some(year) = late_year {
        return Some((dated(Some(year as i32), month, day, ms_of_day, None)?, used + 5, Layout::Full));
    }
    let (offset, used) = if early_year.is_some() { zone_suffix(text, used) } else { (None, used) };
    let kind = if early_year.is_some() { Layout::Full } else { Layout::NoYear };
    Some((dated(early_year, month, day, ms_of_day, offset)?, used, kind))
}

/// `Nov 24, 2026 1:02:03 AM`
fn jul(text: &[u8], month: u32, day: u32, at: usize) -> Option<(Stamp, usize, Layout)> {
    let at = skip_blanks(text, at);
    let year = number(text, at, 4)?;
    let at = at + 4 + usize::from(text.get(at + 4) == Some(&b','));
    let (ms, used) = twelve_hours(text, at)?;
    Some((dated(Some(year as i32), month, day, ms, None)?, used, Layout::Full))
}

/// ` 1:02:03 AM`, also without AM or PM; CLDR 42 and later put a narrow no-break space (U+202F) before them.
fn twelve_hours(text: &[u8], at: usize) -> Option<(i64, usize)> {
    let (ms, used) = clock(text, skip_blanks(text, at))?;
    let at = match text.get(used..) {
        Some([b' ', ..]) => used + 1,
        Some([0xe2, 0x80, 0xaf, ..]) => used + 3,
        _ => return Some((ms, used)),
    };
    let half = 12 * 3_600_000;
    Some(match text.get(at..at + 2) {
        Some(b"AM") => (ms % half, at + 2),
        Some(b"PM") => (ms % half + half, at + 2),
        _ => (ms, used),
    })
}

/// `H:MM:SS`, one or two digits each, with a fraction behind `.`, `,` or `:`; milliseconds and the end.
fn clock(text: &[u8], from: usize) -> Option<(i64, usize)> {
    let (hour, at) = one_or_two(text, from)?;
    if text.get(at) != Some(&b':') {
        return None;
    }
    let (minute, at) = one_or_two(text, at + 1)?;
    if text.get(at) != Some(&b':') {
        return None;
    }
    let (second, at) = one_or_two(text, at + 1)?;
    let (fraction, used) = fraction(text, at);
    Some((ms_of_day(hour, minute, second)? + fraction, used))
}

/// `15.42.50.675872`
fn dotted_clock(text: &[u8], from: usize) -> Option<(i64, usize)> {
    if text.get(from + 2) != Some(&b'.') || text.get(from + 5) != Some(&b'.') {
        return clock(text, from);
    }
    let (h, m, s) = (number(text, from, 2)?, number(text, from + 3, 2)?, number(text, from + 6, 2)?);
    let (fraction, used) = fraction(text, from + 8);
    Some((ms_of_day(h, m, s)? + fraction, used))
}

/// A fraction of a second at `at`, if there is one: milliseconds and the end.
fn fraction(text: &[u8], at: usize) -> (i64, usize) {
    if !matches!(text.get(at), Some(b'.' | b',' | b':')) {
        return (0, at);
    }
    let digits = text[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 9 {
        return (0, at);
    }
    (fraction_ms(&text[at + 1..at + 1 + digits]), at + 1 + digits)
}

/// A zone at `at`, with or without a blank before it: seconds east of UTC and the end.
fn zone_suffix(text: &[u8], at: usize) -> (Option<i32>, usize) {
    let none = (None, at);
    let from = at + usize::from(text.get(at) == Some(&b' '));
    let Some(&sign) = text.get(from) else { return none };
    let ends = |end: usize| !text.get(end).is_some_and(u8::is_ascii_alphanumeric);
    match sign {
        b'Z' | b'z' if ends(from + 1) => (Some(0), from + 1),
        b'+' | b'-' => {
            let Some(hours) = number(text, from + 1, 2) else { return none };
            let colon = usize::from(text.get(from + 3) == Some(&b':'));
            let (minutes, end) = match number(text, from + 3 + colon, 2) {
                Some(minutes) => (minutes, from + 5 + colon),
                None => (0, from + 3),
            };
            if hours > 15 || minutes > 59 || !ends(end) {
                return none;
            }
            let seconds = (hours * 3600 + minutes * 60) as i32;
            (Some(if sign == b'-' { -seconds } else { seconds }), end)
        }
        b'A'..=b'Z' => {
            let len = text[from..].iter().take(5).take_while(|b| b.is_ascii_uppercase()).count();
            match abbreviation(&text[from..from + len]) {
                Some(hours) if ends(from + len) => (Some((hours * 3600.0) as i32), from + len),
                _ => none,
            }
        }
        _ => none,
    }
}

/// Zone names that log daemons print (PostgreSQL's `%m` above all) and that mean one offset only.
fn abbreviation(name: &[u8]) -> Option<f32> {
    Some(match name {
        b"UTC" | b"GMT" | b"WET" => 0.0,
        b"CET" | b"WEST" => 1.0,
        b"CEST" | b"EET" => 2.0,
        b"EEST" | b"MSK" => 3.0,
        b"JST" | b"KST" => 9.0,
        b"EDT" => -4.0,
        b"EST" | b"CDT" => -5.0,
        b"MDT" => -6.0,
        b"MST" | b"PDT" => -7.0,
        b"PST" => -8.0,
        _ => return None,
    })
}

fn dated(year: Option<i32>, month: u32, day: u32, ms_of_day: i64, offset: Option<i32>) -> Option<Stamp> {
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Stamp {
        year,
        month: month as u8,
        day: day as u8,
        ms_of_day,
        offset,
    })
}

/// Milliseconds since midnight; 24:00 and beyond is no time, second 60 is a leap second.
fn ms_of_day(hour: u32, minute: u32, second: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second <= 60).then(|| i64::from(hour * 3600 + minute * 60 + second) * 1000)
}

/// POSIX's rule for two-digit years: 69–99 are 19xx.
fn century(year: u32) -> i32 {
    year as i32 + if year >= 69 { 1900 } else { 2000 }
}

fn skip_blanks(text: &[u8], at: usize) -> usize {
    at + text[at.min(text.len())..].iter().take_while(|&&b| b == b' ').count()
}

/// Exactly `count` digits at `from`.
#[inline]
fn number(text: &[u8], from: usize, count: usize) -> Option<u32> {
    text.get(from..from + count)?
        .iter()
        .try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

/// One or two digits at `from`, and the end.
#[inline]
fn one_or_two(text: &[u8], from: usize) -> Option<(u32, usize)> {
    match number(text, from, 2) {
        Some(value) => Some((value, from + 2)),
        None => Some((number(text, from, 1)?, from + 1)),
    }
}

fn month_name(name: &[u8]) -> Option<u32> {
    const NAMES: [&[u8; 3]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    NAMES.iter().position(|known| name.eq_ignore_ascii_case(*known)).map(|at| at as u32 + 1)
}

#[cfg(test)]
mod tests;
