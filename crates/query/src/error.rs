//! Why a query has no answer, and where in its SQL the reason stands.

use std::fmt;

use datafusion::common::{Column, DataFusionError, Diagnostic, SchemaError};
use datafusion::sql::sqlparser::parser::ParserError;
use sluice_pipeline::nearest;

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// A table that the catalog does not know.
    #[error("there is no table {name}{}", nearest.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    UnknownTable {
        /// The name.
        name: String,
        /// A name that is near it.
        nearest: Option<String>,
    },
    /// The SQL is wrong.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// What went wrong while it ran.
    #[error("{0}")]
    Engine(String),
}

/// What is wrong with a text of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// What is wrong.
    pub message: String,
    /// What may be meant.
    pub help: Option<String>,
    /// The line, its number from 1, and the column in it from 1, in characters.
    pub place: Option<(String, usize, usize)>,
}

impl std::error::Error for SqlError {}

impl fmt::Display for SqlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(out, "; {help}")?;
        }
        if let Some((line, number, column)) = &self.place {
            let margin = number.to_string().len();
            // Tabs stay tabs under tabs, so that the mark stands under its character.
            let blank = |c: char| if c == '\t' { '\t' } else { ' ' };
            let indent: String = line.chars().take(column - 1).map(blank).collect();
            write!(out, "\n{number} | {line}\n{:margin$} | {indent}^", "")?;
        }
        Ok(())
    }
}

impl QueryError {
    /// The error of a query, with its place in the SQL where there is one. `tables` are those that can be asked.
    pub(crate) fn of(error: &DataFusionError, sql: &str, tables: &[String]) -> QueryError {
        let (message, help) = said(error, tables);
        let place = place(error, sql, &message);
        match (is_of_sql(error), place) {
            (false, None) => QueryError::Engine(message),
            (_, place) => QueryError::Sql(SqlError { message: without_position(message), help, place }),
        }
    }
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> QueryError {
        QueryError::Engine(said(&error, &[]).0)
    }
}

/// Whether the SQL is to blame and not the data or the machine.
fn is_of_sql(error: &DataFusionError) -> bool {
    matches!(
        error.find_root(),
        DataFusionError::SQL(..) | DataFusionError::Plan(_) | DataFusionError::SchemaError(..)
    )
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text += &format!(": {source}");
        cause = source.source();
    }
    text
}

/// The message of an error and its causes, without DataFusion's prefixes, and what may be meant.
fn said(error: &DataFusionError, tables: &[String]) -> (String, Option<String>) {
    match error {
        DataFusionError::External(source) => (chain(&**source), None),
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => said(inner, tables),
        DataFusionError::Shared(inner) => said(inner, tables),
        DataFusionError::Collection(all) => all.first().map(|first| said(first, tables)).unwrap_or_default(),
        DataFusionError::ArrowError(inner, _) => (inner.to_string(), None),
        DataFusionError::SQL(parser, _) => match &**parser {
            ParserError::ParserError(text) | ParserError::TokenizerError(text) => (text.clone(), None),
            ParserError::RecursionLimitExceeded => ("the SQL is nested too deeply".to_owned(), None),
        },
        DataFusionError::SchemaError(schema, _) => of_schema(schema),
        DataFusionError::Plan(text) => of_plan(text, tables),
        other => of_plan(&other.strip_backtrace(), tables),
    }
}

fn of_schema(error: &SchemaError) -> (String, Option<String>) {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let near = meant(field.name(), valid_fields.iter().map(Column::name));
            let help = near.map(|near| format!("did you mean {near}?"));
            (format!("there is no column {}", field.flat_name()), help)
        }
        SchemaError::AmbiguousReference { field } => (
            format!("column {} is in more than one of the tables", field.name()),
            Some("write the table before it".to_owned()),
        ),
        other => (other.to_string(), None),
    }
}

/// The name that is likely meant.
fn meant<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    nearest(word, names).filter(|(_, is_likely)| *is_likely).map(|(name, _)| name)
}

