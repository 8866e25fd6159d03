//! The chunk ids seen last, oldest forgotten first.
//!
//! Ids are compared byte for byte: taking one for another would throw a chunk away. Ids up to 30 bytes (those of
//! the Forward protocol have 24) live inline, so remembering one allocates nothing once the set is full.

use std::borrow::Borrow;
use std::collections::{HashSet, VecDeque};
use std::hash::{Hash, Hasher};

const INLINE: usize = 30;

#[derive(Debug, Clone)]
enum Id {
    Inline { len: u8, bytes: [u8; INLINE] },
    Long(Box<[u8]>),
}

impl Id {
    fn new(id: &[u8]) -> Self {
        if id.len() > INLINE {
            return Self::Long(id.into());
        }
        let mut bytes = [0; INLINE];
        bytes[..id.len()].copy_from_slice(id);
        Self::Inline { len: id.len() as u8, bytes }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Inline { len, bytes } => &bytes[..usize::from(*len)],
            Self::Long(bytes) => bytes,
        }
    }
}

impl Borrow<[u8]> for Id {
    fn borrow(&self) -> &[u8] {
        self.bytes()
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

// Each id is kept twice, in the set and in the order.
const _: () = assert!(size_of::<Id>() == 32);

/// A set of at most `limit` ids in the order they came.
#[derive(Debug)]
pub(crate) struct RecentIds {
    limit: usize,
    order: VecDeque<Id>,
    set: HashSet<Id>,
    /// The newest ids that belong to the open segment; they are lost if that is.
    unsealed: usize,
}

impl RecentIds {
    pub(crate) fn new(limit: usize) -> Self {
        // Twice the room, so that the set can clean up its deleted slots in place instead of growing.
        Self {
            limit,
            order: VecDeque::with_capacity(limit),
            set: HashSet::with_capacity(limit * 2),
            unsealed: 0,
        }
    }

    pub(crate) fn contains(&self, id: &[u8]) -> bool {
        self.set.contains(id)
    }

    /// All ids, oldest first.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.order.iter().map(Id::bytes)
    }

    /// Remembers an id of the open segment.
    pub(crate) fn push(&mut self, id: &[u8]) {
        if id.is_empty() || self.limit == 0 || self.contains(id) {
            return;
        }
        if self.order.len() == self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        let id = Id::new(id);
        self.set.insert(id.clone());
        self.order.push_back(id);
        self.unsealed = (self.unsealed + 1).min(self.order.len());
    }

    /// The open segment was sealed: its ids are now as safe as the others.
    pub(crate) fn seal(&mut self) {
        self.unsealed = 0;
    }

    /// The open segment is gone, and what its ids stand for with it.
    pub(crate) fn forget_unsealed(&mut self) {
        for _ in 0..std::mem::take(&mut self.unsealed) {
            if let Some(id) = self.order.pop_back() {
                self.set.remove(&id);
            }
        }
    }

    /// Ids of sealed segments, oldest first.
    pub(crate) fn sealed(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.order.range(..self.order.len() - self.unsealed).map(Id::bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(limit: usize, ids: &[&[u8]]) -> RecentIds {
        let mut recent = RecentIds::new(limit);
        ids.iter().for_each(|id| recent.push(id));
        recent
    }

    #[test]
    fn the_oldest_id_is_forgotten_first_and_a_repeat_takes_no_place() {
        let recent = filled(2, &[b"a", b"b", b"b", b"c"]);
        assert!(!recent.contains(b"a"));
        assert!(recent.contains(b"b") && recent.contains(b"c"));
    }

    #[test]
    fn long_ids_that_share_a_prefix_stay_apart() {
        let (long, longer) = (vec![7; INLINE], vec![7; INLINE + 1]);
        let recent = filled(4, &[&long]);
        assert!(recent.contains(&long) && !recent.contains(&longer) && !recent.contains(&long[1..]));
        assert!(filled(4, &[&longer]).contains(&longer));
    }

    #[test]
    fn ids_of_a_lost_segment_are_forgotten_and_those_of_sealed_ones_kept() {
        let mut recent = filled(8, &[b"sealed"]);
        recent.seal();
        recent.push(b"lost");
        assert_eq!(recent.sealed().collect::<Vec<_>>(), [b"sealed"]);
        assert_eq!(recent.iter().collect::<Vec<_>>(), [&b"sealed"[..], b"lost"]);
        recent.forget_unsealed();
        assert!(recent.contains(b"sealed") && !recent.contains(b"lost"));
        assert_eq!(recent.order.len(), 1);
    }

    #[test]
    fn a_limit_of_zero_remembers_nothing_and_the_empty_id_is_none() {
        assert!(!filled(0, &[b"a"]).contains(b"a"));
        assert!(filled(4, &[b""]).order.is_empty());
    }
}
