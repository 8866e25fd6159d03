//! Objects that are not the plain case: foreign, joined, cut, empty, huge index, long records.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::io::{Seek, Write};

use sluice_archive::{
    Block, CompressionLevel, HEADER_LEN, Index, Level, MAX_MEMBER_TEXT, MemberCompressor, MemberDecoder,
    ObjectEncoder, ObjectReader, Options, ReadError, RecordError, TAIL_LEN, Tail, lines,
};

fn object(lines: &[&str], member_bytes: u32) -> Vec<u8> {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut encoder = ObjectEncoder::new(Options { member_bytes });
    for (position, line) in lines.iter().enumerate() {
        encoder.push(line.as_bytes(), position as i64, Level::Info, &mut compressor).unwrap();
    }
    encoder.finish(&mut compressor);
    std::mem::take(encoder.output())
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn read(object: &[u8]) -> Result<Vec<String>, ReadError> {
    let mut found = Vec::new();
    ObjectReader::open(object)?
        .for_each_line(|line| found.push(String::from_utf8_lossy(line).into_owned()))?;
    Ok(found)
}

#[test]
fn an_ordinary_gzip_file_is_streamed() {
    let text: String = (0..200_000).map(|n| format!("line number {n}\n")).collect();
    let file = gzip(&text);
    let mut reader = ObjectReader::open(&file).unwrap();
    assert!(reader.index().members().is_empty() && !reader.index().is_complete());
    let (mut block, mut all) = (Vec::new(), Vec::new());
    while let Some(kind) = reader.next_block(&mut block).unwrap() {
        assert_eq!(kind, Block::Streamed);
        assert!(block.ends_with(b"\n"));
        all.extend_from_slice(&block);
    }
    assert_eq!(all, text.as_bytes());
}

#[test]
fn a_last_line_without_newline_is_read() {
    assert_eq!(read(&gzip("a\nb")).unwrap(), ["a", "b"]);
}

#[test]
fn an_object_without_records_is_read_and_complete() {
    let empty = object(&[], 100);
    assert!(read(&empty).unwrap().is_empty());
    assert!(Index::read(&empty).unwrap().is_complete());
}

#[test]
fn a_file_of_no_bytes_is_an_error() {
    assert!(read(&[]).is_err());
}

#[test]
fn joined_objects_are_read_in_order_whatever_they_are() {
    let (a, b, foreign) = (object(&["a1", "a2"], 3), object(&["b1"], 3), gzip("f1\nf2\n"));
    assert_eq!(read(&[&a[..], &b].concat()).unwrap(), ["a1", "a2", "b1"]);
    assert!(Index::read(&[&a[..], &b].concat()).unwrap().is_complete());
    assert_eq!(read(&[&a[..], &foreign, &b].concat()).unwrap(), ["a1", "a2", "f1", "f2", "b1"]);
    assert_eq!(read(&[&foreign[..], &a].concat()).unwrap(), ["f1", "f2", "a1", "a2"]);
}

#[test]
fn an_object_cut_between_members_is_unfinished() {
    let whole = object(&["a", "b", "c"], 2);
    let end = Index::read(&whole).unwrap().members()[1].end();
    let cut = &whole[..end as usize];
    let mut reader = ObjectReader::open(cut).unwrap();
    let mut text = Vec::new();
    assert!(reader.next_block(&mut text).unwrap().is_some());
    assert!(reader.next_block(&mut text).unwrap().is_some());
    assert!(matches!(reader.next_block(&mut text), Err(ReadError::Unfinished { at }) if at == end));
}

#[test]
fn an_object_of_an_unknown_version_or_flag_is_read_as_ordinary_gzip() {
    let whole = object(&["a"], 100);
    let index_at = Index::read(&whole).unwrap().members()[0].end() as usize;
    for field in [16, 17] {
        let mut newer = whole.clone();
        newer[field] = 2;
        newer[index_at + field] = 2;
        assert!(Index::read(&newer).unwrap().members().is_empty());
        assert_eq!(read(&newer).unwrap(), ["a"]);
    }
}

#[test]
fn a_header_that_contradicts_the_index_is_damage() {
    let mut damaged = object(&["a"], 100);
    damaged[16] = 2;
    assert!(matches!(read(&damaged), Err(ReadError::Damaged { offset: 0, .. })));
}

#[test]
fn an_index_larger_than_a_tail_is_chained_and_asked_for() {
    let names: Vec<String> = (0..20_000).map(|n| format!("record {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let whole = object(&names, 1);
    let len = whole.len() as u64;
    let tail = &whole[whole.len() - TAIL_LEN as usize..];
    let Tail::From(from) = Index::from_tail(tail, len) else { panic!("the index fits the tail") };
    assert!(len - from > TAIL_LEN);
    let Tail::Index(index) = Index::from_tail(&whole[from as usize..], len) else { panic!("no index") };
    assert_eq!(index.members().len(), 20_000);
    assert_eq!(index, Index::by_hopping(&whole).unwrap());
    assert_eq!(index, Index::read(&whole).unwrap());
}

#[test]
fn a_record_longer_than_a_member_stands_alone() {
    let long = "x".repeat(5000);
    let whole = object(&["a", &long, "b"], 100);
    let index = Index::read(&whole).unwrap();
    let lengths: Vec<u32> = index.members().iter().map(|member| member.text_len).collect();
    assert_eq!(lengths, [2, 5001, 2]);
    assert_eq!(read(&whole).unwrap(), ["a", &long, "b"]);
}

#[test]
fn what_cannot_be_a_line_is_refused_and_leaves_the_encoder_as_it_was() {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut encoder = ObjectEncoder::new(Options::default());
    let refused = encoder.push(b"a\nb", 0, Level::Info, &mut compressor);
    assert_eq!(refused, Err(RecordError::Newline { at: 1 }));
    let len = MAX_MEMBER_TEXT as usize;
    let refused = encoder.push(&vec![b' '; len], 0, Level::Info, &mut compressor);
    assert_eq!(refused, Err(RecordError::TooLong { len }));
    assert_eq!(encoder.buffered_text(), 0);
    assert_eq!(encoder.finish(&mut compressor).records, 0);
}

#[test]
fn an_encoder_with_little_data_is_small_and_flushing_gives_memory_back() {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut encoder = ObjectEncoder::new(Options::default());
    encoder.push(b"one", 0, Level::Info, &mut compressor).unwrap();
    assert!(encoder.memory() < 8 << 10, "{}", encoder.memory());
    for _ in 0..300_000 {
        encoder.push(b"a line of an ordinary length", 0, Level::Info, &mut compressor).unwrap();
        encoder.output().clear();
    }
    assert!(encoder.memory() <= (1 << 20) + (128 << 10), "{}", encoder.memory());
    encoder.flush_members(&mut compressor);
    assert_eq!(encoder.buffered_text(), 0);
    assert!(encoder.memory() < 128 << 10, "{}", encoder.memory());
}

#[test]
fn ranges_fetched_by_the_tail_decode_on_their_own() {
    let whole = object(&["a", "b", "c"], 2);
    let Tail::Index(index) = Index::from_tail(&whole, whole.len() as u64) else { panic!("no index") };
    let (mut decoder, mut text) = (MemberDecoder::new(), Vec::new());
    for (member, wanted) in index.members().iter().zip(["a", "b", "c"]) {
        let range = &whole[member.offset as usize..member.end() as usize];
        assert!(range.len() > HEADER_LEN);
        decoder.decode(member, range, &mut text).unwrap();
        assert_eq!(lines(&text).collect::<Vec<_>>(), [wanted.as_bytes()]);
        assert!(decoder.decode(member, &range[1..], &mut text).is_err());
        assert!(text.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_file_is_read_like_bytes() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&object(&["a", "b"], 2)).unwrap();
    file.rewind().unwrap();
    let mut found = Vec::new();
    ObjectReader::open(file).unwrap().for_each_line(|line| found.push(line.to_vec())).unwrap();
    assert_eq!(found, [b"a", b"b"]);
}
