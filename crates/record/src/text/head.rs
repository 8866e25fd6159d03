//! What the head of a text line says. Borrows from the line; nothing is allocated.

use crate::level::Level;
use crate::time::{Millis, Stamp};

/// Most parts of a head that have no column.
const EXTRA: usize = 8;

/// A time as the head states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Stamp(Stamp),
    Epoch(Millis),
}

/// The parts of a head, and the message behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) time: Option<Time>,
    pub(super) level: Option<Level>,
    pub(super) logger: Option<&'a [u8]>,
    pub(super) client_ip: Option<&'a [u8]>,
    pub(super) request_id: Option<&'a [u8]>,
    pub(super) message: &'a [u8],
    /// A single word before a colon is a logger's name: so with Rust's and Go's loggers, which write RFC 3339.
    pub(super) plain_names: bool,
    /// The lines of the message are indented by so many blanks.
    pub(super) indent: usize,
    /// A JSON object behind the message.
    pub(super) fields: Option<&'a [u8]>,
    /// The line is an access line: without a level of its own it has that of its status.
    pub(super) is_access: bool,
    extra: [(&'static str, &'a [u8], bool); EXTRA],
    extras: usize,
}

impl<'a> Head<'a> {
    pub(super) fn new(message: &'a [u8]) -> Head<'a> {
        Head {
            time: None,
            level: None,
            logger: None,
            client_ip: None,
            request_id: None,
            message,
            plain_names: false,
            indent: 0,
            fields: None,
            is_access: false,
            extra: [("", b"", false); EXTRA],
            extras: 0,
        }
    }

    /// Adds a part that goes to `attrs`: as a number when it is one and fits JSON.
    pub(super) fn add(&mut self, key: &'static str, value: &'a [u8]) {
        if value.is_empty() || value == b"-" || self.has(key) {
            return;
        }
        if let Some(slot) = self.extra.get_mut(self.extras) {
            let number = value.len() <= 18 && value.iter().all(u8::is_ascii_digit);
            *slot = (key, value, number);
            self.extras += 1;
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.extra().any(|(other, ..)| other == key)
    }

    pub(super) fn extra(&self) -> impl Iterator<Item = (&'static str, &'a [u8], bool)> + '_ {
        self.extra[..self.extras].iter().copied()
    }

    /// How many parts there are, to go back to with [`Head::forget`].
    pub(super) fn mark(&self) -> usize {
        self.extras
    }

    pub(super) fn forget(&mut self, mark: usize) {
        self.extras = mark.min(self.extras);
    }
}
