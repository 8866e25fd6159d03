//! Writes the table of `docs/metrics.md` anew: `cargo run -p sluice-log-router --example metrics_table`.

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");

fn main() -> std::io::Result<()> {
    let text = std::fs::read_to_string(DOCUMENT)?;
    let end = text.find("-->\n").map_or(text.len(), |at| at + 4);
    std::fs::write(DOCUMENT, format!("{}{}", &text[..end], sluice_log_router::service::metrics_table()))
}
