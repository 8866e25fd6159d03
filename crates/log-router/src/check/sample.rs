//! The record that each line of a sample becomes.

use std::convert::Infallible;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sluice_record::{Engine, Origin, RedactError, StreamId};

use crate::input::{self, EntryKind, Frame, Framer};
use crate::route::{Rules, engine};

/// Makes records of lines.
#[derive(Debug)]
pub struct Samples {
    engine: Engine,
    stream: StreamId,
    received_ms: i64,
}

impl Samples {
    /// By these rules.
    ///
    /// # Errors
    /// When a redaction rule does not compile.
    pub fn new(rules: &Rules, received_ms: i64) -> Result<Samples, RedactError> {
        let mut engine = engine(rules)?;
        let stream = engine.stream(Origin::new(&rules.service));
        Ok(Samples { engine, stream, received_ms })
    }

    /// Gives the JSON of the records of a text, with how many lines each was made of.
    pub fn records(&mut self, text: &[u8], mut give: impl FnMut(&[u8], usize)) {
        let Samples { engine, stream, received_ms } = self;
        let mut emit = |record: sluice_record::Record<'_>| give(record.json, record.lines);
        let mut framer = Framer::new(usize::MAX);
        let mut push = |frame: Frame<'_>| -> Result<(), Infallible> {
            for line in input::lines(frame.payload) {
                let bare =
                    line.strip_suffix(b"\r").filter(|_| frame.kind == EntryKind::Lines).unwrap_or(line);
                engine.push(*stream, bare, *received_ms, &mut emit);
            }
            Ok(())
        };
        let Ok(()) = framer.push(text, &mut push).and_then(|()| framer.finish(&mut push));
        engine.flush(&mut emit);
    }
}

/// The columns of a record with their values, texts as they read and others as JSON, in the order of the record.
#[must_use]
pub fn columns(record: &[u8]) -> Vec<(String, String)> {
    let mut deserializer = serde_json::Deserializer::from_slice(record);
    deserializer.deserialize_map(Columns).unwrap_or_default()
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            let text = serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned());
            all.push((name, text));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_the_order_of_the_record() {
        let columns = columns(br#"{"ts":"t","level":"info","http_status":200,"attrs":{"b":1,"a":"x"}}"#);
        let shown: Vec<(&str, &str)> = columns.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        assert_eq!(
            shown,
            [("ts", "t"), ("level", "info"), ("http_status", "200"), ("attrs", r#"{"b":1,"a":"x"}"#)]
        );
    }
}
