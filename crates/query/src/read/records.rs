//! JSON lines of flat records into rows: only the fields that are wanted, only the records that the filters admit.
//!
//! When the query wants nothing but levels and partitions, the headers of members answer it.

use std::sync::Arc;

use datafusion::arrow::array::StringViewBuilder;
use datafusion::common::Result;
use memchr::memchr_iter;
use sluice_archive::{Level, Member, lines};

use super::json::{Field, compact, find, unescape};
use super::object::{Sink, records_of};
use super::rows::{Column, Rows, batch};
use super::{Emit, Request, Unit};
use crate::scan::Stats;

/// Rows of a batch that comes from the index.
const COUNTED: usize = 65_536;

/// Which fields of a line are looked at: those of the columns, then those of the filters.
pub(super) struct Fields<'r> {
    names: Vec<&'r [u8]>,
    /// Positions of the time and the level among the names, when filters look at them.
    time: Option<usize>,
    level: Option<usize>,
    /// Whether headers of members can answer.
    is_counted: bool,
}

impl<'r> Fields<'r> {
    pub(super) fn of(request: &'r Request) -> Fields<'r> {
        let mut names: Vec<&[u8]> =
            request.schema.fields().iter().map(|field| field.name().as_bytes()).collect();
        let mut needed = |name: &'r str| {
            names.iter().position(|known| *known == name.as_bytes()).unwrap_or_else(|| {
                names.push(name.as_bytes());
                names.len() - 1
            })
        };
        let time = request.pushed.time.as_ref().map(|_| needed("ts"));
        let level = request.pushed.levels.as_ref().map(|_| needed("level"));
        let of_header = |name: &str| name == "level" || request.partition(name).is_some();
        let is_counted = request.schema.fields().iter().all(|field| of_header(field.name()));
        Fields { names, time, level, is_counted }
    }
}

/// Rows of one object.
pub(super) struct Records<'a> {
    request: &'a Request,
    fields: &'a Fields<'a>,
    unit: &'a Unit,
    rows: Rows<'a>,
    scratch: Vec<u8>,
}

impl<'a> Records<'a> {
    pub(super) fn new(
        request: &'a Request,
        fields: &'a Fields<'a>,
        unit: &'a Unit,
        emit: Emit<'a>,
    ) -> Result<Records<'a>> {
        Ok(Records { request, fields, unit, rows: Rows::new(request, unit, emit)?, scratch: Vec::new() })
    }

    /// The rows that are left.
    pub(super) fn finish(mut self) -> Result<bool> {
        self.rows.flush()
    }

    /// Whether the filters that a line can decide admit it.
    fn admits(&self, found: &[Field<'_>], is_covered: bool) -> bool {
        let (pushed, fields) = (&self.request.pushed, self.fields);
        let holds = |at: Option<usize>, test: &dyn Fn(&[u8]) -> bool| {
            at.is_none_or(|at| matches!(found[at], Field::Text(text, _) if test(text)))
        };
        let in_window = |text: &[u8]| pushed.time.as_ref().is_none_or(|bounds| bounds.holds(text));
        let of_level = |text: &[u8]| {
            let word = |words: &std::collections::BTreeSet<String>| {
                std::str::from_utf8(text).is_ok_and(|text| words.contains(text))
            };
            pushed.levels.as_ref().is_none_or(word)
        };
        (is_covered || holds(fields.time, &in_window)) && holds(fields.level, &of_level)
    }
}

impl Sink for Records<'_> {
    fn text(&mut self, text: &[u8], is_covered: bool) -> Result<bool> {
        let stats = &self.request.stats;
        if self.fields.names.is_empty() {
            let lines =
                memchr_iter(b'\n', text).count() + usize::from(!text.ends_with(b"\n") && !text.is_empty());
            Stats::add(&stats.records, lines as u64);
            return self.rows.add(lines);
        }
        let mut found = Vec::new();
        for line in lines(text) {
            Stats::add(&stats.records, 1);
            if !find(line, &self.fields.names, &mut found) {
                if line.trim_ascii().is_empty() {
                    continue;
                }
                Stats::add(&stats.malformed, 1);
                found.clear();
                found.resize(self.fields.names.len(), Field::Missing);
            }
            if !self.admits(&found, is_covered) {
                continue;
            }
            for (column, field) in self.rows.columns.iter_mut().zip(&found) {
                push(column, *field, &mut self.scratch);
            }
            if !self.rows.add(1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn judge_header(&mut self, member: &Member) -> Result<Option<bool>> {
        if !self.fields.is_counted {
            return Ok(None);
        }
        let (request, unit) = (self.request, self.unit);
        for level in Level::ALL {
            let wanted = request.pushed.levels.as_ref().is_none_or(|words| words.contains(level.name()));
            let mut left =
                if wanted { usize::try_from(records_of(member, level)).unwrap_or(usize::MAX) } else { 0 };
            Stats::add(&request.stats.records, left as u64);
            while left > 0 {
                let rows = left.min(COUNTED);
                left -= rows;
                let words = |_: &str| {
                    let mut words = StringViewBuilder::with_capacity(rows);
                    (0..rows).for_each(|_| words.append_value(level.name()));
                    Ok(Arc::new(words.finish()) as _)
                };
                if !(self.rows.emit)(batch(request, unit, rows, words)?) {
                    return Ok(Some(false));
                }
            }
        }
        Ok(Some(true))
    }
}

fn push(column: &mut Column, field: Field<'_>, scratch: &mut Vec<u8>) {
    match field {
        Field::Missing => column.push_null(),
        Field::Text(text, is_escaped) => {
            let resolved = is_escaped && unescape(text, scratch);
            column.push(if resolved { scratch } else { text });
        }
        Field::Raw(text) if matches!(text.first(), Some(b'{' | b'[')) => match column {
            Column::Text(_) => column.push(compact(text, scratch)),
            _ => column.push_null(),
        },
        Field::Raw(text) => column.push(text),
    }
}
