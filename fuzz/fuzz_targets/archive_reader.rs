//! Whatever the bytes of an object, reading them ends in lines or an error, and an index that covers the whole object
//! agrees with what is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice_archive::{Index, ObjectReader};

fuzz_target!(|data: &[u8]| {
    let Ok(mut reader) = ObjectReader::open(data) else { return };
    let complete = reader.index().is_complete();
    let expected = reader.index().counts().total();
    let mut records = 0u64;
    let read = reader.for_each_line(|line| {
        assert!(!line.contains(&b'\n'));
        records += 1;
    });
    if complete && read.is_ok() {
        assert_eq!(records, expected);
    }
    let _ = Index::by_hopping(data);
});
