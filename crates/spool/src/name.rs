//! Names: boot ids, segment ids and the files of a spool folder.
//!
//! | file | what it is |
//! |---|---|
//! | `segment-<seq>-<boot>.open` | the segment being appended to, at most one while a spool runs |
//! | `segment-<seq>-<boot>.sealed` | a finished segment; its bytes never change again |
//! | `segment-<seq>-<boot>.progress` | how far its delivery has come, opaque to the spool |
//! | `segment-….quarantined[.n]` | a segment whose header could not be trusted, set aside, never deleted |
//! | `state` | the recent chunk ids and the sequence they reach up to |
//! | `spare` | the file of a delivered segment, kept for the next one; removed by recovery |
//! | `lock` | held with a file lock while a process uses the folder |
//! | `….tmp` | half of an atomic replacement; removed by recovery |
//!
//! `<seq>` is 16 lower-case hexadecimal digits and comes first, so that `ls` lists segments by age.

use std::fmt;
use std::str::FromStr;

pub(crate) const LOCK: &str = "lock";
pub(crate) const STATE: &str = "state";
pub(crate) const SPARE: &str = "spare";
/// Ending of the segment that is appended to.
pub(crate) const OPEN: &str = "open";
const PREFIX: &str = "segment-";
const SEQUENCE_DIGITS: usize = 16;
/// A file named with more is not ours; believing it would leave no room to count on.
const MAX_SEQUENCE: u64 = u64::MAX / 2;

/// One start of the process that writes a spool: 8 to 12 lower-case hexadecimal digits, chosen by the caller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BootId {
    digits: [u8; Self::MAX],
    len: u8,
}

impl BootId {
    /// Fewest digits.
    pub const MIN: usize = 8;
    /// Most digits.
    pub const MAX: usize = 12;

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only hexadecimal digits get in, so this is never the fallback.
        std::str::from_utf8(&self.digits[..usize::from(self.len)]).unwrap_or_default()
    }
}

/// A text that is no boot id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no boot id: give 8 to 12 lower-case hexadecimal digits")]
pub struct BadBootId(String);

impl FromStr for BootId {
    type Err = BadBootId;

    fn from_str(text: &str) -> Result<Self, BadBootId> {
        let bytes = text.as_bytes();
        let fits = (Self::MIN..=Self::MAX).contains(&bytes.len());
        if !fits || !bytes.iter().all(|b| is_hex(*b)) {
            return Err(BadBootId(text.chars().take(64).collect()));
        }
        let mut digits = [0; Self::MAX];
        digits[..bytes.len()].copy_from_slice(bytes);
        Ok(Self { digits, len: bytes.len() as u8 })
    }
}

impl fmt::Display for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BootId({self})")
    }
}

/// Names a segment. Sequences only grow within a folder, across restarts too, so the order of ids is age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId {
    /// Counts the segments of the folder, from 1.
    pub sequence: u64,
    /// The start of the process that wrote it.
    pub boot: BootId,
}

/// Shown as `<seq 16 hex>-<boot>`, as in file names.
impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.sequence, self.boot)
    }
}

/// What a name in the folder stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Open(SegmentId),
    Sealed(SegmentId),
    Progress(SegmentId),
    Quarantined(SegmentId),
    Temporary,
    /// `lock` and `state`.
    Own,
    Spare,
    Foreign,
}

pub(crate) fn open_name(id: SegmentId) -> String {
    format!("{PREFIX}{id}.{OPEN}")
}

pub(crate) fn sealed_name(id: SegmentId) -> String {
    format!("{PREFIX}{id}.sealed")
}

pub(crate) fn progress_name(id: SegmentId) -> String {
    format!("{PREFIX}{id}.progress")
}

pub(crate) fn classify(name: &str) -> FileKind {
    match name {
        LOCK | STATE => return FileKind::Own,
        SPARE => return FileKind::Spare,
        "state.tmp" => return FileKind::Temporary,
        _ => {}
    }
    let Some((id, ending)) = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.')) else {
        return FileKind::Foreign;
    };
    let Some(id) = parse_id(id) else { return FileKind::Foreign };
    match ending {
        OPEN => FileKind::Open(id),
        "sealed" => FileKind::Sealed(id),
        "progress" => FileKind::Progress(id),
        "open.tmp" | "progress.tmp" => FileKind::Temporary,
        _ if ending.starts_with("open.quarantined") || ending.starts_with("sealed.quarantined") => {
            FileKind::Quarantined(id)
        }
        _ => FileKind::Foreign,
    }
}

fn parse_id(text: &str) -> Option<SegmentId> {
    let (sequence, boot) = text.split_once('-')?;
    if sequence.len() != SEQUENCE_DIGITS || !sequence.bytes().all(is_hex) {
        return None;
    }
    let sequence = u64::from_str_radix(sequence, 16).ok().filter(|sequence| *sequence <= MAX_SEQUENCE)?;
    Some(SegmentId { sequence, boot: boot.parse().ok()? })
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> SegmentId {
        SegmentId { sequence: 0x2a, boot: "0123abcd".parse().unwrap() }
    }

    #[test]
    fn every_name_written_is_recognised_again() {
        assert_eq!(open_name(id()), "segment-000000000000002a-0123abcd.open");
        assert_eq!(classify(&open_name(id())), FileKind::Open(id()));
        assert_eq!(classify(&sealed_name(id())), FileKind::Sealed(id()));
        assert_eq!(classify(&progress_name(id())), FileKind::Progress(id()));
        for ending in ["open.quarantined", "sealed.quarantined.1"] {
            assert_eq!(classify(&format!("segment-{}.{ending}", id())), FileKind::Quarantined(id()));
        }
        assert_eq!(classify("state"), FileKind::Own);
        assert_eq!(classify("spare"), FileKind::Spare);
        assert_eq!(classify("segment-000000000000002a-0123abcd.open.tmp"), FileKind::Temporary);
    }

    #[test]
    fn near_misses_are_foreign() {
        for name in [
            "segment-2a-0123abcd.open",
            "segment-ffffffffffffffff-0123abcd.open",
            "segment-000000000000002A-0123abcd.open",
            "segment-+00000000000002a-0123abcd.open",
            "segment-000000000000002a-0123abc.open",
            "segment-000000000000002a-0123abcd.opened",
            "segment-000000000000002a-0123abcd",
            "notes.txt",
            "",
        ] {
            assert_eq!(classify(name), FileKind::Foreign, "{name}");
        }
    }

    #[test]
    fn boot_ids_are_eight_to_twelve_lower_case_hex_digits() {
        for good in ["00000000", "0123456789ab"] {
            assert_eq!(good.parse::<BootId>().unwrap().as_str(), good);
        }
        for bad in ["", "0000000", "0123456789abc", "0123ABCD", "0123 abc", "0123abcé"] {
            assert!(bad.parse::<BootId>().is_err(), "{bad}");
        }
    }
}
