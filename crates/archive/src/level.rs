//! The six severities of the format, and counts by severity.
//!
//! The format knows a level only as a number from 0 to 5; the names are those of the record's `level` field.
//! Levels are ordered: `Level::Error <= Level::Fatal`.

use std::ops::{Index, IndexMut};

/// How many levels there are.
pub const LEVELS: usize = 6;

/// The severity of a record, as a code of the archive format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Code 0.
    Trace = 0,
    /// Code 1.
    Debug = 1,
    /// Code 2.
    Info = 2,
    /// Code 3.
    Warn = 3,
    /// Code 4. Records from here up stand in members of their own.
    Error = 4,
    /// Code 5.
    Fatal = 5,
}

impl Level {
    /// All levels, lowest first; the position is the code.
    pub const ALL: [Self; LEVELS] =
        [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    /// The level of a code, `None` above 5.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The code, 0 to 5.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The name as it stands in a record's `level` field.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// Whether a record of this level stands in a member of severe records.
    #[must_use]
    pub const fn is_severe(self) -> bool {
        self as u8 >= Self::Error as u8
    }
}

/// Number of records of each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LevelCounts([u64; LEVELS]);

impl LevelCounts {
    /// Counts from an array whose position is the level's code.
    #[must_use]
    pub const fn new(counts: [u64; LEVELS]) -> Self {
        Self(counts)
    }

    /// The counts, in order of the codes.
    #[must_use]
    pub const fn as_array(&self) -> &[u64; LEVELS] {
        &self.0
    }

    /// Records of all levels.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Records at `level` and above.
    #[must_use]
    pub fn at_least(&self, level: Level) -> u64 {
        self.0[usize::from(level.code())..].iter().sum()
    }

    /// The level set: bit `1 << code` for every level that has a record.
    #[must_use]
    pub fn mask(&self) -> u8 {
        (0..LEVELS).filter(|&code| self.0[code] > 0).fold(0, |mask, code| mask | (1 << code))
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}

impl Index<Level> for LevelCounts {
    type Output = u64;

    fn index(&self, level: Level) -> &u64 {
        &self.0[usize::from(level.code())]
    }
}

impl IndexMut<Level> for LevelCounts {
    fn index_mut(&mut self, level: Level) -> &mut u64 {
        &mut self.0[usize::from(level.code())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_levels_map_both_ways() {
        for (code, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(level.code()), code);
            assert_eq!(Level::from_code(level.code()), Some(level));
        }
        assert_eq!(Level::from_code(6), None);
    }

    #[test]
    fn only_error_and_fatal_are_severe() {
        let severe: Vec<_> = Level::ALL.into_iter().filter(|level| level.is_severe()).collect();
        assert_eq!(severe, [Level::Error, Level::Fatal]);
    }

    #[test]
    fn counts_answer_total_threshold_and_mask() {
        let mut counts = LevelCounts::default();
        counts[Level::Info] = 7;
        counts[Level::Fatal] = 2;
        assert_eq!((counts.total(), counts.at_least(Level::Warn), counts.mask()), (9, 2, 0b10_0100));
    }
}
