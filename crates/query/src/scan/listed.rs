//! What a window holds, without reading it.

use sluice_catalog::Catalog;
use sluice_catalog::projection::{Everything, Scan};
use sluice_catalog::window::Window;

use crate::error::QueryError;
use crate::store::Store;

/// Bytes of the objects of a window, over tables and the URLs below which their data lies. Blocks.
///
/// # Errors
/// When a table is not known, or a place cannot be listed.
pub fn listed_bytes(
    catalog: &Catalog,
    places: &[(String, String)],
    window: &Window,
) -> Result<u64, QueryError> {
    let store = Store::default();
    let fail = |error: &dyn std::error::Error| QueryError::Engine(error.to_string());
    let mut bytes = 0;
    for (name, base) in places {
        let table = catalog
            .get(name)
            .ok_or_else(|| QueryError::UnknownTable { name: name.clone(), nearest: None })?;
        let folders = Scan::new(table, base).window(window.clone()).paths(Everything);
        for folder in folders.map_err(|error| fail(&error))? {
            let objects = store.list(&folder.location).map_err(|error| fail(&error))?;
            bytes += objects.iter().map(|object| object.size).sum::<u64>();
        }
    }
    Ok(bytes)
}
