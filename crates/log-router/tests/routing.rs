//! Laws of routing, for any lines in any frames.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use sluice_archive::{ObjectKey, ObjectReader, Partition, Summary};
use sluice_log_router::input::{EntryKind, Framer};
use sluice_log_router::route::{ObjectName, Place, Routed, Router, Rules};
use sluice_log_router::sink::{ArchiveSink, ErrorSink, SinkError};
use sluice_pipeline::Spec;
use sluice_record::Record;
use sluice_spool::{EntryRef, Options, SegmentReader, Spool};

/// Objects and errors in memory.
#[derive(Debug, Default, PartialEq)]
struct Sinks {
    objects: BTreeMap<String, Vec<u8>>,
}

#[derive(Debug, Default, PartialEq)]
struct Errors(Vec<u8>);

impl ArchiveSink for Sinks {
    type Object = (String, Vec<u8>);

    fn begin(&mut self, key: &ObjectKey) -> Result<Self::Object, SinkError> {
        Ok((key.to_string(), Vec::new()))
    }

    fn append(&mut self, object: &mut Self::Object, bytes: &[u8]) -> Result<(), SinkError> {
        object.1.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self, (key, bytes): Self::Object, _summary: &Summary) -> Result<(), SinkError> {
        assert_eq!(self.objects.insert(key, bytes), None, "a key is used once");
        Ok(())
    }
}

impl ErrorSink for Errors {
    fn record(&mut self, record: &Record<'_>, _filed_ms: i64) -> Result<(), SinkError> {
        self.0.extend_from_slice(record.json);
        self.0.push(b'\n');
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// The bytes of a segment with these lines, and how many there are.
fn segment(text: &[u8], max_line: usize) -> (Vec<u8>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = Spool::open(folder.path(), Options::default(), "00000000".parse().unwrap()).unwrap();
    let mut lines = 0;
    let mut framer = Framer::new(max_line);
    let mut store = |frame: sluice_log_router::input::Frame<'_>| {
        lines += frame.lines;
        let entry = EntryRef {
            kind: frame.kind as u8,
            received_ms: 1_795_482_123_456,
            source: b"0",
            chunk_id: None,
            payload: frame.payload,
        };
        spool.append(entry).map(drop)
    };
    framer.push(text, &mut store).unwrap();
    framer.finish(&mut store).unwrap();
    let Some(sealed) = spool.seal().unwrap() else { return (Vec::new(), 0) };
    (std::fs::read(spool.path(sealed.id).unwrap()).unwrap(), lines)
}

fn rules() -> Rules {
    let text = "name = 'laws'\nredact.named = ['email']\nparse.partial_max_bytes = '16KiB'";
    Rules::of(&Spec::parse(text, "sluice.toml", None).unwrap()).unwrap().for_stored_input(1_795_482_123_456)
}

fn route(router: &mut Router, segment: &[u8]) -> (Routed, Sinks, Errors) {
    let name = ObjectName { service: "laws".into(), task: "pipe".into(), boot: "00".into(), segment: 1 };
    let (mut sinks, mut errors) = (Sinks::default(), Errors::default());
    let mut reader = SegmentReader::from_reader(std::io::Cursor::new(segment)).unwrap();
    let routed = router.route(&mut reader, &name, &Place::default(), &mut sinks, &mut errors).unwrap();
    (routed, sinks, errors)
}

fn a_line() -> impl Strategy<Value = Vec<u8>> {
    let text = |lines: &'static [&'static str]| {
        prop::sample::select(lines).prop_map(|line| line.as_bytes().to_vec())
    };
    prop_oneof![
        4 => text(&[
            r#"{"time":"2026-11-24T01:02:03Z","level":"error","msg":"refused ann@example.com"}"#,
            r#"{"time":1795482123456,"level":30,"pid":1,"hostname":"a","msg":"ok"}"#,
            "2026-11-24 02:02:03,123 ERROR [app] failed",
            "Traceback (most recent call last):",
            "  File \"a.py\", line 1, in f",
            "ValueError: no",
            "Nov 24, 2026 3:02:03 AM c.e.App main",
            "SEVERE: message",
            "2026-11-24T01:02:03.1Z stderr P part",
            "2026-11-24T01:02:03.1Z stderr F whole",
            "<11>Nov 24 01:02:03 host app[7]: a",
            "01:02:03 INFO time of day",
            "",
        ]),
        1 => prop::collection::vec(any::<u8>().prop_map(|byte| if byte == b'\n' { b' ' } else { byte }), 0..40),
        1 => (0i64..400_000).prop_map(|hour| format!("{} INFO old", rfc3339(hour * 3_600_000)).into_bytes()),
        1 => (0usize..40_000).prop_map(|len| vec![b'x'; len]),
    ]
}

fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn routing_a_segment_again_gives_the_same_bytes_and_no_line_is_lost(
        lines in prop::collection::vec(a_line(), 1..60),
        others in prop::collection::vec(a_line(), 1..20),
        max_line in prop_oneof![Just(1usize << 20), 1usize..5_000],
    ) {
        let (bytes, count) = segment(&lines.join(&b'\n'), max_line);
        prop_assume!(count > 0);
        let mut router = Router::new(rules()).unwrap();
        let first = route(&mut router, &bytes);
        // What was routed in between, or by whom, makes no difference.
        let (between, some) = segment(&others.join(&b'\n'), max_line);
        if some > 0 {
            route(&mut router, &between);
        }
        prop_assert_eq!(&route(&mut router, &bytes), &first);
        prop_assert_eq!(&route(&mut Router::new(rules()).unwrap(), &bytes), &first);

        let (routed, sinks, errors) = first;
        prop_assert_eq!(routed.lines_in(), count);
        prop_assert_eq!(routed.objects, sinks.objects.len() as u64);
        let (mut records, mut severe) = (0, 0);
        for (key, object) in sinks.objects {
            let partition = ObjectKey::parse(&key).unwrap().partition();
            let mut reader = ObjectReader::open(object).unwrap();
            reader.for_each_line(|line| {
                let record: serde_json::Value = serde_json::from_slice(line).unwrap();
                let ts: jiff::Timestamp = record["ts"].as_str().unwrap().parse().unwrap();
                assert_eq!(Partition::at(ts.as_millisecond(), 0), partition);
                records += 1;
                severe += usize::from(matches!(record["level"].as_str(), Some("error" | "fatal")));
            }).unwrap();
        }
        prop_assert_eq!(routed.by_level.total(), records);
        prop_assert_eq!(errors.0.iter().filter(|byte| **byte == b'\n').count(), severe);
    }
}

#[test]
fn entry_kinds_are_read_back_from_their_numbers() {
    for kind in [EntryKind::Lines, EntryKind::Piece, EntryKind::LastPiece, EntryKind::SourceEnd] {
        assert_eq!(EntryKind::from_code(kind as u8), Some(kind));
    }
    assert_eq!(EntryKind::from_code(0), None);
}
