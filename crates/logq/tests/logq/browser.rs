//! The report in a real browser: `make test-browser`.

use std::process::Command;

use crate::samples::{Samples, WINDOW, logq, rows, text};

/// What a browser makes of a page.
fn dom(url: &str) -> String {
    let output = Command::new(std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned()))
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", url])
        .output()
        .expect("chromium; make test-browser installs it");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
#[ignore = "needs Chromium: make test-browser"]
fn a_browser_shows_the_numbers_of_the_answers() {
    let samples = Samples::get();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("errors.html");
    let mut words =
        vec!["report".to_owned(), "errors".to_owned(), "-o".to_owned(), file.display().to_string()];
    words.extend(WINDOW.map(str::to_owned));
    words.extend(samples.sources());
    assert!(logq(&words).status.success());
    let page = dom(&format!("file://{}", file.display()));
    let mut words = ["run", "errors/by-service", "--format", "jsonl"].map(str::to_owned).to_vec();
    words.extend(WINDOW.map(str::to_owned));
    words.extend(samples.sources());
    for row in rows(&logq(&words)) {
        for value in row.as_object().expect("a row").values() {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert!(page.contains(&format!(">{shown}<")), "{shown} is not in a cell of the page");
        }
    }
    assert!(page.contains("<svg") && !page.contains("<script"));
}
