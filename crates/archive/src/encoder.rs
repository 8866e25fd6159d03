//! Records in, the bytes of an object out; no I/O, no clock.
//!
//! Two members are open at a time: one for severe records (ERROR and above), one for the others. A member is
//! compressed when the next record would make its text longer than `member_bytes`, so the object's bytes
//! depend on the records, the options and the calls of [`ObjectEncoder::flush_members`] alone.
//!
//! Memory: the text of the open members (buffers grow as needed, at most `member_bytes` each and kept for the
//! next member), the output until the caller takes it, and about 80 bytes a member for the index.

use thiserror::Error;

use crate::compress::MemberCompressor;
use crate::level::{Level, LevelCounts};
use crate::member::{MAX_MEMBER_TEXT, Member};
use crate::table;

/// Text buffers start with this capacity.
const FIRST_CAPACITY: usize = 4 << 10;

/// How an object is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Most text of a member in bytes, except for a single longer record. Values outside 1 to
    /// [`MAX_MEMBER_TEXT`] are taken as the nearest of these.
    pub member_bytes: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { member_bytes: 1 << 20 }
    }
}

/// A record that cannot be stored; the encoder is as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecordError {
    /// It would be read back as several lines.
    #[error("the record has a newline at byte {at}; escape it before archiving the record")]
    Newline {
        /// Position of the first newline.
        at: usize,
    },
    /// Its line would not fit in a member.
    #[error("the record is {len} bytes long and a member holds at most {MAX_MEMBER_TEXT}; cut it")]
    TooLong {
        /// Length of the record in bytes.
        len: usize,
    },
}

/// What a finished object holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Number of records.
    pub records: u64,
    /// Bytes of text, newlines included.
    pub text_bytes: u64,
    /// Bytes of the object, the index included.
    pub compressed_bytes: u64,
    /// Records by level.
    pub by_level: LevelCounts,
    /// Smallest time in milliseconds since 1970 UTC; `None` without records.
    pub first_ts: Option<i64>,
    /// Largest time in milliseconds since 1970 UTC; `None` without records.
    pub last_ts: Option<i64>,
    /// Number of members, index members not counted.
    pub members: usize,
}

/// Writes one object; after [`ObjectEncoder::finish`] the next.
#[derive(Debug)]
pub struct ObjectEncoder {
    member_bytes: usize,
    plain: OpenMember,
    severe: OpenMember,
    done: Vec<Member>,
    /// Bytes of the object so far, those that the caller took away included.
    offset: u64,
    output: Vec<u8>,
}

