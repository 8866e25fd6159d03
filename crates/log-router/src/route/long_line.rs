//! A line that was stored in pieces, and how much of it becomes one record.
//!
//! Invariant: no line given out exceeds the limit, unless a single piece does.

/// Puts pieces together to lines, which end where the next piece would make them too long.
#[derive(Debug)]
pub(super) struct LongLine {
    most: usize,
    held: Vec<u8>,
    /// Pieces are held, though perhaps empty ones.
    is_open: bool,
    /// When the first piece that is held was received.
    received_ms: i64,
    splits: u64,
}

impl LongLine {
    /// Lines of at most `most` bytes.
    pub(super) fn new(most: usize) -> LongLine {
        LongLine { most, held: Vec::new(), is_open: false, received_ms: 0, splits: 0 }
    }

    /// Takes a piece and gives the lines that are thereby complete, with when they were received.
    pub(super) fn piece(
        &mut self,
        piece: &[u8],
        last: bool,
        received_ms: i64,
        mut give: impl FnMut(&[u8], i64),
    ) {
        if self.is_open && self.held.len() + piece.len() > self.most {
            self.end(&mut give);
        }
        if !self.is_open && (last || piece.len() > self.most) {
            self.splits += u64::from(!last);
            return give(piece, received_ms);
        }
        if !self.is_open {
            (self.is_open, self.received_ms) = (true, received_ms);
        }
        self.held.extend_from_slice(piece);
        if last {
            give(&self.held, self.received_ms);
            self.clear();
        }
    }

    /// Gives what is held though its end is missing: no more comes.
    pub(super) fn end(&mut self, mut give: impl FnMut(&[u8], i64)) {
        if self.is_open {
            self.splits += 1;
            give(&self.held, self.received_ms);
            self.clear();
        }
    }

    /// How often a line was ended before its end.
    pub(super) fn splits(&self) -> u64 {
        self.splits
    }

    fn clear(&mut self) {
        self.is_open = false;
        self.held = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(most: usize, pieces: &[&str]) -> (Vec<String>, u64) {
        let mut long = LongLine::new(most);
        let mut all = Vec::new();
        let mut give = |line: &[u8], _| all.push(String::from_utf8(line.to_vec()).unwrap());
        for (at, piece) in pieces.iter().enumerate() {
            long.piece(piece.as_bytes(), at + 1 == pieces.len(), 0, &mut give);
        }
        long.end(&mut give);
        (all, long.splits())
    }

    #[test]
    fn pieces_become_lines_as_long_as_the_limit_allows() {
        assert_eq!(lines(6, &["abc", "def"]), (vec!["abcdef".into()], 0));
        assert_eq!(lines(5, &["abc", "def", "g"]), (vec!["abc".into(), "defg".into()], 1));
        assert_eq!(lines(2, &["abc", "def"]), (vec!["abc".into(), "def".into()], 1));
        assert_eq!(lines(2, &["abc"]), (vec!["abc".into()], 0));
    }

    #[test]
    fn pieces_whose_end_never_comes_are_a_line_and_a_split() {
        let mut long = LongLine::new(9);
        let mut got = Vec::new();
        long.piece(b"ab", false, 7, |_, _| {});
        long.piece(b"c", false, 8, |_, _| {});
        long.end(|line, received_ms| got.push((line.to_vec(), received_ms)));
        long.end(|_, _| panic!("nothing is held"));
        assert_eq!((got, long.splits()), (vec![(b"abc".to_vec(), 7)], 1));
    }
}
