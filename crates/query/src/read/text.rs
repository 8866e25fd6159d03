//! Lines of text into rows.

use datafusion::common::Result;
use sluice_archive::lines;

use super::object::Sink;
use super::rows::Rows;
use super::split::{Columns, Split};
use super::{Emit, Request, Unit};
use crate::scan::Stats;

/// Rows of one object.
pub(super) struct Lines<'a> {
    request: &'a Request,
    columns: Columns<'a>,
    rows: Rows<'a>,
    /// Which column of the file each wanted column is; none for partition columns.
    positions: Vec<Option<usize>>,
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
        let positions = request.schema.fields().iter().map(|field| at(field.name())).collect();
        let columns = Columns::new(split);
        Ok(Lines { request, columns, rows: Rows::new(request, unit, emit)?, positions, head: split.head() })
    }

    /// The rows that are left.
    pub(super) fn finish(mut self) -> Result<bool> {
        self.rows.flush()
    }
}

impl Sink for Lines<'_> {
    fn text(&mut self, text: &[u8], _: bool) -> Result<bool> {
        let stats = &self.request.stats;
        let mut all = lines(text);
        while self.head > 0 && all.next().is_some() {
            self.head -= 1;
        }
        for line in all.filter(|line| !line.is_empty()) {
            Stats::add(&stats.records, 1);
            if !self.columns.read(line) {
                Stats::add(&stats.malformed, 1);
            }
            for (column, position) in self.rows.columns.iter_mut().zip(&self.positions) {
                let Some(position) = position else { continue };
                let part = self.columns.get(*position).map(|range| &line[range]);
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
