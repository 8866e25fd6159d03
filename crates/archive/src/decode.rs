//! One member's bytes to its text. No I/O, so that members can be fetched and decoded by many threads, each
//! with a decoder of its own.

use libdeflater::{Decompressor, crc32};

use crate::error::ReadError;
use crate::gzip::{TRAILER_LEN, u32_at};
use crate::member::{HEADER_LEN, Member};

/// Decompresses members; keep one a thread.
#[derive(Default)]
pub struct MemberDecoder {
    inflate: Decompressor,
}

impl MemberDecoder {
    /// A decoder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts the text of `member` into `text`, in place of what is there. `bytes` are the member's bytes in
    /// the object, as many as [`Member::len`] says. A buffer that is used again is neither allocated nor
    /// zeroed anew.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when the bytes' header is not that of `member`, or they do not decompress to a
    /// text of the length and checksum they state. `text` is empty then.
    pub fn decode(&mut self, member: &Member, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), ReadError> {
        let outcome = self.inflate(member, bytes, text);
        outcome.map_err(|what| {
            text.clear();
            ReadError::Damaged { offset: member.offset, what }
        })
    }

    fn inflate(&mut self, member: &Member, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), &'static str> {
        if bytes.len() != member.len as usize {
            return Err("its bytes are not as many as the index says");
        }
        // A parsed header has plausible lengths, so nothing is allocated for a `Member` made up by hand.
        if Member::parse_header(member.offset, bytes) != Ok(*member) {
            return Err("its header is not what the index says");
        }
        let trailer_at = bytes.len() - TRAILER_LEN;
        text.resize(member.text_len as usize, 0);
        let len = self
            .inflate
            .deflate_decompress(&bytes[HEADER_LEN..trailer_at], text)
            .map_err(|_| "its deflate data is invalid")?;
        if len != text.len() || u32_at(bytes, trailer_at + 4) != member.text_len {
            return Err("its text is not as long as its header says");
        }
        if crc32(text) != u32_at(bytes, trailer_at) {
            return Err("the checksum of its text does not match");
        }
        Ok(())
    }
}

impl std::fmt::Debug for MemberDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberDecoder").finish_non_exhaustive()
    }
}
