//! What routing came to, in numbers.

use sluice_archive::{LevelCounts, Partition};

/// What routing a segment, or several, came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routed {
    /// Records, by level.
    pub by_level: LevelCounts,
    /// Lines that the records were made of.
    pub lines: u64,
    /// Lines that were parts of another line, which a container runtime had split.
    pub parts: u64,
    /// Times that a line longer than `parse.partial_max_bytes` was split: each makes one line of records more.
    pub splits: u64,
    /// Records made of several lines.
    pub joined: u64,
    /// Records handed to the error sink.
    pub errors: u64,
    /// Bytes of records, line feeds included.
    pub record_bytes: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of the objects.
    pub object_bytes: u64,
    /// Records too long for the archive, of which only the beginning is there.
    pub cut: u64,
    /// Records filed by their time of receipt, since their own is too old or too new.
    pub out_of_range: u64,
    /// Lines left out by FireLens' patterns.
    pub filtered: u64,
    /// Damaged stretches of the segment that were passed over.
    pub damaged: u64,
    /// First and last hour, as in the keys of objects.
    pub hours: Option<(Partition, Partition)>,
    /// Time of the last record, in milliseconds since 1970 UTC: what a line without a time inherits next.
    pub last_ts: Option<i64>,
}

impl Routed {
    /// How many lines the input must have had, by what came out.
    #[must_use]
    pub fn lines_in(&self) -> u64 {
        self.lines + self.parts + self.filtered - self.splits
    }

    /// Adds those of the segment that comes next.
    pub fn add(&mut self, next: &Routed) {
        self.by_level.add(&next.by_level);
        self.lines += next.lines;
        self.parts += next.parts;
        self.splits += next.splits;
        self.joined += next.joined;
        self.errors += next.errors;
        self.record_bytes += next.record_bytes;
        self.objects += next.objects;
        self.object_bytes += next.object_bytes;
        self.cut += next.cut;
        self.out_of_range += next.out_of_range;
        self.filtered += next.filtered;
        self.damaged += next.damaged;
        self.hours = match (self.hours, next.hours) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (mine, theirs) => mine.or(theirs),
        };
        self.last_ts = next.last_ts.or(self.last_ts);
    }
}
