//! Parameters of queries: their types, their checks, their literals.

use serde::Deserialize;

use crate::time::{parse_seconds, parse_time};

/// What values a parameter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// Any text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// true or false.
    Boolean,
    /// A length of time such as 7d; seconds in SQL.
    Duration,
    /// One of the values that it names.
    Choice,
    /// Texts, separated by commas.
    List,
    /// A time.
    Timestamp,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Type,
    /// What it does.
    pub description: String,
    /// Its value when none is given; without one it must be given.
    pub default: Option<toml::Value>,
    /// The values of a choice.
    #[serde(default)]
    pub values: Vec<String>,
    /// The least number.
    pub min: Option<f64>,
    /// The greatest number.
    pub max: Option<f64>,
}

/// Why a value cannot be a parameter's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// It must be given and is not.
    #[error("the parameter {name} has no default; give --param {name}={example} ({description})")]
    Missing {
        /// Its name.
        name: String,
        /// What a value looks like.
        example: &'static str,
        /// What it does.
        description: String,
    },
    /// There is no such parameter.
    #[error("there is no parameter {name}; this query has {known}")]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// The value is not of its type.
    #[error("{value:?} cannot be the parameter {name}: expected {expected}")]
    Value {
        /// The parameter.
        name: String,
        /// The value.
        value: String,
        /// What it should be.
        expected: String,
    },
}

impl Parameter {
    /// Whether its definition makes sense.
    pub(super) fn check(&self, name: &str) -> Result<(), ParameterError> {
        match self.default_text() {
            Some(text) => self.literal(name, &text).map(drop),
            None => Ok(()),
        }
    }

    /// Its default as people would type it.
    #[must_use]
    pub fn default_text(&self) -> Option<String> {
        self.default.as_ref().map(|value| match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Array(items) => {
                let texts = items.iter().map(|item| item.as_str().unwrap_or_default());
                texts.collect::<Vec<_>>().join(",")
            }
            other => other.to_string(),
        })
    }

    /// What a value is expected to be, in words.
    #[must_use]
    pub fn expected(&self) -> String {
        let range = match (self.min, self.max) {
            (Some(min), Some(max)) => format!(" from {min} to {max}"),
            (Some(min), None) => format!(" of {min} or more"),
            (None, Some(max)) => format!(" of {max} or less"),
            (None, None) => String::new(),
        };
        match self.kind {
            Type::String => "a text".to_owned(),
            Type::Integer => format!("a whole number{range}"),
            Type::Number => format!("a number{range}"),
            Type::Boolean => "true or false".to_owned(),
            Type::Duration => "a length of time such as 15m, 2h or 7d".to_owned(),
            Type::Choice => format!("one of {}", self.values.join(", ")),
            Type::List => "texts separated by commas".to_owned(),
            Type::Timestamp => "a time such as 2026-11-24T01:00:00Z or 2h (ago)".to_owned(),
        }
    }

    pub(super) fn example(&self) -> &'static str {
        match self.kind {
            Type::Integer => "20",
            Type::Number => "0.5",
            Type::Boolean => "true",
            Type::Duration => "7d",
            Type::Timestamp => "2026-11-24T01:00:00Z",
            Type::List => "a,b",
            Type::String | Type::Choice => "…",
        }
    }

    /// The SQL literal of a value.
    ///
    /// # Errors
    /// When the text is no value of the type.
    pub fn literal(&self, name: &str, text: &str) -> Result<String, ParameterError> {
        let fail = || ParameterError::Value {
            name: name.to_owned(),
            value: text.to_owned(),
            expected: self.expected(),
        };
        let in_range = |number: f64| {
            number.is_finite()
                && self.min.is_none_or(|min| number >= min)
                && self.max.is_none_or(|max| number <= max)
        };
        match self.kind {
            Type::String => Ok(quoted(text)),
            Type::Integer => {
                let number: i64 = text.trim().parse().map_err(|_| fail())?;
                if in_range(number as f64) { Ok(number.to_string()) } else { Err(fail()) }
            }
            Type::Number => {
                let number: f64 = text.trim().parse().map_err(|_| fail())?;
                // An exponent makes it a double: a bare decimal is exact in Trino.
                if in_range(number) { Ok(format!("{number:e}")) } else { Err(fail()) }
            }
            Type::Boolean => match text {
                "true" | "false" => Ok(text.to_owned()),
                _ => Err(fail()),
            },
            Type::Duration => parse_seconds(text).map(|seconds| seconds.to_string()).map_err(|_| fail()),
            Type::Choice => {
                if self.values.iter().any(|value| value == text) {
                    Ok(quoted(text))
                } else {
                    Err(fail())
                }
            }
            Type::List => Ok(text.split(',').map(|item| quoted(item.trim())).collect::<Vec<_>>().join(", ")),
            Type::Timestamp => {
                let time = parse_time(text, jiff::Timestamp::now()).map_err(|_| fail())?;
                Ok(format!("from_iso8601_timestamp('{time:.3}')"))
            }
        }
    }
}

/// A text as a literal; its quotes are doubled, so nothing in it ends the literal.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
