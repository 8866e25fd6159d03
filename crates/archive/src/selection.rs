//! Which records are wanted, and what a member's header already says about it.

use crate::level::Level;
use crate::member::Member;

/// The wanted records; the default wants all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Selection {
    /// Lowest wanted level; `None` wants every level.
    pub min_level: Option<Level>,
    /// First wanted time, milliseconds since 1970 UTC, inclusive; `None` is open.
    pub from_ms: Option<i64>,
    /// End of the wanted times, milliseconds since 1970 UTC, exclusive; `None` is open.
    pub to_ms: Option<i64>,
}

impl Selection {
    /// Whether the member may hold a wanted record. `false` is certain, so the member can be skipped.
    #[must_use]
    pub fn admits(&self, member: &Member) -> bool {
        self.min_level.is_none_or(|level| member.levels.at_least(level) > 0)
            && self.from_ms.is_none_or(|from| member.last_ts >= from)
            && self.to_ms.is_none_or(|to| member.first_ts < to)
    }

    /// Whether the times of all the member's records are wanted, so that its counts by level answer without
    /// its text.
    #[must_use]
    pub fn covers_times(&self, member: &Member) -> bool {
        self.from_ms.is_none_or(|from| member.first_ts >= from)
            && self.to_ms.is_none_or(|to| member.last_ts < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::LevelCounts;

    #[test]
    fn the_end_is_exclusive_and_the_start_inclusive() {
        let levels = LevelCounts::new([0, 0, 1, 1, 0, 0]);
        let member = Member { offset: 0, len: 100, text_len: 10, first_ts: 10, last_ts: 20, levels };
        let at = |from, to| Selection { from_ms: Some(from), to_ms: Some(to), min_level: None };
        assert!(at(20, 30).admits(&member) && !at(21, 30).admits(&member));
        assert!(at(0, 11).admits(&member) && !at(0, 10).admits(&member));
        assert!(at(10, 21).covers_times(&member));
        assert!(!at(10, 20).covers_times(&member) && !at(11, 21).covers_times(&member));
        let at_least = |level| Selection { min_level: Some(level), ..Selection::default() };
        assert!(at_least(Level::Warn).admits(&member) && !at_least(Level::Error).admits(&member));
    }
}
