//! Which hours are closed and hold objects.

use jiff::Timestamp;
use sluice_catalog::projection::{Everything, Scan};
use sluice_catalog::window::Window;

use super::{CompactError, Compactor};
use crate::store::Object;

/// A closed hour of the archive.
#[derive(Debug, Clone)]
pub struct Hour {
    /// Year, month, day and hour, as the folders have them.
    pub values: Vec<String>,
    /// Its objects.
    pub objects: Vec<Object>,
}

impl Hour {
    /// `2026-11-24T01`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.values.as_slice() {
            [year, month, day, hour] => format!("{year}-{month}-{day}T{hour}"),
            other => other.join("/"),
        }
    }

    /// Bytes of its objects.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.objects.iter().map(|object| object.size).sum()
    }
}

/// The hours of a window that end at `closed` or before.
pub(super) fn find(
    compactor: &Compactor,
    from: Timestamp,
    closed: Timestamp,
) -> Result<Vec<Hour>, CompactError> {
    let fail = |error: &dyn std::error::Error| CompactError::Hours(error.to_string());
    // The hour in which the time stands is not closed.
    let closed =
        Timestamp::from_second(closed.as_second() - closed.as_second().rem_euclid(3600)).unwrap_or(closed);
    if from >= closed {
        return Ok(Vec::new());
    }
    let window = Window::new(from, closed).map_err(|error| fail(&error))?;
    let scan = Scan::new(&compactor.raw, &compactor.settings.source).window(window);
    let mut hours = Vec::new();
    for folder in scan.paths(Everything).map_err(|error| fail(&error))? {
        let objects = compactor.store.list(&folder.location)?;
        if !objects.is_empty() {
            hours.push(Hour { values: folder.values, objects });
        }
    }
    Ok(hours)
}
