//! The beginning of a file is held until a time is seen in it: lines before the first time take that one.
//!
//! Without this they would take the clock's, and the same input would give other bytes every time.

use sluice_record::Engine;

use crate::input::{self, EntryKind, Frame};

/// How far into a file the first time is looked for, in bytes of lines. It bounds what is held.
pub(super) const LOOKED_AT: usize = 1 << 20;

/// Frames from the beginning of a file.
#[derive(Debug, Default)]
pub(super) struct Opening {
    frames: Vec<(EntryKind, Vec<u8>)>,
    looked_at: usize,
}

/// What a frame showed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// This time is the first.
    Time(i64),
    /// The search is over.
    NoTime,
    /// Look at the next frame too.
    NotYet,
}

impl Opening {
    /// Looks at a frame's lines and keeps the frame. What is found depends on the lines alone, not on how they were
    /// put into frames.
    pub(super) fn look(&mut self, frame: Frame<'_>, times: &mut Engine, received_ms: i64) -> Found {
        self.frames.push((frame.kind, frame.payload.to_vec()));
        for line in input::lines(frame.payload) {
            if self.looked_at >= LOOKED_AT {
                return Found::NoTime;
            }
            if let Some(time) = times.time_of(line.strip_suffix(b"\r").unwrap_or(line), received_ms) {
                return Found::Time(time);
            }
            self.looked_at += line.len() + usize::from(frame.kind != EntryKind::Piece);
        }
        Found::NotYet
    }

    /// The frames, in order.
    pub(super) fn into_frames(self) -> Vec<(EntryKind, Vec<u8>)> {
        self.frames
    }
}

#[cfg(test)]
mod tests {
    use sluice_record::Settings;

    use super::*;

    fn look(opening: &mut Opening, payload: &[u8]) -> Found {
        let mut times = Engine::new(Settings::default());
        opening.look(Frame { kind: EntryKind::Lines, payload, lines: 0, bytes: 0 }, &mut times, 0)
    }

    #[test]
    fn the_first_time_is_found_in_whatever_frame_it_stands() {
        let mut opening = Opening::default();
        assert_eq!(look(&mut opening, b"no time\nnone"), Found::NotYet);
        assert_eq!(look(&mut opening, b"none\n1970-01-01T00:00:05Z INFO a: b"), Found::Time(5000));
        assert_eq!(opening.into_frames().len(), 2);
    }

    #[test]
    fn the_search_ends_after_a_mebibyte() {
        let mut opening = Opening::default();
        let long = vec![b'x'; LOOKED_AT / 2];
        assert_eq!(look(&mut opening, &long), Found::NotYet);
        assert_eq!(look(&mut opening, &long), Found::NotYet);
        assert_eq!(look(&mut opening, b"1970-01-01T00:00:05Z INFO a: b"), Found::NoTime);
    }
}
