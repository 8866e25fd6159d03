//! Append and read back, against a bare write of the same bytes.
//!
//! `cargo bench -p sluice-spool`. The folder is a temporary one; set `TMPDIR` to measure another disk.

#![allow(missing_docs, reason = "criterion_group makes a public function")]

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sluice_spool::{EntryRef, Fsync, Options, Spool};
use tempfile::TempDir;

/// Entries and their payload size; each case is 8 MiB or a little less, the default size of a segment.
const CASES: [(usize, usize); 2] = [(27_000, 300), (128, 64 << 10)];
const BATCH: usize = 32;

fn entry(payload: &[u8]) -> EntryRef<'_> {
    EntryRef { kind: 1, received_ms: 1_700_000_000_000, source: b"stdin", chunk_id: None, payload }
}

fn spool(fsync: Fsync) -> (TempDir, Spool) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { fsync, ..Options::default() };
    let boot = "0123abcd".parse().expect("a boot id");
    let (spool, _) = Spool::open(folder.path(), options, boot).expect("the spool opens");
    (folder, spool)
}

fn bare_write(folder: &Path, entries: usize, payload: &[u8]) {
    let mut file =
        OpenOptions::new().append(true).create(true).open(folder.join("bare")).expect("the file opens");
    for _ in 0..entries {
        file.write_all(payload).expect("the write");
    }
}

fn append(c: &mut Criterion) {
    for (entries, size) in CASES {
        let payload: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        let batch = vec![entry(&payload); BATCH];
        let mut group = c.benchmark_group(format!("{size} B"));
        group.throughput(Throughput::Bytes((entries * size) as u64)).sample_size(20);
        group.bench_function("bare write", |b| {
            let folder = || tempfile::tempdir().expect("a temporary folder");
            b.iter_batched_ref(
                folder,
                |at| bare_write(at.path(), entries, &payload),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("append", |b| {
            let run = |(_, spool): &mut (TempDir, Spool)| {
                for _ in 0..entries {
                    spool.append(entry(&payload)).expect("the append");
                }
            };
            b.iter_batched_ref(|| spool(Fsync::Never), run, BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new("append_batch", BATCH), |b| {
            let run = |(_, spool): &mut (TempDir, Spool)| {
                for _ in 0..entries / BATCH {
                    spool.append_batch(&batch).expect("the append");
                }
            };
            b.iter_batched_ref(|| spool(Fsync::Never), run, BatchSize::PerIteration);
        });
        let (_folder, mut written) = spool(Fsync::Never);
        for _ in 0..entries {
            written.append(entry(&payload)).expect("the append");
        }
        let segment = written.seal().expect("sealed").expect("a segment").id;
        group.bench_function("read", |b| {
            b.iter(|| {
                let mut reader = written.reader(segment).expect("the segment opens");
                let mut bytes = 0;
                while let Some(entry) = reader.next_entry().expect("the segment reads") {
                    bytes += entry.payload.len();
                }
                assert_eq!(bytes, entries * size);
            });
        });
        group.finish();
    }
}

criterion_group!(benches, append);
criterion_main!(benches);
