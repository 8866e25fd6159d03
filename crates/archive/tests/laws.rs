//! Laws of the format, for any records.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::io::Read;

use proptest::prelude::*;
use sluice_archive::{
    Block, CompressionLevel, Index, Level, LevelCounts, Member, MemberCompressor, ObjectEncoder,
    ObjectReader, Options, Selection, Tail, lines,
};

type Record = (Vec<u8>, i64, Level);

fn record() -> impl Strategy<Value = Record> {
    let line =
        prop::collection::vec(any::<u8>().prop_map(|byte| if byte == b'\n' { b' ' } else { byte }), 0..80);
    let ts = prop_oneof![9 => 1_790_000_000_000i64..1_790_000_100_000, 1 => any::<i64>()];
    (line, ts, prop::sample::select(Level::ALL.to_vec()))
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(record(), 0..60)
}

fn encode(records: &[Record], member_bytes: u32) -> Vec<u8> {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut encoder = ObjectEncoder::new(Options { member_bytes });
    for (line, ts, level) in records {
        encoder.push(line, *ts, *level, &mut compressor).unwrap();
    }
    let summary = encoder.finish(&mut compressor);
    assert_eq!(summary.records, records.len() as u64);
    assert_eq!(summary.compressed_bytes, encoder.output().len() as u64);
    std::mem::take(encoder.output())
}

/// All lines that come without an error before them, and whether an error came.
fn read(object: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut found = Vec::new();
    let outcome = ObjectReader::open(object)
        .and_then(|mut reader| reader.for_each_line(|line| found.push(line.to_vec())));
    (found, outcome.is_err())
}

fn sorted(mut lines: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    lines.sort();
    lines
}

fn expected(records: &[Record]) -> Vec<Vec<u8>> {
    sorted(records.iter().map(|(line, ..)| line.clone()).collect())
}

fn gunzip(object: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(object).read_to_end(&mut text).unwrap();
    text
}

/// Members recounted from the records: each class in order of arrival, cut where the sizes say.
fn classes(records: &[Record], severe: bool) -> Vec<Record> {
    records.iter().filter(|record| record.2.is_severe() == severe).cloned().collect()
}

proptest! {
    #[test]
    fn every_line_comes_back_once_and_in_member_order(records in records(), member_bytes in 1u32..400) {
        let object = encode(&records, member_bytes);
        let (found, failed) = read(&object);
        prop_assert!(!failed);
        let text = gunzip(&object);
        let from_gzip: Vec<Vec<u8>> = lines(&text).map(<[u8]>::to_vec).collect();
        prop_assert_eq!(&found, &from_gzip);
        prop_assert_eq!(sorted(found), expected(&records));
    }

    #[test]
    fn the_index_equals_a_recount_and_severe_records_stand_alone(
        records in records(), member_bytes in 1u32..400,
    ) {
        let object = encode(&records, member_bytes);
        let mut reader = ObjectReader::open(&object).unwrap();
        let mut queues = [classes(&records, false).into_iter(), classes(&records, true).into_iter()];
        let mut text = Vec::new();
        while let Some(block) = reader.next_block(&mut text).unwrap() {
            let Block::Member(member) = block else { panic!("an indexed object was streamed") };
            let severe = member.levels.at_least(Level::Error) > 0;
            let mut levels = LevelCounts::default();
            let (mut first, mut last) = (i64::MAX, i64::MIN);
            for line in lines(&text) {
                let (wanted, ts, level) = queues[usize::from(severe)].next().unwrap();
                prop_assert_eq!(line, wanted);
                levels[level] += 1;
                (first, last) = (first.min(ts), last.max(ts));
            }
            prop_assert_eq!((member.levels, member.first_ts, member.last_ts), (levels, first, last));
            prop_assert!(text.len() <= member_bytes as usize || levels.total() == 1);
        }
        prop_assert!(queues.iter().all(|queue| queue.len() == 0));
    }

    #[test]
    fn the_same_records_give_the_same_bytes_from_a_used_encoder_too(
        before in records(), records in records(), member_bytes in 1u32..400,
    ) {
        let mut compressor = MemberCompressor::new(CompressionLevel::default());
        let mut encoder = ObjectEncoder::new(Options { member_bytes });
        let mut objects = Vec::new();
        for batch in [&before, &records] {
            let mut object = Vec::new();
            for (line, ts, level) in batch {
                encoder.push(line, *ts, *level, &mut compressor).unwrap();
                object.append(encoder.output());
            }
            encoder.finish(&mut compressor);
            object.append(encoder.output());
            objects.push(object);
        }
        prop_assert_eq!(&objects[1], &encode(&records, member_bytes));
    }

    #[test]
    fn tail_and_hopping_find_the_same_members(records in records(), member_bytes in 1u32..400) {
        let object = encode(&records, member_bytes);
        let hopped = Index::by_hopping(&object).unwrap();
        prop_assert!(hopped.is_complete());
        prop_assert_eq!(Index::from_tail(&object, object.len() as u64), Tail::Index(hopped));
    }

    #[test]
    fn selected_blocks_hold_every_wanted_record(
        records in records(), from in 1_790_000_000_000i64..1_790_000_100_000, span in 0i64..50_000,
        level in prop::sample::select(Level::ALL.to_vec()),
    ) {
        let object = encode(&records, 200);
        let selection = Selection { min_level: Some(level), from_ms: Some(from), to_ms: Some(from + span) };
        let mut reader = ObjectReader::open(&object).unwrap().select(selection);
        let mut found = Vec::new();
        reader.for_each_line(|line| found.push(line.to_vec())).unwrap();
        for (line, ts, record_level) in records {
            if record_level >= level && (from..from + span).contains(&ts) {
                prop_assert!(found.contains(&line));
            }
        }
    }

    #[test]
    fn a_cut_object_never_ends_without_an_error(
        records in records(), member_bytes in 1u32..400, cut in any::<prop::sample::Index>(),
    ) {
        let object = encode(&records, member_bytes);
        let whole = read(&object).0;
        let (found, failed) = read(&object[..cut.index(object.len())]);
        prop_assert!(failed);
        prop_assert!(whole.starts_with(&found));
    }

    #[test]
    fn damage_ends_in_an_error_or_the_right_lines(
        records in records(), member_bytes in 1u32..400,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let object = encode(&records, member_bytes);
        let mut damaged = object.clone();
        for (at, bits) in changes {
            let at = at.index(damaged.len());
            damaged[at] ^= bits;
        }
        let (found, failed) = read(&damaged);
        prop_assert!(failed || found == read(&object).0);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (found, failed) = read(&bytes);
        prop_assert!(failed || found.is_empty());
        let _ = Member::parse_header(0, &bytes);
        let _ = Index::from_tail(&bytes, bytes.len() as u64);
    }

    #[test]
    fn claimed_lengths_in_a_tail_are_checked(tail in prop::collection::vec(any::<u8>(), 42..200), len: u64) {
        let object = encode(&[(b"x".to_vec(), 1, Level::Info)], 100);
        let mut bytes = tail;
        bytes.extend_from_slice(&object[object.len() - 42..]);
        let found_whole = matches!(Index::from_tail(&bytes, len), Tail::Index(_));
        prop_assert!(!found_whole);
    }
}
