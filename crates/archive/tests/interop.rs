//! Objects are ordinary gzip files to the gzip readers of other languages (programs in tests/interop/).
//!
//! A reader that is not installed fails its test: that it was not tried must not look like success.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use sluice_archive::{
    CompressionLevel, Level, LevelCounts, MemberCompressor, ObjectEncoder, Options, Summary, TAIL_LEN,
};

struct Object {
    path: PathBuf,
    sha256: String,
    summary: Summary,
    _folder: tempfile::TempDir,
}

/// A few members of 1 MiB, plain and severe ones.
fn few_large_members() -> Object {
    write(30_000, Options::default())
}

/// Thousands of tiny members, so that the index is chained and longer than the tail.
fn huge_index() -> Object {
    let object = write(20_000, Options { member_bytes: 1 });
    assert!(object.summary.members == 20_000);
    let data = std::fs::read(&object.path).unwrap();
    let index_offset = u64::from_le_bytes(data[data.len() - 30..data.len() - 22].try_into().unwrap());
    assert!(data.len() as u64 - index_offset > TAIL_LEN);
    object
}

fn write(records: u32, options: Options) -> Object {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut encoder = ObjectEncoder::new(options);
    for n in 0..records {
        let level = if n % 50 == 0 { Level::Error } else { Level::ALL[n as usize % 4] };
        let line = format!(
            r#"{{"ts":"2026-11-24T05:00:00.000Z","level":"{}","service":"api","message":"request {n} über {}"}}"#,
            level.name(),
            n.wrapping_mul(2_654_435_761)
        );
        encoder.push(line.as_bytes(), 1_795_496_400_000 + i64::from(n), level, &mut compressor).unwrap();
    }
    let summary = encoder.finish(&mut compressor);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object.json.gz");
    std::fs::write(&path, encoder.output()).unwrap();
    let mut text = Sha256::new();
    let mut reader = sluice_archive::ObjectReader::open(std::fs::File::open(&path).unwrap()).unwrap();
    let mut block = Vec::new();
    while reader.next_block(&mut block).unwrap().is_some() {
        text.update(&block);
    }
    Object { path, sha256: hex(&text.finalize()), summary, _folder: folder }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop").join(name)
}

/// Runs a reader on the object and returns its standard output.
fn run(tool: &str, install: &str, arguments: &[&Path], object: &Object) -> Vec<u8> {
    let output = Command::new(tool).args(arguments).arg(&object.path).output().unwrap_or_else(|error| {
        panic!("cannot run {tool} ({error}); install {install} and run the test again")
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} cannot read the object: {errors}");
    assert_eq!(errors, "", "{tool} complains about the object");
    output.stdout
}

fn prints_the_digest(tool: &str, install: &str, arguments: &[&Path], times: usize) {
    for object in [few_large_members(), huge_index()] {
        let stdout = String::from_utf8(run(tool, install, arguments, &object)).unwrap();
        let digests: Vec<&str> = stdout.lines().collect();
        assert_eq!(digests, vec![object.sha256.as_str(); times], "{tool} reads another text");
    }
}

#[test]
fn gzip_tests_and_zcat_reads_the_same_text() {
    for object in [few_large_members(), huge_index()] {
        run("gzip", "gzip 1.10 or later", &[Path::new("-t")], &object);
        let text = run("zcat", "gzip 1.10 or later", &[], &object);
        assert_eq!(hex(&Sha256::digest(text)), object.sha256);
    }
}

#[test]
fn python_gzip_reads_the_same_text() {
    prints_the_digest("python3", "Python 3.9 or later", &[&program("reader.py")], 1);
}

#[test]
fn java_reads_the_same_text() {
    prints_the_digest("java", "a JDK 17 or later", &[&program("Reader.java")], 1);
}

#[test]
fn go_reads_the_same_text() {
    prints_the_digest("go", "Go 1.21 or later", &[Path::new("run"), &program("reader.go")], 1);
}

#[test]
fn node_reads_the_same_text_at_once_and_as_a_stream() {
    prints_the_digest("node", "Node.js 18 or later", &[&program("reader.mjs")], 2);
}

#[test]
fn a_reader_written_from_the_document_finds_the_same_index() {
    for object in [few_large_members(), huge_index()] {
        let stdout = run("python3", "Python 3.9 or later", &[&program("read_index.py")], &object);
        let Summary { members, records, by_level, .. } = object.summary;
        assert_eq!(String::from_utf8(stdout).unwrap().trim_end(), as_json(members, records, &by_level));
    }
}

fn as_json(members: usize, records: u64, by_level: &LevelCounts) -> String {
    let counts: Vec<String> =
        Level::ALL.into_iter().map(|level| format!(r#""{}": {}"#, level.name(), by_level[level])).collect();
    format!(r#"{{"members": {members}, "records": {records}, "levels": {{{}}}}}"#, counts.join(", "))
}
