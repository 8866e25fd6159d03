//! Size against CPU of the deflate libraries on lifelike log records: the table of
//! docs/adr/0002-deflate-library.md.
//!
//! `cargo run --release -p sluice-archive --example deflate_matrix [MiB of text]`
//! CPU is the thread's own time, best of three, of compressing all the text once.
#![allow(clippy::print_stdout)]

#[path = "../benches/support/records.rs"]
mod records;

use std::io::Write;

use libdeflater::{CompressionLvl, Compressor};
use rustix::time::{ClockId, clock_gettime};

const ROUNDS: usize = 3;

fn main() {
    let mib = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(100);
    let records = records::records(7, mib << 20);
    // Severe records stand in members of their own, so they are compressed apart here too.
    let mut streams = [Vec::new(), Vec::new()];
    for record in &records {
        let stream = &mut streams[usize::from(record.level.is_severe())];
        stream.extend_from_slice(&record.line);
        stream.push(b'\n');
    }
    let text = streams.concat();
    let seconds = records.last().map_or(0, |last| (last.ts_ms - records[0].ts_ms) / 1000);
    let mean = text.len() / records.len();
    println!(
        "{} records over {seconds} s, {} bytes of text, mean line {mean} bytes\n",
        records.len(),
        text.len()
    );
    println!("| library | level | member | ratio | CPU s per GB | MB/s |\n|---|---|---|---|---|---|");
    for level in [1, 2, 3, 4, 5, 6, 7, 9] {
        report("libdeflate", level, 1024, &text, || libdeflate(&text, level, 1 << 20));
    }
    for level in [1, 2, 4, 6] {
        report("flate2 + zlib-rs", level, 1024, &text, || zlib_rs(&text, level));
    }
    for level in [1, 2, 4, 6] {
        report("miniz_oxide", level, 1024, &text, || miniz(&text, level));
    }
    for kib in [64, 256, 512, 2048, 4096] {
        report("libdeflate", 4, kib, &text, || libdeflate(&text, 4, kib << 10));
    }
}

fn report(library: &str, level: i32, kib: usize, text: &[u8], run: impl Fn() -> usize) {
    let mut best = f64::MAX;
    let mut size = 0;
    for _ in 0..ROUNDS {
        let start = cpu_seconds();
        size = run();
        best = best.min(cpu_seconds() - start);
    }
    let (bytes, ratio) = (text.len() as f64, text.len() as f64 / size as f64);
    println!(
        "| {library} | {level} | {kib} KiB | {ratio:.2} | {:.2} | {:.0} |",
        best * 1e9 / bytes,
        bytes / best / 1e6
    );
}

fn libdeflate(text: &[u8], level: i32, member: usize) -> usize {
    let mut compressor = Compressor::new(CompressionLvl::new(level).unwrap_or_default());
    let mut out = vec![0; compressor.gzip_compress_bound(member)];
    text.chunks(member).map(|chunk| compressor.gzip_compress(chunk, &mut out).unwrap_or(usize::MAX)).sum()
}

fn zlib_rs(text: &[u8], level: i32) -> usize {
    let mut out = Vec::with_capacity(1 << 20);
    let member = |chunk: &[u8]| {
        out.clear();
        let mut encoder = flate2::write::GzEncoder::new(&mut out, flate2::Compression::new(level as u32));
        let written = encoder.write_all(chunk).and_then(|()| encoder.finish().map(|out| out.len()));
        written.unwrap_or(usize::MAX)
    };
    text.chunks(1 << 20).map(member).sum()
}

fn miniz(text: &[u8], level: i32) -> usize {
    let member = |chunk: &[u8]| miniz_oxide::deflate::compress_to_vec(chunk, level as u8).len() + 18;
    text.chunks(1 << 20).map(member).sum()
}

fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
