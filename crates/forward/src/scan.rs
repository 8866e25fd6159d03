//! Finds the ends of messages in a stream of bytes.

use std::ops::Range;

use crate::msgpack::Walker;
use crate::quick;
use crate::shape::{self, Kind};
use crate::{Limits, Refused};

/// Levels of nesting around a record: the message, its events, an event.
const AROUND: usize = 4;

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// Its bytes.
    pub len: usize,
    /// Its mode.
    pub kind: Kind,
    /// Events in it.
    pub events: u64,
    /// Where in the message the bytes of its chunk id stand, when it asks for an acknowledgement.
    pub chunk: Option<Range<usize>>,
}

/// Finds the end of the message at hand.
#[derive(Debug)]
pub struct Scanner {
    limits: Limits,
    walker: Walker,
    /// Nothing of the message at hand was walked over yet.
    is_fresh: bool,
}

impl Scanner {
    /// A scanner at the beginning of a message.
    #[must_use]
    pub fn new(limits: Limits) -> Scanner {
        let mut walker = Walker::new(limits.depth() + AROUND);
        walker.begin(0);
        Scanner { limits, walker, is_fresh: true }
    }

    /// The message at the beginning of `buffer`, or `None` when it is not whole yet: call again with the same bytes
    /// and more behind them. After a message, call with the bytes behind it.
    ///
    /// # Errors
    /// When what came is no Forward message or exceeds a limit. The stream is lost behind it.
    pub fn next(&mut self, buffer: &[u8]) -> Result<Option<Scanned>, Refused> {
        if buffer.is_empty() {
            return Ok(None);
        }
        if self.is_fresh
            && let Some(quick) = quick::message(buffer, 0)
            && quick.end <= self.limits.max_frame
        {
            return Ok(Some(Scanned { len: quick.end, kind: Kind::Message, events: 1, chunk: None }));
        }
        self.is_fresh = false;
        let Some(len) = self.walker.run(buffer, self.limits.max_frame)? else {
            // What can be no message need not be waited for.
            if !matches!(buffer[0], 0x92..=0x94 | 0xc0 | 0xdc | 0xdd) {
                return Err(Refused::shape(0, "a message is an array of two to four parts"));
            }
            return Ok(None);
        };
        self.walker.begin(0);
        self.is_fresh = true;
        let shape = shape::check(&buffer[..len], &self.limits)?;
        Ok(Some(Scanned { len, kind: shape.kind, events: shape.events, chunk: shape.chunk }))
    }
}