impl ObjectEncoder {
    /// An encoder of an empty object.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            member_bytes: options.member_bytes.clamp(1, MAX_MEMBER_TEXT) as usize,
            plain: OpenMember::default(),
            severe: OpenMember::default(),
            done: Vec::new(),
            offset: 0,
            output: Vec::new(),
        }
    }

    /// Adds a record: one line without its newline, its time in milliseconds since 1970 UTC and its level.
    ///
    /// # Errors
    /// [`RecordError`] when the record is not one line or too long; it is not added then.
    pub fn push(
        &mut self,
        record: &[u8],
        ts_ms: i64,
        level: Level,
        compressor: &mut MemberCompressor,
    ) -> Result<(), RecordError> {
        if record.len() >= MAX_MEMBER_TEXT as usize {
            return Err(RecordError::TooLong { len: record.len() });
        }
        if let Some(at) = memchr::memchr(b'\n', record) {
            return Err(RecordError::Newline { at });
        }
        let severe = level.is_severe();
        let open = if severe { &self.severe } else { &self.plain };
        if !open.text.is_empty() && open.text.len() + record.len() + 1 > self.member_bytes {
            self.close(severe, compressor);
        }
        let open = if severe { &mut self.severe } else { &mut self.plain };
        open.add(record, ts_ms, level, self.member_bytes);
        if open.text.len() >= self.member_bytes {
            self.close(severe, compressor);
        }
        Ok(())
    }

    /// Bytes of the object that are ready. The caller writes them out and clears (or takes) the vector
    /// whenever it likes; it must not add to it.
    pub fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// Bytes of text in the open members, not compressed yet.
    #[must_use]
    pub fn buffered_text(&self) -> usize {
        self.plain.text.len() + self.severe.text.len()
    }

    /// Bytes of memory held: buffers at their capacity, the output and the table of members.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.plain.text.capacity()
            + self.severe.text.capacity()
            + self.output.capacity()
            + self.done.capacity() * size_of::<Member>()
    }

    /// Compresses the open members though they are not full and gives their buffers back, to bound the
    /// memory of many open objects. Costs compression.
    pub fn flush_members(&mut self, compressor: &mut MemberCompressor) {
        for severe in [false, true] {
            self.close(severe, compressor);
        }
        self.plain.text = Vec::new();
        self.severe.text = Vec::new();
    }

    /// Compresses what is open and appends the index. The rest of the object is in
    /// [`ObjectEncoder::output`] then, and the encoder is ready for another object once that is taken.
    pub fn finish(&mut self, compressor: &mut MemberCompressor) -> Summary {
        for severe in [false, true] {
            self.close(severe, compressor);
        }
        self.offset += table::put_index(&self.done, self.offset, &mut self.output);
        let mut summary =
            Summary { compressed_bytes: self.offset, members: self.done.len(), ..Summary::default() };
        for member in self.done.drain(..) {
            summary.text_bytes += u64::from(member.text_len);
            summary.by_level.add(&member.levels);
            summary.first_ts =
                Some(summary.first_ts.map_or(member.first_ts, |first| first.min(member.first_ts)));
            summary.last_ts = Some(summary.last_ts.map_or(member.last_ts, |last| last.max(member.last_ts)));
        }
        summary.records = summary.by_level.total();
        self.offset = 0;
        summary
    }

    /// Compresses one of the two open members, unless it is empty.
    fn close(&mut self, severe: bool, compressor: &mut MemberCompressor) {
        let open = if severe { &mut self.severe } else { &mut self.plain };
        if open.text.is_empty() {
            return;
        }
        let mut member = Member {
            offset: self.offset,
            len: 0,
            text_len: 0,
            first_ts: open.first_ts,
            last_ts: open.last_ts,
            levels: open.levels,
        };
        compressor.put_member(&open.text, &mut member, &mut self.output);
        self.offset = member.end();
        self.done.push(member);
        open.reset(self.member_bytes);
    }
}

/// Records that wait to become a member.
#[derive(Debug, Default)]
struct OpenMember {
    text: Vec<u8>,
    first_ts: i64,
    last_ts: i64,
    levels: LevelCounts,
}

impl OpenMember {
    fn add(&mut self, record: &[u8], ts_ms: i64, level: Level, member_bytes: usize) {
        if self.text.is_empty() {
            (self.first_ts, self.last_ts) = (ts_ms, ts_ms);
        } else {
            self.first_ts = self.first_ts.min(ts_ms);
            self.last_ts = self.last_ts.max(ts_ms);
        }
        let needed = self.text.len() + record.len() + 1;
        if needed > self.text.capacity() {
            // Doubles, but not beyond what a member can hold.
            let capacity = (2 * self.text.capacity()).clamp(FIRST_CAPACITY, member_bytes.max(FIRST_CAPACITY));
            self.text.reserve_exact(capacity.max(needed) - self.text.len());
        }
        self.text.extend_from_slice(record);
        self.text.push(b'\n');
        self.levels[level] += 1;
    }

    /// Empties it; the buffer stays unless one long record made it larger than a member.
    fn reset(&mut self, member_bytes: usize) {
        if self.text.capacity() > member_bytes.max(FIRST_CAPACITY) {
            self.text = Vec::new();
        } else {
            self.text.clear();
        }
        self.levels = LevelCounts::default();
    }
}
