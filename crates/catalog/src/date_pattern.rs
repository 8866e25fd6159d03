//! Date patterns as Java's `DateTimeFormatter` reads them, as far as folders use them: `yyyy`, `MM`, `dd`, `HH`,
//! `mm`, `ss`, other characters as they are, letters in single quotes.

use std::fmt;

use jiff::civil::DateTime;

/// How a date is written in the name of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatePattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Field(Field),
    Literal(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

const FIELDS: [(&str, Field); 6] = [
    ("yyyy", Field::Year),
    ("MM", Field::Month),
    ("dd", Field::Day),
    ("HH", Field::Hour),
    ("mm", Field::Minute),
    ("ss", Field::Second),
];

impl DatePattern {
    /// Reads a pattern; none when it has letters that mean nothing here, or a field twice.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((name, field)) = FIELDS.iter().find(|(name, _)| rest.starts_with(name)) {
                if parts.contains(&Part::Field(*field)) {
                    return None;
                }
                parts.push(Part::Field(*field));
                rest = &rest[name.len()..];
            } else if first == '\'' {
                let (quoted, behind) = rest[1..].split_once('\'')?;
                parts.push(Part::Literal(if quoted.is_empty() { "'".into() } else { quoted.into() }));
                rest = behind;
            } else if first.is_ascii_alphabetic() {
                return None;
            } else {
                parts.push(Part::Literal(first.to_string()));
                rest = &rest[first.len_utf8()..];
            }
        }
        parts.contains(&Part::Field(Field::Year)).then(|| Self { text: text.to_owned(), parts })
    }

    /// A time in the pattern.
    #[must_use]
    pub fn format(&self, time: DateTime) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Field(Field::Year) => text.push_str(&format!("{:04}", time.year())),
                Part::Field(field) => text.push_str(&format!("{:02}", field.of(time))),
            }
        }
        text
    }

    /// Reads a time; fields that the pattern lacks are the first of their kind.
    #[must_use]
    pub fn read<'a>(&self, text: &'a str) -> Option<(DateTime, &'a str)> {
        let (mut values, mut rest) = ([0i16, 1, 1, 0, 0, 0], text);
        for part in &self.parts {
            match part {
                Part::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
                Part::Field(field) => {
                    let digits = rest.get(..if *field == Field::Year { 4 } else { 2 })?;
                    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                        return None;
                    }
                    values[*field as usize] = digits.parse().ok()?;
                    rest = &rest[digits.len()..];
                }
            }
        }
        let [year, month, day, hour, minute, second] = values;
        let [month, day, hour, minute, second] =
            [month, day, hour, minute, second].map(|value| value.try_into().unwrap_or(i8::MAX));
        Some((DateTime::new(year, month, day, hour, minute, second, 0).ok()?, rest))
    }

    /// Reads a whole text.
    #[must_use]
    pub fn parse_time(&self, text: &str) -> Option<DateTime> {
        self.read(text).filter(|(_, rest)| rest.is_empty()).map(|(time, _)| time)
    }

    /// Whether the order of the texts is the order of the times.
    #[must_use]
    pub fn sorts_as_text(&self) -> bool {
        let fields = self.parts.iter().filter_map(|part| match part {
            Part::Field(field) => Some(*field as usize),
            Part::Literal(_) => None,
        });
        fields.enumerate().all(|(position, field)| position == field)
    }
}

impl Field {
    fn of(self, time: DateTime) -> i8 {
        match self {
            Self::Year | Self::Month => time.month(),
            Self::Day => time.day(),
            Self::Hour => time.hour(),
            Self::Minute => time.minute(),
            Self::Second => time.second(),
        }
    }
}

impl fmt::Display for DatePattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn times_are_written_and_read_back() {
        let time = date(2026, 11, 24).at(5, 6, 7, 0);
        for (pattern, text, sorts) in [
            ("yyyy/MM/dd/HH", "2026/11/24/05", true),
            ("yyyy-MM-dd'T'HH:mm:ss", "2026-11-24T05:06:07", true),
            ("dd.MM.yyyy", "24.11.2026", false),
            ("yyyy/dd", "2026/24", false),
            ("yyyyMM", "202611", true),
        ] {
            let pattern = DatePattern::parse(pattern).unwrap();
            assert_eq!(pattern.format(time), text);
            assert_eq!(pattern.format(pattern.parse_time(text).unwrap()), text);
            assert_eq!(pattern.sorts_as_text(), sorts, "{text}");
        }
    }

    #[test]
    fn what_is_no_pattern_or_date_is_refused() {
        for pattern in ["", "MM/dd", "yyyy-MMM", "yy", "yyyy'T", "yyyy-yyyy", "yyyy-ww"] {
            assert_eq!(DatePattern::parse(pattern), None, "{pattern}");
        }
        let pattern = DatePattern::parse("yyyy/MM/dd").unwrap();
        for text in ["2026/13/01", "2026/02/29", "2026/+1/01", "2026/1/01", "2026/01/01/", "２０26/01/01"] {
            assert_eq!(pattern.parse_time(text), None, "{text}");
        }
    }
}
