//! `time`: the column that time windows are about.

use std::time::Duration;

use super::{Document, Fields};
use crate::{
    column_type::ColumnType,
    nearest::did_you_mean,
    table::{Column, TimeColumn, TimeKind},
};

const KINDS: [(&str, TimeKind); 4] = [
    ("iso8601", TimeKind::Iso8601 { digits: 3 }),
    ("epoch_s", TimeKind::EpochSeconds),
    ("epoch_ms", TimeKind::EpochMillis),
    ("timestamp", TimeKind::Timestamp),
];
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The column of time, if the table has one; the outer `None` stands for one that could not be read.
#[expect(clippy::option_option, reason = "a table without it is not a table with a bad one")]
pub(super) fn read(
    document: &mut Document<'_>,
    root: &Fields<'_>,
    columns: Option<&[Column]>,
) -> Option<Option<TimeColumn>> {
    if !root.has("time") {
        return Some(None);
    }
    let fields = document.table(root, "time")?;
    document.known_keys(&fields, &["column", "kind", "digits", "lag"]);
    let column = document.text(&fields, "column");
    let kind = document.choice(&fields, "kind", &KINDS);
    let digits = document.optional_whole(&fields, "digits", 0, 9);
    let kind = match kind {
        Some(TimeKind::Iso8601 { digits: usual }) => {
            let digits = digits.and_then(|digits| u8::try_from(digits).ok()).unwrap_or(usual);
            Some(TimeKind::Iso8601 { digits })
        }
        other => other,
    };
    let lag = lag(document, &fields);
    let (column, kind) = (column?, kind?);
    if let Some(columns) = columns {
        suits(document, &fields, &column, kind, columns);
    }
    Some(Some(TimeColumn { column, kind, lag }))
}

fn lag(document: &mut Document<'_>, fields: &Fields<'_>) -> Duration {
    let Some(text) = document.optional_text(fields, "lag") else { return Duration::ZERO };
    let read = || {
        let unit = text.chars().last()?;
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        text.strip_suffix(unit)?.parse::<u64>().ok()?.checked_mul(*seconds).filter(|s| *s <= 30 * 86_400)
    };
    let seconds = read();
    if seconds.is_none() {
        let what = format!("{text:?} is not a duration of at most 30d");
        document.fail(fields, "lag", what, "write a whole number and d, h, m or s, such as \"1h\"");
    }
    Duration::from_secs(seconds.unwrap_or(0))
}

/// Tells when there is no such column, or its type cannot hold such times.
fn suits(document: &mut Document<'_>, fields: &Fields<'_>, name: &str, kind: TimeKind, columns: &[Column]) {
    let Some(column) = columns.iter().find(|column| column.name == name) else {
        let remedy = did_you_mean(name, columns.iter().map(|column| column.name.as_str()));
        document.fail(fields, "column", format!("there is no column {name:?}"), remedy);
        return;
    };
    let wanted: &[ColumnType] = match kind {
        TimeKind::Iso8601 { .. } => &[ColumnType::String],
        TimeKind::EpochSeconds => &[ColumnType::Bigint, ColumnType::Int, ColumnType::Double],
        TimeKind::EpochMillis => &[ColumnType::Bigint, ColumnType::Double],
        TimeKind::Timestamp => &[ColumnType::Timestamp],
    };
    if !wanted.contains(&column.column_type) {
        let what = format!("the column {name:?} is of type {}", column.column_type);
        let remedy = format!("such a time needs type {}", wanted[0]);
        document.fail(fields, "kind", what, remedy);
    }
}
