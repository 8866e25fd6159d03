//! A TOML text as a tree in which every key and value knows where it stands and which overlay it came from.
//!
//! Invariant: offsets are byte offsets into the text the tree was read from; entries made from defaults have none.

use std::{collections::BTreeMap, sync::Arc};

use toml::de::{DeTable, DeValue};

use crate::problem::Problem;

/// A table: its entries by key.
pub(crate) type Table = BTreeMap<String, Entry>;

/// A value and its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// Where the key begins.
    pub(crate) key_at: Option<usize>,
    /// Where the value begins.
    pub(crate) at: Option<usize>,
    /// The overlay (`dev` of `[env.dev]`) that holds it; none in the base.
    pub(crate) env: Option<Arc<str>>,
    pub(crate) value: Value,
}

/// A TOML value; dates are kept as text because no setting is one.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    /// Numbers that do not fit are clamped: they are out of every range all the same.
    Whole(i128),
    Float(f64),
    Bool(bool),
    Date(String),
    List(Vec<Entry>),
    Table(Table),
}

impl Default for Value {
    fn default() -> Self {
        Self::Table(Table::new())
    }
}

impl Value {
    /// The value's type with its article, for messages; shows no content.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a whole number",
            Self::Float(_) => "a fraction",
            Self::Bool(_) => "a boolean",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// The value as a message shows it: scalars in full (long texts are cut), the others by their type.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Text(text) if text.chars().count() > 60 => {
                format!("the text {:?}…", text.chars().take(60).collect::<String>())
            }
            Self::Text(text) => format!("the text {text:?}"),
            Self::Whole(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Bool(truth) => truth.to_string(),
            Self::Date(date) => format!("the date {date}"),
            Self::List(_) | Self::Table(_) => self.kind().to_owned(),
        }
    }
}

/// A TOML text with its name, for positions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// Reads the text; on invalid TOML every syntax fault that the parser can tell apart.
    pub(crate) fn parse(&self) -> Result<Table, Vec<Problem>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Ok(table(root.get_ref()));
        }
        let problem = |error: &toml::de::Error| Problem {
            file: self.file.to_owned(),
            position: error.span().map(|span| self.position(span.start)),
            key: String::new(),
            what: format!("invalid TOML: {}", error.message()),
            remedy: "correct the syntax (https://toml.io)".to_owned(),
        };
        Err(errors.iter().map(problem).collect())
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    pub(crate) fn position(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// The entry for a TOML literal such as `"64MiB"` or `["a", "b"]`, as definitions give their defaults.
pub(crate) fn literal(text: &str) -> Option<Entry> {
    let line = format!("value = {text}");
    let mut root = Source { file: "", text: &line }.parse().ok()?;
    let mut entry = root.remove("value")?;
    forget_places(&mut entry);
    Some(entry)
}

fn forget_places(entry: &mut Entry) {
    entry.key_at = None;
    entry.at = None;
    match &mut entry.value {
        Value::List(items) => items.iter_mut().for_each(forget_places),
        Value::Table(table) => table.values_mut().for_each(forget_places),
        _ => {}
    }
}

fn table(parsed: &DeTable<'_>) -> Table {
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let key: &toml::Spanned<std::borrow::Cow<'_, str>> = key;
        let entry = Entry {
            key_at: Some(key.span().start),
            at: Some(value.span().start),
            env: None,
            value: convert(value.get_ref()),
        };
        (key.get_ref().clone().into_owned(), entry)
    };
    parsed.iter().map(entry).collect()
}

fn convert(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) => {
            Value::Whole(i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX))
        }
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => {
            let entry = |item: &toml::Spanned<DeValue<'_>>| Entry {
                key_at: Some(item.span().start),
                at: Some(item.span().start),
                env: None,
                value: convert(item.get_ref()),
            };
            Value::List(items.iter().map(entry).collect())
        }
        DeValue::Table(inner) => Value::Table(table(inner)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let source = Source { file: "f", text: "# 日本\nä = 1\n" };
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position("# 日本".len()), (1, 5));
        assert_eq!(source.position("# 日本\nä".len()), (2, 2));
        assert_eq!(source.position(usize::MAX), (3, 1));
    }

    #[test]
    fn invalid_toml_is_a_problem_with_its_line() {
        let problems = Source { file: "f", text: "a = 1\nb = = 2\n" }.parse().unwrap_err();
        assert_eq!(problems[0].position.unwrap().0, 2);
        assert!(problems[0].what.starts_with("invalid TOML"));
    }

    #[test]
    fn a_literal_has_a_value_and_no_place() {
        let entry = literal("[ { a = 1 }, 0x10 ]").unwrap();
        let Value::List(items) = entry.value else { panic!("a list was given") };
        assert!(items.iter().all(|item| item.at.is_none()));
        assert!(matches!(items[1].value, Value::Whole(16)));
        assert!(literal("= nonsense").is_none());
    }
}
