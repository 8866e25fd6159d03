//! What is known of a member without reading its text, and its gzip header with the `SL` extra field.
//!
//! The header is [`HEADER_LEN`] bytes, always; docs/archive-format.md lists them. Parsing accepts exactly
//! what [`Member::put_header`] writes: anything else is an ordinary gzip member or a damaged one, and both
//! are left to the ordinary gzip reader, whose CRC-32 of the text decides.

use libdeflater::crc32;
use thiserror::Error;

use crate::gzip::{PAYLOAD_AT, TRAILER_LEN, VERSION, i64_at, payload_len, put_start, u32_at};
use crate::level::{LEVELS, LevelCounts};

const ID: [u8; 2] = *b"SL";
const PAYLOAD_LEN: u16 = 58;
const CRC_AT: usize = HEADER_LEN - 4;

/// Bytes of a member's gzip header, up to its deflate data.
pub const HEADER_LEN: usize = PAYLOAD_AT + PAYLOAD_LEN as usize;

/// Most text a member may hold, in bytes. It bounds what a reader has to allocate, and so the length of a
/// record: its line, with the newline, has to fit.
pub const MAX_MEMBER_TEXT: u32 = 64 << 20;

/// Deflate cannot shrink text further than this (258 bytes from two bits, and headers).
const MAX_RATIO: u64 = 1032;

/// One member of an object: where it lies and what its records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Member {
    /// Where the member starts in the object, in bytes.
    pub offset: u64,
    /// Bytes of the member in the object: header, data and trailer.
    pub len: u32,
    /// Bytes of its text, newlines included.
    pub text_len: u32,
    /// Smallest time of its records, milliseconds since 1970 UTC.
    pub first_ts: i64,
    /// Largest time of its records, milliseconds since 1970 UTC.
    pub last_ts: i64,
    /// Its records by level.
    pub levels: LevelCounts,
}

/// Why bytes are not the header of a member of this format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// No `SL` field of a known version at its place: an ordinary gzip member, or no gzip at all.
    #[error("the bytes are not an indexed gzip member of a known version; read them as ordinary gzip")]
    Foreign,
    /// Fewer than [`HEADER_LEN`] bytes.
    #[error("the bytes end within a member's header; the object is cut short, fetch it again")]
    Short,
    /// The checksum or a relation between the fields does not hold.
    #[error("the fields of a member's header contradict each other; the object is damaged, fetch it again")]
    Damaged,
}

impl Member {
    /// Reads the header at the start of `bytes`, which lie at `offset` in the object.
    ///
    /// # Errors
    /// [`HeaderError`] when the bytes are not the start of a member of this format.
    pub fn parse_header(offset: u64, bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes.len() < HEADER_LEN {
            return Err(HeaderError::Short);
        }
        let known = payload_len(bytes, ID) == Some(PAYLOAD_LEN) && bytes[PAYLOAD_AT..][..2] == [VERSION, 0];
        if !known {
            return Err(HeaderError::Foreign);
        }
        let counts = std::array::from_fn(|code| u64::from(u32_at(bytes, 46 + 4 * code)));
        let member = Self {
            offset,
            len: u32_at(bytes, 18),
            text_len: u32_at(bytes, 22),
            first_ts: i64_at(bytes, 30),
            last_ts: i64_at(bytes, 38),
            levels: LevelCounts::new(counts),
        };
        let whole = crc32(&bytes[..CRC_AT]) == u32_at(bytes, CRC_AT);
        if whole && member.is_possible() && member.records() == u64::from(u32_at(bytes, 26)) {
            Ok(member)
        } else {
            Err(HeaderError::Damaged)
        }
    }

    /// Number of records, and so of lines.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.levels.total()
    }

    /// Where the next member starts in the object.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.len))
    }

    /// Appends the header to `out`.
    pub(crate) fn put_header(&self, out: &mut Vec<u8>) {
        let start = out.len();
        put_start(out, ID, PAYLOAD_LEN);
        out.extend_from_slice(&[VERSION, 0]);
        out.extend_from_slice(&self.len.to_le_bytes());
        out.extend_from_slice(&self.text_len.to_le_bytes());
        out.extend_from_slice(&(self.records() as u32).to_le_bytes());
        out.extend_from_slice(&self.first_ts.to_le_bytes());
        out.extend_from_slice(&self.last_ts.to_le_bytes());
        for count in self.levels.as_array() {
            out.extend_from_slice(&(*count as u32).to_le_bytes());
        }
        let crc = crc32(&out[start..]);
        out.extend_from_slice(&crc.to_le_bytes());
    }

    /// Whether a member can have these fields: the bounds of the format, before anything is allocated.
    pub(crate) fn is_possible(&self) -> bool {
        let records = self.records();
        let overhead = (HEADER_LEN + TRAILER_LEN) as u64;
        let room = u64::from(self.len).saturating_sub(overhead).saturating_mul(MAX_RATIO);
        records >= 1
            && records <= u64::from(self.text_len)
            && self.text_len <= MAX_MEMBER_TEXT
            && u64::from(self.text_len) <= room
            && self.first_ts <= self.last_ts
            && self.offset.checked_add(u64::from(self.len)).is_some()
    }
}

const _: () = assert!(46 + 4 * LEVELS == CRC_AT);

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> Member {
        Member {
            offset: 9,
            len: 300,
            text_len: 1000,
            first_ts: -5,
            last_ts: 1_790_000_000_123,
            levels: LevelCounts::new([0, 1, 2, 3, 0, 0]),
        }
    }

    fn header(member: &Member) -> Vec<u8> {
        let mut out = Vec::new();
        member.put_header(&mut out);
        out
    }

    #[test]
    fn a_header_has_the_documented_length_and_comes_back() {
        let bytes = header(&member());
        assert_eq!(bytes.len(), 74);
        assert_eq!(Member::parse_header(9, &bytes), Ok(member()));
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let bytes = header(&member());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Member::parse_header(9, &flipped).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn another_version_or_flag_is_foreign_not_damaged() {
        for at in [PAYLOAD_AT, PAYLOAD_AT + 1] {
            let mut bytes = header(&member());
            bytes[at] = 2;
            assert_eq!(Member::parse_header(9, &bytes), Err(HeaderError::Foreign));
        }
        assert_eq!(Member::parse_header(9, &header(&member())[..73]), Err(HeaderError::Short));
    }

    #[test]
    fn impossible_sizes_are_damage_even_with_a_right_checksum() {
        let levels = LevelCounts::new([1, 0, 0, 0, 0, 0]);
        for wrong in [
            Member { text_len: MAX_MEMBER_TEXT + 1, len: u32::MAX, ..member() },
            Member { text_len: 500_000, len: 100, levels, ..member() },
            Member { first_ts: 1, last_ts: 0, ..member() },
            Member { levels: LevelCounts::default(), ..member() },
            Member { text_len: 5, ..member() },
        ] {
            assert_eq!(Member::parse_header(9, &header(&wrong)), Err(HeaderError::Damaged), "{wrong:?}");
        }
    }
}
