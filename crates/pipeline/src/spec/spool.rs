//! `[spool]`: the log on disk between the inputs and the sinks.

use std::{path::PathBuf, time::Duration};

use crate::{
    define::{Setting, Shape, choices, section},
    reader::Reader,
    source::Entry,
    values::{
        duration::{Span, parse_duration},
        size::{ByteSize, GIB, KIB, MIB, Sizes},
        whole::Whole,
    },
};

section! {
    /// The log on disk between the inputs and the sinks.
    pub struct Spool {
        /// Folder of the segments; one router uses it at a time.
        dir: PathBuf { default: "/var/lib/log-router", example: "/mnt/spool", },
        /// Most bytes on disk; at least four segments.
        max_bytes: ByteSize { default: "1GiB", example: "4GiB", rule: Sizes(256 * KIB, 1024 * GIB), },
        /// A segment is sealed and becomes one archive object an hour of records at this size.
        ///
        /// 16 MiB of lines make an object of about 2 MiB. docs/configuration.md explains the choice.
        segment_bytes: ByteSize {
            derived: "16MiB, or a quarter of `spool.max_bytes` when that is less",
            example: "32MiB",
            rule: Sizes(64 * KIB, 256 * MIB),
        },
        /// A segment is sealed at this age at the latest: how far the archive is behind when traffic is low.
        segment_age: Duration { default: "60s", example: "5m", rule: Span::millis(100, 3_600_000), },
        /// What happens when `max_bytes` is reached.
        when_full: WhenFull { default: "block", example: "drop", },
        /// When appended data is forced to disk: "never", "seal", "always", or an interval such as "1s".
        ///
        /// Data in the page cache outlives a killed process but not a lost machine.
        fsync: Fsync { default: "never", example: "1s", rule: Span::millis(10, 60_000), },
        /// Chunk ids remembered to recognise a message that a client sends again.
        recent_ids: u32 { default: 65_536, example: 10_000, rule: Whole::Range(0, 10_000_000), },
    }
}

choices! {
    /// What happens when the spool is full.
    pub enum WhenFull {
        /// The router stops reading; clients wait.
        Block = "block",
        /// The oldest archive data below ERROR is discarded, and counted.
        Drop = "drop",
    }
}

choices! {
    /// When appended data is forced to disk, without an interval.
    pub enum FsyncWhen {
        /// Left to the operating system.
        Never = "never",
        /// When a segment is sealed.
        Seal = "seal",
        /// Before each acknowledgement.
        Always = "always",
    }
}

/// When appended data is forced to disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fsync {
    /// At such a moment.
    When(FsyncWhen),
    /// At most so long after the append.
    Every(Duration),
}

impl Setting for Fsync {
    type Rule = Span;

    fn shape(rule: &Span) -> Shape {
        Shape::Either(Box::new(FsyncWhen::shape(&())), Box::new(Duration::shape(rule)))
    }

    fn read(rule: &Span, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text::<Self>(rule, entry)?;
        if let Some(when) = FsyncWhen::ALL.iter().find(|when| when.as_str() == text) {
            return Some(Self::When(*when));
        }
        if parse_duration(text).is_err() {
            return reader.mismatch::<Self, _>(rule, entry);
        }
        Duration::read(rule, entry, reader).map(Self::Every)
    }
}
