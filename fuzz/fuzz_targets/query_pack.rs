//! Any text is a query with front matter or has a problem that names its file; a query that is one expands or says why
//! not, and what people type for parameters never gets out of its literal.
//!
//! The files are taken as they are: the crate around them would bring DataFusion under the sanitizer.
#![no_main]
#![allow(dead_code)]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use sluice_catalog::Catalog;
use sluice_catalog::window::Window;

// A folder for a path, since modules of modules are looked for beside their parent.
#[path = "../../crates/query/src"]
mod query {
    pub mod pack;
    pub mod time;
}
use query::pack::{Query, Values};
use query::time;

fuzz_target!(|input: &str| {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    // Behind a NUL what is typed for its parameters.
    let (text, value) = input.split_once('\0').unwrap_or((input, "2h"));
    let query = match Query::parse("fuzz/query", text) {
        Ok(query) => query,
        Err(error) => return assert!(error.to_string().starts_with("fuzz/query.sql: ")),
    };
    let catalog = CATALOG.get_or_init(Catalog::builtin);
    let time = |text: &str| text.parse().expect("a time");
    let window = Window::new(time("2026-11-24T01:00:00Z"), time("2026-11-24T03:00:00Z")).expect("a window");
    let values: Values = query.parameters.keys().map(|name| (name.clone(), value.to_owned())).collect();
    for values in [Values::new(), values] {
        if let Err(error) = query.expand(catalog, &window, &values) {
            assert!(!error.to_string().is_empty());
        }
    }
    for (name, parameter) in &query.parameters {
        let Ok(literal) = parameter.literal(name, value) else { continue };
        // Between its quotes anything may stand, with quotes doubled; beside them nothing that SQL could take for more.
        let beside = |piece: &str| {
            piece.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.+-(), ".contains(letter))
        };
        assert!(literal.split('\'').count() % 2 == 1, "{literal}");
        assert!(literal.split('\'').step_by(2).all(beside), "{literal}");
    }
});
