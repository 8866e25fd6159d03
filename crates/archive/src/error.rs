//! What can go wrong while an object is read.

use std::io;

use thiserror::Error;

/// Reading an object failed. Offsets are bytes from the object's start.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The storage failed.
    #[error("reading {len} bytes at offset {offset} of the object failed; try again")]
    Io {
        /// Where the read started.
        offset: u64,
        /// How much was asked for.
        len: u64,
        /// What the storage reported.
        #[source]
        source: io::Error,
    },
    /// A member's bytes contradict the index, its header or its checksum.
    #[error("the member at offset {offset} is damaged: {what}; fetch the object again")]
    Damaged {
        /// Where the member starts.
        offset: u64,
        /// Which check failed.
        what: &'static str,
    },
    /// Ordinary gzip data could not be decompressed. Lines already given out of this data since `offset` may
    /// be wrong too: its checksum was not reached.
    #[error("the gzip data from offset {offset} on cannot be decompressed; fetch the object again")]
    Stream {
        /// Where the ordinary gzip data starts.
        offset: u64,
        /// What the decompressor reported.
        #[source]
        source: io::Error,
    },
    /// A line of an ordinary gzip file is longer than any record may be.
    #[error("a line of the gzip data from offset {offset} on is longer than {limit} bytes; split the file")]
    LongLine {
        /// Where the ordinary gzip data starts.
        offset: u64,
        /// The longest line that is read.
        limit: u32,
    },
    /// The object ends after a whole member but without the index that every finished object has.
    #[error("the object ends at offset {at} without its index, records may be missing; fetch it again")]
    Unfinished {
        /// The object's length.
        at: u64,
    },
}
