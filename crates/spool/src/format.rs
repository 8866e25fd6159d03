//! Bytes of the segment header and of an entry's head; the layout is in the crate's documentation.
//!
//! Everything here is pure. Nothing is trusted before its checksum was right.

use crc32c::{crc32c, crc32c_append};

use crate::entry::EntryRef;
use crate::name::{BootId, SegmentId};

/// First bytes of every segment. The high bit and the line end show what a text-mode copy damaged.
pub const MAGIC: [u8; 8] = *b"\x89SLSEG\r\n";
/// The version this crate writes, and the newest it reads.
pub const VERSION: u16 = 1;
/// Largest `meta` of a segment header, in bytes.
pub const MAX_META_BYTES: usize = 64 << 10;
/// Largest `source` and largest `chunk_id` of an entry, in bytes.
pub const MAX_FIELD_BYTES: usize = u8::MAX as usize;
/// Bytes of a segment header without its `meta`.
pub const SEGMENT_HEADER_BYTES: usize = FIXED + 4;
/// Bytes an entry takes besides its source, chunk id and payload.
pub const ENTRY_HEAD_BYTES: usize = 24;

/// Segment header up to `meta`.
pub(crate) const FIXED: usize = 44;

/// Facts about a segment, from its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Format version.
    pub version: u16,
    /// The segment's name.
    pub segment: SegmentId,
    /// `received_ms` of the first entry, Unix milliseconds.
    pub created_ms: i64,
    /// The caller's bytes, at most [`MAX_META_BYTES`].
    pub meta: Vec<u8>,
    /// Its file was that of an older segment, of which bytes may stand behind the last entry while it is open.
    pub reused: bool,
}

/// Why the first bytes of a file are not those of a segment this crate can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// The file ends inside the header.
    #[error("the file ends inside the segment header")]
    Short,
    /// The magic bytes are missing.
    #[error("the file does not start with the magic bytes of a segment")]
    NotASegment,
    /// Written by a newer release.
    #[error("the segment has format version {found}, this release reads up to {VERSION}")]
    FutureVersion {
        /// The version found.
        found: u16,
    },
    /// The checksum is right or wrong, but a field cannot be.
    #[error("the segment header has an impossible {field}")]
    Malformed {
        /// The field.
        field: &'static str,
    },
    /// The header's bytes changed after they were written.
    #[error("the checksum of the segment header is wrong")]
    Checksum,
    /// The file was renamed or copied over another.
    #[error("the segment header names another segment than the file name does")]
    OtherSegment,
    /// A file was copied by hand: recovery would have to overwrite one with the other.
    #[error("a sealed segment of the same name is there already")]
    Twin,
}

/// The header's bytes. Their checksum, the last four bytes, seeds those of the entries.
pub(crate) fn encode_header(header: &SegmentHeader) -> (Vec<u8>, u32) {
    let SegmentId { sequence, boot } = header.segment;
    let boot = boot.as_str().as_bytes();
    let mut out = Vec::with_capacity(SEGMENT_HEADER_BYTES + header.meta.len());
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&header.version.to_le_bytes());
    out.extend_from_slice(&[boot.len() as u8, u8::from(header.reused)]);
    out.extend_from_slice(&(header.meta.len() as u32).to_le_bytes());
    out.extend_from_slice(&sequence.to_le_bytes());
    out.extend_from_slice(&header.created_ms.to_le_bytes());
    out.extend_from_slice(boot);
    out.resize(FIXED, 0);
    out.extend_from_slice(&header.meta);
    let seed = crc32c(&out);
    out.extend_from_slice(&seed.to_le_bytes());
    (out, seed)
}

/// How long the whole header is, told from its first [`FIXED`] bytes.
pub(crate) fn header_len(fixed: &[u8]) -> Result<usize, HeaderFault> {
    if fixed.iter().zip(&MAGIC).any(|(found, magic)| found != magic) {
        return Err(HeaderFault::NotASegment);
    }
    // Magic and version stay where they are in every version, so the version is judged before all else.
    let Some(&version) = fixed.get(8..).and_then(<[u8]>::first_chunk) else { return Err(HeaderFault::Short) };
    match u16::from_le_bytes(version) {
        0 => return Err(HeaderFault::Malformed { field: "version" }),
        found if found > VERSION => return Err(HeaderFault::FutureVersion { found }),
        _ => {}
    }
    if fixed.len() < FIXED {
        return Err(HeaderFault::Short);
    }
    let meta = u32_at(fixed, 12) as usize;
    if meta > MAX_META_BYTES {
        return Err(HeaderFault::Malformed { field: "meta length" });
    }
    Ok(SEGMENT_HEADER_BYTES + meta)
}

/// Reads a header of exactly the length [`header_len`] gave; returns it with the entries' seed.
pub(crate) fn decode_header(bytes: &[u8]) -> Result<(SegmentHeader, u32), HeaderFault> {
    let (body, seed) = bytes.split_at(bytes.len() - 4);
    let seed = u32_at(seed, 0);
    if crc32c(body) != seed {
        return Err(HeaderFault::Checksum);
    }
    let boot_len = usize::from(body[10]);
    let boot: Option<BootId> = body[32..FIXED]
        .get(..boot_len)
        .and_then(|digits| std::str::from_utf8(digits).ok())
        .and_then(|digits| digits.parse().ok());
    let Some(boot) = boot else { return Err(HeaderFault::Malformed { field: "boot id" }) };
    let header = SegmentHeader {
        version: u16::from_le_bytes([body[8], body[9]]),
        segment: SegmentId { sequence: u64_at(body, 16), boot },
        created_ms: u64_at(body, 24) as i64,
        meta: body[FIXED..].to_vec(),
        reused: body[11] & 1 == 1,
    };
    Ok((header, seed))
}

