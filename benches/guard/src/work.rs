//! The work that is measured. Each phase is one function that is never inlined, so that callgrind can count what
//! happens between its call and its return and nothing else.

use sluice_archive::{CompressionLevel, Level, MemberCompressor, ObjectEncoder, Options};
use sluice_record::{Engine, Origin, Settings};

/// 2026-11-24 02:00 UTC: after the input's own times and within the limits for late records.
const RECEIVED_MS: i64 = 1_795_485_600_000;

/// The records of an input, as the archive takes them.
#[derive(Debug, Default)]
pub struct Records {
    text: Vec<u8>,
    /// End of each record in the text, its time and its level.
    ends: Vec<(usize, i64, u8)>,
}

impl Records {
    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all records.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// Lines become records. With `again` each so-many-th line is parsed once more and the result thrown away: a slowdown
/// of known size, to see that the guard notices one.
#[inline(never)]
#[must_use]
pub fn guarded_parse(lines: &str, again: Option<usize>) -> Records {
    let mut engine = Engine::new(Settings::default());
    let stream = engine.stream(Origin::new("guard"));
    // An engine of its own: its last record would come out at the flush of the other.
    let mut wasted = Engine::new(Settings::default());
    let extra = wasted.stream(Origin::new("again"));
    let mut records = Records::default();
    let mut keep = |record: sluice_record::Record<'_>| {
        records.text.extend_from_slice(record.json);
        records.ends.push((records.text.len(), record.ts_ms, record.level.code()));
    };
    for (number, line) in lines.lines().enumerate() {
        engine.push(stream, line.as_bytes(), RECEIVED_MS, &mut keep);
        if again.is_some_and(|every| number.is_multiple_of(every)) {
            wasted.push(extra, line.as_bytes(), RECEIVED_MS, &mut |_| {});
        }
    }
    engine.flush(&mut keep);
    records
}

/// Records become an object; gives its length. `again` as in [`guarded_parse`].
///
/// # Errors
/// When a record cannot be archived.
#[inline(never)]
pub fn guarded_encode(records: &Records, again: Option<usize>) -> Result<u64, sluice_archive::RecordError> {
    let mut compressor = MemberCompressor::new(CompressionLevel::default());
    let mut object = ObjectEncoder::new(Options::default());
    let mut wasted = ObjectEncoder::new(Options::default());
    let mut start = 0;
    for (number, &(end, ts_ms, code)) in records.ends.iter().enumerate() {
        let level = Level::from_code(code).unwrap_or(Level::Info);
        object.push(&records.text[start..end], ts_ms, level, &mut compressor)?;
        if again.is_some_and(|every| number.is_multiple_of(every)) {
            wasted.push(&records.text[start..end], ts_ms, level, &mut compressor)?;
        }
        start = end;
    }
    wasted.finish(&mut compressor);
    Ok(object.finish(&mut compressor).compressed_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input;

    #[test]
    fn the_deliberate_slowdown_changes_no_result() {
        let lines = input::lines(7);
        let (plain, slow) = (guarded_parse(&lines, None), guarded_parse(&lines, Some(10)));
        assert!(plain.len() > 5000 && !plain.is_empty());
        assert_eq!((slow.text, slow.ends), (plain.text.clone(), plain.ends.clone()));
        assert_eq!(guarded_encode(&plain, None), guarded_encode(&plain, Some(10)));
    }
}
