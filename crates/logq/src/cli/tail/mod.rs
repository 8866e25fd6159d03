//! `logq tail`: new records of an archive, or new events of a log group, as they come.
//!
//! Records come in the order in which they are found; those that are found together are in the order of their times.

mod group;

use std::io::{self, IsTerminal};
use std::time::Duration;

use jiff::Timestamp;
use regex::bytes::Regex;
use serde_json::Value;
use sluice_archive::Level;
use sluice_catalog::Catalog;
use sluice_pipeline::{Exit, parse_duration};
use sluice_present::{Style, log_line};
use sluice_query::follow::Follow;
use sluice_query::time::parse_time;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::group::Group;
use super::args::TailArgs;
use super::ask::runtime;
use super::failure::Failure;
use super::sources::archive;
use super::{print, styles};

/// Which records are printed.
struct Filter {
    from: String,
    level: Level,
    service: Option<String>,
    grep: Option<Regex>,
}

/// Where records come from.
enum Origin {
    Archive(Box<Follow>),
    Group(Box<Group>),
}

/// Follows.
pub(super) fn run(args: &TailArgs) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    let from = parse_time(&args.since, now)?;
    let level = Level::ALL.into_iter().find(|level| level.name() == args.level.to_ascii_lowercase());
    let filter = Filter {
        // Times of records sort as texts.
        from: format!("{from:.3}"),
        level: level.ok_or_else(|| Failure::Level(args.level.clone()))?,
        service: args.service.clone(),
        grep: args
            .grep
            .as_deref()
            .map(Regex::new)
            .transpose()
            .map_err(|error| Failure::Grep(error.to_string()))?,
    };
    let every = parse_duration(&args.every).map_err(|_| Failure::Every(args.every.clone()))?;
    let runtime = runtime()?;
    let mut origin = match &args.log_group {
        Some(name) => Origin::Group(Box::new(runtime.block_on(Group::new(name, from)))),
        None => {
            let catalog = Catalog::builtin();
            let table = catalog.get(super::sources::APP_LOGS).expect("a table of our own").clone();
            Origin::Archive(Box::new(Follow::new(
                table,
                archive(&args.source, &args.config, args.env.as_deref(), &catalog)?,
            )))
        }
    };
    // It remembers a Ctrl-C that comes while records are printed.
    let mut interrupts = {
        let _inside = runtime.enter();
        signal(SignalKind::interrupt()).map_err(Failure::Start)?
    };
    let style = styles::of(io::stdout().is_terminal());
    loop {
        let found = origin.poll(&runtime, from, filter.level)?;
        show(found, &filter, (!args.json).then_some(&style))?;
        if args.no_follow {
            return Ok(Exit::Done);
        }
        if wait(&runtime, every, &mut interrupts) {
            return Ok(Exit::Interrupted);
        }
    }
}

impl Origin {
    fn poll(&mut self, runtime: &Runtime, from: Timestamp, level: Level) -> Result<Vec<Vec<u8>>, Failure> {
        let mut found = Vec::new();
        match self {
            Origin::Archive(follow) => {
                follow.poll(from, Timestamp::now(), level, &mut |line| found.push(line.to_vec()))?;
            }
            Origin::Group(group) => found = runtime.block_on(group.poll())?,
        }
        Ok(found)
    }
}

/// Prints what the filter admits, in the order of its times.
fn show(found: Vec<Vec<u8>>, filter: &Filter, style: Option<&Style>) -> Result<(), Failure> {
    let mut lines: Vec<(String, Vec<u8>)> =
        found.into_iter().filter_map(|line| Some((filter.admit(&line)?, line))).collect();
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out = Vec::new();
    for (_, line) in lines {
        match style.zip(serde_json::from_slice::<Value>(&line).ok()) {
            Some((style, Value::Object(record))) => {
                out.extend_from_slice(log_line(&record, style).as_bytes());
            }
            _ => out.extend_from_slice(&line),
        }
        out.push(b'\n');
    }
    print(&out).map(drop)
}

impl Filter {
    /// The time of a line that is wanted.
    fn admit(&self, line: &[u8]) -> Option<String> {
        if self.grep.as_ref().is_some_and(|grep| !grep.is_match(line)) {
            return None;
        }
        let record: Value = serde_json::from_slice(line).ok()?;
        let text = |key: &str| record.get(key).and_then(Value::as_str);
        let level = text("level").and_then(|name| Level::ALL.into_iter().find(|level| level.name() == name));
        if level.is_some_and(|level| level < self.level)
            || self.service.as_deref().is_some_and(|service| text("service") != Some(service))
        {
            return None;
        }
        let ts = text("ts").unwrap_or_default();
        (ts >= self.from.as_str()).then(|| ts.to_owned())
    }
}

/// Waits for the next look; true when Ctrl-C came first.
fn wait(runtime: &Runtime, every: Duration, interrupts: &mut Signal) -> bool {
    runtime.block_on(async {
        tokio::select! {
            () = tokio::time::sleep(every) => false,
            _ = interrupts.recv() => true,
        }
    })
}
