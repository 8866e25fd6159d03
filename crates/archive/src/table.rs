//! Index members: gzip members without text whose `SX` extra field lists the object's members.
//!
//! An object ends with one or more of them, back to back. Each ends with a footer of fixed length and ten
//! constant bytes (the empty text): so the last [`END_LEN`] bytes of an object say where the index
//! starts. A table is at most [`MAX_TABLE`] bytes because DuckDB refuses gzip headers of 32 KiB and more
//! (RFC 1952 alone would allow 64 KiB). Every table can be read alone: its times start from zero.

use libdeflater::crc32;

use crate::gzip::{PAYLOAD_AT, VERSION, payload_len, put_start, u32_at, u64_at};
use crate::level::{LEVELS, Level, LevelCounts};
use crate::member::Member;
use crate::varint;

const ID: [u8; 2] = *b"SX";
const MAGIC: [u8; 4] = *b"SLIX";
/// Version and flags.
const INTRO_LEN: usize = 2;
const FOOTER_LEN: usize = 32;
/// An empty deflate stream, and the CRC-32 and length of no text.
const EMPTY: [u8; 10] = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// Footer and empty text: what stands at the very end of an object.
pub(crate) const END_LEN: usize = FOOTER_LEN + EMPTY.len();
const FRAME_LEN: usize = PAYLOAD_AT + INTRO_LEN + END_LEN;
/// Most bytes of entries in one index member.
const MAX_TABLE: usize = 16 << 10;
/// Most bytes of one entry: two lengths, two times, the level set and a count for each level.
const MAX_ENTRY: usize = 2 * 5 + 2 * varint::MAX_LEN + 1 + 5 * LEVELS;
/// Fewest bytes of one entry; bounds what is allocated for a claimed count.
const MIN_ENTRY: usize = 6;

/// Where the index lies, read from the last bytes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// Offset of the object's first index member.
    pub(crate) index_offset: u64,
}

impl End {
    /// Reads the end of an object of `object_len` bytes; `None` when it has no index there.
    pub(crate) fn parse(tail: &[u8], object_len: u64) -> Option<Self> {
        let end = &tail[tail.len().checked_sub(END_LEN)?..];
        let (footer, empty) = end.split_at(FOOTER_LEN);
        let index_offset = u64_at(footer, 12);
        let last_len = u64::from(u32_at(footer, 20));
        let fits = object_len.checked_sub(last_len).is_some_and(|last| index_offset <= last);
        (footer[28..] == MAGIC && empty == EMPTY && fits).then_some(Self { index_offset })
    }
}

/// Total length of the index member that starts with `bytes`; `None` when they start something else.
pub(crate) fn member_len(bytes: &[u8]) -> Option<usize> {
    let payload = usize::from(payload_len(bytes, ID)?);
    (payload >= INTRO_LEN + FOOTER_LEN).then_some(PAYLOAD_AT + payload + EMPTY.len())
}

/// Appends the index of `members`, which end where the index starts, to `out`. Returns its length.
pub(crate) fn put_index(members: &[Member], index_offset: u64, out: &mut Vec<u8>) -> u64 {
    let start = out.len();
    let mut rest = members;
    loop {
        rest = put_member(rest, index_offset, out);
        if rest.is_empty() {
            return (out.len() - start) as u64;
        }
    }
}

