//! What must hold for any entries, any cut and any bytes.

mod support;

use std::fs;
use std::io::Cursor;

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_spool::{Options, SegmentReader};
use support::*;

fn entry() -> impl Strategy<Value = Owned> {
    let id = prop_oneof![Just(Vec::new()), vec(any::<u8>(), 1..60), vec(any::<u8>(), 255)];
    let payload = prop_oneof![8 => vec(any::<u8>(), 0..300), 1 => vec(any::<u8>(), 60_000..150_000)];
    (any::<u8>(), any::<i64>(), vec(any::<u8>(), 0..=255), id, payload).prop_map(
        |(kind, received_ms, source, chunk_id, payload)| Owned {
            kind,
            received_ms,
            source,
            chunk_id,
            payload,
        },
    )
}

fn small_entry() -> impl Strategy<Value = Owned> {
    (any::<u8>(), vec(any::<u8>(), 0..4), vec(any::<u8>(), 0..4), vec(any::<u8>(), 0..40)).prop_map(
        |(kind, source, chunk_id, payload)| Owned { kind, received_ms: 5, source, chunk_id, payload },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_appended_is_read_back_equal_and_in_order(
        batches in vec(vec(entry(), 0..40), 0..6),
        meta in vec(any::<u8>(), 0..100),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { meta: meta.clone(), ..Options::default() };
        let (mut spool, _) = open_with(folder.path(), options);
        for batch in &batches {
            let entries: Vec<_> = batch.iter().map(Owned::as_ref).collect();
            let expected = spool.open_segment().map(|open| open.bytes);
            let position = spool.append_batch(&entries).unwrap();
            prop_assert_eq!(position.is_none(), batch.is_empty());
            if let (Some(position), Some(expected)) = (position, expected) {
                prop_assert_eq!(position.offset, expected);
            }
            prop_assert_eq!(spool.total_bytes(), segment_bytes(folder.path()));
        }
        if let Some(open) = spool.open_segment() {
            let reader = spool.reader(open.id).unwrap();
            prop_assert_eq!(&reader.header().meta, &meta);
            prop_assert_eq!(reader.header().segment, open.id);
        }
        prop_assert_eq!(contents(&spool), batches.concat());
    }

    #[test]
    fn sealing_and_reopening_at_any_time_keeps_every_entry_and_every_id(
        steps in vec((small_entry(), 0..8_u8), 1..60),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut spool, _) = open(folder.path());
        for (at, (entry, then)) in steps.iter().enumerate() {
            spool.append(entry.as_ref()).unwrap();
            match then {
                0 => drop(spool.seal().unwrap()),
                1 => {
                    drop(spool);
                    let recovery;
                    (spool, recovery) = open(folder.path());
                    prop_assert!(!recovery.found_damage(), "{:?}", recovery);
                }
                _ => {}
            }
            let so_far: Vec<_> = steps[..=at].iter().map(|(entry, _)| entry.clone()).collect();
            prop_assert_eq!(spool.total_bytes(), segment_bytes(folder.path()));
            for entry in so_far.iter().filter(|entry| !entry.chunk_id.is_empty()) {
                prop_assert!(spool.seen_chunk(&entry.chunk_id));
            }
            prop_assert_eq!(contents(&spool), so_far);
        }
    }

    #[test]
    fn random_bytes_behind_a_header_never_panic_nor_cost_more_than_they_are(
        bytes in vec(any::<u8>(), 0..4000),
        header in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut all = Vec::new();
        if header {
            let (mut spool, _) = open(folder.path());
            spool.append(line(b"first")).unwrap();
            all = fs::read(only(folder.path(), ".open")).unwrap();
        }
        all.extend_from_slice(&bytes);
        let len = all.len() as u64;
        let allocated = allocation_counter::measure(|| {
            let Ok(mut reader) = SegmentReader::from_reader(Cursor::new(all)) else { return };
            loop {
                match reader.next_entry() {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => if reader.resync().unwrap().is_none() { break },
                }
            }
            assert!(reader.offset() + reader.torn_bytes() <= len);
        });
        prop_assert!(allocated.bytes_max < 512 << 10, "{allocated:?}");
    }
}

