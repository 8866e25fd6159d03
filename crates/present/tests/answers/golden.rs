//! Golden files: every format and chart. `UPDATE_GOLDEN=1` writes them anew.

use std::fs;
use std::path::PathBuf;

use sluice_present::{ChartKind, ChartSpec, Format, Style};

use crate::report::{sample, written_report};
use crate::samples::{by_level, by_minute, drawn, durations, every_type, logs, written};

fn assert_golden(name: &str, text: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("a golden file")).expect("a golden file");
        fs::write(&path, text).expect("a golden file");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, golden, "{} (UPDATE_GOLDEN=1 writes it)", path.display());
}

fn style(width: usize) -> Style {
    Style { width, ..Style::default() }
}

#[test]
fn every_text_format_is_as_the_golden_files_say() {
    for format in Format::ALL {
        if matches!(format, Format::Chart | Format::Parquet) {
            continue;
        }
        assert_golden(&format!("types.{format}"), &written(&every_type(), format, &style(0)));
        assert_golden(&format!("logs.{format}"), &written(&logs(), format, &style(100)));
    }
}

#[test]
fn tables_are_as_the_golden_files_say_narrow_coloured_and_in_ascii() {
    let color = Style { color: true, ..style(100) };
    let ascii = Style { unicode: false, ..style(100) };
    assert_golden("logs-narrow.table", &written(&logs(), Format::Table, &style(44)));
    assert_golden("logs-color.table", &written(&logs(), Format::Table, &color));
    assert_golden("logs-color.vertical", &written(&logs(), Format::Vertical, &color));
    assert_golden("logs-ascii.table", &written(&logs(), Format::Table, &ascii));
    assert_golden("logs-ascii.vertical", &written(&logs(), Format::Vertical, &ascii));
}

#[test]
fn charts_are_as_the_golden_files_say() {
    let histogram = ChartSpec { kind: ChartKind::Histogram, x: "ms".to_owned(), y: Vec::new(), series: None };
    let grouped = ChartSpec {
        kind: ChartKind::Bar,
        x: "minute".to_owned(),
        y: vec!["records".to_owned()],
        series: Some("level".to_owned()),
    };
    let charts = [
        ("bar", by_level(), None),
        ("grouped", by_minute(), Some(&grouped)),
        ("line", by_minute(), None),
        ("histogram", durations(), Some(&histogram)),
    ];
    let looks = [
        ("", style(80)),
        ("-color", Style { color: true, ..style(80) }),
        ("-ascii", Style { unicode: false, ..style(60) }),
    ];
    for (name, answer, spec) in charts {
        for (look, style) in &looks {
            let style = Style { max_rows: Some(12), ..style.clone() };
            assert_golden(&format!("{name}{look}.chart"), &drawn(&answer, spec, &style).unwrap());
        }
    }
}

#[test]
fn the_report_is_as_the_golden_file_says() {
    assert_golden("report.html", &written_report(&sample()));
}