fn of_plan(text: &str, tables: &[String]) -> (String, Option<String>) {
    let missing = text.strip_prefix("table '").and_then(|rest| rest.strip_suffix("' not found"));
    if let Some(name) = missing {
        let name = name.rsplit('.').next().unwrap_or(name);
        let help = match meant(name, tables.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the tables with a source are {}", tables.join(", ")),
        };
        return (format!("there is no table {name}"), Some(help));
    }
    if let Some((_, column)) = text
        .split_once("must appear in the GROUP BY clause")
        .and_then(|(head, _)| head.rsplit_once("column \""))
    {
        let column = column.trim_end().trim_end_matches('"');
        return (
            format!("{column} is neither in GROUP BY nor inside an aggregate"),
            Some("put it into GROUP BY, or into max(), min() or arbitrary()".to_owned()),
        );
    }
    if let Some((_, reason)) = text.split_once("user-defined coercion failed with: Error during planning: ") {
        let reason = reason.split(". No function matches").next().unwrap_or(reason);
        return (reason.to_owned(), None);
    }
    // "Invalid function 'x'.\nDid you mean 'y'?"
    match text.split_once(".\nDid you mean ") {
        Some((what, near)) => (what.to_owned(), Some(format!("did you mean {near}"))),
        None => (text.to_owned(), None),
    }
}

/// The place that an error points at.
fn place(error: &DataFusionError, sql: &str, message: &str) -> Option<(String, usize, usize)> {
    let of_span = diagnostic(error).and_then(|diagnostic| diagnostic.span);
    let of_span = of_span.map(|span| (span.start.line, span.start.column)).filter(|at| at.0 > 0);
    let (number, column) = match of_span {
        Some((line, column)) => (usize::try_from(line).ok()?, usize::try_from(column).ok()?),
        None => position(message)?,
    };
    line_at(sql, number, column)
}

/// The text of a line, its number and the column in it, both from 1.
pub(crate) fn line_at(sql: &str, number: usize, column: usize) -> Option<(String, usize, usize)> {
    let line = sql.lines().nth(number.checked_sub(1)?)?;
    (column > 0).then(|| (line.to_owned(), number, column))
}

fn diagnostic(error: &DataFusionError) -> Option<&Diagnostic> {
    match error {
        DataFusionError::Diagnostic(diagnostic, inner) => {
            diagnostic_of(diagnostic).or_else(|| diagnostic_in(inner))
        }
        _ => diagnostic_in(error),
    }
}

fn diagnostic_of(diagnostic: &Diagnostic) -> Option<&Diagnostic> {
    diagnostic.span.is_some().then_some(diagnostic)
}

fn diagnostic_in(error: &DataFusionError) -> Option<&Diagnostic> {
    match error {
        DataFusionError::Diagnostic(..) => diagnostic(error),
        DataFusionError::Context(_, inner) => diagnostic_in(inner),
        DataFusionError::Shared(inner) => diagnostic_in(inner),
        DataFusionError::Collection(all) => all.first().and_then(diagnostic_in),
        _ => None,
    }
}

/// What the parser says of the place: "… at Line: 1, Column: 8".
const AT: &str = " at Line: ";

fn position(message: &str) -> Option<(usize, usize)> {
    let (_, place) = message.rsplit_once(AT)?;
    let (line, column) = place.split_once(", Column: ")?;
    let digits: String = column.chars().take_while(char::is_ascii_digit).collect();
    Some((line.parse().ok()?, digits.parse().ok()?))
}

fn without_position(message: String) -> String {
    match position(&message) {
        Some(_) => message.rsplit_once(AT).map_or(message.clone(), |(what, _)| what.to_owned()),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_the_place() {
        let place = Some(("\tWHERE levl = 1".to_owned(), 12, 8));
        let error = SqlError { message: "there is no column levl".into(), help: None, place };
        assert_eq!(error.to_string(), "there is no column levl\n12 | \tWHERE levl = 1\n   | \t      ^");
    }

    #[test]
    fn the_place_is_taken_out_of_the_message() {
        let message = "Expected: an expression, found: FROM at Line: 1, Column: 8".to_owned();
        assert_eq!(position(&message), Some((1, 8)));
        assert_eq!(without_position(message), "Expected: an expression, found: FROM");
    }
}
