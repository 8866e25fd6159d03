//! Goes through the partition columns, outermost first, as a tree of which only the needed branches are made.

use jiff::{Timestamp, civil::Date};

use super::{
    PartitionFilter, PartitionPath,
    values::{Values, floor_to_grid},
};
use crate::{
    location::Place,
    partition::{CalendarPart, Projection},
    table::Table,
    window::{Bounds, Window},
};

/// The folders of a table, one by one.
#[derive(Debug)]
pub struct Paths<'a, F> {
    table: &'a Table,
    place: Place,
    window: Option<Window>,
    bounds: Option<Bounds>,
    now: Option<Timestamp>,
    filter: F,
    /// The values still to come of each column that has been entered.
    levels: Vec<Values>,
    /// The values chosen in the columns before the last entered.
    chosen: Vec<String>,
    /// The year, month and day among them, as numbers.
    calendar: Vec<i64>,
    done: bool,
}

impl<'a, F: PartitionFilter> Paths<'a, F> {
    pub(super) fn new(
        table: &'a Table,
        place: Place,
        window: Option<Window>,
        now: Option<Timestamp>,
        filter: F,
    ) -> Self {
        let bounds = window.as_ref().map(|window| window.bounds(table));
        let (levels, chosen, calendar) = (Vec::new(), Vec::new(), Vec::new());
        Self { table, place, window, bounds, now, filter, levels, chosen, calendar, done: false }
    }

    /// The values of the next column under those chosen.
    fn enter(&self) -> Values {
        let partition = &self.table.partitions[self.chosen.len()];
        match &partition.projection {
            Projection::Integer { from, to, interval, digits } => {
                let step = i64::from(*interval);
                let (low, high) = self.calendar_range(partition.calendar()).unwrap_or((*from, *to));
                let next = floor_to_grid(*from, step, low);
                Values::Numbers { next, last: high.min(*to), interval: step, digits: *digits }
            }
            Projection::Enum(values) => Values::Listed(values.clone().into_iter()),
            Projection::Date { from, to, pattern, .. } => {
                let step = partition.projection.step_seconds();
                let first = from.seconds(self.now).unwrap_or(0);
                let last = to.seconds(self.now).unwrap_or(0);
                let wanted = self.window.as_ref().map(|window| window.bounds(self.table).seconds());
                let (low, high) = wanted.unwrap_or((first, last));
                let next = floor_to_grid(first, step, low);
                Values::Dates { next, last: high.min(last), step, pattern: pattern.clone() }
            }
            Projection::Injected => {
                let values = self.filter.injected(&partition.name).unwrap_or_default();
                Values::Listed(values.into_iter())
            }
        }
    }

    /// The numbers that a part of the calendar can have under those chosen, within the window.
    fn calendar_range(&self, part: Option<CalendarPart>) -> Option<(i64, i64)> {
        let (part, bounds) = (part?, self.bounds?);
        let level = self.calendar.len();
        if part as usize != level {
            return None;
        }
        let (first, last) = (bounds.first(), bounds.last());
        let low = if self.calendar == first[..level] { first[level] } else { i64::MIN };
        let high = if self.calendar == last[..level] { last[level] } else { i64::MAX };
        Some((low, high))
    }

    /// Whether the value can be chosen; a part of the calendar is noted.
    fn choose(&mut self, value: String) -> bool {
        let partition = &self.table.partitions[self.chosen.len()];
        if !self.filter.allows(&partition.name, &value, &self.chosen) {
            return false;
        }
        if partition.calendar().is_some_and(|part| part as usize == self.calendar.len()) {
            self.calendar.push(value.parse().unwrap_or(0));
            if !exists(&self.calendar) {
                self.calendar.pop();
                return false;
            }
        }
        self.chosen.push(value);
        true
    }

    /// Takes back the last value chosen.
    fn leave(&mut self) {
        if self.chosen.pop().is_some() {
            let partition = &self.table.partitions[self.chosen.len()];
            if partition.calendar().is_some_and(|part| part as usize + 1 == self.calendar.len()) {
                self.calendar.pop();
            }
        }
    }

    fn path(&self) -> PartitionPath {
        let mut location = self.place.template.clone();
        let root = self.place.root.len();
        for (partition, value) in self.table.partitions.iter().zip(&self.chosen) {
            let below = location[root..].replace(&format!("${{{}}}", partition.name), value);
            location.replace_range(root.., &below);
        }
        PartitionPath { values: self.chosen.clone(), location }
    }
}

impl<F: PartitionFilter> Iterator for Paths<'_, F> {
    type Item = PartitionPath;

    fn next(&mut self) -> Option<PartitionPath> {
        if self.done {
            return None;
        }
        let depth = self.table.partitions.len();
        if depth == 0 {
            self.done = true;
            return Some(self.path());
        }
        if self.levels.is_empty() {
            self.levels.push(self.enter());
        }
        loop {
            let Some(values) = self.levels.last_mut() else {
                self.done = true;
                return None;
            };
            let Some(value) = values.next() else {
                self.levels.pop();
                self.leave();
                continue;
            };
            if !self.choose(value) {
                continue;
            }
            if self.chosen.len() == depth {
                let path = self.path();
                self.leave();
                return Some(path);
            }
            self.levels.push(self.enter());
        }
    }
}

/// Whether there is such a year, month of it, day of that.
fn exists(calendar: &[i64]) -> bool {
    let [year, month, day, ..] = calendar else { return true };
    let day = (i16::try_from(*year), i8::try_from(*month), i8::try_from(*day));
    matches!(day, (Ok(year), Ok(month), Ok(day)) if Date::new(year, month, day).is_ok())
}
