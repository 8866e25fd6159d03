//! `app_logs_all` for Trino and Athena: compacted and raw hours as one view.
//!
//! Their SQL cannot compare digests, so the view names the hours that it takes from Parquet; all others are raw. It is
//! true until the next compaction, after which it is made anew. Conditions on `year`, `month`, `day` and `hour` reach
//! the folders of both tables through it.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::{Timestamp, tz::TimeZone};

use super::{COMPACTED, CompactError, Compactor, RAW, digest};
use crate::local::BOTH;
use crate::store::Object;

/// The SQL. Compacted hours that begin at `since` or later are compared with their raw objects and left out when those
/// are others now; earlier ones are taken as they are.
pub(super) fn sql(compactor: &Compactor, since: Timestamp) -> Result<String, CompactError> {
    let base = format!("{}/", compactor.settings.target.trim_end_matches('/'));
    let since = since.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H").to_string();
    let mut hours = BTreeSet::new();
    for object in compactor.store.list(&base)? {
        let Some(values) = values(&object, &base) else { continue };
        let name = values.concat();
        let raw = digest::folder(&compactor.raw, &compactor.settings.source, &values);
        if name < since || digest::is_current(&compactor.store, &raw, &[object])? {
            hours.insert(name);
        }
    }
    let compacted = condition(&ranges(&hours));
    let columns: Vec<&str> = (compactor.raw.columns.iter().map(|column| column.name.as_str()))
        .chain(compactor.raw.partitions.iter().map(|partition| partition.name.as_str()))
        .collect();
    let columns = columns.join(", ");
    Ok(format!(
        "CREATE OR REPLACE VIEW {BOTH} AS\n\
         SELECT {columns}\nFROM {COMPACTED}\nWHERE {compacted}\nUNION ALL\n\
         SELECT {columns}\nFROM {RAW}\nWHERE NOT ({compacted})"
    ))
}

/// Year, month, day and hour of a compacted hour's file; None for any other file.
fn values(object: &Object, base: &str) -> Option<Vec<String>> {
    let below = object.url.strip_prefix(base)?.strip_suffix(digest::NAME)?.trim_end_matches('/');
    let names = ["year=", "month=", "day=", "hour="];
    let values: Vec<&str> = below.split('/').collect();
    if values.len() != names.len() {
        return None;
    }
    let number = |value: &str, name: &str| {
        let value = value.strip_prefix(name)?;
        value.bytes().all(|byte| byte.is_ascii_digit()).then(|| value.to_owned())
    };
    values.into_iter().zip(names).map(|(value, name)| number(value, name)).collect()
}

/// Hours without a gap between them, as first and last.
fn ranges(hours: &BTreeSet<String>) -> Vec<(&str, &str)> {
    let mut ranges: Vec<(&str, &str)> = Vec::new();
    for hour in hours {
        match ranges.last_mut() {
            Some((_, last)) if follows(last, hour) => *last = hour,
            _ => ranges.push((hour, hour)),
        }
    }
    ranges
}

/// Whether an hour comes right after another.
fn follows(hour: &str, next: &str) -> bool {
    let instant = |hour: &str| {
        let text =
            format!("{}-{}-{}T{}:00:00Z", hour.get(..4)?, hour.get(4..6)?, hour.get(6..8)?, hour.get(8..)?);
        text.parse::<Timestamp>().ok()
    };
    match (instant(hour), instant(next)) {
        (Some(hour), Some(next)) => next.as_second() - hour.as_second() == 3600,
        _ => false,
    }
}

fn condition(ranges: &[(&str, &str)]) -> String {
    if ranges.is_empty() {
        return "FALSE".to_owned();
    }
    let mut text = String::new();
    for (index, (first, last)) in ranges.iter().enumerate() {
        let or = if index == 0 { "" } else { "\n   OR " };
        let _ = write!(text, "{or}year || month || day || hour BETWEEN '{first}' AND '{last}'");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_without_a_gap_are_one_range_over_midnight_and_new_year() {
        let hours: BTreeSet<String> =
            ["2025123122", "2025123123", "2026010100", "2026010102"].map(str::to_owned).into();
        assert_eq!(ranges(&hours), [("2025123122", "2026010100"), ("2026010102", "2026010102")]);
    }

    #[test]
    fn only_a_finished_hour_counts() {
        let of = |url: &str| values(&Object { url: url.to_owned(), size: 1 }, "s3://b/p/");
        assert_eq!(
            of("s3://b/p/year=2026/month=01/day=02/hour=03/records.parquet"),
            Some(["2026", "01", "02", "03"].map(str::to_owned).to_vec())
        );
        assert_eq!(of("s3://b/p/year=2026/month=01/day=02/hour=03/other.parquet"), None);
        assert_eq!(of("s3://b/p/year=2026/month=01/day=02/records.parquet"), None);
        assert_eq!(of("s3://b/p/year=2026/month=01/day=02/hour='/records.parquet"), None);
    }
}
