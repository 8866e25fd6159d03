//! Cuts a stream of bytes into runs of whole lines.
//!
//! Invariants:
//! * the lines of the frames are those of the stream, however its bytes came in;
//! * a frame is at most [`RUN_BYTES`] or one line, and at most `max_line` bytes;
//! * one line is held at most, and of it at most `max_line` bytes.

use super::EntryKind;

/// Most bytes of a run of several lines. A segment's reader takes one entry at a time into memory.
pub const RUN_BYTES: usize = 64 << 10;

/// A run of lines, or a piece of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub kind: EntryKind,
    /// Its bytes.
    pub payload: &'a [u8],
    /// How many lines end in it.
    pub lines: u64,
    /// How many bytes of the stream it stands for: its own, and the end of its last line.
    pub bytes: u64,
}

/// Holds the beginning of a line until its end comes.
#[derive(Debug)]
pub struct Framer {
    max_line: usize,
    held: Vec<u8>,
    /// The line at hand was begun in pieces.
    in_pieces: bool,
}

impl Framer {
    /// A framer that gives lines of more than `max_line` bytes in pieces of that size.
    #[must_use]
    pub fn new(max_line: usize) -> Framer {
        Framer { max_line: max_line.max(1), held: Vec::new(), in_pieces: false }
    }

    /// Forgets what is held and begins anew, at the start of a line or, `in_pieces`, within one that was begun in
    /// pieces.
    pub fn restart(&mut self, in_pieces: bool) {
        self.held.clear();
        self.in_pieces = in_pieces;
    }

    /// Takes the next bytes and gives the frames that are complete.
    ///
    /// # Errors
    /// The first of `emit`; the bytes behind that frame are not looked at.
    pub fn push<E>(
        &mut self,
        bytes: &[u8],
        emit: &mut impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut bytes = bytes;
        if !self.held.is_empty() || self.in_pieces {
            let Some(end) = memchr::memchr(b'\n', bytes) else { return self.hold(bytes, emit) };
            self.hold(&bytes[..end], emit)?;
            self.end_line(emit)?;
            bytes = &bytes[end + 1..];
        }
        // What is left begins with a line.
        let Some(end) = memchr::memrchr(b'\n', bytes) else { return self.hold(bytes, emit) };
        let (lines, rest) = (&bytes[..end], &bytes[end + 1..]);
        self.runs(lines, emit)?;
        self.hold(rest, emit)
    }

