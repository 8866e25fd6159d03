//! Where the data of each table lies.

use std::collections::BTreeMap;
use std::path::Path;

use sluice_catalog::Catalog;
use sluice_pipeline::{Spec, keep_references};

use super::args::Data;
use super::failure::Failure;

/// The table whose archive the router writes.
pub(super) const APP_LOGS: &str = "app_logs";

/// The URL of each table that the command line or the spec gives.
pub(super) fn sources(data: &Data, catalog: &Catalog) -> Result<BTreeMap<String, String>, Failure> {
    of(&data.sources, &data.config, data.env.as_deref(), catalog)
}

/// The URL of the router's archive.
pub(super) fn archive(
    given: &[String],
    config: &Path,
    env: Option<&str>,
    catalog: &Catalog,
) -> Result<String, Failure> {
    let missing = || Failure::NoSource { table: APP_LOGS.to_owned() };
    of(given, config, env, catalog)?.remove(APP_LOGS).ok_or_else(missing)
}

fn of(
    given: &[String],
    config: &Path,
    env: Option<&str>,
    catalog: &Catalog,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut sources = BTreeMap::new();
    for source in given {
        let named = source.split_once('=').filter(|(name, _)| !name.contains(['/', ':']));
        let (table, place) = named.unwrap_or((APP_LOGS, source));
        if catalog.get(table).is_none() {
            let near = catalog.nearest(table).map(str::to_owned).into_iter().collect();
            return Err(Failure::UnknownTable { name: table.to_owned(), near });
        }
        sources.insert(table.to_owned(), url(place));
    }
    if !sources.contains_key(APP_LOGS) && config.exists() {
        let spec = Spec::load_with(config, env, &keep_references).map_err(Failure::Spec)?;
        sources.insert(APP_LOGS.to_owned(), spec.archive.url.to_string());
    }
    Ok(sources)
}

/// A URL as it is, a path as the URL of its folder.
fn url(place: &str) -> String {
    if place.contains("://") {
        return place.trim_end_matches('/').to_owned();
    }
    let path = std::path::absolute(Path::new(place)).unwrap_or_else(|_| place.into());
    format!("file://{}", path.display().to_string().trim_end_matches('/'))
}
