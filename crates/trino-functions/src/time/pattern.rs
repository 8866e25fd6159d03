//! Patterns of dates, whichever way they are written: their parts, writing by them and reading by them.

use super::civil::{
    DAY, HOUR, Local, MINUTE, SECOND, Zone, day_of_week, days_from_civil, days_in_month, first_monday,
    is_leap, iso_week, offset_text,
};
use std::fmt::Write as _;

/// A part of a pattern; numbers are the least digits to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Literal(String),
    Era,
    Century(usize),
    Year(usize),
    YearOfCentury,
    WeekYear(usize),
    WeekYearOfCentury,
    Month(usize),
    MonthShort,
    MonthLong,
    Week(usize),
    Day(usize),
    DayOfYear(usize),
    DayOfWeek(usize),
    DayShort,
    DayLong,
    /// 0–23.
    Hour(usize),
    /// 1–24.
    HourFromOne(usize),
    /// 1–12.
    HalfDayHour(usize),
    /// 0–11.
    HalfDayHourFromZero(usize),
    HalfDay,
    Minute(usize),
    Second(usize),
    /// Digits of the fraction of a second.
    Fraction(usize),
    ZoneShort,
    ZoneLong,
    ZoneId,
    /// With or without a colon.
    Offset(bool),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Writes an instant by a pattern.
pub(crate) fn write(out: &mut String, items: &[Item], zone: &Zone, instant: i64) {
    let offset = zone.offset(instant);
    let local = Local::of(instant + offset);
    for item in items {
        match item {
            Item::Literal(text) => out.push_str(text),
            Item::Era => out.push_str(if local.year > 0 { "AD" } else { "BC" }),
            Item::Century(digits) => padded(out, local.year / 100, *digits),
            Item::Year(digits) => padded(out, local.year, *digits),
            Item::YearOfCentury => padded(out, local.year.rem_euclid(100), 2),
            Item::WeekYear(digits) => padded(out, iso_week(local.days).0, *digits),
            Item::WeekYearOfCentury => padded(out, iso_week(local.days).0.rem_euclid(100), 2),
            Item::Month(digits) => padded(out, local.month, *digits),
            Item::MonthShort => out.push_str(&MONTHS[local.month as usize - 1][..3]),
            Item::MonthLong => out.push_str(MONTHS[local.month as usize - 1]),
            Item::Week(digits) => padded(out, iso_week(local.days).1, *digits),
            Item::Day(digits) => padded(out, local.day, *digits),
            Item::DayOfYear(digits) => padded(out, local.day_of_year(), *digits),
            Item::DayOfWeek(digits) => padded(out, day_of_week(local.days), *digits),
            Item::DayShort => out.push_str(&DAYS[day_of_week(local.days) as usize - 1][..3]),
            Item::DayLong => out.push_str(DAYS[day_of_week(local.days) as usize - 1]),
            Item::Hour(digits) => padded(out, local.hour(), *digits),
            Item::HourFromOne(digits) => {
                padded(out, if local.hour() == 0 { 24 } else { local.hour() }, *digits);
            }
            Item::HalfDayHour(digits) => padded(out, (local.hour() + 11) % 12 + 1, *digits),
            Item::HalfDayHourFromZero(digits) => padded(out, local.hour() % 12, *digits),
            Item::HalfDay => out.push_str(if local.hour() < 12 { "AM" } else { "PM" }),
            Item::Minute(digits) => padded(out, local.minute(), *digits),
            Item::Second(digits) => padded(out, local.second(), *digits),
            Item::Fraction(digits) => {
                let millis = local.millis % SECOND;
                let kept = (*digits).min(3);
                padded(out, millis / 10i64.pow(3 - kept as u32), kept);
                out.extend(std::iter::repeat_n('0', digits - kept));
            }
            Item::ZoneShort => out.push_str(&zone.abbreviation(instant)),
            Item::ZoneLong => match zone {
                Zone::Fixed(0) => out.push_str("Coordinated Universal Time"),
                zone => out.push_str(&zone.id()),
            },
            Item::ZoneId => out.push_str(&zone.id()),
            Item::Offset(colon) => out.push_str(&offset_text(offset, *colon)),
        }
    }
}

