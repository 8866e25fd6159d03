//! The patterns of `format_datetime` and `parse_datetime`, by the letters of Joda-Time.

use super::pattern::Item;

/// The parts of a pattern.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn compile(pattern: &str) -> Result<Vec<Item>, String> {
    if pattern.is_empty() {
        return Err("Invalid pattern specification: Pattern is null or empty".to_owned());
    }
    let mut items = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(letter) = chars.next() {
        if letter == '\'' {
            literal(&mut items, &quoted(&mut chars));
        } else if letter.is_ascii_alphabetic() {
            let mut count = 1;
            while chars.next_if_eq(&letter).is_some() {
                count += 1;
            }
            items.push(item(letter, count)?);
        } else {
            literal(&mut items, letter.encode_utf8(&mut [0; 4]));
        }
    }
    Ok(items)
}

/// The text up to the closing quote; two quotes are one.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    if chars.next_if_eq(&'\'').is_some() {
        return "'".to_owned();
    }
    let mut text = String::new();
    while let Some(letter) = chars.next() {
        if letter == '\'' && chars.next_if_eq(&'\'').is_none() {
            break;
        }
        text.push(letter);
    }
    text
}

/// Adds text, to the literal before if there is one.
pub(super) fn literal(items: &mut Vec<Item>, text: &str) {
    if let Some(Item::Literal(before)) = items.last_mut() {
        before.push_str(text);
    } else {
        items.push(Item::Literal(text.to_owned()));
    }
}

fn item(letter: char, count: usize) -> Result<Item, String> {
    Ok(match (letter, count) {
        ('G', _) => Item::Era,
        ('C', _) => Item::Century(count),
        ('y' | 'Y', 2) => Item::YearOfCentury,
        ('y' | 'Y', _) => Item::Year(count),
        ('x', 2) => Item::WeekYearOfCentury,
        ('x', _) => Item::WeekYear(count),
        ('w', _) => Item::Week(count),
        ('e', _) => Item::DayOfWeek(count),
        ('E', 4..) => Item::DayLong,
        ('E', _) => Item::DayShort,
        ('D', _) => Item::DayOfYear(count),
        ('M', 4..) => Item::MonthLong,
        ('M', 3) => Item::MonthShort,
        ('M', _) => Item::Month(count),
        ('d', _) => Item::Day(count),
        ('a', _) => Item::HalfDay,
        ('K', _) => Item::HalfDayHourFromZero(count),
        ('h', _) => Item::HalfDayHour(count),
        ('H', _) => Item::Hour(count),
        ('k', _) => Item::HourFromOne(count),
        ('m', _) => Item::Minute(count),
        ('s', _) => Item::Second(count),
        ('S', _) => Item::Fraction(count),
        ('z', 4..) => Item::ZoneLong,
        ('z', _) => Item::ZoneShort,
        ('Z', 1) => Item::Offset(false),
        ('Z', 2) => Item::Offset(true),
        ('Z', _) => Item::ZoneId,
        _ => return Err(format!("Illegal pattern component: {}", letter.to_string().repeat(count))),
    })
}
