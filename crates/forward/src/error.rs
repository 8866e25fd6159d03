//! Why a client's bytes cannot be accepted, and what to do about it.

use crate::shape::Compression;

/// Bytes that are not taken. The stream is lost behind them: close the connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A message is longer than the limit, or says that it will be.
    #[error(
        "a message or event of {bytes} bytes or more came, the limit is {limit}; let the client send smaller \
         chunks or raise inputs.forward.max_frame"
    )]
    TooLarge {
        /// Bytes it has at least, by what its own headers say.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Maps and arrays lie too deep inside each other.
    #[error(
        "the value at byte {offset} lies in more than {limit} maps and arrays; flatten the record or raise \
         inputs.forward.max_depth (at most {})",
        crate::Limits::DEEPEST
    )]
    TooDeep {
        /// Where in the message (in a compressed chunk: in the window of its content).
        offset: usize,
        /// The limit in levels.
        limit: usize,
    },
    /// The one byte that MessagePack never uses.
    #[error("byte {offset} is 0xc1, which MessagePack never uses; let the client speak the Forward protocol")]
    NotMessagePack {
        /// Where in the message (in a compressed chunk: in the window of its content).
        offset: usize,
    },
    /// MessagePack, but not a Forward message.
    #[error("at byte {offset}: {what}; let the client speak the Forward protocol, version 1")]
    NotForward {
        /// Where in the message (in a compressed chunk: in the window of its content).
        offset: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// The option `compressed` names something else than `gzip`, `zstd` or `text`.
    #[error("a chunk is compressed as {name:?}; set the client's compression to gzip, zstd or none")]
    UnknownCompression {
        /// The name, at most 32 bytes of it.
        name: String,
    },
    /// A compressed chunk that does not decompress.
    #[error("a chunk said to be {algorithm} does not decompress: {problem}; let the client send it again")]
    BadCompression {
        /// What it should be.
        algorithm: Compression,
        /// What the decompressor said.
        problem: String,
    },
    /// A compressed chunk that grows too large.
    #[error(
        "a compressed chunk holds more than {limit} bytes once decompressed; let the client send smaller chunks"
    )]
    Bomb {
        /// The limit in bytes.
        limit: u64,
    },
    /// A greeting is longer than any real one.
    #[error("a handshake message of more than {limit} bytes came; shorten host and user names")]
    GreetingTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

/// Stored bytes that cannot be decoded; events before the message at `offset` were given out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored message at byte {offset} cannot be decoded")]
pub struct DecodeError {
    /// Where the message starts in the bytes given.
    pub offset: usize,
    /// Events given out before the fault, those of the faulty message included.
    pub events: u64,
    /// What is wrong with it; its offsets count from the start of the message.
    #[source]
    pub source: Refused,
}

impl Refused {
    /// Shorthand: not a Forward message.
    pub(crate) fn shape(offset: usize, what: &'static str) -> Self {
        Self::NotForward { offset, what }
    }
}
