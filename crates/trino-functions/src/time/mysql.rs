//! The patterns of `date_format` and `date_parse`, by the codes of MySQL.

use super::joda::literal;
use super::pattern::Item;

/// The parts of a pattern.
///
/// # Errors
/// When a code is not supported, as in Trino.
pub(crate) fn compile(pattern: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut chars = pattern.chars();
    while let Some(letter) = chars.next() {
        if letter != '%' {
            literal(&mut items, letter.encode_utf8(&mut [0; 4]));
            continue;
        }
        let Some(code) = chars.next() else {
            literal(&mut items, "%");
            break;
        };
        match code {
            'a' => items.push(Item::DayShort),
            'b' => items.push(Item::MonthShort),
            'c' => items.push(Item::Month(1)),
            'd' => items.push(Item::Day(2)),
            'e' => items.push(Item::Day(1)),
            'f' => items.push(Item::Fraction(6)),
            'H' => items.push(Item::Hour(2)),
            'h' | 'I' => items.push(Item::HalfDayHour(2)),
            'i' => items.push(Item::Minute(2)),
            'j' => items.push(Item::DayOfYear(3)),
            'k' => items.push(Item::Hour(1)),
            'l' => items.push(Item::HalfDayHour(1)),
            'M' => items.push(Item::MonthLong),
            'm' => items.push(Item::Month(2)),
            'p' => items.push(Item::HalfDay),
            'r' => {
                clock(&mut items, Item::HalfDayHour(2));
                literal(&mut items, " ");
                items.push(Item::HalfDay);
            }
            'S' | 's' => items.push(Item::Second(2)),
            'T' => clock(&mut items, Item::Hour(2)),
            'v' => items.push(Item::Week(2)),
            'x' => items.push(Item::WeekYear(4)),
            'W' => items.push(Item::DayLong),
            'Y' => items.push(Item::Year(4)),
            'y' => items.push(Item::YearOfCentury),
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
                return Err(format!("%{code} not supported in date format string"));
            }
            other => literal(&mut items, other.encode_utf8(&mut [0; 4])),
        }
    }
    Ok(items)
}

fn clock(items: &mut Vec<Item>, hour: Item) {
    items.push(hour);
    literal(items, ":");
    items.push(Item::Minute(2));
    literal(items, ":");
    items.push(Item::Second(2));
}
