//! Writes a small object of several members to standard output, as a seed for fuzzing:
//! `cargo run -p sluice-archive --example sample_object > sample`

use std::io::Write;

use sluice_archive::{CompressionLevel, Level, MemberCompressor, ObjectEncoder, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut encoder = ObjectEncoder::new(Options { member_bytes: 256 });
    for at in 0..40i64 {
        let level = Level::ALL[at as usize % Level::ALL.len()];
        let record = format!("{{\"level\":\"{}\",\"message\":\"record {at}\"}}", level.name());
        encoder.push(record.as_bytes(), 1_795_521_600_000 + at, level, &mut compressor)?;
    }
    encoder.finish(&mut compressor);
    Ok(std::io::stdout().write_all(encoder.output())?)
}