/// Appends one index member with as many of `members` as fit and returns the others.
fn put_member<'m>(members: &'m [Member], index_offset: u64, out: &mut Vec<u8>) -> &'m [Member] {
    let start = out.len();
    put_start(out, ID, 0);
    out.extend_from_slice(&[VERSION, 0]);
    let table = out.len();
    let mut count = 0;
    let mut previous_ts = 0;
    for member in members {
        if out.len() - table + MAX_ENTRY > MAX_TABLE {
            break;
        }
        put_entry(member, previous_ts, out);
        previous_ts = member.first_ts;
        count += 1;
    }
    let len = out.len() - start + END_LEN;
    let payload_len = (len - PAYLOAD_AT - EMPTY.len()) as u16;
    out[start + 10..start + 12].copy_from_slice(&(payload_len + 4).to_le_bytes());
    out[start + 14..start + 16].copy_from_slice(&payload_len.to_le_bytes());

    let first_offset = members.first().map_or(index_offset, |member| member.offset);
    out.extend_from_slice(&(count as u32).to_le_bytes());
    out.extend_from_slice(&first_offset.to_le_bytes());
    out.extend_from_slice(&index_offset.to_le_bytes());
    out.extend_from_slice(&(len as u32).to_le_bytes());
    let crc = crc32(&out[start..]);
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&EMPTY);
    &members[count..]
}

fn put_entry(member: &Member, previous_ts: i64, out: &mut Vec<u8>) {
    varint::put(out, u64::from(member.len));
    varint::put(out, u64::from(member.text_len));
    varint::put(out, varint::zigzag(member.first_ts.wrapping_sub(previous_ts)));
    varint::put(out, member.last_ts.wrapping_sub(member.first_ts) as u64);
    out.push(member.levels.mask());
    for count in member.levels.as_array().iter().filter(|count| **count > 0) {
        varint::put(out, *count);
    }
}

/// Reads the index member that `bytes` are, whole, and appends what it lists to `members`.
/// Returns where the members it lists end and where the index starts; `None` when anything is wrong with it,
/// and then `members` is as before.
pub(crate) fn parse_member(bytes: &[u8], members: &mut Vec<Member>) -> Option<(u64, u64)> {
    let len = member_len(bytes)?;
    let footer_at = len - END_LEN;
    if bytes.len() != len || bytes[PAYLOAD_AT..][..INTRO_LEN] != [VERSION, 0] {
        return None;
    }
    let footer = &bytes[footer_at..];
    let crc_at = footer_at + 24;
    let sound = footer[28..32] == MAGIC
        && footer[FOOTER_LEN..] == EMPTY
        && u32_at(footer, 20) as usize == len
        && crc32(&bytes[..crc_at]) == u32_at(footer, 24);
    let mut table = &bytes[PAYLOAD_AT + INTRO_LEN..footer_at];
    let count = u32_at(footer, 0) as usize;
    if !sound || count > table.len() / MIN_ENTRY {
        return None;
    }
    let before = members.len();
    let mut offset = u64_at(footer, 4);
    let mut previous_ts = 0;
    members.reserve(count);
    for _ in 0..count {
        let Some(member) = take_entry(&mut table, offset, previous_ts) else {
            members.truncate(before);
            return None;
        };
        offset = member.end();
        previous_ts = member.first_ts;
        members.push(member);
    }
    if !table.is_empty() {
        members.truncate(before);
        return None;
    }
    Some((offset, u64_at(footer, 12)))
}

fn take_entry(table: &mut &[u8], offset: u64, previous_ts: i64) -> Option<Member> {
    let len = u32::try_from(varint::take(table)?).ok()?;
    let text_len = u32::try_from(varint::take(table)?).ok()?;
    let first_ts = previous_ts.wrapping_add(varint::unzigzag(varint::take(table)?));
    let last_ts = first_ts.wrapping_add(varint::take(table)? as i64);
    let (&mask, rest) = table.split_first()?;
    *table = rest;
    let mut levels = LevelCounts::default();
    for level in Level::ALL {
        if mask & (1 << level.code()) != 0 {
            levels[level] = u64::from(u32::try_from(varint::take(table)?).ok()?);
        }
    }
    let member = Member { offset, len, text_len, first_ts, last_ts, levels };
    (levels.mask() == mask && member.is_possible()).then_some(member)
}

const _: () = assert!(FRAME_LEN + MAX_TABLE < 32 << 10, "DuckDB's limit of a gzip header");