/// The fixed part of an entry, its own checksum already found right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryHead {
    pub(crate) kind: u8,
    pub(crate) received_ms: i64,
    pub(crate) source_len: usize,
    pub(crate) chunk_len: usize,
    pub(crate) payload_len: usize,
}

impl EntryHead {
    /// `None` when the checksum over the head is wrong, so that no length in it can be believed.
    pub(crate) fn decode(bytes: &[u8], seed: u32) -> Option<Self> {
        // The reserved byte first: it spares most of the checksums when a damaged file is searched.
        if bytes[15] != 0 || crc32c_append(seed, &bytes[8..ENTRY_HEAD_BYTES]) != u32_at(bytes, 4) {
            return None;
        }
        Some(Self {
            kind: bytes[12],
            received_ms: u64_at(bytes, 16) as i64,
            source_len: usize::from(bytes[13]),
            chunk_len: usize::from(bytes[14]),
            payload_len: u32_at(bytes, 8) as usize,
        })
    }

    /// Bytes of the whole entry.
    pub(crate) fn entry_len(&self) -> usize {
        ENTRY_HEAD_BYTES + self.source_len + self.chunk_len + self.payload_len
    }
}

/// Whether the checksum over a whole entry is right.
pub(crate) fn entry_is_intact(entry: &[u8], seed: u32) -> bool {
    crc32c_append(seed, &entry[4..]) == u32_at(entry, 0)
}

/// Bytes `entry` will take. The caller has checked the lengths.
pub(crate) fn entry_len(entry: &EntryRef<'_>) -> u64 {
    (ENTRY_HEAD_BYTES + entry.source.len() + entry.chunk_bytes().len() + entry.payload.len()) as u64
}

/// Adds everything of the entry but its payload to `out`.
pub(crate) fn encode_entry(entry: &EntryRef<'_>, seed: u32, out: &mut Vec<u8>) {
    let chunk = entry.chunk_bytes();
    let mut head = [0; ENTRY_HEAD_BYTES];
    head[8..12].copy_from_slice(&(entry.payload.len() as u32).to_le_bytes());
    head[12] = entry.kind;
    head[13] = entry.source.len() as u8;
    head[14] = chunk.len() as u8;
    head[16..24].copy_from_slice(&entry.received_ms.to_le_bytes());
    let head_crc = crc32c_append(seed, &head[8..]);
    head[4..8].copy_from_slice(&head_crc.to_le_bytes());
    let start = out.len();
    out.extend_from_slice(&head);
    out.extend_from_slice(entry.source);
    out.extend_from_slice(chunk);
    let crc = crc32c_append(crc32c_append(seed, &out[start + 4..]), entry.payload);
    out[start..start + 4].copy_from_slice(&crc.to_le_bytes());
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> SegmentHeader {
        SegmentHeader {
            version: VERSION,
            segment: SegmentId { sequence: 7, boot: "0123abcd".parse().unwrap() },
            created_ms: 1_700_000_000_000,
            meta: b"{}".to_vec(),
            reused: false,
        }
    }

    #[test]
    fn version_1_is_laid_out_as_documented() {
        let (bytes, seed) = encode_header(&header());
        let mut expected = b"\x89SLSEG\r\n\x01\x00\x08\x00\x02\x00\x00\x00\x07\0\0\0\0\0\0\0".to_vec();
        expected.extend_from_slice(&1_700_000_000_000_i64.to_le_bytes());
        expected.extend_from_slice(b"0123abcd\0\0\0\0{}");
        expected.extend_from_slice(&seed.to_le_bytes());
        assert_eq!(bytes, expected);
        // The checksums were computed by another implementation of CRC-32C.
        assert_eq!(seed, 0x62f0_0f85);
        let entry =
            EntryRef { kind: 2, received_ms: -1, source: b"in", chunk_id: Some(b"c"), payload: b"hello\n" };
        let mut out = Vec::new();
        encode_entry(&entry, seed, &mut out);
        assert_eq!(out[8..], *b"\x06\0\0\0\x02\x02\x01\0\xff\xff\xff\xff\xff\xff\xff\xffinc");
        assert_eq!(out[..4], 0x5051_6187_u32.to_le_bytes());
        assert_eq!(out[4..8], 0xed34_7aa7_u32.to_le_bytes());
    }

    #[test]
    fn a_header_reads_back_and_any_changed_byte_is_noticed() {
        let (bytes, seed) = encode_header(&header());
        assert_eq!(header_len(&bytes[..FIXED]), Ok(bytes.len()));
        assert_eq!(decode_header(&bytes), Ok((header(), seed)));
        let reused = SegmentHeader { reused: true, ..header() };
        let (again, other_seed) = encode_header(&reused);
        assert_eq!(decode_header(&again), Ok((reused, other_seed)));
        assert_ne!(seed, other_seed);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            let result = header_len(&damaged[..FIXED])
                .and_then(|len| decode_header(damaged.get(..len).ok_or(HeaderFault::Short)?));
            assert!(result.is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_later_version_is_told_from_damage_even_when_the_rest_is_unknown() {
        let mut bytes = encode_header(&header()).0;
        bytes[8] = 2;
        assert_eq!(header_len(&bytes[..10]), Err(HeaderFault::FutureVersion { found: 2 }));
    }
}
