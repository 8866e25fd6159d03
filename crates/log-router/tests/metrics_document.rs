//! The documented metrics are those that are told.

#[test]
fn the_table_of_metrics_is_fresh() {
    let document = include_str!("../../../docs/metrics.md");
    assert!(
        document.ends_with(&format!("-->\n{}", sluice_log_router::service::metrics_table())),
        "run `cargo run -p sluice-log-router --example metrics_table`"
    );
}
