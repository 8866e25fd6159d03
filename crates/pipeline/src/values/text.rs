//! Texts with a form: names, time zones, log groups, regular expressions.

use jiff::tz;
use regex::Regex;

use crate::{
    define::{Setting, Shape},
    nearest::nearest,
    reader::Reader,
    source::Entry,
};

/// The form a text must have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Text {
    /// Anything but nothing.
    #[default]
    Filled,
    /// Anything, nothing too.
    Free,
    /// A name that is safe in object keys, log groups and AWS resource names.
    Name,
    /// An IANA time zone.
    Zone,
    /// An AWS region.
    Region,
    /// A CloudWatch log group.
    LogGroup,
    /// A CloudWatch log stream with placeholders.
    Stream,
    /// A CloudWatch metric namespace.
    Namespace,
    /// A regular expression that never matches the empty text.
    Regex,
    /// An e-mail address.
    Email,
    /// A name of a database in SQL.
    Identifier,
    /// An AWS account.
    Account,
    /// A KMS key: id, alias or ARN.
    KmsKey,
    /// The value of an S3 object tag.
    TagValue,
}

/// What a log stream's name may refer to.
const PLACEHOLDERS: [&str; 4] = ["{service}", "{task}", "{container}", "{boot}"];

impl Text {
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            Self::Filled => "a text",
            Self::Free => "a text (it may be empty)",
            Self::Name => {
                "a name of up to 64 letters, digits, '.', '_' and '-' that begins with a letter or digit"
            }
            Self::Zone => "an IANA time zone such as \"Asia/Tokyo\"",
            Self::Region => "an AWS region such as \"ap-northeast-1\"",
            Self::LogGroup => "a log group of up to 512 letters, digits and characters of \"_-/.#\"",
            Self::Stream => {
                "a log stream's name without ':' and '*', with {service}, {task}, {container} or {boot} in it at will"
            }
            Self::Namespace => "a metric namespace of up to 255 letters, digits and characters of \"_-/.#\"",
            Self::Regex => "a regular expression that does not match the empty text",
            Self::Email => "an e-mail address",
            Self::Identifier => {
                "a name of up to 255 lower-case letters, digits and '_' that begins with a letter"
            }
            Self::Account => "an AWS account number of 12 digits in quotes",
            Self::KmsKey => "a KMS key's id, alias (\"alias/…\") or ARN",
            Self::TagValue => "a text of up to 256 characters",
        }
    }

    /// The form as a regular expression, where it is one; the schema has it too.
    pub(crate) fn pattern(&self) -> Option<&'static str> {
        match self {
            Self::Free | Self::Zone => None,
            Self::Filled | Self::Regex => Some("^[^\\u0000]+$"),
            Self::Name => Some("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
            Self::Region => Some("^[a-z]{2,}(-[a-z]+)+-[0-9]+$"),
            Self::LogGroup => Some("^[A-Za-z0-9_./#-]{1,512}$"),
            Self::Stream => Some("^[^:*\\u0000-\\u001f]{1,512}$"),
            Self::Namespace => Some("^[A-Za-z0-9_./#-]{1,255}$"),
            Self::Email => Some("^[^@ \\u0000-\\u001f]+@[^@ \\u0000-\\u001f]+$"),
            Self::Identifier => Some("^[a-z][a-z0-9_]{0,254}$"),
            Self::Account => Some("^[0-9]{12}$"),
            Self::KmsKey => Some("^[A-Za-z0-9:/_-]{1,2048}$"),
            Self::TagValue => Some("^[^\\u0000-\\u001f]{0,256}$"),
        }
    }

    /// Whether the text has the form that [`pattern`](Self::pattern) tells.
    pub(crate) fn allows(&self, text: &str) -> bool {
        let form = |pattern: &str| Regex::new(pattern).expect("a test compiles every pattern");
        self.pattern().is_none_or(|pattern| form(pattern).is_match(text))
    }

    /// What is wrong with a text, and the remedy when there is a better one than an example.
    fn fault(&self, text: &str) -> Option<(String, Option<String>)> {
        if !self.allows(text) {
            return Some((format!("expected {}, found the text {text:?}", self.expected()), None));
        }
        match self {
            Self::Zone => zone_fault(text),
            Self::Regex => regex_fault(text),
            Self::Stream => stream_fault(text),
            Self::LogGroup if text.starts_with("aws/") => {
                let what = "log groups that begin with aws/ are reserved";
                Some((what.to_owned(), Some("choose another name".to_owned())))
            }
            _ => None,
        }
    }
}

