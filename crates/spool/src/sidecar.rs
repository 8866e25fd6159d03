//! Small files beside the segments, replaced whole: `state` and `….progress`.
//!
//! Layout: 8 bytes of magic, CRC-32C (u32, little endian) of the body, the body. A replacement is written to
//! `<name>.tmp` and renamed, so a reader finds the old file or the new one.
//!
//! Body of `state`: `covered` u64, then each id as a length byte and its bytes, oldest first. The ids of all
//! segments with a sequence below `covered` are in the file (as far as they are recent); recovery looks into
//! segments from there on itself. So a `state` that could not be written costs a longer start and no more.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::recent::RecentIds;

pub(crate) const STATE_MAGIC: [u8; 8] = *b"\x89SLSTA\r\n";
pub(crate) const PROGRESS_MAGIC: [u8; 8] = *b"\x89SLPRO\r\n";
const HEAD_BYTES: usize = 12;

/// Puts the head before a body. Build the file in one buffer: `begin`, append the body, `replace`.
pub(crate) fn begin(magic: [u8; 8], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&magic);
    out.extend_from_slice(&[0; 4]);
}

/// Replaces the file at `path` by `out`.
pub(crate) fn replace(path: &Path, out: &mut [u8], sync: bool) -> Result<()> {
    let crc = crc32c::crc32c(&out[HEAD_BYTES..]);
    out[8..HEAD_BYTES].copy_from_slice(&crc.to_le_bytes());
    let temporary = path.with_added_extension("tmp");
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(out)?;
        if sync { file.sync_data() } else { Ok(()) }
    });
    written.and_then(|()| fs::rename(&temporary, path)).map_err(|e| {
        // Half a file would only take room where there may be none left.
        let _ = fs::remove_file(&temporary);
        Error::io("replace", path, e)
    })
}

/// What a sidecar file turned out to be.
pub(crate) enum Sidecar {
    Missing,
    Damaged,
    Body(Vec<u8>),
}

pub(crate) fn load(path: &Path, magic: [u8; 8]) -> Result<Sidecar> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Sidecar::Missing),
        Err(e) => return Err(Error::io("read", path, e)),
    };
    let Some((head, body)) = bytes.split_at_checked(HEAD_BYTES) else { return Ok(Sidecar::Damaged) };
    if head[..8] != magic || head[8..] != crc32c::crc32c(body).to_le_bytes() {
        return Ok(Sidecar::Damaged);
    }
    Ok(Sidecar::Body(body.to_vec()))
}

pub(crate) fn encode_state(covered: u64, recent: &RecentIds, out: &mut Vec<u8>) {
    begin(STATE_MAGIC, out);
    out.extend_from_slice(&covered.to_le_bytes());
    for id in recent.sealed() {
        out.push(id.len() as u8);
        out.extend_from_slice(id);
    }
}

/// Fills `recent` from the body of `state`; returns `covered`, or `None` when the body makes no sense.
pub(crate) fn decode_state(body: &[u8], recent: &mut RecentIds) -> Option<u64> {
    let (covered, mut rest) = body.split_first_chunk()?;
    while let Some((&len, tail)) = rest.split_first() {
        let (id, tail) = tail.split_at_checked(usize::from(len))?;
        recent.push(id);
        rest = tail;
    }
    recent.seal();
    Some(u64::from_le_bytes(*covered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_back_and_damage_is_told_from_absence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert!(matches!(load(&path, STATE_MAGIC).unwrap(), Sidecar::Missing));
        let mut recent = RecentIds::new(4);
        recent.push(b"one");
        recent.push(&[9; 255]);
        recent.seal();
        let mut out = Vec::new();
        encode_state(17, &recent, &mut out);
        replace(&path, &mut out, true).unwrap();
        let Sidecar::Body(body) = load(&path, STATE_MAGIC).unwrap() else { panic!("no body") };
        let mut back = RecentIds::new(4);
        assert_eq!(decode_state(&body, &mut back), Some(17));
        assert!(back.contains(b"one") && back.contains(&[9; 255]));
        assert!(matches!(load(&path, PROGRESS_MAGIC).unwrap(), Sidecar::Damaged));
        for cut in 0..out.len() {
            fs::write(&path, &out[..cut]).unwrap();
            assert!(matches!(load(&path, STATE_MAGIC).unwrap(), Sidecar::Damaged), "cut at {cut}");
        }
    }
}
