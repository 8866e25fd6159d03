//! Which raw objects a compacted hour was made of.

use sluice_catalog::Table;
use xxhash_rust::xxh3::Xxh3;

use crate::read::parquet_metadata;
use crate::store::{Object, Store, StoreError};

/// The file of an hour.
pub(super) const NAME: &str = "records.parquet";
/// What the file says of the raw objects that it was made of.
pub(super) const KEY: &str = "sluice.raw_digest";

/// Names the objects and their sizes, in their order; an object of the archive never changes under its name.
pub(crate) fn of_objects(objects: &[Object]) -> String {
    let mut hash = Xxh3::new();
    for object in objects {
        let name = object.url.rsplit('/').next().unwrap_or_default();
        hash.update(name.as_bytes());
        hash.update(&[0]);
        hash.update(&object.size.to_le_bytes());
    }
    format!("{:032x}", hash.digest128())
}

/// The folder of an hour below a base, with a slash at its end: `year=…/…/`.
pub(crate) fn folder(table: &Table, base: &str, values: &[String]) -> String {
    let parts = table.partitions.iter().zip(values);
    let below: String = parts.map(|(partition, value)| format!("{}={value}/", partition.name)).collect();
    format!("{}/{below}", base.trim_end_matches('/'))
}

/// The digest that the compacted hour in a folder carries; None when there is none, or none that can be read.
pub(crate) fn published(store: &Store, folder: &str) -> Result<Option<String>, StoreError> {
    let objects = store.list(folder)?;
    Ok(objects.iter().find(|object| object.url.ends_with(NAME)).and_then(|object| of_file(store, object)))
}

/// Whether one of an hour's compacted objects was made of just the raw objects that are in a folder, or these are gone.
pub(crate) fn is_current(store: &Store, raw_folder: &str, compacted: &[Object]) -> Result<bool, StoreError> {
    let raw = store.list(raw_folder)?;
    let wanted = of_objects(&raw);
    Ok(raw.is_empty() || compacted.iter().any(|object| of_file(store, object).as_ref() == Some(&wanted)))
}

/// The digest that a compacted hour carries.
pub(super) fn of_file(store: &Store, object: &Object) -> Option<String> {
    let source = store.open(object).ok()?;
    let metadata = parquet_metadata(source, object.size).ok()?;
    let pairs = metadata.file_metadata().key_value_metadata()?;
    pairs.iter().find(|pair| pair.key == KEY)?.value.clone()
}
