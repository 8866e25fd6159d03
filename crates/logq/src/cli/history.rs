//! What was asked, when, and what it took: one JSON object a line in the user's state folder.
//!
//! Invariant: that a question cannot be noted never keeps it from being answered.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use sluice_athena::{Athena, Past, Settings};
use sluice_pipeline::{ByteSize, Exit};

use super::args::{EngineName, Format, HistoryArgs};
use super::ask::runtime;
use super::engine::configuration;
use super::failure::Failure;
use super::print;

/// Bytes above which the older half is dropped.
const LIMIT: u64 = 4 << 20;

/// One question.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// When it was asked, RFC 3339.
    pub(super) at: String,
    /// What ran it.
    pub(super) engine: String,
    /// The query of a pack, when it was one.
    pub(super) name: Option<String>,
    /// The SQL that ran.
    pub(super) sql: String,
    /// How long it took.
    pub(super) seconds: f64,
    /// Bytes of objects that were read.
    pub(super) bytes: u64,
    /// US dollars, where they are charged.
    pub(super) cost: Option<f64>,
    /// Rows of the answer.
    pub(super) rows: Option<usize>,
    /// Why there is none.
    pub(super) error: Option<String>,
}

/// A file of the user's state folder; `LOGQ_HISTORY` names the history's, `off` keeps none.
pub(super) fn path() -> Option<PathBuf> {
    match std::env::var("LOGQ_HISTORY") {
        Ok(path) if path == "off" => None,
        Ok(path) if !path.is_empty() => Some(path.into()),
        _ => {
            let folders = etcetera::base_strategy::Xdg::new().ok()?;
            Some(folders.state_dir()?.join("sluice/logq/history.jsonl"))
        }
    }
}

/// Notes a question.
pub(super) fn add(entry: &Entry) {
    if let Some(path) = path() {
        // Whoever asks wants the answer, not a word about a full disk.
        let _ = append(&path, entry);
    }
}

fn append(path: &Path, entry: &Entry) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::metadata(path).is_ok_and(|meta| meta.len() > LIMIT) {
        let text = fs::read_to_string(path)?;
        let half = text.len() / 2;
        let from =
            text.as_bytes()[half..].iter().position(|b| *b == b'\n').map_or(text.len(), |at| half + at + 1);
        fs::write(path, &text.as_bytes()[from..])?;
    }
    // Questions may hold names of customers: they are the user's alone.
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    file.write_all(&line)
}

/// `logq history`.
pub(super) fn run(args: &HistoryArgs) -> Result<Exit, Failure> {
    let entries = match args.engine {
        EngineName::Local => noted(args.limit)?,
        EngineName::Athena => of_athena(args)?,
        EngineName::Trino => return Err(Failure::NoHistory),
    };
    show(&entries, args.format)
}

/// What Athena ran in the work group, oldest first.
fn of_athena(args: &HistoryArgs) -> Result<Vec<Entry>, Failure> {
    let cluster = &args.cluster;
    let mut settings = Settings::new(cluster.database.clone().unwrap_or_default());
    if let Some(work_group) = &cluster.work_group {
        settings.work_group.clone_from(work_group);
    }
    settings.price.per_terabyte = cluster.price;
    let past = runtime()?.block_on(async {
        let config = configuration(cluster.region.as_deref()).await;
        Athena::new(&config, settings).history(args.limit).await
    })?;
    let entry = |one: Past| Entry {
        at: one.submitted.map(|at| at.to_string()).unwrap_or_default(),
        engine: "athena".to_owned(),
        name: None,
        sql: one.sql,
        seconds: one.seconds,
        bytes: one.scanned_bytes,
        cost: Some(one.cost),
        rows: None,
        error: (one.state != "SUCCEEDED").then(|| one.reason.unwrap_or(one.state)),
    };
    let mut entries: Vec<Entry> = past.into_iter().map(entry).collect();
    entries.reverse();
    Ok(entries)
}

/// The last questions that were asked from here.
fn noted(limit: usize) -> Result<Vec<Entry>, Failure> {
    let Some(path) = path() else { return Ok(Vec::new()) };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(Failure::Read { path, source }),
    };
    let mut entries: Vec<Entry> =
        text.lines().rev().filter_map(|line| serde_json::from_str(line).ok()).take(limit).collect();
    entries.reverse();
    Ok(entries)
}

fn show(entries: &[Entry], format: Format) -> Result<Exit, Failure> {
    if format == Format::Json {
        let all = serde_json::to_string(entries).unwrap_or_default();
        return print(format!("{all}\n").as_bytes());
    }
    let mut out = String::new();
    for entry in entries {
        if format == Format::Jsonl {
            let _ = writeln!(out, "{}", serde_json::to_string(entry).unwrap_or_default());
            continue;
        }
        let outcome = match (&entry.rows, &entry.error) {
            (Some(rows), _) => format!("{rows} rows"),
            (None, Some(error)) => error.lines().next().unwrap_or_default().to_owned(),
            (None, None) => entry.cost.map(|cost| format!("${cost:.4}")).unwrap_or_default(),
        };
        let what = match &entry.name {
            Some(name) => name.clone(),
            None => entry.sql.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let at = entry.at.get(..19).unwrap_or(&entry.at);
        let size = ByteSize(entry.bytes);
        let _ =
            writeln!(out, "{at}  {:>8.3} s  {:>10}  {outcome:>12}  {what}", entry.seconds, size.to_string());
    }
    print(out.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_half_goes_when_the_file_is_full() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/history.jsonl");
        let entry = |n: usize| Entry {
            at: String::new(),
            engine: "local".to_owned(),
            name: None,
            sql: format!("{n} {}", "x".repeat(1 << 20)),
            seconds: 0.0,
            bytes: 0,
            cost: None,
            rows: None,
            error: None,
        };
        for n in 0..6 {
            append(&path, &entry(n)).expect("a line");
        }
        let text = fs::read_to_string(&path).expect("text");
        let numbers: Vec<String> = text
            .lines()
            .map(|line| serde_json::from_str::<Entry>(line).expect("JSON").sql[..1].to_owned())
            .collect();
        assert_eq!(numbers, ["3", "4", "5"]);
    }
}
