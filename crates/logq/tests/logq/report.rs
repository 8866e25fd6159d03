//! Reports.

use std::fs;

use crate::samples::{Samples, WINDOW, logq, text};

#[test]
fn a_report_is_one_file_with_every_answer() {
    let samples = Samples::get();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("errors.html");
    let mut arguments =
        vec!["report".to_owned(), "errors".to_owned(), "-o".to_owned(), file.display().to_string()];
    arguments.extend(WINDOW.map(str::to_owned));
    arguments.extend(samples.sources());
    let output = logq(&arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let html = fs::read_to_string(file).expect("a report");
    assert!(html.contains("<svg") && html.contains("Errors by service") && !html.contains("<script"));
}
