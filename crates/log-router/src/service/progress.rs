//! How far the delivery of a segment has come, as it stands in the spool beside it: JSON, for operators too.

use serde::{Deserialize, Serialize};

/// What was delivered of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    /// All its objects.
    pub(super) archived: bool,
    /// The first so many of its errors.
    pub(super) errors: u64,
    /// What counted as an error then. With another level the number means nothing.
    pub(super) min_level: String,
}

impl Progress {
    /// What is stored, as far as it holds for this level.
    pub(super) fn read(stored: Option<&[u8]>, min_level: &str) -> Progress {
        let found: Progress = stored.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let errors = if found.min_level == min_level { found.errors } else { 0 };
        Progress { errors, min_level: min_level.to_owned(), ..found }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_count_only_for_the_level_they_were_counted_by() {
        let stored = Progress { archived: true, errors: 7, min_level: "error".to_owned() }.write();
        assert_eq!(Progress::read(Some(&stored), "error").errors, 7);
        let other = Progress::read(Some(&stored), "warn");
        assert_eq!((other.errors, other.archived), (0, true));
        assert_eq!(Progress::read(Some(b"?"), "error").errors, 0);
    }
}