fn padded(out: &mut String, number: i64, digits: usize) {
    match (number, digits) {
        (0..=9, 1) => out.push((b'0' + number as u8) as char),
        (0..=99, 2) => {
            out.push((b'0' + (number / 10) as u8) as char);
            out.push((b'0' + (number % 10) as u8) as char);
        }
        // Writing to a String cannot fail.
        (0.., _) => drop(write!(out, "{number:0digits$}")),
        _ => drop(write!(out, "-{:0digits$}", -number)),
    }
}

/// What a text said.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    week_year: Option<i64>,
    week: Option<i64>,
    day_of_week: Option<i64>,
    hour: Option<i64>,
    half_day_hour: Option<i64>,
    afternoon: bool,
    minute: i64,
    second: i64,
    fraction: i64,
    zone: Option<Zone>,
}

/// Reads a text by a pattern: the instant in milliseconds, local where the text names no zone.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn read(items: &[Item], text: &str) -> Result<i64, String> {
    let mut parts = Parts::default();
    let mut rest = text;
    for item in items {
        if !take(item, &mut rest, &mut parts) {
            return Err(malformed(text, rest));
        }
    }
    if !rest.is_empty() {
        return Err(malformed(text, rest));
    }
    parts.instant()
}

fn malformed(text: &str, rest: &str) -> String {
    if rest.is_empty() {
        format!("Invalid format: \"{text}\" is too short")
    } else if rest.len() == text.len() {
        format!("Invalid format: \"{text}\"")
    } else {
        format!("Invalid format: \"{text}\" is malformed at \"{rest}\"")
    }
}

fn take(item: &Item, rest: &mut &str, parts: &mut Parts) -> bool {
    match item {
        Item::Literal(literal) => match rest.get(..literal.len()) {
            Some(head) if head.eq_ignore_ascii_case(literal) => {
                *rest = &rest[literal.len()..];
                true
            }
            _ => false,
        },
        Item::Year(_) => signed(rest, 4).map(|n| parts.year = Some(n)).is_some(),
        Item::YearOfCentury => {
            number(rest, 2).map(|n| parts.year = Some(if n < 70 { 2000 + n } else { 1900 + n })).is_some()
        }
        Item::WeekYear(_) => signed(rest, 4).map(|n| parts.week_year = Some(n)).is_some(),
        Item::Month(_) => number(rest, 2).map(|n| parts.month = Some(n)).is_some(),
        Item::MonthShort | Item::MonthLong => name(rest, &MONTHS).map(|n| parts.month = Some(n)).is_some(),
        Item::Week(_) => number(rest, 2).map(|n| parts.week = Some(n)).is_some(),
        Item::Day(_) => number(rest, 2).map(|n| parts.day = Some(n)).is_some(),
        Item::DayOfYear(_) => number(rest, 3).map(|n| parts.day_of_year = Some(n)).is_some(),
        Item::DayOfWeek(_) => number(rest, 1).map(|n| parts.day_of_week = Some(n)).is_some(),
        Item::DayShort | Item::DayLong => name(rest, &DAYS).map(|n| parts.day_of_week = Some(n)).is_some(),
        Item::Hour(_) => number(rest, 2).map(|n| parts.hour = Some(n)).is_some(),
        Item::HourFromOne(_) => number(rest, 2).map(|n| parts.hour = Some(n % 24)).is_some(),
        Item::HalfDayHour(_) => number(rest, 2)
            .filter(|n| (1..=12).contains(n))
            .map(|n| parts.half_day_hour = Some(n % 12))
            .is_some(),
        Item::HalfDayHourFromZero(_) => {
            number(rest, 2).filter(|n| *n < 12).map(|n| parts.half_day_hour = Some(n)).is_some()
        }
        Item::HalfDay => match rest.get(..2) {
            Some(half) if half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm") => {
                parts.afternoon = half.eq_ignore_ascii_case("pm");
                *rest = &rest[2..];
                true
            }
            _ => false,
        },
        Item::Minute(_) => number(rest, 2).map(|n| parts.minute = n).is_some(),
        Item::Second(_) => number(rest, 2).map(|n| parts.second = n).is_some(),
        Item::Fraction(_) => {
            let digits = rest.bytes().take(9).take_while(u8::is_ascii_digit).count();
            let mut scale = 100;
            for digit in rest[..digits].bytes() {
                parts.fraction += i64::from(digit - b'0') * scale;
                scale /= 10;
            }
            *rest = &rest[digits..];
            digits > 0
        }
        Item::Offset(_) | Item::ZoneId => {
            let length = rest.find([' ', ')', ']', ',']).unwrap_or(rest.len());
            let Ok(zone) = Zone::named(&rest[..length]) else { return false };
            parts.zone = Some(zone);
            *rest = &rest[length..];
            true
        }
        Item::Era | Item::Century(_) | Item::WeekYearOfCentury | Item::ZoneShort | Item::ZoneLong => false,
    }
}

