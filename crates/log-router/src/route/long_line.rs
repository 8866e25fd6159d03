//! A line that was stored in pieces, and how much of it becomes one record.
//!
//! Invariant: no part given out exceeds the limit, unless a single piece does; so the engine's own limit, which would
//! split without saying so, is never met.

/// Gives pieces on as parts of a line, which ends where the next piece would make it too long.
#[derive(Debug)]
pub(super) struct LongLine {
    most: usize,
    held: usize,
    splits: u64,
}

impl LongLine {
    /// Lines of at most `most` bytes.
    pub(super) fn new(most: usize) -> LongLine {
        LongLine { most, held: 0, splits: 0 }
    }

    /// Gives a piece on, with whether a line ends with it. An empty piece may come before, to end the line there.
    pub(super) fn piece(&mut self, piece: &[u8], last: bool, mut give: impl FnMut(&[u8], bool)) {
        if self.held > 0 && self.held + piece.len() > self.most {
            give(b"", true);
            self.held = 0;
            self.splits += 1;
        }
        let full = self.held + piece.len() > self.most;
        give(piece, last || full);
        self.splits += u64::from(full && !last);
        self.held = if last || full { 0 } else { self.held + piece.len() };
    }

    /// How often a line was ended before its end.
    pub(super) fn splits(&self) -> u64 {
        self.splits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(most: usize, pieces: &[&str]) -> (Vec<String>, u64) {
        let mut long = LongLine::new(most);
        let (mut all, mut open) = (Vec::new(), String::new());
        for (at, piece) in pieces.iter().enumerate() {
            long.piece(piece.as_bytes(), at + 1 == pieces.len(), |part, ends| {
                open += std::str::from_utf8(part).unwrap();
                if ends {
                    all.push(std::mem::take(&mut open));
                }
            });
        }
        assert!(open.is_empty());
        (all, long.splits())
    }

    #[test]
    fn pieces_become_lines_as_long_as_the_limit_allows() {
        assert_eq!(lines(6, &["abc", "def"]), (vec!["abcdef".into()], 0));
        assert_eq!(lines(5, &["abc", "def", "g"]), (vec!["abc".into(), "defg".into()], 1));
        assert_eq!(lines(2, &["abc", "def"]), (vec!["abc".into(), "def".into()], 1));
        assert_eq!(lines(2, &["abc"]), (vec!["abc".into()], 0));
    }
}
