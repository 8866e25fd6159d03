//! Reading ISO 8601: the usual form by position, all others by the grammar that Trino reads them with.

use super::civil::{DAY, HOUR, MINUTE, SECOND, days_from_civil, days_in_month, first_monday, is_leap};

/// The last year an instant with a zone can be in.
const LAST_YEAR: i64 = 73_326;

/// The instant of a text, in milliseconds; UTC where it names no offset.
///
/// # Errors
/// What is wrong with the text.
#[inline]
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    match usual(text.as_bytes()) {
        Some(instant) => Ok(instant),
        None => Parser::new(text).date_time(),
    }
}

/// `2026-11-24T01:02:03Z` or `2026-11-24T01:02:03.123Z`; nothing for other texts or wrong numbers.
#[inline]
fn usual(text: &[u8]) -> Option<i64> {
    let millis = match text.len() {
        24 => {
            let text: &[u8; 24] = text.try_into().ok()?;
            if text[19] != b'.' || text[23] != b'Z' {
                return None;
            }
            three(text[20], text[21], text[22])?
        }
        20 if text[19] == b'Z' => 0,
        _ => return None,
    };
    let head: &[u8; 19] = text.first_chunk()?;
    if head[4] != b'-' || head[7] != b'-' || head[10] != b'T' || head[13] != b':' || head[16] != b':' {
        return None;
    }
    let year = two(head[0], head[1])? * 100 + two(head[2], head[3])?;
    let (month, day) = (two(head[5], head[6])?, two(head[8], head[9])?);
    let (hour, minute, second) =
        (two(head[11], head[12])?, two(head[14], head[15])?, two(head[17], head[18])?);
    let wrong = month.wrapping_sub(1) > 11 || day == 0 || hour > 23 || minute > 59 || second > 59;
    if wrong || (day > 28 && i64::from(day) > days_in_month(year.into(), month.into())) {
        return None;
    }
    // Days from 0000-03-01 in 32 bits: years of four digits are never negative.
    let (year, month) = if month <= 2 { (year + 399, month + 9) } else { (year + 400, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let days = i64::from(days) - 719_468 - 146_097;
    let clock = (hour * 60 + minute) * 60 + second;
    Some(days * DAY + i64::from(clock) * SECOND + i64::from(millis))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

#[inline]
fn three(hundreds: u8, tens: u8, ones: u8) -> Option<u32> {
    let hundreds = hundreds.wrapping_sub(b'0');
    let rest = two(tens, ones)?;
    (hundreds <= 9).then(|| u32::from(hundreds) * 100 + rest)
}

/// A date alone, in days since 1970-01-01.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn date(text: &str) -> Result<i64, String> {
    let mut parser = Parser::new(text);
    let days = parser.date()?;
    parser.end()?;
    Ok(days)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, wanted: &[u8]) -> bool {
        let found = self.peek().is_some_and(|byte| wanted.contains(&byte));
        self.at += usize::from(found);
        found
    }

    fn malformed(&self) -> String {
        match self.text.get(self.at..) {
            Some(rest) if self.at > 0 && !rest.is_empty() => {
                format!("Invalid format: \"{}\" is malformed at \"{rest}\"", self.text)
            }
            Some("") if self.at > 0 => format!("Invalid format: \"{}\" is too short", self.text),
            _ => format!("Invalid format: \"{}\"", self.text),
        }
    }

    fn end(&self) -> Result<(), String> {
        if self.at == self.text.len() { Ok(()) } else { Err(self.malformed()) }
    }

    /// The number of digits from here on.
    fn digits(&self) -> usize {
        self.text.as_bytes()[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn number(&mut self, most: usize) -> Result<i64, String> {
        let count = self.digits().min(most);
        match self.text[self.at..self.at + count].parse() {
            Ok(number) => {
                self.at += count;
                Ok(number)
            }
            Err(_) => Err(self.malformed()),
        }
    }

    fn within(&mut self, what: &str, first: i64, last: i64) -> Result<i64, String> {
        let number = self.number(if last > 99 { 3 } else { 2 })?;
        self.check(what, number, first, last)
    }

    fn check(&self, what: &str, number: i64, first: i64, last: i64) -> Result<i64, String> {
        if (first..=last).contains(&number) {
            return Ok(number);
        }
        let text = self.text;
        Err(format!(
            "Cannot parse \"{text}\": Value {number} for {what} must be in the range [{first},{last}]"
        ))
    }

    fn date_time(&mut self) -> Result<i64, String> {
        let days = if matches!(self.peek(), Some(b'T' | b't')) { 0 } else { self.date()? };
        let mut instant = days * DAY;
        if self.skip(b"Tt") {
            if self.digits() > 0 {
                instant += self.time()?;
            }
            instant -= self.offset()?;
        }
        self.end()?;
        Ok(instant)
    }

    /// `2026`, `2026-11`, `2026-11-24`, `2026-328`, `2026-W48` or `2026-W48-2`.
    fn date(&mut self) -> Result<i64, String> {
        let negative = self.skip(b"-");
        if !negative {
            self.skip(b"+");
        }
        let year = self.number(9)? * if negative { -1 } else { 1 };
        if year.abs() > LAST_YEAR {
            return Err(format!("Millis overflow: \"{}\"", self.text));
        }
        if !self.skip(b"-") {
            return Ok(days_from_civil(year, 1, 1));
        }
        if self.skip(b"Ww") {
            let weeks = (first_monday(year + 1) - first_monday(year)) / 7;
            let week = self.within("weekOfWeekyear", 1, weeks)?;
            let day = if self.skip(b"-") { self.within("dayOfWeek", 1, 7)? } else { 1 };
            return Ok(first_monday(year) + (week - 1) * 7 + day - 1);
        }
        if self.digits() == 3 {
            let day = self.within("dayOfYear", 1, 365 + i64::from(is_leap(year)))?;
            return Ok(days_from_civil(year, 1, 1) + day - 1);
        }
        let month = self.number(2)?;
        let day = if self.skip(b"-") { self.number(2)? } else { 1 };
        self.check("monthOfYear", month, 1, 12)?;
        self.check("dayOfMonth", day, 1, days_in_month(year, month))?;
        Ok(days_from_civil(year, month, day))
    }

    /// Hour, minute and second, the last of them with a fraction.
    fn time(&mut self) -> Result<i64, String> {
        let mut millis = self.within("hourOfDay", 0, 23)? * HOUR;
        let mut unit = HOUR;
        if self.peek() == Some(b':') {
            self.at += 1;
            millis += self.within("minuteOfHour", 0, 59)? * MINUTE;
            unit = MINUTE;
            if self.peek() == Some(b':') {
                self.at += 1;
                millis += self.within("secondOfMinute", 0, 59)? * SECOND;
                unit = SECOND;
            }
        }
        if let Some(b'.' | b',') = self.peek() {
            self.at += 1;
            let count = self.digits();
            if count == 0 {
                self.at -= 1;
                return Err(self.malformed());
            }
            let kept = &self.text[self.at..self.at + count.min(12)];
            let fraction: i128 = kept.parse().map_err(|_| self.malformed())?;
            millis += (fraction * i128::from(unit) / 10i128.pow(kept.len() as u32)) as i64;
            self.at += count;
        }
        Ok(millis)
    }

    /// `Z`, `+09`, `+0900`, `+09:00` or nothing.
    fn offset(&mut self) -> Result<i64, String> {
        if self.skip(b"Zz") {
            return Ok(0);
        }
        let sign = match self.peek() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Ok(0),
        };
        self.at += 1;
        let mut offset = self.within("offset hour", 0, 23)? * HOUR;
        let colon = self.skip(b":");
        if colon || self.digits() > 0 {
            offset += self.within("offset minute", 0, 59)? * MINUTE;
        }
        Ok(sign * offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn usual_forms_take_the_fast_path() {
        assert_eq!(usual(b"1970-01-01T00:00:00.001Z"), Some(1));
        assert_eq!(usual(b"1969-12-31T23:59:59Z"), Some(-1000));
        for text in ["2026-02-29T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24"] {
            assert_eq!(usual(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn fractions_go_by_the_smallest_unit_named() {
        assert_eq!(parse("1970-01-01T00:00.5Z"), Ok(30_000));
        assert_eq!(parse("1970-01-01T01.25Z"), Ok(HOUR + 15 * MINUTE));
        assert_eq!(parse("1970-01-01T00:00:00.1239Z"), Ok(123));
    }

    #[test]
    fn agrees_with_jiff() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..50_000 {
            let millis = random.i64(-62_135_596_800_000..253_370_764_800_000);
            let instant = Timestamp::from_millisecond(millis).unwrap();
            let text = format!("{instant:.3}");
            assert_eq!(usual(text.as_bytes()), Some(millis), "{text}");
            assert_eq!(Parser::new(&text).date_time(), Ok(millis), "{text}");
            let precision = random.usize(0..=9);
            let text = format!("{instant:.precision$}");
            let expected = text.parse::<Timestamp>().unwrap();
            assert_eq!(parse(&text), Ok(expected.as_millisecond()), "{text}");
        }
    }

    #[test]
    fn both_ways_of_reading_refuse_alike() {
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..50_000 {
            let mut two = |most: u8| random.u8(0..=most);
            let text = format!(
                "20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                two(99),
                two(14),
                two(33),
                two(25),
                two(61),
                two(59)
            );
            let slow = Parser::new(&text).date_time();
            assert_eq!(usual(text.as_bytes()), slow.clone().ok(), "{text}");
            assert_eq!(
                slow.ok(),
                text.parse::<Timestamp>().ok().map(jiff::Timestamp::as_millisecond),
                "{text}"
            );
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut random = fastrand::Rng::with_seed(9);
        let letters: Vec<char> = "-+0123456789TWZ:.,é ".chars().collect();
        for _ in 0..50_000 {
            let text: String = (0..random.usize(0..30)).map(|_| *random.choice(&letters).unwrap()).collect();
            let _ = parse(&text);
            let _ = date(&text);
        }
    }
}
