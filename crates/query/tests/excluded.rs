//! docs/sql.md lists what the local engine refuses: `UPDATE_GOLDEN=1 cargo test --test excluded` writes it.

use std::fmt::Write;
use std::path::Path;

use sluice_query::EXCLUDED;

const BEGIN: &str = "<!-- excluded: kept by crates/query/tests/excluded.rs -->\n";
const END: &str = "<!-- end -->\n";

#[test]
fn the_document_lists_what_is_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sql.md");
    let text = std::fs::read_to_string(&path).expect("docs/sql.md");
    let (head, rest) = text.split_once(BEGIN).expect("the begin of the table");
    let (_, tail) = rest.split_once(END).expect("the end of the table");
    let mut table = String::from("| feature | why | instead |\n|---|---|---|\n");
    for excluded in EXCLUDED {
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = writeln!(
            table,
            "| {} | {} | {} |",
            excluded.feature,
            cell(excluded.reason),
            cell(excluded.instead)
        );
    }
    let wanted = format!("{head}{BEGIN}{table}{END}{tail}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &wanted).expect("docs/sql.md");
    }
    assert!(
        text == wanted || std::env::var_os("UPDATE_GOLDEN").is_some(),
        "docs/sql.md is stale: UPDATE_GOLDEN=1"
    );
}
