//! The tables of the document are those of the model.

use sluice_scaling::{Limits, Load, Prices, document, tables};

#[test]
fn the_tables_of_docs_scaling_are_fresh() {
    let text = include_str!("../../../docs/scaling.md");
    let tables = tables(&Load::MIDDLING, &Prices::tokyo().expect("prices"), &Limits::read().expect("limits"));
    let fresh = document(text, &tables).expect("a place for every table");
    assert!(
        text == fresh,
        "docs/scaling.md is stale; run: cargo run -p sluice-scaling -- --write docs/scaling.md"
    );
}
