//! The level: one of six words, whatever the logger calls them.

use sluice_pipeline::{AccessLog4xx, Spec};

use super::Place;
use crate::config::{Kind, Section};

/// Words of each level, lower case, and pino's numbers.
const WORDS: [(&str, &str); 6] = [
    ("trace", "trace|trc|verbose|finest|10"),
    ("debug", r"debug\d?|dbg|fine|finer|d|20"),
    ("info", "info|inf|information|informational|notice|log|config|i|30"),
    ("warn", "warn|wrn|warning|w|40"),
    ("error", "error|err|severe|eror|e|50"),
    ("fatal", "fatal|critical|crit|emerg|emergency|alert|panic|dpanic|f|60"),
];

/// The filters. `modify` has one condition for all of its rules, so each level takes a filter.
pub(super) fn filters(spec: &Spec, place: Place) -> Vec<Section> {
    let filter =
        |name: &str, about: &str| Section::plugin(Kind::Filter, name, about).set("match", place.tags());
    let set = |about: &str, condition: &str, level: &str| {
        filter("modify", about).set("condition", condition).set("set", format!("level {level}"))
    };
    let mut sections = Vec::new();
    for (at, (level, words)) in WORDS.iter().enumerate() {
        let about = if at == 0 {
            "One spelling a level, so that the split and every query can rely on it."
        } else {
            ""
        };
        sections.push(set(about, &format!(r"Key_value_matches level (?i)\A(?:{words})\z"), level));
    }
    let client = if spec.parse.access_log_4xx == AccessLog4xx::Warn { "warn" } else { "info" };
    sections.extend([
        set("An access log has no level: its status tells.", r"Key_value_matches access_status \A5", "error"),
        set("", r"Key_value_matches access_status \A4", client),
        filter("modify", "").set("remove", "access_status"),
        filter("modify", "A traceback that nobody logged is an error.")
            .set("condition", "Key_exists stack")
            .set("condition", "Key_does_not_exist level")
            .set("set", "level error"),
        filter("modify", "A line without a level, or with a word that is none, is info.")
            .set("condition", r"Key_value_does_not_match level \A(?:trace|debug|info|warn|error|fatal)\z")
            .set("set", "level info"),
        filter("modify", "").set("add", "level info"),
    ]);
    sections
}
