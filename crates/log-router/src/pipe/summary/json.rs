//! The summary as one JSON object. Its keys are an interface: scripts read them.

use serde::ser::{Serialize, SerializeMap, Serializer};
use sluice_archive::{Level, LevelCounts};

use super::Summary;

impl Summary {
    /// All of it as one JSON object, on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a map with texts for keys is JSON")
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let routed = &self.routed;
        let hours = routed.hours.map(|(first, last)| (first.to_string(), last.to_string()));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("lines", &self.lines)?;
        map.serialize_entry("bytes", &self.bytes)?;
        map.serialize_entry("records", &routed.by_level.total())?;
        map.serialize_entry("levels", &Levels(&routed.by_level))?;
        map.serialize_entry("errors", &routed.errors)?;
        map.serialize_entry("errors_unread", &self.errors_unread)?;
        map.serialize_entry("joined_records", &routed.joined)?;
        map.serialize_entry("joined_parts", &routed.parts)?;
        map.serialize_entry("lines_split", &routed.splits)?;
        map.serialize_entry("records_cut", &routed.cut)?;
        map.serialize_entry("redactions", &Redactions(&self.redactions))?;
        map.serialize_entry("record_bytes", &routed.record_bytes)?;
        map.serialize_entry("object_bytes", &routed.object_bytes)?;
        map.serialize_entry("ratio", &self.ratio())?;
        map.serialize_entry("objects", &routed.objects)?;
        map.serialize_entry("first_hour", &hours.as_ref().map(|(first, _)| first))?;
        map.serialize_entry("last_hour", &hours.as_ref().map(|(_, last)| last))?;
        map.serialize_entry("seconds", &self.elapsed.as_secs_f64())?;
        map.serialize_entry("megabytes_per_second", &self.megabytes_per_second())?;
        map.serialize_entry("interrupted", &self.interrupted)?;
        map.end()
    }
}

struct Levels<'a>(&'a LevelCounts);

impl Serialize for Levels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Level::ALL.iter().map(|level| (level.name(), self.0[*level])))
    }
}

struct Redactions<'a>(&'a [(String, u64)]);

impl Serialize for Redactions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}
