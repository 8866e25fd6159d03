//! A record on its way to CloudWatch, and an event as PutLogEvents takes it.

/// Bytes that CloudWatch counts for an event besides its message.
const OVERHEAD: u64 = 26;

/// A record that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRecord<'a> {
    /// The line of JSON, without its line feed.
    pub json: &'a [u8],
    /// Its time, in milliseconds since 1970 UTC.
    pub ts_ms: i64,
    /// Its fingerprint; 0 for none.
    pub fingerprint: u64,
    /// URL of the archive object that has it; may be empty.
    pub archive: &'a str,
}

/// An event of a log stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its time, in milliseconds since 1970 UTC.
    pub ts_ms: i64,
    /// One line of JSON, never empty.
    pub message: String,
}

impl Event {
    /// Bytes that it counts in a batch, and that are billed.
    #[must_use]
    pub fn cost(&self) -> u64 {
        self.message.len() as u64 + OVERHEAD
    }
}
