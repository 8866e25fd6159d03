//! New records of an archive, in the order in which they are found.
//!
//! Objects do not change once they are written, so an object that was read is not looked at again.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use sluice_archive::{Level, ObjectReader, Selection};
use sluice_catalog::Table;
use sluice_catalog::projection::Scan;
use sluice_catalog::window::Window;

use crate::error::{QueryError, chain};
use crate::store::{Object, Store};

/// Records may come so much later than their time: an object lies under the hour of its records.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// The objects of an archive that were seen.
pub struct Follow {
    table: Table,
    base: String,
    store: Store,
    seen: HashSet<String>,
}

impl Follow {
    /// Follows a table whose data lies below a URL.
    #[must_use]
    pub fn new(table: Table, base: String) -> Follow {
        Follow { table, base, store: Store::default(), seen: HashSet::new() }
    }

    /// Gives every line of the objects that are new since the last call and lie in the hours from `from` to `now`,
    /// object by object. Of indexed objects only members are read that hold records of `level` or above, and of
    /// `from` or later; lines that lie beside these may come too.
    ///
    /// # Errors
    /// When a folder cannot be listed or an object cannot be read.
    pub fn poll(
        &mut self,
        from: Timestamp,
        now: Timestamp,
        level: Level,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<usize, QueryError> {
        let fail = |error: &dyn std::error::Error| QueryError::Engine(chain(error));
        let late = from.checked_sub(LATE).unwrap_or(from);
        let soon = now.checked_add(LATE).unwrap_or(now);
        let window = Window::new(late, soon).map_err(|error| fail(&error))?;
        let folders = Scan::new(&self.table, &self.base).window(window);
        let folders = folders.paths(sluice_catalog::projection::Everything).map_err(|error| fail(&error))?;
        let mut new = Vec::new();
        for folder in folders {
            let objects = self.store.list(&folder.location).map_err(|error| fail(&error))?;
            new.extend(objects.into_iter().filter(|object| !self.seen.contains(&object.url)));
        }
        for object in &new {
            self.read(object, from, level, take).map_err(|error| fail(&*error))?;
        }
        let found = new.len();
        self.seen.extend(new.into_iter().map(|object| object.url));
        Ok(found)
    }

    fn read(
        &self,
        object: &Object,
        from: Timestamp,
        level: Level,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Box<dyn std::error::Error>> {
        let selection =
            Selection { min_level: Some(level), from_ms: Some(from.as_millisecond()), to_ms: None };
        let mut reader = ObjectReader::open(self.store.open(object)?)?.select(selection);
        Ok(reader.for_each_line(|line| take(line))?)
    }
}
