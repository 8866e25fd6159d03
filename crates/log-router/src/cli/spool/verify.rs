//! `log-router spool verify`: whether every segment is whole, and what it costs when one is not.

use std::fmt::Write;

use serde_json::{Value, json};
use sluice_pipeline::Exit;
use sluice_spool::{Error, Report, SegmentFile, SegmentState};

use super::args::PlaceArgs;
use super::{Place, look_through, plural, state};
use crate::cli::args::Format;
use crate::cli::{Failure, print};
use crate::diagnostics::chain;

/// Something that is not as it was written.
struct Damage {
    offset: u64,
    bytes: u64,
    what: String,
}

/// A segment that was looked through.
struct Checked {
    segment: SegmentFile,
    entries: u64,
    damage: Vec<Damage>,
    /// What is no damage, but worth knowing.
    remark: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &PlaceArgs) -> Result<Exit, Failure> {
    let place = Place::of(args)?;
    let checked: Vec<Checked> = place.segments()?.into_iter().filter_map(Checked::of).collect();
    let damaged = checked.iter().filter(|checked| !checked.damage.is_empty()).count();
    let text = match args.format {
        Format::Json => json(&place, &checked, damaged),
        Format::Text => text(&place, &checked, damaged),
    };
    print(text.as_bytes())?;
    Ok(if damaged == 0 { Exit::Done } else { Exit::Failed })
}

impl Checked {
    fn of(segment: SegmentFile) -> Option<Checked> {
        let found = look_through(&segment)?;
        let mut checked = Checked { segment, entries: 0, damage: Vec::new(), remark: None };
        match found {
            Ok(report) => checked.take(&report),
            Err(error) => checked.unreadable(&error),
        }
        if let Err(error) = checked.segment.progress() {
            let what = format!("{}; its errors are sent again", chain(&error));
            checked.damage.push(Damage { offset: 0, bytes: 0, what });
        }
        Some(checked)
    }

    fn take(&mut self, report: &Report) {
        self.entries = report.entries;
        let mut listed = 0;
        for range in &report.corrupt {
            let what = "the entries that were there are lost; those behind are read".to_owned();
            self.damage.push(Damage { offset: range.offset, bytes: range.bytes, what });
            listed += range.bytes;
        }
        if report.corrupt_bytes > listed {
            let what = "in more places than are listed here".to_owned();
            self.damage.push(Damage { offset: 0, bytes: report.corrupt_bytes - listed, what });
        }
        let torn = report.torn_bytes;
        if torn > 0 && self.segment.state == SegmentState::Open {
            self.remark = Some(format!(
                "its last {} are an entry that is being written, or that a crash cut short; nobody was told that it is \
                 stored",
                plural(torn, "byte", "bytes")
            ));
        } else if torn > 0 {
            let what = "no whole entry follows: what was there is lost".to_owned();
            self.damage.push(Damage { offset: report.whole_bytes, bytes: torn, what });
        }
    }

    fn unreadable(&mut self, error: &Error) {
        let what = format!("{}; nothing of it is delivered", chain(error));
        self.damage.push(Damage { offset: 0, bytes: self.segment.bytes, what });
    }
}

fn json(place: &Place, all: &[Checked], damaged: usize) -> String {
    let segments: Vec<Value> = all
        .iter()
        .map(|checked| {
            let damage: Vec<Value> = checked
                .damage
                .iter()
                .map(|damage| json!({ "offset": damage.offset, "bytes": damage.bytes, "what": damage.what }))
                .collect();
            json!({ "id": checked.segment.id.to_string(), "state": state(checked.segment.state),
                "path": checked.segment.path, "bytes": checked.segment.bytes, "entries": checked.entries,
                "damage": damage, "remark": checked.remark })
        })
        .collect();
    json!({ "dir": place.folder, "ok": damaged == 0, "segments": segments }).to_string() + "\n"
}

fn text(place: &Place, all: &[Checked], damaged: usize) -> String {
    let mut text = String::new();
    for Checked { segment, entries, damage, remark } in all {
        let verdict = if damage.is_empty() { "ok" } else { "DAMAGED" };
        let entries = plural(*entries, "whole entry", "whole entries");
        let _ = writeln!(text, "{} {:<11} {verdict}, {entries}", segment.id, state(segment.state));
        for Damage { offset, bytes, what } in damage {
            let _ = match bytes {
                0 => writeln!(text, "  {what}"),
                _ => writeln!(text, "  {} from byte {offset}: {what}", plural(*bytes, "byte", "bytes")),
            };
        }
        if let Some(remark) = remark {
            let _ = writeln!(text, "  {remark}");
        }
    }
    let segments = plural(all.len() as u64, "segment", "segments");
    let _ = writeln!(text, "{segments} in {}, {damaged} damaged", place.folder.display());
    text
}
