//! What goes in and what comes out.

use crate::name::SegmentId;

/// An entry to append. The spool gives no meaning to any of its fields; it keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRef<'a> {
    /// The caller's tag for what the payload is.
    pub kind: u8,
    /// When the bytes came in, Unix milliseconds. That of a segment's first entry becomes its `created_ms`.
    pub received_ms: i64,
    /// Where they came from, at most 255 bytes.
    pub source: &'a [u8],
    /// The client's id for the chunk, at most 255 bytes, by which a resent chunk is recognised.
    /// Empty is the same as none.
    pub chunk_id: Option<&'a [u8]>,
    /// The bytes themselves, at most [`Options::max_entry_bytes`](crate::Options::max_entry_bytes).
    pub payload: &'a [u8],
}

impl<'a> EntryRef<'a> {
    pub(crate) fn chunk_bytes(&self) -> &'a [u8] {
        self.chunk_id.unwrap_or_default()
    }
}

/// An entry read back, borrowed from the reader's buffer until the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where the entry starts in the segment, as in [`Position::offset`].
    pub offset: u64,
    /// Where it ends, which is where the next one starts.
    pub end: u64,
    /// The caller's tag.
    pub kind: u8,
    /// When the bytes came in, Unix milliseconds.
    pub received_ms: i64,
    /// Where they came from.
    pub source: &'a [u8],
    /// The client's id for the chunk, never empty.
    pub chunk_id: Option<&'a [u8]>,
    /// The bytes.
    pub payload: &'a [u8],
}

impl<'a> Entry<'a> {
    /// The entry as it was appended.
    #[must_use]
    pub fn to_ref(&self) -> EntryRef<'a> {
        let Self { kind, received_ms, source, chunk_id, payload, .. } = *self;
        EntryRef { kind, received_ms, source, chunk_id, payload }
    }
}

/// Where an entry lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The segment.
    pub segment: SegmentId,
    /// The byte the entry starts at, counted from the start of the file.
    pub offset: u64,
}
