//! The records in the objects of an archive, read by an ordinary gzip reader.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

/// A record and the object it lies in.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedRecord {
    /// Key of the object.
    pub key: String,
    /// The record.
    pub json: Value,
}

impl ArchivedRecord {
    /// A field of the record as text, empty when it is missing or no text.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.json.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Every record of the objects (key → gzip bytes, any number of members), by key and then in the order in which it
/// was written.
///
/// # Panics
/// When an object is no whole gzip, or one of its lines no JSON object.
#[must_use]
pub fn records<'a>(objects: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>) -> Vec<ArchivedRecord> {
    let mut records = Vec::new();
    for (key, bytes) in objects {
        for (at, line) in BufReader::new(MultiGzDecoder::new(bytes.as_slice())).split(b'\n').enumerate() {
            let line = line.unwrap_or_else(|e| panic!("{key}: not a whole gzip: {e}"));
            let json: Value = serde_json::from_slice(&line).unwrap_or_else(|e| {
                panic!("{key}, line {}: {e}: {}", at + 1, String::from_utf8_lossy(&line))
            });
            assert!(json.is_object(), "{key}, line {}: no JSON object: {json}", at + 1);
            records.push(ArchivedRecord { key: key.clone(), json });
        }
    }
    records
}

/// The hour that a key names (`…year=YYYY/month=MM/day=DD/hour=HH/…`), as `YYYY-MM-DDTHH`.
///
/// # Panics
/// When the key names none.
#[must_use]
pub fn hour_of_key(key: &str) -> String {
    let part = |name: &str, digits: usize| {
        let found = key.split('/').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        let found = found.filter(|text| text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()));
        found.unwrap_or_else(|| panic!("the key {key:?} has no {name} of {digits} digits"))
    };
    format!("{}-{}-{}T{}", part("year", 4), part("month", 2), part("day", 2), part("hour", 2))
}

/// The hour of an RFC 3339 time in UTC, as `YYYY-MM-DDTHH`.
///
/// # Panics
/// When the text is no such time.
#[must_use]
pub fn hour_of_ts(ts: &str) -> String {
    let like = |pattern: &str, text: &str| {
        text.bytes().zip(pattern.bytes()).all(|(b, p)| if p == b'0' { b.is_ascii_digit() } else { b == p })
    };
    assert!(
        ts.len() >= 20 && ts.ends_with('Z') && like("0000-00-00T00:00:00", ts),
        "{ts:?} is no RFC 3339 time in UTC"
    );
    ts[..13].to_owned()
}

/// Records that do not lie in the hour of their own `ts`, as text; empty when all is well.
#[must_use]
pub fn misplaced(records: &[ArchivedRecord]) -> Vec<String> {
    let wrong = records.iter().filter(|record| hour_of_key(&record.key) != hour_of_ts(record.text("ts")));
    wrong.map(|record| format!("{}: {}", record.key, record.json)).collect()
}

/// How often each text of `field` is there.
#[must_use]
pub fn counts(records: &[ArchivedRecord], field: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for record in records {
        *counts.entry(record.text(field).to_owned()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn key(hour: &str) -> String {
        format!("logs/year=2026/month=11/day=24/hour={hour}/api-1-2-3.json.gz")
    }

    #[test]
    fn all_members_are_read_in_order_and_what_lies_in_the_wrong_hour_is_found() {
        let line = |hour: &str, n: u8| format!("{{\"ts\":\"2026-11-24T{hour}:59:59.999Z\",\"n\":\"{n}\"}}\n");
        let first = [gzip(&line("01", 1)), gzip(""), gzip(&(line("01", 2) + &line("02", 3)))].concat();
        let objects = BTreeMap::from([(key("02"), gzip(&line("02", 4))), (key("01"), first)]);
        let records = records(&objects);
        assert_eq!(records.iter().map(|r| r.text("n")).collect::<Vec<_>>(), ["1", "2", "3", "4"]);
        let wrong = misplaced(&records);
        assert!(wrong.len() == 1 && wrong[0].contains("\"n\":\"3\""), "{wrong:?}");
        assert_eq!(counts(&records, "n").get("4"), Some(&1));
    }

    #[test]
    #[should_panic(expected = "not a whole gzip")]
    fn an_object_that_was_cut_is_no_archive() {
        let mut bytes = gzip("{}\n");
        bytes.truncate(bytes.len() - 1);
        let _ = records([(&key("01"), &bytes)]);
    }

    #[test]
    fn the_hour_of_a_key_is_found_behind_any_prefix() {
        assert_eq!(hour_of_key(&key("07")), "2026-11-24T07");
        assert_eq!(hour_of_key("year=2026/month=01/day=02/hour=03/x"), hour_of_ts("2026-01-02T03:04:05Z"));
    }

    #[test]
    fn what_names_no_hour_panics() {
        for key in ["x", "year=2026/month=1/day=02/hour=03/x"] {
            std::panic::catch_unwind(|| hour_of_key(key)).unwrap_err();
        }
        for ts in ["", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05+09:00", "é026-01-02T03:04:05Z"] {
            std::panic::catch_unwind(|| hour_of_ts(ts)).unwrap_err();
        }
    }
}
