//! Whatever bytes come, in whatever pieces: the scanner gives the same answer, and what it accepts decodes with as many
//! events, each of them strict JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice_forward::{Decoder, Limits, Refused, Scanned, Scanner};

/// Small, so that the fuzzer finds the limits.
const LIMITS: Limits = Limits { max_frame: 32 << 10, max_depth: 16, max_decompressed: 1 << 20 };

fn whole(bytes: &[u8]) -> Result<Option<Scanned>, Refused> {
    Scanner::new(LIMITS).next(bytes)
}

fn in_pieces(bytes: &[u8], step: usize) -> Result<Option<Scanned>, Refused> {
    let mut scanner = Scanner::new(LIMITS);
    let mut end = 0;
    while end < bytes.len() {
        end = bytes.len().min(end + step);
        if let Some(scanned) = scanner.next(&bytes[..end])? {
            return Ok(Some(scanned));
        }
    }
    Ok(None)
}

// The first byte is the size of the pieces.
fuzz_target!(|data: &[u8]| {
    let Some((&step, mut bytes)) = data.split_first() else { return };
    let mut messages = 0;
    while messages < 64 && !bytes.is_empty() {
        let (at_once, in_pieces) = (whole(bytes), in_pieces(bytes, usize::from(step).max(1)));
        match (&at_once, &in_pieces) {
            (Ok(_), _) | (_, Ok(_)) => assert_eq!(at_once, in_pieces),
            // Which of two faults is seen first depends on where the bytes are cut.
            (Err(_), Err(_)) => return,
        }
        let Ok(Some(scanned)) = at_once else { return };
        assert!(scanned.len > 0 && scanned.len <= bytes.len());
        assert!(scanned.chunk.is_none_or(|chunk| chunk.start <= chunk.end && chunk.end <= scanned.len));
        let mut json = Vec::new();
        let events = Decoder::new(LIMITS).events(&bytes[..scanned.len], &mut |event| {
            json.clear();
            event.record.write_json(&mut json);
            let read = serde_json::from_slice::<&serde_json::value::RawValue>(&json);
            assert!(read.is_ok(), "{}", String::from_utf8_lossy(&json));
        });
        assert_eq!(events, Ok(scanned.events));
        bytes = &bytes[scanned.len..];
        messages += 1;
    }
});
