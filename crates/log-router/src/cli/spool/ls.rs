//! `log-router spool ls`: what waits in the spool.

use std::fmt::Write;

use serde_json::{Value, json};
use sluice_pipeline::Exit;
use sluice_spool::{SegmentFile, SegmentState};

use super::args::PlaceArgs;
use super::{Place, look_through, plural, rfc3339, state};
use crate::cli::args::Format;
use crate::cli::{Failure, print, received_ms};

/// A segment, as it is told.
struct Row {
    segment: SegmentFile,
    /// None when its header cannot be read.
    entries: Option<u64>,
    created_ms: Option<i64>,
    /// Bytes that belong to no whole entry.
    damaged: u64,
    delivered: Option<String>,
}

/// Runs the command.
pub(super) fn run(args: &PlaceArgs) -> Result<Exit, Failure> {
    let place = Place::of(args)?;
    let rows: Vec<Row> = place.segments()?.into_iter().filter_map(Row::of).collect();
    let now_ms = received_ms(None);
    let text = match args.format {
        Format::Json => json(&place, &rows, now_ms),
        Format::Text => text(&place, &rows, now_ms),
    };
    print(text.as_bytes())
}

impl Row {
    fn of(segment: SegmentFile) -> Option<Row> {
        let report = look_through(&segment)?.ok();
        let delivered = match segment.progress() {
            Ok(progress) => progress.map(|progress| String::from_utf8_lossy(&progress).into_owned()),
            Err(_) => Some("damaged".to_owned()),
        };
        let damaged = report.as_ref().map_or(segment.bytes, |report| {
            // The end of an open segment may be on its way.
            let torn = if segment.state == SegmentState::Open { 0 } else { report.torn_bytes };
            torn + report.corrupt_bytes
        });
        Some(Row {
            entries: report.as_ref().map(|report| report.entries),
            created_ms: report.map(|report| report.header.created_ms),
            damaged,
            delivered,
            segment,
        })
    }

    fn age_ms(&self, now_ms: i64) -> Option<i64> {
        self.created_ms.map(|created_ms| now_ms.saturating_sub(created_ms))
    }
}

fn sum(rows: &[Row], of: impl Fn(&Row) -> u64) -> u64 {
    rows.iter().map(of).sum()
}

fn count(rows: &[Row], wanted: SegmentState) -> usize {
    rows.iter().filter(|row| row.segment.state == wanted).count()
}

fn json(place: &Place, rows: &[Row], now_ms: i64) -> String {
    let segments: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({ "id": row.segment.id.to_string(), "state": state(row.segment.state), "bytes": row.segment.bytes,
                "entries": row.entries, "created": row.created_ms.map(rfc3339), "age_ms": row.age_ms(now_ms),
                "damaged_bytes": row.damaged, "delivered": row.delivered })
        })
        .collect();
    let totals = json!({ "segments": rows.len(), "open": count(rows, SegmentState::Open),
        "sealed": count(rows, SegmentState::Sealed), "quarantined": count(rows, SegmentState::Quarantined),
        "bytes": sum(rows, |row| row.segment.bytes), "entries": sum(rows, |row| row.entries.unwrap_or(0)) });
    json!({ "dir": place.folder, "max_bytes": place.spec.spool.max_bytes.0, "segments": segments, "totals": totals })
        .to_string()
        + "\n"
}

fn text(place: &Place, rows: &[Row], now_ms: i64) -> String {
    let mut text = String::new();
    if !rows.is_empty() {
        let _ = writeln!(
            text,
            "{:<30} {:<11} {:>11} {:>9}  {:<24} {:>7}  DELIVERED",
            "SEGMENT", "STATE", "BYTES", "ENTRIES", "CREATED", "AGE"
        );
    }
    for row in rows {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let damage =
            if row.damaged > 0 { format!("  ({} bytes damaged)", row.damaged) } else { String::new() };
        let _ = writeln!(
            text,
            "{:<30} {:<11} {:>11} {:>9}  {:<24} {:>7}  {}{damage}",
            row.segment.id.to_string(),
            state(row.segment.state),
            row.segment.bytes,
            or_dash(row.entries.map(|entries| entries.to_string())),
            or_dash(row.created_ms.map(rfc3339)),
            or_dash(row.age_ms(now_ms).map(age)),
            or_dash(row.delivered.clone()),
        );
    }
    let _ = writeln!(
        text,
        "{} in {}: {} bytes, {}; {} open, {} sealed, {} quarantined",
        plural(rows.len() as u64, "segment", "segments"),
        place.folder.display(),
        sum(rows, |row| row.segment.bytes),
        plural(sum(rows, |row| row.entries.unwrap_or(0)), "entry", "entries"),
        count(rows, SegmentState::Open),
        count(rows, SegmentState::Sealed),
        count(rows, SegmentState::Quarantined),
    );
    text
}

/// The two greatest units of an age.
fn age(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m{}s", seconds % 60),
        (0, _, _) => format!("{hours}h{}m", minutes % 60),
        _ => format!("{days}d{}h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_two_greatest_units() {
        let told = [-5, 999, 59_000, 61_000, 3_600_000, 90_000_000].map(age);
        assert_eq!(told, ["0s", "0s", "59s", "1m1s", "1h0m", "1d1h"]);
    }
}
