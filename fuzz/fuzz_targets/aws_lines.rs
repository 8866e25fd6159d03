//! Any line is one of a table's or is none; its columns lie within it, and what stood between delimiters is the line.
//! The first byte chooses a built-in table of text: access and connection logs of load balancers, flow logs. Seeds are in
//! fuzz/seeds.
//!
//! The file is taken as it is: the crate around it would bring DataFusion under the sanitizer.
#![no_main]
#![allow(dead_code, clippy::unwrap_used)]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use sluice_catalog::Catalog;

#[path = "../../crates/query/src/read/split.rs"]
mod split;

use split::{Columns, Split};

fuzz_target!(|input: &[u8]| {
    static SPLITS: OnceLock<Vec<(usize, Split)>> = OnceLock::new();
    let splits = SPLITS.get_or_init(|| {
        let tables = Catalog::builtin().tables.into_values();
        tables.filter_map(|table| Some((table.columns.len(), Split::of(&table).unwrap()?))).collect()
    });
    assert!(splits.len() > 1);
    let Some((choice, line)) = input.split_first() else { return };
    let (most, split) = &splits[usize::from(*choice) % splits.len()];
    let mut columns = Columns::new(split);
    if !columns.read(line) {
        assert!((0..most + 1).all(|column| columns.get(column).is_none()));
        return;
    }
    let found: Vec<&[u8]> = (0..).map_while(|column| columns.get(column)).map(|range| &line[range]).collect();
    match split {
        Split::Delimiter(delimiter, _) => assert_eq!(found.join(delimiter), line),
        Split::Groups(regex) => {
            assert!(found.len() < regex.captures_len());
            assert!((0..*most).filter_map(|column| columns.get(column)).all(|range| range.end <= line.len()));
        }
    }
});
