//! What must hold for any messages, any cut and any bytes.

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_forward::{Decoder, Limits, Refused, Scanned, Scanner, Value, encode};
use support::*;

/// The answer for the first message of `bytes` when they come in pieces that end at `cuts`.
fn scan(bytes: &[u8], mut cuts: Vec<usize>) -> Result<Option<Scanned>, Refused> {
    cuts.retain(|cut| *cut < bytes.len());
    cuts.sort_unstable();
    let mut scanner = Scanner::new(Limits::default());
    for cut in cuts {
        if let Some(scanned) = scanner.next(&bytes[..cut])? {
            return Ok(Some(scanned));
        }
    }
    scanner.next(bytes)
}

/// Tag and record of every event.
fn events(bytes: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let count = Decoder::new(Limits::default())
        .events(bytes, &mut |event| {
            let mut record = Vec::new();
            encode::value(&mut record, &Value::Map(event.record));
            found.push((event.tag.to_vec(), record));
        })
        .expect("the messages decode");
    assert_eq!(count, found.len() as u64);
    found
}

fn json(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    Decoder::new(Limits::default())
        .events(bytes, &mut |event| {
            let mut out = Vec::new();
            event.record.write_json(&mut out);
            found.push(out);
        })
        .expect("the messages decode");
    found
}

#[test]
fn a_record_as_deep_as_is_ever_allowed_is_decoded_and_written_and_one_deeper_is_refused() {
    let message = |levels: usize| {
        let value = (1..levels).fold(Tree::Nil, |inner, _| Tree::Array(vec![inner]));
        Tree::Array(vec![Tree::str("t"), Tree::UInt(1), Tree::Map(vec![(Tree::str("a"), value)])]).bytes()
    };
    for limits in [Limits::HIGHEST, Limits { max_depth: 3, ..Limits::default() }] {
        let deepest = message(limits.max_depth);
        assert_eq!(Scanner::new(limits).next(&deepest).map(|scanned| scanned.map(|s| s.events)), Ok(Some(1)));
        assert!(json(&deepest)[0].ends_with(b"null]]}") || limits.max_depth > 3);
        let deeper = message(limits.max_depth + 1);
        assert!(matches!(Scanner::new(limits).next(&deeper), Err(Refused::TooDeep { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_mode_scans_and_decodes_to_what_was_sent(sample in sample()) {
        let scanned = scan(&sample.bytes, vec![]).unwrap().unwrap();
        prop_assert_eq!(scanned.len, sample.bytes.len());
        prop_assert_eq!(scanned.events, sample.records.len() as u64);
        let chunk = scanned.chunk.map(|at| sample.bytes[at].to_vec());
        prop_assert_eq!(chunk, sample.chunk);
        let expected: Vec<_> = sample.records.iter().map(|record| (sample.tag.clone(), record.clone())).collect();
        prop_assert_eq!(events(&sample.bytes), expected);
    }

    #[test]
    fn the_answer_is_the_same_however_the_bytes_are_cut(
        sample in sample(),
        behind in vec(any::<u8>(), 0..20),
        cuts in vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let bytes = [sample.bytes, behind].concat();
        let cuts = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        prop_assert_eq!(scan(&bytes, cuts), scan(&bytes, vec![]));
    }

    #[test]
    fn a_message_cut_short_is_waited_for(sample in sample()) {
        let mut scanner = Scanner::new(Limits::default());
        for cut in 0..sample.bytes.len() {
            prop_assert_eq!(scanner.next(&sample.bytes[..cut]), Ok(None));
        }
        prop_assert!(scanner.next(&sample.bytes).unwrap().is_some());
    }

    #[test]
    fn a_changed_message_is_refused_or_decodes_with_as_many_events(
        sample in sample(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cuts in vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let mut bytes = sample.bytes;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let cuts = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        if let Ok(Some(scanned)) = scan(&bytes, cuts) {
            prop_assert_eq!(events(&bytes[..scanned.len]).len() as u64, scanned.events);
        }
    }

    #[test]
    fn any_bytes_are_scanned_without_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(Some(scanned)) = scan(&bytes, vec![]) {
            prop_assert!(scanned.len <= bytes.len());
            prop_assert_eq!(events(&bytes[..scanned.len]).len() as u64, scanned.events);
        }
        let _ = Decoder::new(Limits::default()).events(&bytes, &mut |event| event.record.write_json(&mut vec![]));
    }

    #[test]
    fn a_record_is_strict_json(sample in sample()) {
        for record in json(&sample.bytes) {
            let text = std::str::from_utf8(&record).unwrap();
            prop_assert!(serde_json::from_str::<serde_json::Value>(text).unwrap().is_object(), "{}", text);
        }
    }

    #[test]
    fn what_the_encoder_writes_reads_back(
        tag in "[a-z.]{0,40}",
        secs in any::<u32>(),
        nanos in 0..1_000_000_000_u32,
        fields in vec(("[a-z]{0,40}", any::<i64>(), any::<u64>(), vec(any::<u8>(), 0..300)), 0..20),
        id in proptest::option::of(vec(any::<u8>(), 1..300)),
    ) {
        let time = sluice_forward::Time { secs: i64::from(secs), nanos };
        let record: Vec<_> = fields.iter().enumerate().map(|(at, (key, int, uint, bytes))| {
            let value = match at % 4 {
                0 if *int < 0 => Value::Int(*int),
                0 | 1 => Value::UInt(*uint),
                2 => Value::Str(bytes),
                _ => Value::Bin(bytes),
            };
            (key.as_str(), value)
        }).collect();
        let options = encode::Options { chunk: id.as_deref(), ..encode::Options::default() };
        let all = [(time, &record[..]), (time, &record[..])];
        let mut messages = vec![];
        for mode in 0..5 {
            let mut out = Vec::new();
            match mode {
                0 => encode::message(&mut out, &tag, time, &record, &options),
                1 => encode::forward(&mut out, &tag, &all, &options),
                2 => encode::packed(&mut out, &tag, &all, &options),
                3 => encode::compressed(&mut out, &tag, &all, sluice_forward::Compression::Gzip, &options).unwrap(),
                _ => encode::compressed(&mut out, &tag, &all, sluice_forward::Compression::Zstd, &options).unwrap(),
            }
            let scanned = scan(&out, vec![]).unwrap().unwrap();
            prop_assert_eq!(scanned.len, out.len());
            prop_assert_eq!(scanned.chunk.map(|at| out[at].to_vec()), id.clone());
            messages.extend(out);
        }
        let mut seen = 0;
        Decoder::new(Limits::default()).events(&messages, &mut |event| {
            assert_eq!((event.tag, event.time), (tag.as_bytes(), time));
            let found: Vec<_> = event.record.iter().collect();
            let expected: Vec<_> = record.iter().map(|(key, value)| (Value::Str(key.as_bytes()), *value)).collect();
            assert_eq!(found, expected);
            seen += 1;
        }).unwrap();
        prop_assert_eq!(seen, 9);
    }
}
