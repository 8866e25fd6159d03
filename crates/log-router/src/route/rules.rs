//! What routing depends on besides the segment.

use std::time::Duration;

use super::Filters;
use sluice_archive::CompressionLevel;
use sluice_pipeline::{AccessLog4xx, Spec};
use sluice_record::{CustomRule, Level, Settings, UnknownZone, Zone};

/// A setting of the spec that turned out to make no sense.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A zone that this build does not know.
    #[error("{key}: {zone}")]
    Zone {
        /// The setting.
        key: &'static str,
        /// What is wrong.
        zone: UnknownZone,
    },
    /// A compression level outside 1 to 12.
    #[error("archive.level: {0}")]
    Level(#[from] sluice_archive::UnknownCompressionLevel),
}

/// The rules of routing.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Stands in every record and in the keys of objects.
    pub service: String,
    /// How lines are read.
    pub settings: Settings,
    /// Redaction patterns by name.
    pub redact_named: Vec<String>,
    /// Redaction patterns of the user's own.
    pub redact_custom: Vec<CustomRule>,
    /// Records at this level and above go to the error sink too.
    pub min_level: Level,
    /// Zone of the hours in object keys.
    pub partition_zone: Zone,
    /// A record older than this, by the time it was received, is filed under that time.
    pub max_past: Option<Duration>,
    /// A record newer than this, by the time it was received, is filed under that time.
    pub max_future: Option<Duration>,
    /// Most text of a gzip member, in bytes.
    pub member_bytes: u32,
    /// Compression of objects.
    pub compression: CompressionLevel,
    /// What the Forward listener lets in.
    pub forward: sluice_forward::Limits,
    /// Lines of FireLens that are left out.
    pub filters: Filters,
}

/// Longer than any two times of receipt are apart.
const UNBOUNDED_MS: i64 = i64::MAX / 4;

impl Rules {
    /// The rules of a spec.
    ///
    /// # Errors
    /// When a value that the spec cannot check makes no sense.
    pub fn of(spec: &Spec) -> Result<Rules, RulesError> {
        let zone = |key, name: &str| Zone::named(name).map_err(|zone| RulesError::Zone { key, zone });
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let mut settings = Settings {
            zone: zone("parse.zone", &spec.parse.zone)?,
            access_log_4xx: match spec.parse.access_log_4xx {
                AccessLog4xx::Warn => Level::Warn,
                AccessLog4xx::Info => Level::Info,
            },
            max_depth: usize::from(spec.parse.max_depth),
            strip_ansi: spec.parse.strip_ansi,
            ..Settings::default()
        };
        settings.join.enabled = spec.parse.join;
        settings.join.max_lines = spec.parse.join_max_lines as usize;
        settings.join.max_bytes = spec.parse.join_max_bytes.as_usize();
        settings.join.max_wait_ms = millis(spec.parse.join_max_wait);
        settings.partial.max_bytes = spec.parse.partial_max_bytes.as_usize();
        settings.partial.max_wait_ms = settings.join.max_wait_ms;
        Ok(Rules {
            service: spec.service.clone(),
            settings,
            redact_named: spec.redact.named.iter().map(|name| name.as_str().to_owned()).collect(),
            redact_custom: spec
                .redact
                .custom
                .iter()
                .map(|rule| CustomRule {
                    name: rule.name.clone(),
                    pattern: rule.pattern.clone(),
                    replacement: Some(rule.replacement.clone()),
                })
                .collect(),
            min_level: level(spec.errors.min_level),
            partition_zone: zone("archive.zone", &spec.archive.zone)?,
            max_past: spec.archive.max_past,
            max_future: spec.archive.max_future,
            member_bytes: u32::try_from(spec.archive.member_bytes.0).unwrap_or(u32::MAX),
            compression: CompressionLevel::new(spec.archive.level)?,
            forward: forward_limits(spec),
            filters: Filters::default(),
        })
    }

    /// Rules for input that was written at any time before `now_ms`, so that when it was received says nothing: lines
    /// are joined however long they took, a line without a time takes that of the line before, dates without a year
    /// are the latest up to a day after `now_ms`, and every record is filed by its own time.
    #[must_use]
    pub fn for_stored_input(mut self, now_ms: i64) -> Rules {
        self.settings.inherit_time = true;
        self.settings.reference_ms = Some(now_ms);
        self.settings.join.max_wait_ms = UNBOUNDED_MS;
        self.settings.partial.max_wait_ms = UNBOUNDED_MS;
        self.max_past = None;
        self.max_future = None;
        self
    }

    pub(super) fn is_in_range(&self, ts_ms: i64, received_ms: i64) -> bool {
        let within = |limit: Option<Duration>, distance: i64| {
            limit.is_none_or(|limit| i128::from(distance) <= limit.as_millis() as i128)
        };
        within(self.max_past, received_ms.saturating_sub(ts_ms))
            && within(self.max_future, ts_ms.saturating_sub(received_ms))
    }
}

/// Bounds of a message of the Forward protocol.
#[must_use]
pub fn forward_limits(spec: &Spec) -> sluice_forward::Limits {
    let forward = &spec.inputs.forward;
    sluice_forward::Limits {
        max_frame: forward.max_frame.as_usize(),
        max_depth: usize::from(forward.max_depth),
        max_decompressed: forward.max_decompressed.0,
    }
}

fn level(level: sluice_pipeline::Level) -> Level {
    match level {
        sluice_pipeline::Level::Trace => Level::Trace,
        sluice_pipeline::Level::Debug => Level::Debug,
        sluice_pipeline::Level::Info => Level::Info,
        sluice_pipeline::Level::Warn => Level::Warn,
        sluice_pipeline::Level::Error => Level::Error,
        sluice_pipeline::Level::Fatal => Level::Fatal,
    }
}

/// What the keys of a segment's objects have besides the hour: `{service}-{task}-{boot}-{segment}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// The service.
    pub service: String,
    /// The task; `pipe` for standard input.
    pub task: String,
    /// One run of the router, or the hash of the segment's content.
    pub boot: String,
    /// Number of the segment.
    pub segment: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_filed_by_its_own_time_within_the_limits_only() {
        let spec = Spec::default_for("api").unwrap();
        let rules =
            Rules { max_past: Some(Duration::from_secs(10)), max_future: None, ..Rules::of(&spec).unwrap() };
        assert!(rules.is_in_range(90_000, 100_000));
        assert!(!rules.is_in_range(89_999, 100_000));
        assert!(rules.is_in_range(i64::MAX, i64::MIN));
        let stored = rules.for_stored_input(0);
        assert!(stored.is_in_range(i64::MIN, i64::MAX));
    }

    #[test]
    fn the_spec_names_every_pattern_of_the_engine_and_no_other() {
        let spec: Vec<&str> = sluice_pipeline::NamedPattern::ALL.iter().map(|name| name.as_str()).collect();
        let engine: Vec<&str> = sluice_record::NAMED.iter().map(|pattern| pattern.name).collect();
        assert_eq!(spec, engine);
    }
}