fn number(rest: &mut &str, most: usize) -> Option<i64> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let number = rest[..digits].parse().ok()?;
    *rest = &rest[digits..];
    Some(number)
}

fn signed(rest: &mut &str, most: usize) -> Option<i64> {
    match rest.strip_prefix('-') {
        Some(after) => {
            *rest = after;
            number(rest, most).map(|n| -n)
        }
        None => number(rest, most),
    }
}

/// A name in full or its first three letters; counted from 1.
fn name(rest: &mut &str, names: &[&str]) -> Option<i64> {
    for full in [true, false] {
        for (index, name) in names.iter().enumerate() {
            let name = if full { name } else { &name[..3] };
            if rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) {
                *rest = &rest[name.len()..];
                return Some(index as i64 + 1);
            }
        }
    }
    None
}

impl Parts {
    fn instant(&self) -> Result<i64, String> {
        let days = self.days()?;
        let hour = match (self.hour, self.half_day_hour) {
            (Some(hour), _) => within("HourOfDay", hour, 0, 23)?,
            (None, half) => half.unwrap_or(0) + if self.afternoon { 12 } else { 0 },
        };
        let minute = within("MinuteOfHour", self.minute, 0, 59)?;
        let second = within("SecondOfMinute", self.second, 0, 59)?;
        let local = days * DAY + hour * HOUR + minute * MINUTE + second * SECOND + self.fraction;
        match &self.zone {
            Some(zone) => zone.instant(local).map_err(|error| error.to_string()),
            None => Ok(local),
        }
    }

    fn days(&self) -> Result<i64, String> {
        if self.week.is_some() || self.week_year.is_some() {
            let year = self.week_year.or(self.year).unwrap_or(2000);
            let last = (first_monday(year + 1) - first_monday(year)) / 7;
            let week = within("WeekOfWeekyear", self.week.unwrap_or(1), 1, last)?;
            let day = within("DayOfWeek", self.day_of_week.unwrap_or(1), 1, 7)?;
            return Ok(first_monday(year) + (week - 1) * 7 + day - 1);
        }
        let dated = self.month.is_some() || self.day.is_some() || self.day_of_year.is_some();
        let year = self.year.unwrap_or(if dated { 2000 } else { 1970 });
        if let Some(day) = self.day_of_year {
            let day = within("DayOfYear", day, 1, 365 + i64::from(is_leap(year)))?;
            return Ok(days_from_civil(year, 1, 1) + day - 1);
        }
        let month = within("MonthOfYear", self.month.unwrap_or(1), 1, 12)?;
        let day = within("DayOfMonth", self.day.unwrap_or(1), 1, days_in_month(year, month))?;
        Ok(days_from_civil(year, month, day))
    }
}

fn within(what: &str, number: i64, first: i64, last: i64) -> Result<i64, String> {
    if (first..=last).contains(&number) {
        return Ok(number);
    }
    Err(format!("Invalid value for {what} (valid values {first} - {last}): {number}"))
}
