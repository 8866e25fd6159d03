//! Steps over values without looking at their payload.
//!
//! Invariants of [`Walker`]:
//! 1. A byte is looked at once, however often the walk is resumed with more bytes.
//! 2. A value that cannot end before `limit`, by its own head and by what its maps and arrays still owe, is
//!    refused when that head has come.
//! 3. Memory is a word a level of nesting, at most `max_depth` levels.

use super::{Head, head};
use crate::Refused;

/// Length of the whole value by its first byte; 0 where more than the first byte decides.
const WHOLE: [u8; 256] = {
    let mut table = [0; 256];
    let mut first = 0;
    while first < 256 {
        table[first] = match first {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 | 0x80 | 0x90 => 1,
            0xa0..=0xbf => 1 + (first as u8 & 0x1f),
            0xcc | 0xd0 => 2,
            0xcd | 0xd1 => 3,
            0xca | 0xce | 0xd2 => 5,
            0xcb | 0xcf | 0xd3 => 9,
            0xd4..=0xd8 => 2 + (1 << (first - 0xd4)),
            _ => 0,
        };
        first += 1;
    }
    table
};

/// Steps over one value, resumable.
#[derive(Debug, Default)]
pub(crate) struct Walker {
    max_depth: usize,
    /// Where the next value starts; may lie beyond the bytes seen.
    at: usize,
    /// Values still to come on the innermost level.
    left: usize,
    /// Values still to come on the levels around it.
    outer: Vec<usize>,
    /// Their sum.
    owed: usize,
}

impl Walker {
    pub(crate) fn new(max_depth: usize) -> Self {
        Self { max_depth, ..Self::default() }
    }

    /// Starts over, with the value at `at`.
    #[inline]
    pub(crate) fn begin(&mut self, at: usize) {
        (self.at, self.left, self.owed) = (at, 1, 0);
        self.outer.clear();
    }

    /// Where the value ends, or `None` when it has not ended in `bytes`: call again with more. Offsets count from
    /// the start of `bytes`, and nothing may reach past `limit`.
    #[inline]
    pub(crate) fn run(&mut self, bytes: &[u8], limit: usize) -> Result<Option<usize>, Refused> {
        let (mut at, mut left) = (self.at, self.left);
        loop {
            while left > 0 {
                let Some(&first) = bytes.get(at) else {
                    (self.at, self.left) = (at, left);
                    return within(at, left + self.owed, limit).map(|()| None);
                };
                let whole = WHOLE[usize::from(first)];
                if whole != 0 {
                    at += usize::from(whole);
                    left -= 1;
                    continue;
                }
                let (inside, end) = match sized(bytes, at)? {
                    Some(sized) => sized,
                    None => {
                        (self.at, self.left) = (at, left);
                        return within(at, left + self.owed, limit).map(|()| None);
                    }
                };
                left -= 1;
                at = end;
                if inside > 0 {
                    if self.outer.len() >= self.max_depth {
                        return Err(Refused::TooDeep { offset: at, limit: self.max_depth });
                    }
                    self.outer.push(left);
                    self.owed += left;
                    left = inside;
                    within(at, left + self.owed, limit)?;
                }
            }
            let Some(around) = self.outer.pop() else { break };
            left = around;
            self.owed -= left;
        }
        (self.at, self.left) = (at, 0);
        within(at, 0, limit)?;
        Ok((at <= bytes.len()).then_some(at))
    }
}

/// Each value still owed has at least one byte.
#[inline]
fn within(at: usize, owed: usize, limit: usize) -> Result<(), Refused> {
    let bytes = at.saturating_add(owed);
    if bytes > limit { Err(Refused::TooLarge { bytes, limit }) } else { Ok(()) }
}

/// How many values lie in the value at `at`, and where its head and payload end.
#[inline]
fn sized(bytes: &[u8], at: usize) -> Result<Option<(usize, usize)>, Refused> {
    let Some((head, len)) = head(bytes, at)? else { return Ok(None) };
    let end = at + len;
    Ok(Some(match head {
        Head::Array(count) => (count, end),
        Head::Map(count) => (count.saturating_mul(2), end),
        Head::Str(len) | Head::Bin(len) | Head::Ext(_, len) => (0, end.saturating_add(len)),
        _ => (0, end),
    }))
}

/// Where the value at `at` ends; `None` when it does not end in `bytes` or is no MessagePack.
#[inline]
pub(crate) fn skip(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut left = 1_usize;
    while left > 0 {
        let whole = WHOLE[usize::from(*bytes.get(at)?)];
        left -= 1;
        if whole != 0 {
            at += usize::from(whole);
            continue;
        }
        let (inside, end) = sized(bytes, at).ok()??;
        left = left.checked_add(inside)?;
        at = end;
    }
    (at <= bytes.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8], depth: usize, limit: usize) -> Result<Option<usize>, Refused> {
        let mut walker = Walker::new(depth);
        walker.begin(0);
        walker.run(bytes, limit)
    }

    #[test]
    fn a_value_ends_where_its_parts_end() {
        let nested = [0x82, 0xa1, b'a', 0x92, 0x01, 0xc0, 0xa1, b'b', 0xc4, 0x02, 9, 9, 0xff];
        assert_eq!(walk(&nested, 2, 100), Ok(Some(12)));
        assert_eq!(skip(&nested, 0), Some(12));
        for cut in 0..12 {
            assert_eq!(walk(&nested[..cut], 2, 100), Ok(None));
            assert_eq!(skip(&nested[..cut], 0), None);
        }
    }

    #[test]
    fn a_walk_goes_on_where_it_stopped() {
        let nested = [0x82, 0xa1, b'a', 0x92, 0x01, 0xc0, 0xa1, b'b', 0xc4, 0x02, 9, 9];
        let mut walker = Walker::new(2);
        walker.begin(0);
        for len in 0..nested.len() {
            assert_eq!(walker.run(&nested[..len], 100), Ok(None));
        }
        assert_eq!(walker.run(&nested, 100), Ok(Some(12)));
    }

    #[test]
    fn depth_counts_maps_and_arrays_that_hold_something() {
        assert_eq!(walk(&[0x91, 0x91, 0x90], 2, 100), Ok(Some(3)));
        assert_eq!(walk(&[0x91, 0x91, 0x90], 1, 100), Err(Refused::TooDeep { offset: 2, limit: 1 }));
    }

    #[test]
    fn a_head_that_claims_too_much_is_refused_before_its_bytes_come() {
        let long = Err(Refused::TooLarge { bytes: 105, limit: 100 });
        assert_eq!(walk(&[0xdb, 0, 0, 0, 100], 9, 100), long);
        assert_eq!(walk(&[0xdd, 0, 0, 0, 100], 9, 100), long);
        assert_eq!(walk(&[0xdf, 0, 0, 0, 50], 9, 100), long);
        assert!(walk(&[0xdf, 0xff, 0xff, 0xff, 0xff], 9, 100).is_err());
        assert_eq!(walk(&[0xdd, 0, 0, 0, 60, 0xdd, 0, 0, 0, 60], 9, 100).map_err(drop), Err(()));
    }
}
