//! Any text is a FireLens file: what it says of the task and of filters is taken, nothing of it stops the router.
//!
//! The two files are taken as they are: the crate around them would bring the AWS SDK under the sanitizer.
#![no_main]
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/log-router/src/route/filters.rs"]
mod filters;
/// Where the other file looks for it.
mod route {
    pub use crate::filters::{BadFilter, Filters};
}
#[path = "../../crates/log-router/src/identity/firelens.rs"]
mod firelens;

fuzz_target!(|input: &str| {
    // Behind a NUL a tag, behind the next a line.
    let mut parts = input.splitn(3, '\0');
    let text = parts.next().unwrap_or_default();
    let tag = parts.next().unwrap_or_default().as_bytes();
    let line = parts.next().unwrap_or_default().as_bytes();
    let (file, problems) = firelens::FireLensFile::parse(text);
    // No more than a line of the file each.
    assert!(file.filters.len() + problems.len() <= text.lines().count());
    let _ = file.filters.pass(tag, line);
    let _ = file.filters.pass(b"app-firelens-0123", line);
    for problem in problems {
        assert!(!problem.to_string().is_empty());
    }
});