fn zone_fault(text: &str) -> Option<(String, Option<String>)> {
    tz::TimeZone::get(text).err()?;
    let known: Vec<String> = tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
    let remedy = nearest(text, known.iter().map(String::as_str))
        .filter(|(_, likely)| *likely)
        .map(|(zone, _)| format!("did you mean \"{zone}\"?"));
    Some((format!("{text:?} is not an IANA time zone"), remedy))
}

fn regex_fault(text: &str) -> Option<(String, Option<String>)> {
    match Regex::new(text) {
        Ok(regex) if !regex.is_match("") => None,
        Ok(_) => {
            let what = format!("the regular expression {text:?} matches the empty text");
            Some((what, Some("make it need at least one character, with + in place of *".to_owned())))
        }
        Err(error) => {
            let message = error.to_string();
            let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let remedy = "correct it (syntax: https://docs.rs/regex/latest/regex/#syntax)";
            Some((format!("{text:?} is not a regular expression: {reason}"), Some(remedy.to_owned())))
        }
    }
}

fn stream_fault(text: &str) -> Option<(String, Option<String>)> {
    let rest = PLACEHOLDERS.iter().fold(text.to_owned(), |rest, placeholder| rest.replace(placeholder, ""));
    rest.contains(['{', '}']).then(|| {
        let what = format!("{text:?} has an unknown placeholder");
        (what, Some(format!("use {} only", PLACEHOLDERS.join(", "))))
    })
}

impl Setting for String {
    type Rule = Text;

    fn shape(rule: &Text) -> Shape {
        Shape::Text(*rule)
    }

    fn read(rule: &Text, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text::<Self>(rule, entry)?;
        match rule.fault(text) {
            None => return Some(text.to_owned()),
            Some((what, None)) => reader.fail(entry, what),
            Some((what, Some(remedy))) => reader.fail_with(entry, what, remedy),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Text; 14] = [
        Text::Filled,
        Text::Free,
        Text::Name,
        Text::Zone,
        Text::Region,
        Text::LogGroup,
        Text::Stream,
        Text::Namespace,
        Text::Regex,
        Text::Email,
        Text::Identifier,
        Text::Account,
        Text::KmsKey,
        Text::TagValue,
    ];

    #[test]
    fn every_pattern_compiles() {
        for pattern in ALL.iter().filter_map(Text::pattern) {
            Regex::new(pattern).unwrap();
        }
    }

    #[test]
    fn forms_accept_what_aws_accepts() {
        for (form, good, bad) in [
            (Text::Name, "my_api-2.x", "-api"),
            (Text::Region, "us-gov-west-1", "tokyo"),
            (Text::LogGroup, "/sluice/prod/api", "/sluice/prod api"),
            (Text::Stream, "{service}/{task}", "{host}"),
            (Text::Email, "ops@example.com", "ops"),
            (Text::Identifier, "api_logs", "api-logs"),
            (Text::Account, "012345678901", "12345"),
            (Text::KmsKey, "alias/logs", "my key"),
            (Text::Zone, "Asia/Tokyo", "Asia/Tokio"),
            (Text::Regex, "ORD-[0-9]+", "[0-9]*"),
            (Text::Regex, "a|b", "(unclosed"),
        ] {
            assert_eq!(form.fault(good), None, "{form:?}");
            assert!(form.fault(bad).is_some(), "{form:?} {bad}");
        }
    }

    #[test]
    fn a_mistyped_zone_is_guessed() {
        assert_eq!(zone_fault("Asia/Tokio").unwrap().1.unwrap(), "did you mean \"Asia/Tokyo\"?");
    }
}
