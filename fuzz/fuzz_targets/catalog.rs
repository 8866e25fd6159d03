//! Any text is a table definition or has problems; whatever a table is, any URL has partition values or none, and its
//! folders can be walked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice_catalog::projection::{Everything, Scan, values_of};
use sluice_catalog::{Catalog, Table};

fuzz_target!(|text: &str| {
    let (definition, url) = text.split_once('\0').unwrap_or((text, "file:///a/year=2026/month=01/day=02/hour=03/x"));
    match Table::parse(definition, "fuzz.toml") {
        Ok(table) => {
            let _ = values_of(&table, "file:///a", url);
            if let Ok(paths) = Scan::new(&table, "file:///a").paths(Everything) {
                let _ = paths.take(100).count();
            }
        }
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
    for table in Catalog::builtin().tables.values() {
        let _ = values_of(table, "file:///a", url);
    }
});
