//! What is sent in a minute; beyond it repeats are only counted, and told of when the minute is over.
//!
//! Invariants:
//! - Every record is either to be sent or counted in exactly one summary.
//! - Of every kind at least one record is sent in each minute that has any; up to the bytes of the minute, all are.
//! - Memory is bounded by [`MOST_KINDS`], whoever asks for the summaries and when.
//!
//! A minute begins with its first record. It is over when the clock is a minute away from there, in either direction:
//! a clock that was put back ends it too, while one that trembles does not.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use xxhash_rust::xxh3::Xxh3;

use super::columns::Head;
use super::suppressed::{Alike, Suppressed};
use super::{ErrorRecord, Event};

/// Kinds of records that are told apart in a minute; those beyond are one kind together. A kind takes 50 bytes, and
/// once one of it is suppressed up to 2.3 KiB more: all of them at most 23 MiB, when every text is of the longest.
pub const MOST_KINDS: usize = 10_000;

const MINUTE_MS: u64 = 60_000;

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admit {
    /// It is sent.
    Send,
    /// It is not sent but counted.
    Suppressed,
}

/// What may be sent in a minute.
#[derive(Debug)]
pub struct Budget {
    /// Bytes of a minute; without it everything is sent and nothing kept.
    limit: Option<u64>,
    /// When the minute began.
    began_ms: Option<i64>,
    /// Bytes of the minute that are spent.
    spent: u64,
    /// By fingerprint, or by hash of the message where there is none; ordered, so that summaries are.
    kinds: BTreeMap<u64, Kind>,
    /// All that came when there was no room for more kinds.
    others: Kind,
    /// Whether anything is suppressed, and so whether there is a summary to tell.
    untold: bool,
    /// A minute is over of which the summaries have not been taken yet.
    overdue: bool,
}

#[derive(Debug, Default)]
struct Kind {
    /// In this minute.
    seen: bool,
    suppressed: Option<Box<Suppressed>>,
}

impl Budget {
    /// A budget of so many bytes a minute, or without bound.
    #[must_use]
    pub fn new(bytes_per_minute: Option<u64>) -> Budget {
        Budget {
            limit: bytes_per_minute,
            began_ms: None,
            spent: 0,
            kinds: BTreeMap::new(),
            others: Kind::default(),
            untold: false,
            overdue: false,
        }
    }

    /// Decides on a record whose events cost so many bytes.
    ///
    /// Above the bytes of the minute the first record of each kind is still sent, so what is sent in a minute is
    /// bounded by its bytes and one record of each kind.
    pub fn admit(&mut self, record: &ErrorRecord<'_>, cost: u64, now_ms: i64) -> Admit {
        let Some(limit) = self.limit else { return Admit::Send };
        self.begin(now_ms);
        let full = self.kinds.len() >= MOST_KINDS;
        let kind = match self.kinds.entry(key(record)) {
            Entry::Vacant(_) if full => &mut self.others,
            entry => entry.or_default(),
        };
        let spent = self.spent.saturating_add(cost);
        if spent <= limit || !kind.seen {
            kind.seen = true;
            self.spent = spent;
            return Admit::Send;
        }
        match &mut kind.suppressed {
            Some(suppressed) => suppressed.count(record),
            none => *none = Some(Box::new(Suppressed::of(record))),
        }
        self.untold = true;
        Admit::Suppressed
    }

    /// Whether there are summaries of a minute that is over.
    #[must_use]
    pub fn due(&self, now_ms: i64) -> bool {
        self.untold && (self.overdue || self.is_over(now_ms))
    }

    /// When there will be summaries, in milliseconds since 1970 UTC; in the past when there are some already.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<i64> {
        let began = self.began_ms.filter(|_| self.untold)?;
        Some(if self.overdue { began } else { began.saturating_add_unsigned(MINUTE_MS) })
    }

    /// One event for each kind of which records were suppressed, when a minute is over; else none.
    ///
    /// An event may have up to 2.5 KiB. It is a record: where events have to be smaller, [`shape`](super::shape) makes
    /// them of it.
    pub fn take_summaries(&mut self, now_ms: i64) -> Vec<Event> {
        if self.due(now_ms) { self.flush() } else { Vec::new() }
    }

    /// The same at once, for when the router stops.
    pub fn flush(&mut self) -> Vec<Event> {
        let tell = |kind: &mut Kind, alike| Some(kind.suppressed.take()?.summary(alike));
        let mut events: Vec<Event> =
            self.kinds.values_mut().filter_map(|kind| tell(kind, Alike::Kind)).collect();
        events.extend(tell(&mut self.others, Alike::Nothing));
        self.kinds.retain(|_, kind| kind.seen);
        (self.untold, self.overdue) = (false, false);
        events
    }

    /// Begins a minute if none has begun or the last one is over. What it suppressed stays until it is taken.
    fn begin(&mut self, now_ms: i64) {
        if self.began_ms.is_some() && !self.is_over(now_ms) {
            return;
        }
        self.began_ms = Some(now_ms);
        self.spent = 0;
        self.overdue = self.untold;
        self.others.seen = false;
        self.kinds.retain(|_, kind| {
            kind.seen = false;
            kind.suppressed.is_some()
        });
    }

    fn is_over(&self, now_ms: i64) -> bool {
        self.began_ms.is_some_and(|began| began.abs_diff(now_ms) >= MINUTE_MS)
    }
}

/// What tells kinds of records apart.
fn key(record: &ErrorRecord<'_>) -> u64 {
    if record.fingerprint != 0 {
        return record.fingerprint;
    }
    let head = Head::of(record.json);
    let mut hash = Xxh3::new();
    for text in [head.message, head.error_type, head.logger] {
        hash.update(text);
        hash.update(b"\0");
    }
    hash.digest()
}

#[cfg(test)]
mod tests;
