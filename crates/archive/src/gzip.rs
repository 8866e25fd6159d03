//! The bytes of RFC 1952 that both kinds of member share.
//!
//! Every member starts with the same ten bytes: deflate, FEXTRA alone, no time, unknown operating system.
//! They hold nothing of the machine or the moment, so the same records give the same object.
//! FHCRC is not used although the extra fields need a checksum: DuckDB and old gzip refuse its flag. The
//! extra fields carry a CRC-32 of their own.

/// ID1 ID2 CM FLG(FEXTRA) MTIME(0) XFL(0) OS(255, unknown).
pub(crate) const START: [u8; 10] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255];

/// Bytes from the start of a member to the payload of its first extra subfield: ten fixed bytes, XLEN, SI1,
/// SI2, LEN.
pub(crate) const PAYLOAD_AT: usize = 16;

/// CRC-32 and length of the text.
pub(crate) const TRAILER_LEN: usize = 8;

/// Version of the extra fields that this crate writes and understands.
pub(crate) const VERSION: u8 = 1;

/// Starts a member whose only extra subfield is `id` with a payload of `payload_len` bytes.
pub(crate) fn put_start(out: &mut Vec<u8>, id: [u8; 2], payload_len: u16) {
    out.extend_from_slice(&START);
    out.extend_from_slice(&(payload_len + 4).to_le_bytes());
    out.extend_from_slice(&id);
    out.extend_from_slice(&payload_len.to_le_bytes());
}

/// The payload length of the only extra subfield, when `bytes` start a member as [`put_start`] writes it.
pub(crate) fn payload_len(bytes: &[u8], id: [u8; 2]) -> Option<u16> {
    let start = bytes.get(..PAYLOAD_AT)?;
    let xlen = u16_at(start, 10);
    let len = u16_at(start, 14);
    (start[..10] == START && start[12..14] == id && xlen.checked_sub(4) == Some(len)).then_some(len)
}

/// Takes a fixed-size array out of `bytes`; the caller has checked the length.
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

pub(crate) fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(array(bytes, at))
}
