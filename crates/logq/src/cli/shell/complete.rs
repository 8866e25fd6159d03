//! What the shell offers on Tab, and whether a question is at its end.

use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper, Result};
use sluice_catalog::Catalog;
use sluice_query::pack::builtin;

use super::super::engine::Engine;

/// Words of SQL that questions are made of.
const KEYWORDS: [&str; 44] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "HAVING",
    "LIMIT",
    "WITH",
    "AS",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "LIKE",
    "IS NULL",
    "IS NOT NULL",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "JOIN",
    "LEFT JOIN",
    "INNER JOIN",
    "CROSS JOIN",
    "ON",
    "USING",
    "UNION ALL",
    "DISTINCT",
    "COUNT(*)",
    "FILTER (WHERE",
    "OVER",
    "PARTITION BY",
    "DESC",
    "ASC",
    "CAST",
    "TRY_CAST",
    "INTERVAL",
    "TIMESTAMP",
    "EXISTS",
    "UNNEST",
    "VALUES",
    "{{window}}",
];

const COMMANDS: [&str; 10] =
    [".describe", ".format", ".help", ".queries", ".quit", ".run", ".show", ".since", ".stats", ".tables"];

const FORMATS: [&str; 7] = ["table", "vertical", "json", "jsonl", "csv", "markdown", "chart"];

/// All that can be completed.
pub(super) struct Assistant {
    /// Tables, their columns, functions and keywords.
    words: Vec<String>,
    tables: Vec<String>,
    queries: Vec<String>,
    packs: Vec<String>,
}

impl Assistant {
    pub(super) fn new(catalog: &Catalog, engine: &Engine) -> Assistant {
        let tables: Vec<String> = catalog.tables.keys().cloned().collect();
        let asked = engine.tables(catalog);
        let definitions = asked.iter().filter_map(|name| catalog.get(name));
        let columns = definitions.flat_map(|table| {
            let own = table.columns.iter().map(|column| column.name.clone());
            own.chain(table.partitions.iter().map(|partition| partition.name.clone()))
        });
        let mut words: Vec<String> = columns.chain(asked.iter().cloned()).collect();
        words.extend(
            engine.functions().into_iter().filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())),
        );
        words.extend(KEYWORDS.map(str::to_owned));
        words.sort_unstable();
        words.dedup();
        let queries: Vec<String> = builtin().map(|all| all.keys().cloned().collect()).unwrap_or_default();
        let mut packs: Vec<String> =
            queries.iter().filter_map(|name| Some(name.split_once('/')?.0.to_owned())).collect();
        packs.dedup();
        Assistant { words, tables, queries, packs }
    }

    /// Where the word before the cursor begins, and what it can become.
    fn offers(&self, line: &str, at: usize) -> (usize, Vec<String>) {
        let before = &line[..at];
        let of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | '{');
        let start = before.trim_end_matches(of_word).len();
        let word = &before[start..];
        if before.trim_start().starts_with('.') {
            let command = before.split_whitespace().next().unwrap_or_default();
            let among: Vec<String> = match command {
                _ if start == before.len() - before.trim_start().len() => {
                    COMMANDS.map(str::to_owned).to_vec()
                }
                ".run" | ".show" => self.queries.clone(),
                ".describe" => self.tables.clone(),
                ".queries" => self.packs.clone(),
                ".format" => FORMATS.map(str::to_owned).to_vec(),
                _ => Vec::new(),
            };
            // A query may be named without its pack.
            let begins = |name: &String| {
                name.starts_with(word)
                    || name.split_once('/').is_some_and(|(_, short)| short.starts_with(word))
            };
            return (start, among.into_iter().filter(begins).collect());
        }
        if word.is_empty() {
            return (start, Vec::new());
        }
        // A column may be typed behind the name of its table.
        let (prefix, word) = word.rsplit_once('.').map_or(("", word), |(prefix, word)| (prefix, word));
        let start = if prefix.is_empty() { start } else { start + prefix.len() + 1 };
        let begins = |name: &&String| {
            name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
                && name.len() > word.len()
        };
        (start, self.words.iter().filter(begins).cloned().collect())
    }
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> Result<(usize, Vec<String>)> {
        Ok(self.offers(line, at))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        Ok(if is_whole(context.input()) {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Highlighter for Assistant {}

impl Helper for Assistant {}

/// Whether a text is a question to its semicolon, a command, or nothing.
pub(super) fn is_whole(text: &str) -> bool {
    let text = text.trim();
    let is_command = text.starts_with('.') || matches!(text, "exit" | "quit" | "\\q");
    text.is_empty() || is_command || (text.ends_with(';') && !is_quoted(text))
}

/// Whether a text ends inside a quotation or a comment.
fn is_quoted(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '-', '/']) {
        let tail = &rest[at..];
        let (skip, end) = match tail.as_bytes()[0] {
            b'\'' => (1, "'"),
            b'"' => (1, "\""),
            b'-' if tail.starts_with("--") => (2, "\n"),
            b'/' if tail.starts_with("/*") => (2, "*/"),
            _ => {
                rest = &tail[1..];
                continue;
            }
        };
        match tail[skip..].find(end) {
            Some(found) => rest = &tail[skip + found + end.len()..],
            None => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assistant() -> Assistant {
        let words = ["COUNT(*)", "app_logs", "level", "logger", "lower"].map(str::to_owned).to_vec();
        let queries = ["errors/by-service", "errors/new", "alb/by-target"].map(str::to_owned).to_vec();
        Assistant { words, tables: vec!["app_logs".into()], queries, packs: vec!["errors".into()] }
    }

    fn offers(line: &str) -> Vec<String> {
        assistant().offers(line, line.len()).1
    }

    #[test]
    fn tab_offers_what_fits_the_place() {
        assert_eq!(offers("SELECT lo"), ["logger", "lower"]);
        assert_eq!(offers("select cou"), ["COUNT(*)"]);
        assert_eq!(offers("SELECT a.le"), ["level"]);
        assert_eq!(assistant().offers("SELECT a.le", 11).0, 9);
        assert_eq!(offers(".ru"), [".run"]);
        assert_eq!(offers(".run by"), ["errors/by-service", "alb/by-target"]);
        assert_eq!(offers(".describe "), ["app_logs"]);
        assert_eq!(offers("SELECT "), Vec::<String>::new());
    }

    #[test]
    fn a_question_ends_with_a_semicolon_outside_of_quotes() {
        for whole in ["", "SELECT 1;", ".tables", "quit", "SELECT ';';", "SELECT 1 -- a;\n;"] {
            assert!(is_whole(whole), "{whole}");
        }
        for part in ["SELECT 1", "SELECT ';", "SELECT \";", "SELECT 1 -- ;", "/* ;"] {
            assert!(!is_whole(part), "{part}");
        }
    }
}
