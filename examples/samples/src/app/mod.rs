//! The application's logs: what the services and the database write to their standard output.
//!
//! | file | writes |
//! |---|---|
//! | `line.rs` | one entry of a log, in the manner of python-json-logger or of Python's text formatter |
//! | `access.rs` | one record for each request that a service answered |
//! | `events.rs` | what happened on the way to the answer, with tracebacks where it failed |
//! | `jobs.rs` | the worker, and services that start |
//! | `aurora.rs` | the database: slow statements, deadlocks, failed logins, checkpoints |
//! | `bulk.rs` | access and event records by the gigabyte |
//!
//! A service's entries are in the order of their times. An entry may have several lines: a text line with its
//! traceback. It is one record in the archive.

mod access;
mod aurora;
mod bulk;
mod events;
mod jobs;
mod line;

use std::collections::BTreeMap;

use crate::Error;
use crate::files::Files;
use crate::plan::{Plan, Window};
use crate::summary::{AppCounts, Summary, add};
use crate::traffic::Traffic;

pub(crate) use bulk::write as write_bulk;
use line::Entry;

/// The entries of every service.
#[derive(Debug, Default)]
struct Logs {
    entries: BTreeMap<&'static str, Vec<Entry>>,
}

impl Logs {
    fn push(&mut self, service: &'static str, entry: Entry) {
        self.entries.entry(service).or_default().push(entry);
    }
}

pub(crate) fn write(
    plan: &Plan,
    window: Window,
    traffic: &Traffic,
    files: &mut Files,
    summary: &mut Summary,
) -> Result<(), Error> {
    let mut logs = Logs::default();
    for request in &traffic.requests {
        access::log(request, &mut logs);
        events::log(request, window, &mut logs);
    }
    jobs::log(plan, window, traffic, &mut logs);
    aurora::log(plan, window, traffic, &mut logs);

    for (service, mut entries) in logs.entries {
        // Stable: entries of one instant stay in the order of their making.
        entries.sort_by_key(|entry| entry.at);
        let mut text = Vec::with_capacity(entries.iter().map(|entry| entry.text.len() + 1).sum());
        let mut counts = AppCounts::default();
        for entry in &entries {
            text.extend_from_slice(&entry.text);
            text.push(b'\n');
            count(entry, &mut counts);
        }
        counts.lines = text.iter().filter(|byte| **byte == b'\n').count() as u64;
        files.plain(&format!("app/{service}.log"), &text)?;
        summary.app.insert(service.to_owned(), counts);
    }
    Ok(())
}

fn count(entry: &Entry, counts: &mut AppCounts) {
    counts.records += 1;
    add(&mut counts.by_level, entry.level.name().to_owned());
    if let Some(status) = entry.status {
        counts.accesses += 1;
        add(&mut counts.by_status, status);
    }
}
