//! Raw and compacted hours as one table: each hour is read from one of the two.
//!
//! A compacted hour is read when it was made of just the raw objects that are there, or when these are gone; else the
//! raw ones are. So a record is there once, also while an hour is compacted or when records come late.

use std::collections::BTreeMap;

use sluice_catalog::Table;

use crate::compact::digest;
use crate::read::Unit;
use crate::store::{Object, Store, StoreError};

/// Where both forms of the table lie.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) raw: Table,
    pub(crate) raw_base: String,
    pub(crate) compacted: Table,
    pub(crate) compacted_base: String,
}

/// The form that a table reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Raw,
    Compacted,
}

impl Choice {
    /// The objects of those hours that are read in this form.
    pub(super) fn keep(&self, side: Side, units: Vec<Unit>, store: &Store) -> Result<Vec<Unit>, StoreError> {
        let mut hours: BTreeMap<Vec<String>, Vec<Unit>> = BTreeMap::new();
        for unit in units {
            hours.entry(unit.values.clone()).or_default().push(unit);
        }
        let mut kept = Vec::new();
        for (values, units) in hours {
            let objects: Vec<Object> = units.iter().map(|unit| unit.object.clone()).collect();
            let is_kept = match side {
                Side::Raw => {
                    let folder = digest::folder(&self.compacted, &self.compacted_base, &values);
                    digest::published(store, &folder)? != Some(digest::of_objects(&objects))
                }
                Side::Compacted => {
                    let raw = digest::folder(&self.raw, &self.raw_base, &values);
                    digest::is_current(store, &raw, &objects)?
                }
            };
            if is_kept {
                kept.extend(units);
            }
        }
        Ok(kept)
    }
}
