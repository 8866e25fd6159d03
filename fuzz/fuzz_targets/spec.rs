//! Any text is a spec or has problems, and each problem says where and what to do.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice_pipeline::Spec;

fuzz_target!(|text: &str| {
    let keep = |_: &str| Some("secret".to_owned());
    if let Err(problems) = Spec::parse_with(text, "fuzz.toml", None, &keep) {
        assert!(!problems.to_string().is_empty());
    }
});
