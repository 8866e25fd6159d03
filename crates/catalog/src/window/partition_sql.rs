//! The predicate on partition columns: a range of year, month, day and hour as comparisons of single columns.
//!
//! A range of times is `A OR B OR C`: the rest of the first year (month, day), whole ones between, the start of the
//! last. What the two ends have in common is said once, and ends that are whole join the middle, so that
//! a window has at most seven comparisons a level and mostly one.

use jiff::civil::Date;

use super::{Window, sql::Condition};
use crate::{
    identifier::sql_text,
    partition::{Partition, Projection, civil_time, padded},
    table::Table,
};

pub(super) fn predicate(window: &Window, table: &Table, alias: Option<&str>) -> Option<String> {
    let named = |partition: &Partition| super::time_sql::column(&partition.name, alias);
    let columns: Vec<String> = table.calendar().iter().map(|at| named(&table.partitions[*at])).collect();
    let mut conditions = Vec::new();
    if !columns.is_empty() {
        let bounds = window.bounds(table);
        let range = Range { columns: &columns, first: bounds.first(), last: bounds.last() };
        conditions.push(range.between(0));
    }
    for partition in &table.partitions {
        conditions.extend(dates(window, table, partition, &named(partition)));
    }
    Condition::all(conditions).to_sql()
}

/// The condition on a column of dates, when their texts are in the order of time.
fn dates(window: &Window, table: &Table, partition: &Partition, column: &str) -> Option<Condition> {
    let Projection::Date { from, pattern, .. } = &partition.projection else { return None };
    if !pattern.sorts_as_text() {
        return None;
    }
    // A value stands for the time up to the next one. A grid that begins now has no known values.
    let (start, step) = (from.seconds(None)?, partition.projection.step_seconds());
    let floor = |time: i64| start + (time - start).div_euclid(step) * step;
    let (first, last) = window.bounds(table).seconds();
    let text = |seconds| civil_time(seconds).map(|time| pattern.format(time));
    Some(compare(column, &text(floor(first))?, &text(floor(last))?))
}

fn compare(column: &str, first: &str, last: &str) -> Condition {
    let (from, to) = (sql_text(first), sql_text(last));
    Condition::Compare(if first == last {
        format!("{column} = {from}")
    } else {
        format!("{column} BETWEEN {from} AND {to}")
    })
}

/// Times from `first` to `last`, cut to the columns there are.
struct Range<'a> {
    columns: &'a [String],
    first: [i64; 4],
    last: [i64; 4],
}

impl Range<'_> {
    /// The range, given that all levels before this one are equal.
    fn between(&self, level: usize) -> Condition {
        if level == self.columns.len() || self.starts(level) && self.ends(level) {
            return Condition::Always;
        }
        let (first, last) = (self.first[level], self.last[level]);
        if first == last {
            return Condition::all([self.span(level, first, last), self.between(level + 1)]);
        }
        let starts_whole = self.starts(level + 1);
        let ends_whole = self.ends(level + 1);
        let (low, high) = (first + i64::from(!starts_whole), last - i64::from(!ends_whole));
        let head =
            (!starts_whole).then(|| Condition::all([self.span(level, first, first), self.from(level + 1)]));
        let middle = (low <= high).then(|| self.span(level, low, high));
        let tail =
            (!ends_whole).then(|| Condition::all([self.span(level, last, last), self.up_to(level + 1)]));
        Condition::any([head, middle, tail].into_iter().flatten())
    }

    /// From the first time on, given that all levels before this one are those of the first.
    fn from(&self, level: usize) -> Condition {
        let first = self.first[level];
        if self.starts(level + 1) {
            return self.open(level, ">=", first);
        }
        let own = Condition::all([self.span(level, first, first), self.from(level + 1)]);
        let later = (first < most(level, &self.first)).then(|| self.open(level, ">", first));
        Condition::any([Some(own), later].into_iter().flatten())
    }

    /// Up to the last time, given that all levels before this one are those of the last.
    fn up_to(&self, level: usize) -> Condition {
        let last = self.last[level];
        if self.ends(level + 1) {
            return self.open(level, "<=", last);
        }
        let own = Condition::all([self.span(level, last, last), self.up_to(level + 1)]);
        let earlier = (last > least(level)).then(|| self.open(level, "<", last));
        Condition::any([earlier, Some(own)].into_iter().flatten())
    }

    /// Whether the first time is the start of its month, day … : of whatever stands before this level.
    fn starts(&self, level: usize) -> bool {
        level > 0 && (level..self.columns.len()).all(|level| self.first[level] == least(level))
    }

    /// Whether the last time is the end of it.
    fn ends(&self, level: usize) -> bool {
        level > 0 && (level..self.columns.len()).all(|level| self.last[level] == most(level, &self.last))
    }

    fn span(&self, level: usize, from: i64, to: i64) -> Condition {
        compare(&self.columns[level], &text(level, from), &text(level, to))
    }

    fn open(&self, level: usize, operator: &str, value: i64) -> Condition {
        let end = if operator.starts_with('>') { most(level, &self.first) } else { least(level) };
        let operator = if operator.ends_with('=') && value == end && level > 0 { "=" } else { operator };
        let value = sql_text(&text(level, value));
        Condition::Compare(format!("{} {operator} {value}", self.columns[level]))
    }
}

fn text(level: usize, value: i64) -> String {
    padded(value, if level == 0 { 4 } else { 2 })
}

fn least(level: usize) -> i64 {
    [0, 1, 1, 0][level]
}

/// The last month, day or hour of what stands before it in a time.
fn most(level: usize, time: &[i64; 4]) -> i64 {
    let days = || {
        let month = (time[0].try_into().ok(), time[1].try_into().ok());
        let (Some(year), Some(month)) = month else { return 31 };
        Date::new(year, month, 1).map_or(31, |first| first.days_in_month().into())
    };
    match level {
        0 => 9999,
        1 => 12,
        2 => days(),
        _ => 23,
    }
}
