//! Puts back together one line that a container runtime split: Docker's and FireLens' partial messages
//! (`partial_message`, `partial_id`, `partial_ordinal`, `partial_last`; several ids interleaved) and
//! flag-style partials (CRI's `P` and `F`, Docker's json-file without the closing line feed), where the id is
//! the stream and there is no ordinal.
//!
//! Invariant: every part pushed is in exactly one [`Assembled`], in the order pushed among those of its id;
//! nothing is reordered by ordinals, they only reveal losses. What is held is bounded in bytes, ids and time.

use std::collections::{HashMap, VecDeque};

/// Bounds of what a [`PartialJoiner`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialLimits {
    /// Most bytes held, over all ids; above, the oldest are emitted as incomplete. Default 16 MiB.
    pub max_bytes: usize,
    /// Most ids open at a time. Default 1,000.
    pub max_open: usize,
    /// Longest time in milliseconds after a line's last part. Default 5,000.
    pub max_wait_ms: i64,
}

impl Default for PartialLimits {
    fn default() -> Self {
        PartialLimits { max_bytes: 16 << 20, max_open: 1000, max_wait_ms: 5000 }
    }
}

/// A line put together from its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Assembled<'a> {
    /// The id it was pushed under.
    pub(crate) id: &'a [u8],
    /// The parts, one after the other.
    pub(crate) text: &'a [u8],
    /// Number of parts.
    pub(crate) parts: usize,
    /// When the first part was received, in milliseconds since the epoch.
    pub(crate) received_ms: i64,
    /// All parts came, the first (as far as ordinals tell) to the last. False for what a limit, a gap in the
    /// ordinals or the end of the stream cut off.
    pub(crate) complete: bool,
}

#[derive(Debug, Default)]
struct Open {
    text: Vec<u8>,
    parts: usize,
    received_ms: i64,
    last_ms: i64,
    next_ordinal: Option<u32>,
    /// No gap so far.
    whole: bool,
}

/// Assembles the parts of split lines, per id.
#[derive(Debug)]
pub(crate) struct PartialJoiner {
    limits: PartialLimits,
    open: HashMap<Vec<u8>, Open>,
    /// Ids in the order in which they were opened.
    order: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl PartialJoiner {
    /// An assembler with nothing held.
    pub(crate) fn new(limits: PartialLimits) -> PartialJoiner {
        PartialJoiner { limits, open: HashMap::new(), order: VecDeque::new(), bytes: 0 }
    }

    /// Takes one part of the line `id`; `last` says that it is the final one. `ordinal` counts from 1 (a
    /// first part with a higher one marks the line as incomplete); an ordinal that does not follow the one
    /// before ends the line begun, as incomplete, and begins another.
    pub(crate) fn push(
        &mut self,
        id: &[u8],
        ordinal: Option<u32>,
        last: bool,
        part: &[u8],
        received_ms: i64,
        emit: &mut impl FnMut(Assembled<'_>),
    ) {
        let broken = self.open.get(id).is_some_and(|open| {
            let late = received_ms.saturating_sub(open.last_ms) > self.limits.max_wait_ms;
            late || matches!((ordinal, open.next_ordinal), (Some(now), Some(next)) if now != next)
        });
        if broken {
            self.emit(id, false, emit);
        }
        let starts = !self.open.contains_key(id);
        let whole_alone = starts && ordinal.map_or(!broken, |n| n <= 1);
        if last && starts {
            // The common case of an unsplit line needs no copy.
            emit(Assembled { id, text: part, parts: 1, received_ms, complete: whole_alone });
            return;
        }
        self.make_room(id, part.len(), emit);
        if !self.open.contains_key(id) {
            self.order.push_back(id.to_vec());
            self.open.insert(id.to_vec(), Open { received_ms, whole: whole_alone, ..Open::default() });
        }
        let Some(open) = self.open.get_mut(id) else { return };
        open.text.extend_from_slice(part);
        open.parts += 1;
        open.last_ms = received_ms;
        open.next_ordinal = ordinal.map(|n| n.wrapping_add(1));
        self.bytes += part.len();
        if last {
            self.emit(id, true, emit);
        } else if self.bytes > self.limits.max_bytes {
            // This part alone is over the limit, all others have gone.
            self.emit(id, false, emit);
        }
    }

    /// Emits as incomplete the lines whose last part is older than the longest wait at `now_ms`.
    pub(crate) fn expire(&mut self, now_ms: i64, emit: &mut impl FnMut(Assembled<'_>)) {
        let wait = self.limits.max_wait_ms;
        let late: Vec<Vec<u8>> = self
            .order
            .iter()
            .filter(|id| self.open.get(*id).is_some_and(|open| now_ms.saturating_sub(open.last_ms) > wait))
            .cloned()
            .collect();
        for id in late {
            self.emit(&id, false, emit);
        }
    }

    /// Emits all that is held, as incomplete, the oldest first.
    pub(crate) fn flush(&mut self, emit: &mut impl FnMut(Assembled<'_>)) {
        while let Some(id) = self.order.front().cloned() {
            self.emit(&id, false, emit);
        }
    }

    /// When the last part was received of the line that waits longest for another.
    pub(crate) fn last_ms(&self) -> Option<i64> {
        self.open.values().map(|open| open.last_ms).min()
    }

    /// Whether no part is held.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.open.is_empty()
    }

    /// Bytes of all held parts.
    #[cfg(test)]
    pub(crate) fn held_bytes(&self) -> usize {
        self.bytes
    }

    fn make_room(&mut self, id: &[u8], more: usize, emit: &mut impl FnMut(Assembled<'_>)) {
        if !self.open.contains_key(id) {
            while self.open.len() >= self.limits.max_open.max(1) && self.emit_oldest(emit) {}
        }
        while self.bytes > 0 && self.bytes + more > self.limits.max_bytes && self.emit_oldest(emit) {}
    }

    fn emit_oldest(&mut self, emit: &mut impl FnMut(Assembled<'_>)) -> bool {
        let Some(id) = self.order.front().cloned() else { return false };
        self.emit(&id, false, emit);
        true
    }

    fn emit(&mut self, id: &[u8], ended: bool, emit: &mut impl FnMut(Assembled<'_>)) {
        let Some(open) = self.open.remove(id) else { return };
        self.order.retain(|other| other != id);
        self.bytes -= open.text.len();
        emit(Assembled {
            id,
            text: &open.text,
            parts: open.parts,
            received_ms: open.received_ms,
            complete: ended && open.whole,
        });
    }
}
