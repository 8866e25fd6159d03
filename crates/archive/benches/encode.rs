//! What the format costs over bare compression: the encoder against libdeflate alone on the same text.

// The functions that criterion makes have no documentation.
#![allow(missing_docs)]

#[path = "support/records.rs"]
mod records;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use libdeflater::{CompressionLvl, Compressor};
use sluice_archive::{
    CompressionLevel, Level, MemberCompressor, ObjectEncoder, ObjectReader, Options, Selection, lines,
};

const TEXT: usize = 16 << 20;

fn encode(c: &mut Criterion) {
    let records = records::records(7, TEXT);
    // The bare run gets the same two streams of text, so that both compress the same members.
    let mut streams = [Vec::new(), Vec::new()];
    for record in &records {
        let stream = &mut streams[usize::from(record.level.is_severe())];
        stream.extend_from_slice(&record.line);
        stream.push(b'\n');
    }
    let mut group = c.benchmark_group("encode");
    group.throughput(Throughput::Bytes(TEXT as u64)).sample_size(20);

    let level = CompressionLevel::default();
    let mut bare = Compressor::new(CompressionLvl::new(i32::from(level.get())).unwrap_or_default());
    let mut out = vec![0; bare.gzip_compress_bound(1 << 20)];
    group.bench_function("bare libdeflate", |b| {
        b.iter(|| {
            let chunks = streams.iter().flat_map(|stream| stream.chunks(1 << 20));
            chunks.map(|chunk| bare.gzip_compress(chunk, &mut out).unwrap_or(0)).sum::<usize>()
        });
    });

    let mut compressor = MemberCompressor::new(level);
    let mut encoder = ObjectEncoder::new(Options::default());
    group.bench_function("encoder", |b| {
        b.iter(|| {
            for record in &records {
                let pushed = encoder.push(&record.line, record.ts_ms, record.level, &mut compressor);
                assert!(pushed.is_ok());
            }
            let summary = encoder.finish(&mut compressor);
            encoder.output().clear();
            summary.compressed_bytes
        });
    });
    group.finish();
}

fn read(c: &mut Criterion) {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut encoder = ObjectEncoder::new(Options::default());
    for record in records::records(7, TEXT) {
        assert!(encoder.push(&record.line, record.ts_ms, record.level, &mut compressor).is_ok());
    }
    encoder.finish(&mut compressor);
    let object = std::mem::take(encoder.output());
    let count = |selection| {
        let mut reader = ObjectReader::open(&object).expect("a sound object").select(selection);
        let (mut text, mut count) = (Vec::new(), 0);
        while reader.next_block(&mut text).expect("a sound object").is_some() {
            count += lines(&text).count();
        }
        count
    };
    let errors = Selection { min_level: Some(Level::Error), ..Selection::default() };
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Bytes(TEXT as u64)).sample_size(20);
    group.bench_function("all lines", |b| b.iter(|| count(Selection::default())));
    group.bench_function("lines of error members", |b| b.iter(|| count(errors)));
    group.bench_function("counts by level", |b| {
        b.iter(|| ObjectReader::open(&object).expect("a sound object").index().counts());
    });
    group.finish();
}

criterion_group!(benches, encode, read);
criterion_main!(benches);
