//! Query packs: SQL with front matter, from `queries/`.
//!
//! A query's text is TOML between two `-- +++` lines, comment lines that say how to read the answer, then Trino SQL with
//! placeholders. queries/README.md is the format. Values of parameters become literals of their type, never bare text.

mod expand;
mod parameter;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use expand::{ExpandError, Values};
pub use parameter::{Parameter, ParameterError, Type};

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

const FENCE: &str = "-- +++";

/// A query.
#[derive(Debug, Clone)]
pub struct Query {
    /// Pack and name: `errors/by-service`.
    pub name: String,
    /// A few words.
    pub title: String,
    /// The question that it answers.
    pub question: String,
    /// The tables that it reads, the first is that of `{{window}}`.
    pub tables: Vec<String>,
    /// How to draw the answer.
    pub chart: Option<Chart>,
    /// Its parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
    /// How to read the answer.
    pub note: String,
    /// The SQL with placeholders.
    pub sql: String,
}

/// How to draw an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// `bar`, `line`, `histogram` or `none`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Column of the labels or times.
    #[serde(default)]
    pub x: String,
    /// Columns of the values.
    #[serde(default)]
    pub y: Vec<String>,
    /// Column whose values are drawn apart.
    pub series: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    question: String,
    tables: Vec<String>,
    chart: Option<Chart>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
}

/// What is wrong with a query's file.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct PackError {
    /// The file.
    pub file: String,
    /// What is wrong, with the line where that is known.
    pub what: String,
}

impl Query {
    /// Reads a query from its text.
    ///
    /// # Errors
    /// When there is no front matter, or it is not what it should be.
    pub fn parse(name: &str, text: &str) -> Result<Query, PackError> {
        let fail = |what: String| PackError { file: format!("{name}.sql"), what };
        let mut lines = text.lines();
        if lines.next() != Some(FENCE) {
            return Err(fail(format!("line 1: expected {FENCE:?} and the front matter")));
        }
        // The first line stays empty, so that TOML's line numbers are those of the file.
        let mut head = String::from("\n");
        let mut closed = false;
        for line in lines.by_ref() {
            if line == FENCE {
                closed = true;
                break;
            }
            let bare = line.strip_prefix("-- ").or_else(|| line.strip_prefix("--"));
            head +=
                bare.ok_or_else(|| fail(format!("{line:?} is no comment, but stands in the front matter")))?;
            head.push('\n');
        }
        if !closed {
            return Err(fail(format!("the front matter does not end; write a line {FENCE:?}")));
        }
        let front: FrontMatter = toml::from_str(&head).map_err(|error| fail(error.to_string()))?;
        for (parameter, definition) in &front.parameters {
            definition.check(parameter).map_err(|error| fail(error.to_string()))?;
        }
        let rest: Vec<&str> = lines.collect();
        let comments = rest.iter().take_while(|line| line.starts_with("--")).count();
        let note = rest[..comments].iter().map(|line| line.trim_start_matches('-').trim());
        Ok(Query {
            name: name.to_owned(),
            title: front.title,
            question: front.question,
            tables: front.tables,
            chart: front.chart,
            parameters: front.parameters,
            note: note.collect::<Vec<_>>().join(" "),
            sql: rest[comments..].join("\n").trim().to_owned(),
        })
    }

    /// The pack that it belongs to.
    #[must_use]
    pub fn pack(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// Every query that is built in, by name.
///
/// # Errors
/// When a file of `queries/` is wrong; a test sees to it that none is.
pub fn builtin() -> Result<BTreeMap<String, Query>, PackError> {
    BUILTIN.iter().map(|(name, text)| Ok(((*name).to_owned(), Query::parse(name, text)?))).collect()
}

/// The query of a name: pack and name, or the name alone when no other pack has it.
///
/// # Errors
/// With the nearest names, when there is none or more than one.
pub fn find<'q>(queries: &'q BTreeMap<String, Query>, name: &str) -> Result<&'q Query, Vec<String>> {
    if let Some(query) = queries.get(name) {
        return Ok(query);
    }
    let suffix = format!("/{name}");
    let named: Vec<&Query> = queries.values().filter(|query| query.name.ends_with(&suffix)).collect();
    if let [query] = named[..] {
        return Ok(query);
    }
    if !named.is_empty() {
        return Err(named.iter().map(|query| query.name.clone()).collect());
    }
    let mut near: Vec<(f64, &String)> = queries
        .keys()
        .map(|key| {
            let short = key.split('/').next_back().unwrap_or_default();
            (strsim::jaro_winkler(short, name).max(strsim::jaro_winkler(key, name)), key)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    Err(near.into_iter().take(3).map(|(_, key)| key.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_query_is_well_formed() {
        let queries = builtin().expect("the files of queries/");
        assert!(queries.len() >= 40, "{}", queries.len());
        let packs: std::collections::BTreeSet<&str> = queries.values().map(Query::pack).collect();
        for pack in [
            "errors",
            "volume-and-cost",
            "performance",
            "access-patterns",
            "user-behaviour",
            "alb",
            "vpc",
            "waf",
            "aurora",
            "tracing",
        ] {
            assert!(packs.contains(pack), "{pack}");
        }
        for query in queries.values() {
            assert!(!query.note.is_empty() && query.sql.contains("{{window"), "{}", query.name);
        }
    }

    #[test]
    fn names_are_found_short_and_suggested_when_wrong() {
        let queries = builtin().expect("the files of queries/");
        assert_eq!(find(&queries, "by-service").expect("one").name, "errors/by-service");
        assert!(find(&queries, "before-after-deploy").expect_err("two").len() == 2);
        assert!(find(&queries, "by-servic").expect_err("none").contains(&"errors/by-service".to_owned()));
    }

    #[test]
    fn a_wrong_file_names_file_and_line() {
        let error = Query::parse("a/b", "-- +++\n-- title = 1\n-- +++\nSELECT 1").expect_err("wrong");
        assert!(error.to_string().contains("a/b.sql") && error.to_string().contains("line 2"), "{error}");
        assert!(Query::parse("a/b", "SELECT 1").is_err());
        assert!(Query::parse("a/b", "-- +++\n-- title = 'x'\n").is_err());
    }
}
