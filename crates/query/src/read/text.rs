//! Lines of text: by a regular expression whose groups are the columns, or by a delimiter.

use datafusion::common::{DataFusionError, Result};
use regex::bytes::Regex;
use sluice_archive::lines;
use sluice_catalog::{FormatKind, Table};

use super::rows::{Column, ROWS, Rows};
use super::{Emit, Request, Unit};
use crate::scan::Stats;

/// The regular expression of the table's lines, whole lines only.
pub(super) fn expression(table: &Table) -> Result<Option<Regex>> {
    let FormatKind::Regex { expression } = &table.format.kind else { return Ok(None) };
    Regex::new(&format!("^(?:{expression})$"))
        .map(Some)
        .map_err(|error| DataFusionError::Configuration(format!("table {}: {error}", table.name)))
}

/// The text without the lines that only name columns.
pub(super) fn without_head<'t>(table: &Table, text: &'t [u8]) -> &'t [u8] {
    let FormatKind::Delimited { header_lines, .. } = &table.format.kind else { return text };
    let mut rest = text;
    for _ in 0..*header_lines {
        rest = memchr::memchr(b'\n', rest).map_or(&[], |end| &rest[end + 1..]);
    }
    rest
}

/// Appends the lines of a block; false when no more are wanted.
pub(super) fn push(
    request: &Request,
    text: &[u8],
    rows: &mut Rows,
    unit: &Unit,
    emit: Emit<'_>,
) -> Result<bool> {
    let table = &request.table;
    // Which column of the file each wanted column is.
    let at = |name: &str| table.columns.iter().position(|column| column.name == name);
    let positions: Vec<Option<usize>> =
        request.schema.fields().iter().map(|field| at(field.name())).collect();
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut groups = request.expression.as_ref().map(Regex::capture_locations);
    for line in lines(text).filter(|line| !line.is_empty()) {
        Stats::add(&request.stats.records, 1);
        let matches = match (&request.expression, &mut groups) {
            (Some(expression), Some(groups)) => expression.captures_read(groups, line).is_some(),
            _ => {
                let FormatKind::Delimited { delimiter, .. } = &table.format.kind else { return Ok(true) };
                parts.clear();
                parts.extend(line.split(|byte| char::from(*byte) == *delimiter));
                true
            }
        };
        if !matches {
            Stats::add(&request.stats.malformed, 1);
        }
        for (column, position) in rows.columns.iter_mut().zip(&positions) {
            let Some(position) = position else { continue };
            let part = match &groups {
                _ if !matches => None,
                Some(groups) => groups.get(position + 1).map(|(from, to)| &line[from..to]),
                None => parts.get(*position).copied(),
            };
            push_part(column, part);
        }
        rows.len += 1;
        if rows.len == ROWS
            && let Some(batch) = rows.take(&unit.values)?
            && !emit(batch)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A number that is not there is written `-`; a text `-` stays one.
fn push_part(column: &mut Column, part: Option<&[u8]>) {
    match part {
        Some(part) => column.push(part),
        None => column.push_null(),
    }
}
