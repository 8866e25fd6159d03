//! Defaults of one's own: a file whose keys are the long options of the commands.
//!
//! ```toml
//! source = ["s3://logs/app", "waf_logs=s3://aws-waf-logs-shop/AWSLogs/123456789012/WAFLogs/ap-northeast-1/shop"]
//! format = "vertical"
//! max-scan = "20GiB"
//! ```
//! The environment wins over the file, the command line over both.

use std::path::{Path, PathBuf};

use clap::Command;
use etcetera::BaseStrategy;
use sluice_pipeline::nearest;
use toml::Value;

/// Options that may have a default of one's own.
const KEYS: [&str; 9] =
    ["source", "config", "env", "format", "memory", "threads", "max-scan", "max-rows", "pager"];

/// Why the file is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum DefaultsError {
    /// It cannot be read.
    #[error("cannot read {}; check the path and its rights", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
    /// It is no TOML.
    #[error("{} is no TOML", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key that is no option.
    #[error("{}: there is no option {key}; did you mean {near}? The keys are {}", path.display(), KEYS.join(", "))]
    Key {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// One that it may mean.
        near: String,
    },
    /// A value of another type.
    #[error("{}: {key} is a text, a number, or a list of texts", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
}

/// The command with the defaults of the user's file, if there is one.
pub(super) fn apply(command: Command) -> Result<Command, DefaultsError> {
    let named = std::env::var_os("LOGQ_CONFIG").filter(|path| !path.is_empty());
    let is_named = named.is_some();
    let place = || Some(etcetera::base_strategy::Xdg::new().ok()?.config_dir().join("sluice/logq.toml"));
    let Some(path) = named.map(PathBuf::from).or_else(place) else { return Ok(command) };
    if !is_named && !path.exists() {
        return Ok(command);
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|source| DefaultsError::Read { path: path.clone(), source })?;
    with(command, &path, &text)
}

fn with(command: Command, path: &Path, text: &str) -> Result<Command, DefaultsError> {
    let table: toml::Table = text
        .parse()
        .map_err(|source| DefaultsError::Toml { path: path.to_owned(), source: Box::new(source) })?;
    let mut defaults = Vec::new();
    for (key, value) in table {
        if !KEYS.contains(&key.as_str()) {
            let near = nearest(&key, KEYS).map_or(KEYS[0], |(near, _)| near).to_owned();
            return Err(DefaultsError::Key { path: path.to_owned(), key, near });
        }
        let texts = match value {
            Value::Array(all) => all.into_iter().map(text_of).collect(),
            one => text_of(one).map(|text| vec![text]),
        };
        let Some(texts) = texts else { return Err(DefaultsError::Value { path: path.to_owned(), key }) };
        defaults.push((key.replace('-', "_"), texts));
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    Ok(names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |mut sub| {
            for (key, texts) in &defaults {
                // What the list of queries or columns looks like is no matter of taste in answers.
                let is_listed = key == "format" && !sub.get_arguments().any(|arg| arg.get_id() == "output");
                let id = sub.get_arguments().map(clap::Arg::get_id).find(|id| wanted(id.as_str(), key));
                if let Some(id) = id.cloned().filter(|_| !is_listed) {
                    sub = sub.mut_arg(id, |arg| arg.default_values(texts.clone()));
                }
            }
            sub
        })
    }))
}

/// Whether an argument is that of a key; several sources are one argument.
fn wanted(id: &str, key: &str) -> bool {
    id == key || (key == "source" && id == "sources")
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::super::args::{Command as Asked, CommandLine, Format};
    use super::*;

    fn parsed(defaults: &str, words: &[&str]) -> Asked {
        let command = with(CommandLine::command(), Path::new("logq.toml"), defaults).expect("defaults");
        let matches = command.try_get_matches_from(words).expect("arguments");
        CommandLine::from_arg_matches(&matches).expect("a command").command
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let defaults =
            "source = [\"a\", \"waf_logs=b\"]\nformat = \"jsonl\"\nmemory = 64\nmax-scan = \"2GiB\"\n";
        let Asked::Sql(sql) = parsed(defaults, &["logq", "sql", "SELECT 1"]) else { panic!("sql") };
        assert_eq!(sql.data.sources, ["a", "waf_logs=b"]);
        assert_eq!((sql.output.format, sql.data.memory), (Format::Jsonl, 64));
        assert_eq!(sql.data.max_scan.map(|size| size.0), Some(2 << 30));
        let words = ["logq", "sql", "SELECT 1", "--format", "csv", "--source", "c"];
        let Asked::Sql(sql) = parsed(defaults, &words) else { panic!("sql") };
        assert_eq!((sql.output.format, sql.data.sources), (Format::Csv, vec!["c".to_owned()]));
        let Asked::List(list) = parsed(defaults, &["logq", "list"]) else { panic!("list") };
        assert_eq!(list.format, Format::Table);
    }

    #[test]
    fn what_is_no_option_is_said_with_the_nearest() {
        let fail = |text: &str| {
            with(CommandLine::command(), Path::new("logq.toml"), text).expect_err("an error").to_string()
        };
        assert!(fail("fromat = 1").starts_with("logq.toml: there is no option fromat; did you mean format?"));
        assert!(fail("format = {}").starts_with("logq.toml: format is a text"));
        assert!(fail("format =").contains("no TOML"));
    }
}
