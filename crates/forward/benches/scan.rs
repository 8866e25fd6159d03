//! Messages as FireLens sends them and chunks as Fluent Bit sends them: found, and decoded.
//!
//! `cargo bench -p sluice-forward`. Every round is some MiB of messages one after the other; the scanner gets them in
//! one buffer, and `in 64 KiB reads` as a socket would give them.

#![allow(missing_docs, reason = "criterion_group makes a public function")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sluice_forward::{Compression, Decoder, Limits, Scanner, Time, Value, encode};

const LINE: &[u8] = br#"{"ts":"2026-11-24T01:02:03.456Z","level":"info","msg":"order accepted","order":71,"customer":"c-4411","duration_ms":12.7,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","path":"/v1/orders"}"#;
const EVENTS: usize = 16_000;
const IN_CHUNK: usize = 1_000;

fn fields(line: &[u8]) -> [(&'static str, Value<'_>); 4] {
    [
        ("container_id", Value::Str(b"9a1b5cd7e2f34a60b1c2d3e4f5061728-1234567890")),
        ("container_name", Value::Str(b"api")),
        ("source", Value::Str(b"stdout")),
        ("log", Value::Str(line)),
    ]
}

fn messages(line: &[u8], events: usize) -> Vec<u8> {
    let (mut out, options) = (Vec::new(), encode::Options { empty: true, ..Default::default() });
    for at in 0..events {
        let time = Time::from_ms(1_795_482_123_456 + at as i64);
        encode::message(&mut out, "api-firelens-9a1b5cd7e2f3", time, &fields(line), &options);
    }
    out
}

fn chunks(write: impl Fn(&mut Vec<u8>, &[(Time, &encode::Record<'_>)], &encode::Options<'_>)) -> Vec<u8> {
    let record = fields(LINE);
    let events: Vec<_> =
        (0..IN_CHUNK).map(|at| (Time::from_ms(1_795_482_123_456 + at as i64), &record[..])).collect();
    let options = encode::Options {
        chunk: Some(b"p8n9gmxTQVC8/nh2wlKKeQ=="),
        size: Some(IN_CHUNK as u64),
        ..Default::default()
    };
    let mut out = Vec::new();
    for _ in 0..EVENTS / IN_CHUNK {
        write(&mut out, &events, &options);
    }
    out
}

fn scan(mut bytes: &[u8]) -> u64 {
    let (mut scanner, mut events) = (Scanner::new(Limits::default()), 0);
    while let Some(scanned) = scanner.next(bytes).expect("messages") {
        events += scanned.events;
        bytes = &bytes[scanned.len..];
    }
    assert!(bytes.is_empty());
    events
}

fn scan_in_reads(bytes: &[u8]) -> u64 {
    let (mut scanner, mut events) = (Scanner::new(Limits::default()), 0);
    let (mut start, mut end) = (0, 0);
    while end < bytes.len() {
        end = bytes.len().min(end + (64 << 10));
        while let Some(scanned) = scanner.next(&bytes[start..end]).expect("messages") {
            events += scanned.events;
            start += scanned.len;
        }
    }
    events
}

fn decode(decoder: &mut Decoder, bytes: &[u8]) -> (u64, usize) {
    let mut lines = 0;
    let events = decoder.events(bytes, &mut |event| {
        for (key, value) in event.record.iter() {
            if let (Value::Str(b"log"), Value::Str(line)) = (key, value) {
                lines += line.len();
            }
        }
    });
    (events.expect("messages"), lines)
}

fn benches(c: &mut Criterion) {
    let long = vec![b'x'; 16 << 10];
    let cases = [
        ("FireLens", messages(LINE, EVENTS), EVENTS),
        ("FireLens, lines of 16 KiB", messages(&long, 500), 500),
        ("Forward", chunks(|out, events, options| encode::forward(out, "api", events, options)), EVENTS),
        ("Packed", chunks(|out, events, options| encode::packed(out, "api", events, options)), EVENTS),
        ("gzip", compressed(Compression::Gzip), EVENTS),
        ("zstd", compressed(Compression::Zstd), EVENTS),
    ];
    for (name, bytes, events) in &cases {
        let mut group = c.benchmark_group(format!("{name}, {} B an event", bytes.len() / events));
        group.throughput(Throughput::Bytes(bytes.len() as u64)).sample_size(20);
        group.bench_function("scan", |b| b.iter(|| assert_eq!(scan(bytes), *events as u64)));
        group.bench_function("scan in 64 KiB reads", |b| {
            b.iter(|| assert_eq!(scan_in_reads(bytes), *events as u64));
        });
        let mut decoder = Decoder::new(Limits::default());
        group.bench_function("decode", |b| {
            b.iter(|| assert_eq!(decode(&mut decoder, bytes).0, *events as u64));
        });
        group.finish();
    }
}

fn compressed(how: Compression) -> Vec<u8> {
    chunks(|out, events, options| encode::compressed(out, "api", events, how, options).expect("into memory"))
}

criterion_group!(all, benches);
criterion_main!(all);