#[test]
fn a_forged_length_of_four_gigabytes_costs_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let start = spool.append(line(b"")).unwrap().offset as usize;
    let mut bytes = fs::read(only(folder.path(), ".open")).unwrap();
    bytes.resize(start + 100_000, 0);
    let seed = u32::from_le_bytes(bytes[start - 4..start].try_into().unwrap());
    bytes[start + 8..start + 12].fill(0xff);
    let crc = crc32c::crc32c_append(seed, &bytes[start + 8..start + 24]);
    bytes[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
    let allocated = allocation_counter::measure(|| {
        let mut reader = SegmentReader::from_reader(Cursor::new(&bytes)).unwrap();
        assert!(reader.next_entry().unwrap().is_none());
        assert_eq!(reader.torn_bytes(), 100_000);
    });
    assert!(allocated.bytes_max < 512 << 10, "{allocated:?}");
}

/// Not sampled: every cut there is.
#[test]
fn a_spool_cut_at_any_byte_recovers_exactly_the_whole_entries_and_takes_more() {
    let original = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(original.path());
    let payloads_in: Vec<Vec<u8>> = (0..12_u8).map(|i| vec![i; usize::from(i) * 7]).collect();
    let mut ends = Vec::new();
    for (i, payload) in payloads_in.iter().enumerate() {
        spool.append(chunk(&[i as u8 + 1; 3], payload)).unwrap();
        ends.push(spool.total_bytes() as usize);
    }
    let path = only(original.path(), ".open");
    let name = path.file_name().unwrap();
    let bytes = fs::read(&path).unwrap();
    let header = SegmentReader::open(&path).unwrap().offset() as usize;

    for cut in 0..=bytes.len() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), &bytes[..cut]).unwrap();
        let (mut spool, recovery) = open(folder.path());
        let whole = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(payloads(&spool), payloads_in[..whole], "cut at {cut}");
        assert_eq!(recovery.quarantined.len(), usize::from(cut < header), "cut at {cut}");
        let last = ends[..whole].last().copied().unwrap_or(header.min(cut));
        let dropped: u64 = recovery.torn.iter().map(|torn| torn.dropped_bytes).sum();
        assert_eq!(dropped, if cut < header { 0 } else { (cut - last) as u64 }, "cut at {cut}");
        for i in 0..payloads_in.len() {
            assert_eq!(spool.seen_chunk(&[i as u8 + 1; 3]), i < whole, "id {i}, cut at {cut}");
        }
        let position = spool.append(line(b"later")).unwrap();
        assert_eq!(position.segment.sequence, 2, "cut at {cut}");
        assert_eq!(payloads(&spool).last().unwrap(), b"later");
        assert_eq!(payloads(&spool).len(), whole + 1);
        assert_eq!(spool.total_bytes(), segment_bytes(folder.path()), "cut at {cut}");
    }
}

/// Not sampled: every byte there is.
#[test]
fn one_changed_byte_costs_one_entry_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    let payloads_in: Vec<Vec<u8>> = (0..5_u8).map(|i| vec![b'a' + i; 30]).collect();
    let mut starts = Vec::new();
    for payload in &payloads_in {
        starts.push(spool.append(line(payload)).unwrap().offset as usize);
    }
    let bytes = fs::read(only(folder.path(), ".open")).unwrap();
    for at in starts[0]..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let hit = starts.iter().filter(|start| **start <= at).count() - 1;
        let mut reader = SegmentReader::from_reader(Cursor::new(damaged)).unwrap();
        let (mut read, mut errors) = (Vec::new(), Vec::new());
        loop {
            match reader.next_entry() {
                Ok(Some(entry)) => read.push(entry.payload.to_vec()),
                Ok(None) => break,
                Err(sluice_spool::ReadError::Corrupt { offset, .. }) => {
                    errors.push(offset as usize);
                    if reader.resync().unwrap().is_none() {
                        break;
                    }
                }
                Err(other) => panic!("{other}"),
            }
        }
        let mut expected = payloads_in.clone();
        expected.remove(hit);
        assert_eq!(read, expected, "byte {at}");
        assert_eq!(errors, [starts[hit]], "byte {at}");
    }
}
