//! Writes what is rendered from the definitions of the settings: `sluice.example.toml`,
//! `docs/sluice.schema.json` and the table in `docs/configuration.md`.
//!
//! `cargo run -p sluice-pipeline --example render`

use std::{fs, io, path::Path};

use sluice_pipeline::{BEGIN_TABLE, END_TABLE, json_schema, render_example, settings_table};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::write(root.join("sluice.example.toml"), render_example())?;
    fs::write(root.join("docs/sluice.schema.json"), format!("{:#}\n", json_schema()))?;
    let page = root.join("docs/configuration.md");
    let text = fs::read_to_string(&page)?;
    let halves =
        text.split_once(BEGIN_TABLE).and_then(|(before, rest)| Some((before, rest.split_once(END_TABLE)?.1)));
    let (before, after) =
        halves.ok_or_else(|| io::Error::other("docs/configuration.md has lost its markers"))?;
    fs::write(page, format!("{before}{BEGIN_TABLE}\n{}\n{END_TABLE}{after}", settings_table()))
}
