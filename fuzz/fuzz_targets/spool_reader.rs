//! Whatever the bytes of a segment, reading them ends: entries lie within the file, in order, and damage is passed over.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use sluice_spool::{ReadError, SegmentReader};

fuzz_target!(|data: &[u8]| {
    let Ok(mut reader) = SegmentReader::from_reader(Cursor::new(data)) else { return };
    let mut last = 0;
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) => {
                assert!(entry.offset >= last && entry.end <= data.len() as u64);
                last = entry.end;
            }
            Ok(None) => break,
            Err(ReadError::Corrupt { .. }) => match reader.resync() {
                Ok(Some(range)) => assert!(range.bytes > 0),
                Ok(None) => break,
                Err(error) => panic!("memory cannot fail to be read: {error}"),
            },
            Err(error) => panic!("memory cannot fail to be read: {error}"),
        }
    }
});
