//! Records by format, in bytes of log lines a second: `cargo bench -p sluice-record`.
//!
//! `gzip` is the bare cost of the level-4 gzip that every record meets afterwards, on the same records: parsing
//! should cost less.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sluice_record::{Engine, Origin, Settings};

const LINES: usize = 2000;

fn shop_json(i: usize) -> String {
    format!(
        r#"{{"level": "{}", "logger": "shop.access", "message": "request", "method": "GET", "path": "/orders/{i}", "status": 200, "duration_ms": {}.{}, "client_ip": "203.0.113.{}", "user_id": "u-{i}", "request_id": "req-{:016x}", "trace_id": "{:032x}", "timestamp": "2026-11-24T05:31:{:02}.{:06}+00:00"}}"#,
        if i.is_multiple_of(50) { "ERROR" } else { "INFO" },
        i % 40,
        i % 10,
        i % 250,
        i * 0x9e37_79b9,
        (i as u128) * 0x9e37_79b9_7f4a_7c15_f39c_c060,
        i % 60,
        i % 1_000_000,
    )
}

fn zap_json(i: usize) -> String {
    format!(
        r#"{{"level":"info","ts":1795482123.{:03},"caller":"app/order.go:71","msg":"order stored","order":{i},"items":[1,2,3],"customer":{{"id":{i},"tier":"gold"}}}}"#,
        i % 1000
    )
}

fn python_text(i: usize) -> String {
    format!(
        "2026-11-24 05:31:{:02},{:03} INFO [shop.orders] order {i} stored in {} ms for customer {}",
        i % 60,
        i % 1000,
        i % 90,
        i % 77
    )
}

fn uvicorn_access(i: usize) -> String {
    format!(
        "INFO:     203.0.113.{}:{} - \"GET /orders/{i}?full=1 HTTP/1.1\" 200 OK",
        i % 250,
        40_000 + i % 9999
    )
}

fn log4j_text(i: usize) -> String {
    format!(
        "2026-11-24 05:31:{:02}.{:03}  INFO 123 --- [nio-8080-exec-{}] c.e.shop.OrderController : order {i} stored",
        i % 60,
        i % 1000,
        i % 9
    )
}

fn logfmt(i: usize) -> String {
    format!(
        "time=2026-11-24T05:31:{:02}.{:03}Z level=INFO msg=\"order stored\" order={i} took={}ms",
        i % 60,
        i % 1000,
        i % 90
    )
}

fn nginx_access(i: usize) -> String {
    format!(
        "203.0.113.{} - - [24/Nov/2026:05:31:{:02} +0000] \"GET /orders/{i} HTTP/1.1\" 200 {} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
        i % 250,
        i % 60,
        i * 7
    )
}

fn traceback(i: usize) -> String {
    format!(
        "2026-11-24 05:31:{:02},123 ERROR [shop] order {i} failed\nTraceback (most recent call last):\n  File \"/app/shop/orders.py\", line 71, in store\n    db.execute(sql, values)\n    ~~~~~~~~~~^^^^^^^^^^^^^\nsqlite3.OperationalError: unterminated string",
        i % 60
    )
}

fn plain(i: usize) -> String {
    format!("worker took the next job from the queue, {i} are left")
}

/// The mix of the peers' measurements: 70 % JSON, 30 % Python text.
fn mix(i: usize) -> String {
    if i % 10 < 7 { shop_json(i) } else { python_text(i) }
}

type Format = (&'static str, fn(usize) -> String);

const FORMATS: [Format; 10] = [
    ("mix", mix),
    ("json_shop", shop_json),
    ("json_zap", zap_json),
    ("python_text", python_text),
    ("uvicorn_access", uvicorn_access),
    ("log4j_text", log4j_text),
    ("logfmt", logfmt),
    ("nginx_access", nginx_access),
    ("python_traceback", traceback),
    ("plain", plain),
];

fn records(c: &mut Criterion) {
    let mut group = c.benchmark_group("records");
    for (name, line) in FORMATS {
        let text: Vec<String> = (0..LINES).map(line).collect();
        let lines: Vec<&str> = text.iter().flat_map(|text| text.split('\n')).collect();
        let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        let mut engine = Engine::new(Settings::default());
        let stream = engine.stream(Origin::new("bench"));
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut written = 0;
                for line in &lines {
                    engine.push(stream, line.as_bytes(), 1_795_521_600_000, &mut |record| {
                        written += record.json.len();
                    });
                }
                engine.flush(&mut |record| written += record.json.len());
                black_box(written)
            });
        });
    }
    group.finish();
}

fn gzip(c: &mut Criterion) {
    let mut engine = Engine::new(Settings::default());
    let stream = engine.stream(Origin::new("bench"));
    let mut text = Vec::new();
    let mut bytes = 0;
    for i in 0..LINES {
        let line = mix(i);
        bytes += line.len() + 1;
        let mut emit = |record: sluice_record::Record<'_>| {
            text.extend_from_slice(record.json);
            text.push(b'\n');
        };
        engine.push(stream, line.as_bytes(), 1_795_521_600_000, &mut emit);
        engine.flush(&mut emit);
    }
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::new(4).unwrap());
    let mut out = vec![0; compressor.gzip_compress_bound(text.len())];
    let mut group = c.benchmark_group("gzip");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("mix", |b| b.iter(|| black_box(compressor.gzip_compress(&text, &mut out).unwrap())));
    group.finish();
}

criterion_group!(benches, records, gzip);
criterion_main!(benches);
