//! Lines of text into rows: by a regular expression whose groups are the columns, or by a delimiter.

use datafusion::common::{DataFusionError, Result};
use regex::bytes::{CaptureLocations, Regex};
use sluice_archive::lines;
use sluice_catalog::{FormatKind, Table};

use super::object::Sink;
use super::rows::Rows;
use super::{Emit, Request, Unit};
use crate::scan::Stats;

/// How a line becomes columns.
pub(crate) enum Split {
    /// By the groups of an expression that takes the whole line.
    Groups(Regex),
    /// At each delimiter; so many lines at the begin of an object only name columns.
    Delimiter(u8, usize),
}

/// How lines of the table become columns; none when its objects are no such lines.
pub(super) fn split(table: &Table) -> Result<Option<Split>> {
    match &table.format.kind {
        FormatKind::Regex { expression } => Regex::new(&format!("^(?:{expression})$"))
            .map(|regex| Some(Split::Groups(regex)))
            .map_err(|error| DataFusionError::Configuration(format!("table {}: {error}", table.name))),
        FormatKind::Delimited { delimiter, header_lines } => {
            let byte = u8::try_from(*delimiter).map_err(|_| {
                DataFusionError::Configuration(format!("table {}: {delimiter:?} is no byte", table.name))
            })?;
            Ok(Some(Split::Delimiter(byte, usize::try_from(*header_lines).unwrap_or(usize::MAX))))
        }
        FormatKind::Json | FormatKind::Parquet => Ok(None),
    }
}

/// Rows of one object.
pub(super) struct Lines<'a> {
    request: &'a Request,
    split: &'a Split,
    rows: Rows<'a>,
    /// Which column of the file each wanted column is; none for partition columns.
    positions: Vec<Option<usize>>,
    groups: Option<CaptureLocations>,
    /// Lines at the begin of the object that are no records.
    head: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(
        request: &'a Request,
        split: &'a Split,
        unit: &'a Unit,
        emit: Emit<'a>,
    ) -> Result<Lines<'a>> {
        let at = |name: &str| request.table.columns.iter().position(|column| column.name == name);
        let (groups, head) = match split {
            Split::Groups(regex) => (Some(regex.capture_locations()), 0),
            Split::Delimiter(_, head) => (None, *head),
        };
        let positions = request.schema.fields().iter().map(|field| at(field.name())).collect();
        Ok(Lines { request, split, rows: Rows::new(request, unit, emit)?, positions, groups, head })
    }

    /// The rows that are left.
    pub(super) fn finish(mut self) -> Result<bool> {
        self.rows.flush()
    }
}

impl Sink for Lines<'_> {
    fn text(&mut self, text: &[u8], _: bool) -> Result<bool> {
        let stats = &self.request.stats;
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut all = lines(text);
        while self.head > 0 && all.next().is_some() {
            self.head -= 1;
        }
        for line in all.filter(|line| !line.is_empty()) {
            Stats::add(&stats.records, 1);
            parts.clear();
            let matches = match (self.split, &mut self.groups) {
                (Split::Groups(regex), Some(groups)) => regex.captures_read(groups, line).is_some(),
                (Split::Delimiter(delimiter, _), _) => {
                    parts.extend(line.split(|byte| byte == delimiter));
                    true
                }
                (Split::Groups(_), None) => false,
            };
            if !matches {
                Stats::add(&stats.malformed, 1);
            }
            for (column, position) in self.rows.columns.iter_mut().zip(&self.positions) {
                let Some(position) = position else { continue };
                let part = match &self.groups {
                    _ if !matches => None,
                    Some(groups) => groups.get(position + 1).map(|(from, to)| &line[from..to]),
                    None => parts.get(*position).copied(),
                };
                match part {
                    Some(part) => column.push(part),
                    None => column.push_null(),
                }
            }
            if !self.rows.add(1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