    /// The input has ended: its last line may have had no line feed, and then a `\r` at its end belongs to it.
    ///
    /// # Errors
    /// The first of `emit`.
    pub fn finish<E>(&mut self, emit: &mut impl FnMut(Frame<'_>) -> Result<(), E>) -> Result<(), E> {
        if self.held.is_empty() && !self.in_pieces {
            return Ok(());
        }
        let verbatim = self.in_pieces || self.held.last() == Some(&b'\r');
        let kind = if verbatim { EntryKind::LastPiece } else { EntryKind::Lines };
        self.emit_held(kind, 0, emit)
    }

    /// Whole lines, as few frames as their limits allow.
    fn runs<E>(&mut self, lines: &[u8], emit: &mut impl FnMut(Frame<'_>) -> Result<(), E>) -> Result<(), E> {
        let most = RUN_BYTES.min(self.max_line);
        let mut rest = lines;
        while rest.len() > most {
            let end = match memchr::memrchr(b'\n', &rest[..=most]) {
                Some(end) => {
                    emit(run(&rest[..end]))?;
                    end
                }
                None => {
                    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    self.hold(&rest[..end], emit)?;
                    self.end_line(emit)?;
                    end
                }
            };
            match rest.get(end + 1..) {
                Some(next) => rest = next,
                None => return Ok(()),
            }
        }
        emit(run(rest))
    }

    fn hold<E>(&mut self, bytes: &[u8], emit: &mut impl FnMut(Frame<'_>) -> Result<(), E>) -> Result<(), E> {
        let mut bytes = bytes;
        while self.held.len() + bytes.len() > self.max_line {
            let (now, later) = bytes.split_at(self.max_line - self.held.len());
            self.held.extend_from_slice(now);
            self.in_pieces = true;
            let payload = &self.held[..];
            emit(Frame { kind: EntryKind::Piece, payload, lines: 0, bytes: payload.len() as u64 })?;
            self.held.clear();
            bytes = later;
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    /// The line feed of the held line has come.
    fn end_line<E>(&mut self, emit: &mut impl FnMut(Frame<'_>) -> Result<(), E>) -> Result<(), E> {
        if !self.in_pieces {
            return self.emit_held(EntryKind::Lines, 1, emit);
        }
        let wide = self.held.pop_if(|last| *last == b'\r').is_some();
        self.emit_held(EntryKind::LastPiece, 1 + u64::from(wide), emit)
    }

    fn emit_held<E>(
        &mut self,
        kind: EntryKind,
        line_end: u64,
        emit: &mut impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let bytes = self.held.len() as u64 + line_end;
        emit(Frame { kind, payload: &self.held, lines: 1, bytes })?;
        self.held.clear();
        self.in_pieces = false;
        Ok(())
    }
}

fn run(payload: &[u8]) -> Frame<'_> {
    let lines = 1 + memchr::memchr_iter(b'\n', payload).count() as u64;
    Frame { kind: EntryKind::Lines, payload, lines, bytes: payload.len() as u64 + 1 }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::input;

    /// The lines that come back out of the frames as routing reads them, the longest frame, the lines counted.
    fn read_back(max_line: usize, blocks: &[&[u8]]) -> (Vec<Vec<u8>>, usize, u64) {
        let mut bytes = 0;
        let all = framed(max_line, blocks, &mut bytes);
        assert_eq!(bytes, blocks.iter().map(|block| block.len() as u64).sum::<u64>());
        all
    }

    fn framed(max_line: usize, blocks: &[&[u8]], bytes: &mut u64) -> (Vec<Vec<u8>>, usize, u64) {
        let mut framer = Framer::new(max_line);
        let (mut all, mut open, mut longest, mut counted) = (Vec::new(), Vec::new(), 0, 0);
        let mut emit = |frame: Frame<'_>| -> Result<(), Infallible> {
            counted += frame.lines;
            *bytes += frame.bytes;
            longest = longest.max(frame.payload.len());
            match frame.kind {
                EntryKind::Lines => all.extend(
                    input::lines(frame.payload).map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()),
                ),
                EntryKind::Piece => open.extend_from_slice(frame.payload),
                EntryKind::LastPiece => {
                    open.extend_from_slice(frame.payload);
                    all.push(std::mem::take(&mut open));
                }
                _ => panic!("a framer knows of no other source"),
            }
            Ok(())
        };
        for block in blocks {
            framer.push(block, &mut emit).unwrap();
        }
        framer.finish(&mut emit).unwrap();
        (all, longest, counted)
    }

    #[test]
    fn a_last_line_without_a_line_feed_counts_and_an_empty_input_has_none() {
        assert_eq!(read_back(10, &[b"a\nb"]).0, [b"a", b"b"]);
        assert_eq!(read_back(10, &[b"a\n\n"]).0, [b"a".to_vec(), b"".to_vec()]);
        assert!(read_back(10, &[b""]).0.is_empty());
    }

    #[test]
    fn only_a_carriage_return_before_a_line_feed_goes() {
        assert_eq!(read_back(10, &[b"a\r\nb\r\r\nc\rd\ne\r"]).0, [&b"a"[..], b"b\r", b"c\rd", b"e\r"]);
        assert_eq!(read_back(3, &[b"abc\r\nabcdef\r\nabcd\r"]).0, [&b"abc"[..], b"abcdef", b"abcd\r"]);
    }

    proptest! {
        #[test]
        fn every_line_comes_out_however_the_bytes_came_in(
            input in prop::collection::vec(prop_oneof![3 => Just(b'\n'), 1 => Just(b'\r'), 9 => any::<u8>()], 0..300),
            cuts in prop::collection::vec(0usize..300, 0..6),
            max_line in 1usize..40,
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(input.len())).collect();
            cuts.sort_unstable();
            cuts.insert(0, 0);
            cuts.push(input.len());
            let blocks: Vec<&[u8]> = cuts.windows(2).map(|pair| &input[pair[0]..pair[1]]).collect();
            let (got, longest, counted) = read_back(max_line, &blocks);
            let mut expected: Vec<Vec<u8>> = Vec::new();
            for line in input.split_inclusive(|byte| *byte == b'\n') {
                let whole = line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
                expected.push(whole.unwrap_or(line).to_vec());
            }
            prop_assert_eq!(&got, &expected);
            prop_assert!(longest <= max_line);
            prop_assert_eq!(counted, expected.len() as u64);
        }
    }
}
