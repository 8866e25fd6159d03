//! The table of an object's members, from its tail or by hopping from header to header.
//!
//! Invariants: members are in order of their offsets, they and the index members between them lie back to
//! back from offset 0 to [`Index::read_to`], and every header or table they came from passed its checksum.

use crate::error::ReadError;
use crate::level::LevelCounts;
use crate::member::{HEADER_LEN, HeaderError, Member};
use crate::selection::Selection;
use crate::source::ReadAt;
use crate::table::{self, End};

/// How many bytes of an object's end to read for its index: enough for about 4,000 members (4 GiB of text at
/// the default member size). [`Tail::From`] says when it was not enough.
pub const TAIL_LEN: u64 = 64 << 10;

/// The members of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    members: Vec<Member>,
    read_to: u64,
    object_len: u64,
    finished: bool,
}

/// What the last bytes of an object say about its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tail {
    /// The whole index.
    Index(Index),
    /// The index starts at this offset, before the bytes given: read from there to the end and ask again.
    From(u64),
    /// No sound index: an ordinary gzip file, objects put together, or a damaged or cut object. Hop.
    Absent,
}

impl Index {
    /// Reads the index out of `tail`, the last bytes of an object of `object_len` bytes.
    #[must_use]
    pub fn from_tail(tail: &[u8], object_len: u64) -> Tail {
        let Some(end) = End::parse(tail, object_len) else { return Tail::Absent };
        let Some(tail_offset) = object_len.checked_sub(tail.len() as u64) else { return Tail::Absent };
        let Some(skip) = end.index_offset.checked_sub(tail_offset) else {
            return Tail::From(end.index_offset);
        };
        let mut rest = &tail[skip as usize..];
        let mut members: Vec<Member> = Vec::new();
        let mut listed_to = 0;
        while !rest.is_empty() {
            let before = members.len();
            let parsed = table::member_len(rest).and_then(|len| {
                let (member, after) = rest.split_at_checked(len)?;
                Some((table::parse_member(member, &mut members)?, after))
            });
            let Some(((table_end, index_offset), after)) = parsed else { return Tail::Absent };
            let starts_at = members.get(before).map_or(table_end, |member| member.offset);
            if index_offset != end.index_offset || starts_at != listed_to {
                return Tail::Absent;
            }
            listed_to = table_end;
            rest = after;
        }
        if listed_to != end.index_offset {
            return Tail::Absent;
        }
        Tail::Index(Self { members, read_to: object_len, object_len, finished: true })
    }

    /// Reads the members' headers one after the other, each a read of [`HEADER_LEN`] bytes. Stops before the
    /// first bytes that are neither a whole member nor a sound index member: see [`Index::read_to`].
    ///
    /// # Errors
    /// [`ReadError::Io`] only; damage ends the index early.
    pub fn by_hopping<R: ReadAt + ?Sized>(source: &R) -> Result<Self, ReadError> {
        let object_len = source.size().map_err(|source| ReadError::Io { offset: 0, len: 0, source })?;
        let mut index = Self { members: Vec::new(), read_to: 0, object_len, finished: false };
        let mut bytes = Vec::new();
        while index.read_to < object_len {
            read(source, index.read_to, HEADER_LEN as u64, object_len, &mut bytes)?;
            match Member::parse_header(index.read_to, &bytes) {
                Ok(member) if member.end() <= object_len => {
                    index.read_to = member.end();
                    index.finished = false;
                    index.members.push(member);
                }
                Err(HeaderError::Foreign | HeaderError::Short) => {
                    let Some(len) = table::member_len(&bytes) else { break };
                    read(source, index.read_to, len as u64, object_len, &mut bytes)?;
                    if table::parse_member(&bytes, &mut Vec::new()).is_none() {
                        break;
                    }
                    index.read_to += len as u64;
                    index.finished = true;
                }
                Ok(_) | Err(HeaderError::Damaged) => break,
            }
        }
        Ok(index)
    }

    /// From the tail if it holds a sound index, else by hopping.
    ///
    /// # Errors
    /// [`ReadError::Io`] only.
    pub fn read<R: ReadAt + ?Sized>(source: &R) -> Result<Self, ReadError> {
        let object_len = source.size().map_err(|source| ReadError::Io { offset: 0, len: 0, source })?;
        let mut tail = Vec::new();
        let mut from = object_len.saturating_sub(TAIL_LEN);
        loop {
            read(source, from, object_len - from, object_len, &mut tail)?;
            match Self::from_tail(&tail, object_len) {
                Tail::Index(index) => return Ok(index),
                Tail::From(offset) if offset < from && is_index_at(source, offset, object_len)? => {
                    from = offset;
                }
                Tail::From(_) | Tail::Absent => return Self::by_hopping(source),
            }
        }
    }

    /// The members in order.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The members that may hold a wanted record.
    pub fn select(&self, selection: Selection) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| selection.admits(member))
    }

    /// Records of all members by level. Says nothing of what lies behind [`Index::read_to`].
    #[must_use]
    pub fn counts(&self) -> LevelCounts {
        let mut counts = LevelCounts::default();
        self.members.iter().for_each(|member| counts.add(&member.levels));
        counts
    }

    /// Bytes of text of all members.
    #[must_use]
    pub fn text_len(&self) -> u64 {
        self.members.iter().map(|member| u64::from(member.text_len)).sum()
    }

    /// Smallest and largest time of all members' records, milliseconds since 1970 UTC; `None` when there are
    /// no members.
    #[must_use]
    pub fn time_range(&self) -> Option<(i64, i64)> {
        let first = self.members.iter().map(|member| member.first_ts).min()?;
        let last = self.members.iter().map(|member| member.last_ts).max()?;
        Some((first, last))
    }

    /// The offset up to which the object is understood. What lies behind it is ordinary gzip, or damaged.
    #[must_use]
    pub fn read_to(&self) -> u64 {
        self.read_to
    }

    /// Length of the object in bytes.
    #[must_use]
    pub fn object_len(&self) -> u64 {
        self.object_len
    }

    /// Whether the index accounts for every byte of a finished object, so that its counts are those of the
    /// object.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.finished && self.read_to == self.object_len
    }

    /// Whether the understood part ends as a finished object does (or there is none).
    pub(crate) fn is_finished(&self) -> bool {
        self.finished || self.members.is_empty()
    }
}

/// Whether an index member starts at `offset`: asked before a claimed offset makes us read all from there on.
fn is_index_at<R: ReadAt + ?Sized>(source: &R, offset: u64, object_len: u64) -> Result<bool, ReadError> {
    let mut bytes = Vec::new();
    read(source, offset, HEADER_LEN as u64, object_len, &mut bytes)?;
    Ok(table::member_len(&bytes).is_some())
}

/// Reads up to `len` bytes, fewer at the object's end.
fn read<R: ReadAt + ?Sized>(
    source: &R,
    offset: u64,
    len: u64,
    object_len: u64,
    bytes: &mut Vec<u8>,
) -> Result<(), ReadError> {
    let len = len.min(object_len.saturating_sub(offset));
    bytes.resize(len as usize, 0);
    source.read_exact_at(offset, bytes).map_err(|source| ReadError::Io { offset, len, source })
}
