//! The hot path allocates nothing once it has warmed up.

mod support;

use sluice_spool::Options;
use support::*;

#[test]
fn appends_and_reads_allocate_nothing_in_steady_state() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open_with(folder.path(), Options { recent_ids: 64, ..Options::default() });
    let payload = [b'x'; 300];
    let mut number = 0_u64;
    let mut append = |spool: &mut sluice_spool::Spool| {
        for _ in 0..500 {
            number += 1;
            // 24 bytes, as the Forward protocol's ids have.
            let id = [number.to_le_bytes(); 3];
            let entry = chunk(id.as_flattened(), &payload);
            assert!(!spool.seen_chunk(id.as_flattened()));
            spool.append_batch(&[entry, line(&payload)]).unwrap();
        }
    };
    append(&mut spool);
    let measured = allocation_counter::measure(|| append(&mut spool));
    assert_eq!(measured.count_total, 0, "{measured:?}");

    let mut reader = spool.reader(spool.open_segment().unwrap().id).unwrap();
    let measured = allocation_counter::measure(|| {
        let mut entries = 0;
        while reader.next_entry().unwrap().is_some() {
            entries += 1;
        }
        assert_eq!(entries, 2000);
    });
    assert_eq!(measured.count_total, 0, "{measured:?}");
}
