//! The compressor that all open objects share.
//!
//! libdeflate's state is hundreds of KiB and lives as long as the process; an encoder holds only its text.
//! Nothing is allocated per member: the deflate data goes into one scratch buffer and from there, at its
//! true length, into the object's output, so that outputs stay as small as what they hold.

use libdeflater::{CompressionLvl, Compressor, crc32};
use thiserror::Error;

use crate::gzip::TRAILER_LEN;
use crate::member::{HEADER_LEN, Member};

/// Scratch kept between members; what one very long record needed beyond it is given back.
const SCRATCH_KEPT: usize = 4 << 20;

/// How hard to compress: 1 (fastest) to 12 (smallest) as libdeflate counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CompressionLevel(u8);

/// A compression level outside 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("compression level {0} does not exist; choose one from 1 (fastest) to 12 (smallest)")]
pub struct UnknownCompressionLevel(pub u8);

impl CompressionLevel {
    /// The level of a number.
    ///
    /// # Errors
    /// When it is not from 1 to 12.
    pub fn new(level: u8) -> Result<Self, UnknownCompressionLevel> {
        if (1..=12).contains(&level) { Ok(Self(level)) } else { Err(UnknownCompressionLevel(level)) }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for CompressionLevel {
    /// Chosen by measurement: docs/adr/0002-deflate-library.md.
    fn default() -> Self {
        Self(4)
    }
}

/// Compresses members, for any number of encoders one after the other.
pub struct MemberCompressor {
    deflate: Compressor,
    scratch: Vec<u8>,
    level: CompressionLevel,
}

impl MemberCompressor {
    /// A compressor of the given level.
    #[must_use]
    pub fn new(level: CompressionLevel) -> Self {
        let lvl = CompressionLvl::new(i32::from(level.0)).unwrap_or_default();
        Self { deflate: Compressor::new(lvl), scratch: Vec::new(), level }
    }

    /// The level it was made with.
    #[must_use]
    pub fn level(&self) -> CompressionLevel {
        self.level
    }

    /// Appends a member of `text` to `out` and sets the length in `member`, whose other fields are the
    /// caller's.
    pub(crate) fn put_member(&mut self, text: &[u8], member: &mut Member, out: &mut Vec<u8>) {
        let bound = self.deflate.deflate_compress_bound(text.len());
        if self.scratch.len() < bound {
            // Fresh zero pages cost memory only where they are written to.
            self.scratch = vec![0; bound];
        }
        let len = self
            .deflate
            .deflate_compress(text, &mut self.scratch)
            .expect("the scratch buffer has the length that libdeflate asks for");
        member.len = (HEADER_LEN + len + TRAILER_LEN) as u32;
        member.text_len = text.len() as u32;
        out.reserve(member.len as usize);
        member.put_header(out);
        out.extend_from_slice(&self.scratch[..len]);
        out.extend_from_slice(&crc32(text).to_le_bytes());
        out.extend_from_slice(&member.text_len.to_le_bytes());
        if self.scratch.len() > SCRATCH_KEPT {
            self.scratch = Vec::new();
        }
    }
}

impl std::fmt::Debug for MemberCompressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberCompressor").field("level", &self.level).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_outside_1_to_12_are_refused() {
        assert_eq!(CompressionLevel::new(0), Err(UnknownCompressionLevel(0)));
        assert_eq!(CompressionLevel::new(13), Err(UnknownCompressionLevel(13)));
        for level in 1..=12 {
            assert_eq!(MemberCompressor::new(CompressionLevel::new(level).unwrap()).level().get(), level);
        }
    }
}
