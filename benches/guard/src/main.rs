//! `sluice-guard [AGAIN]`: does the work once and says what came out. AGAIN makes it slower on purpose: each so-many-th
//! line is worked on twice.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::process::ExitCode;

use sluice_guard::{input, work};

fn main() -> ExitCode {
    let again = match std::env::args().nth(1).map(|text| text.parse::<usize>()) {
        None => None,
        Some(Ok(every)) if every > 0 => Some(every),
        Some(_) => {
            eprintln!("sluice-guard: AGAIN must be a whole number above 0, such as 10");
            return ExitCode::from(64);
        }
    };
    let lines = black_box(input::lines(7));
    let records = black_box(work::guarded_parse(&lines, again));
    match work::guarded_encode(&records, again) {
        Ok(object) => {
            println!(
                r#"{{"input_bytes": {}, "records": {}, "record_bytes": {}, "object_bytes": {object}}}"#,
                lines.len(),
                records.len(),
                records.bytes()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("sluice-guard: {error}");
            ExitCode::FAILURE
        }
    }
}
