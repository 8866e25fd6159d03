//! Placeholders of a query become SQL.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use sluice_catalog::Catalog;
use sluice_catalog::window::Window;

use super::{ParameterError, Query};
use crate::time::parse_seconds;

/// Values that people give for parameters, by name.
pub type Values = BTreeMap<String, String>;

/// Why a query cannot be expanded.
#[derive(Debug, thiserror::Error)]
pub enum ExpandError {
    /// A parameter.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A placeholder that means nothing.
    #[error("{query}: the placeholder {{{{{placeholder}}}}} means nothing: {what}")]
    Placeholder {
        /// The query.
        query: String,
        /// What stands in the braces.
        placeholder: String,
        /// Why.
        what: String,
    },
}

impl Query {
    /// The SQL with every placeholder filled in.
    ///
    /// # Errors
    /// When a parameter is missing, unknown or not of its type; when a placeholder means nothing.
    pub fn expand(&self, catalog: &Catalog, window: &Window, values: &Values) -> Result<String, ExpandError> {
        if let Some(name) = values.keys().find(|name| !self.parameters.contains_key(*name)) {
            let known: Vec<&str> = self.parameters.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(ParameterError::Unknown { name: name.clone(), known }.into());
        }
        let mut sql = String::new();
        let mut rest = self.sql.as_str();
        while let Some(start) = rest.find("{{") {
            sql += &rest[..start];
            let Some(len) = rest[start..].find("}}") else { break };
            sql += &self.placeholder(&rest[start + 2..start + len], catalog, window, values)?;
            rest = &rest[start + len + 2..];
        }
        Ok(sql + rest)
    }

    fn placeholder(
        &self,
        inside: &str,
        catalog: &Catalog,
        window: &Window,
        values: &Values,
    ) -> Result<String, ExpandError> {
        let mut words = inside.split_whitespace();
        match words.next() {
            Some("window") => self.window(inside, words, catalog, window, values),
            Some("from") => Ok(format!("from_iso8601_timestamp('{:.3}')", window.from())),
            Some("to") => Ok(format!("from_iso8601_timestamp('{:.3}')", window.to())),
            Some("seconds") => Ok(format!("{}", window.to().duration_since(window.from()).as_secs())),
            Some(name) => Ok(self.value(name, values)?),
            None => Err(self.fail(inside, "it is empty")),
        }
    }

    /// The literal of a parameter.
    fn value(&self, name: &str, values: &Values) -> Result<String, ExpandError> {
        let Some(parameter) = self.parameters.get(name) else {
            return Err(self.fail(name, "the front matter has no such parameter"));
        };
        let text = values.get(name).cloned().or_else(|| parameter.default_text());
        let text = text.ok_or_else(|| ParameterError::Missing {
            name: name.to_owned(),
            example: parameter.example(),
            description: parameter.description.clone(),
        })?;
        Ok(parameter.literal(name, &text)?)
    }

    fn window<'w>(
        &self,
        inside: &str,
        words: impl Iterator<Item = &'w str>,
        catalog: &Catalog,
        window: &Window,
        values: &Values,
    ) -> Result<String, ExpandError> {
        let (mut from, mut to) = (window.from(), window.to());
        let mut names = Vec::new();
        for word in words {
            let Some((key, value)) = word.split_once('=') else {
                names.push(word);
                continue;
            };
            let seconds = if self.parameters.contains_key(value) {
                self.value(value, values)?
                    .parse()
                    .map_err(|_| self.fail(inside, "that parameter is no duration"))?
            } else {
                parse_seconds(value).map_err(|error| self.fail(inside, &error.to_string()))?
            };
            let back = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            let earlier = |time: jiff::Timestamp| {
                time.checked_sub(back).map_err(|error| self.fail(inside, &error.to_string()))
            };
            match key {
                "back" => from = earlier(from)?,
                "shift" => (from, to) = (earlier(from)?, earlier(to)?),
                _ => return Err(self.fail(inside, "write back=… or shift=…")),
            }
        }
        let name = names.first().copied().or(self.tables.first().map(String::as_str)).unwrap_or_default();
        let table =
            catalog.get(name).ok_or_else(|| self.fail(inside, &format!("there is no table {name}")))?;
        let window = Window::new(from, to).map_err(|error| self.fail(inside, &error.to_string()))?;
        Ok(format!("({})", window.predicate(table, names.get(1).copied())))
    }

    fn fail(&self, placeholder: &str, what: &str) -> ExpandError {
        ExpandError::Placeholder {
            query: self.name.clone(),
            placeholder: placeholder.to_owned(),
            what: what.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window() -> Window {
        let time = |text: &str| text.parse().expect("a time");
        Window::new(time("2026-11-24T01:00:00Z"), time("2026-11-24T02:00:00Z")).expect("a window")
    }

    fn query(sql: &str) -> Query {
        let text = format!(
            "-- +++\n-- title = 'x'\n-- question = 'x'\n-- tables = ['app_logs']\n-- [parameters.service]\n\
             -- type = 'string'\n-- description = 'x'\n-- default = ''\n-- [parameters.limit]\n-- type = 'integer'\n\
             -- description = 'x'\n-- min = 1\n-- +++\n-- Note.\n{sql}"
        );
        Query::parse("a/b", &text).expect("a query")
    }

    fn expand(sql: &str, values: &[(&str, &str)]) -> Result<String, ExpandError> {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        query(sql).expand(&Catalog::builtin(), &window(), &values)
    }

    #[test]
    fn values_become_literals_that_nothing_ends() {
        let hostile = "x' OR 1 = 1; --";
        assert_eq!(expand("{{service}}", &[("service", hostile)]).expect("SQL"), "'x'' OR 1 = 1; --'");
        assert_eq!(expand("LIMIT {{limit}}", &[("limit", "5")]).expect("SQL"), "LIMIT 5");
        assert_eq!(expand("{{seconds}}", &[]).expect("SQL"), "3600");
    }

    #[test]
    fn wrong_missing_and_unknown_parameters_say_what_to_do() {
        let told = |sql: &str, values: &[(&str, &str)]| expand(sql, values).expect_err("wrong").to_string();
        assert!(told("{{limit}}", &[]).contains("give --param limit="));
        assert!(told("{{limit}}", &[("limit", "0")]).contains("a whole number of 1 or more"));
        assert!(told("{{limit}}", &[("limit", "5; DROP")]).contains("a whole number"));
        assert!(told("{{limit}}", &[("lmit", "5")]).contains("this query has limit, service"));
        assert!(told("{{other}}", &[]).contains("{{other}}"));
    }

    #[test]
    fn windows_prune_partitions_and_shift() {
        let sql = expand("{{window}}", &[]).expect("SQL");
        assert!(sql.contains("hour = '01'") && sql.contains("ts >= '2026-11-24T01:00:00.000Z'"), "{sql}");
        let sql = expand("{{window app_logs a shift=1h}}", &[]).expect("SQL");
        assert!(sql.contains("a.hour = '00'") && sql.contains("a.ts < '2026-11-24T01:00:00.000Z'"), "{sql}");
        let sql = expand("{{window app_logs back=1d}}", &[]).expect("SQL");
        assert!(sql.contains("ts >= '2026-11-23T01:00:00.000Z'"), "{sql}");
    }
}
