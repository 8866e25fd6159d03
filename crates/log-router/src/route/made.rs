//! Records that are made already: of a segment that was discarded, those at ERROR and above live on in another.
//!
//! Payload: for each record its length (u32, little endian), time (i64), time of receipt (i64), fingerprint (u64, 0 for
//! none), level (u8), lines (u32), then the line of JSON.

use sluice_record::{Level, Record};

const HEAD: usize = 33;

/// Appends a record.
pub fn write(out: &mut Vec<u8>, record: &Record<'_>) {
    out.extend_from_slice(&(record.json.len() as u32).to_le_bytes());
    out.extend_from_slice(&record.ts_ms.to_le_bytes());
    out.extend_from_slice(&record.received_ms.to_le_bytes());
    out.extend_from_slice(&record.fingerprint.unwrap_or_default().to_le_bytes());
    out.push(record.level.code());
    out.extend_from_slice(&(record.lines as u32).to_le_bytes());
    out.extend_from_slice(record.json);
}

/// The records of a payload; a `None` stands for a rest that makes no sense.
pub(super) fn records(payload: &[u8]) -> impl Iterator<Item = Option<Record<'_>>> {
    let mut rest = payload;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let record = take(&mut rest);
        if record.is_none() {
            rest = &[];
        }
        Some(record)
    })
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<Record<'a>> {
    let (head, tail) = rest.split_first_chunk::<HEAD>()?;
    let word = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap_or_default());
    let half = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap_or_default()) as usize;
    let (json, tail) = tail.split_at_checked(half(0))?;
    *rest = tail;
    Some(Record {
        json,
        ts_ms: word(4) as i64,
        received_ms: word(12) as i64,
        level: Level::from_code(head[28])?,
        fingerprint: Some(word(20)).filter(|hash| *hash != 0),
        lines: half(29),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read_back_and_a_torn_end_is_told() {
        let one = Record {
            json: b"{\"level\":\"error\"}",
            ts_ms: -1,
            received_ms: 7,
            level: Level::Error,
            fingerprint: Some(9),
            lines: 3,
        };
        let two = Record { json: b"{}", level: Level::Fatal, fingerprint: None, ..one };
        let mut payload = Vec::new();
        write(&mut payload, &one);
        write(&mut payload, &two);
        assert_eq!(records(&payload).collect::<Vec<_>>(), [Some(one), Some(two)]);
        payload.pop();
        assert_eq!(records(&payload).collect::<Vec<_>>(), [Some(one), None]);
    }
}
