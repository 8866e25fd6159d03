//! The zone of times that state none.

use super::Millis;

/// A time zone: UTC (free), or one of the IANA database that is compiled in.
#[derive(Debug, Clone, Default)]
pub enum Zone {
    /// Coordinated Universal Time.
    #[default]
    Utc,
    /// A zone with its history of offsets.
    Iana(jiff::tz::TimeZone),
}

/// The name is not in the IANA database.
#[derive(Debug, thiserror::Error)]
#[error("unknown time zone \"{name}\"; use a name of the IANA database such as \"UTC\" or \"Asia/Tokyo\"")]
pub struct UnknownZone {
    name: String,
    #[source]
    source: jiff::Error,
}

impl Zone {
    /// Looks a zone up by its IANA name (`"UTC"`, `"Asia/Tokyo"`).
    pub fn named(name: &str) -> Result<Zone, UnknownZone> {
        if matches!(name, "UTC" | "Etc/UTC" | "GMT" | "Z") {
            return Ok(Zone::Utc);
        }
        jiff::tz::TimeZone::get(name)
            .map(Zone::Iana)
            .map_err(|source| UnknownZone { name: name.to_owned(), source })
    }

    /// Milliseconds to add to the instant to get the local time.
    pub fn offset_ms_at(&self, ms: Millis) -> i64 {
        match self {
            Zone::Utc => 0,
            Zone::Iana(zone) => jiff::Timestamp::from_millisecond(ms)
                .map_or(0, |instant| i64::from(zone.to_offset(instant).seconds()) * 1000),
        }
    }

    /// The instant of a local time. In a gap or fold the offset before the change counts.
    pub(super) fn to_utc(&self, local_ms: i64) -> Millis {
        match self {
            Zone::Utc => local_ms,
            Zone::Iana(zone) => {
                let civil = jiff::Timestamp::from_millisecond(local_ms)
                    .map(|as_utc| as_utc.to_zoned(jiff::tz::TimeZone::UTC).datetime());
                match civil.and_then(|datetime| zone.to_ambiguous_timestamp(datetime).compatible()) {
                    Ok(instant) => instant.as_millisecond(),
                    Err(_) => local_ms,
                }
            }
        }
    }
}
