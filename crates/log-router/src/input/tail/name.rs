//! What tells a file from all others whatever it is called, and the ids of what was stored of it.
//!
//! A chunk id has 30 bytes, the most that the spool remembers without an allocation. Numbers are big endian:
//!
//! | byte | what |
//! |---|---|
//! | 0 | `F5 74`: no UTF-8 has the first, so no id that a client writes as text is taken for one of these |
//! | 2 | flags: 1 the chunk ends within a long line, 2 it tells the end of the file, 4 the file was begun anew |
//! | 3 | length of the head, less one |
//! | 4 | u32 number of the file: counts the files that were read, so that no two share an id |
//! | 8 | u32 device |
//! | 12 | u64 inode |
//! | 20 | u32 fingerprint of the head, the first bytes of the file |
//! | 24 | u48 where the chunk ends in the file |

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

use xxhash_rust::xxh3::xxh3_64;

/// Most bytes of a file's beginning by which it is recognised.
pub(super) const HEAD_BYTES: usize = 256;
/// Where a file ends at the latest: an id has no room for more. That is 256 TiB.
pub(super) const MOST_OFFSET: u64 = (1 << 48) - 1;

const PREFIX: [u8; 2] = [0xf5, b't'];
const IN_LINE: u8 = 1;
const ENDED: u8 = 2;
const REPLACED: u8 = 4;

/// Where the file system keeps a file. Another file may lie there once this one is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Inode {
    pub(super) device: u32,
    pub(super) inode: u64,
}

impl Inode {
    pub(super) fn of(found: &Metadata) -> Inode {
        let device = found.dev();
        // Linux has 32 bits of it; what others may have above is folded in.
        Inode { device: (device ^ (device >> 32)) as u32, inode: found.ino() }
    }
}

/// The first bytes of a file, as many as there were when its first line was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// 1 to 256.
    pub(super) len: u16,
    pub(super) fingerprint: u32,
}

impl Head {
    /// None for an empty file.
    pub(super) fn of(file: &File) -> io::Result<Option<Head>> {
        let mut bytes = [0; HEAD_BYTES];
        let len = read_full(file, &mut bytes, 0)?;
        Ok((len > 0).then(|| Head { len: len as u16, fingerprint: fingerprint(&bytes[..len]) }))
    }

    /// Whether the file still begins like this.
    pub(super) fn matches(self, file: &File) -> io::Result<bool> {
        let mut bytes = [0; HEAD_BYTES];
        let head = &mut bytes[..usize::from(self.len).min(HEAD_BYTES)];
        let len = read_full(file, head, 0)?;
        Ok(len == head.len() && fingerprint(head) == self.fingerprint)
    }
}

fn fingerprint(bytes: &[u8]) -> u32 {
    xxh3_64(bytes) as u32
}

/// Reads until the buffer is full or the file ends.
pub(super) fn read_full(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match file.read_at(&mut buffer[len..], at + len as u64) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// Names the content of a file for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    /// No two files that this folder of offsets has seen have the same.
    pub(super) number: u32,
    /// Where it lay when it was named.
    pub(super) at: Inode,
    pub(super) head: Head,
}

/// What a chunk id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) name: Name,
    pub(super) end: u64,
    pub(super) in_line: bool,
    /// The file begins otherwise by now: nothing of it is left to be read.
    pub(super) replaced: bool,
}

impl Name {
    /// What tells the file's entries in the spool from those of others.
    pub(super) fn source(&self) -> Vec<u8> {
        let Name { number, at: Inode { device, inode }, head } = self;
        format!("tail:{number}:{device:x}:{inode}:{:08x}", head.fingerprint).into_bytes()
    }

    /// The id of the chunk that ends here.
    pub(super) fn chunk(&self, end: u64, in_line: bool) -> ChunkId {
        self.id(end, u8::from(in_line) * IN_LINE)
    }

    /// The id of the message that the file has ended here.
    pub(super) fn end(&self, end: u64, in_line: bool) -> ChunkId {
        self.id(end, (u8::from(in_line) * IN_LINE) | ENDED)
    }

    /// The id of the message that the file was begun anew in its place, when so much of it had been stored.
    pub(super) fn replaced(&self, end: u64) -> ChunkId {
        self.id(end, ENDED | REPLACED)
    }

    fn id(&self, end: u64, flags: u8) -> ChunkId {
        let mut id = [0; ChunkId::BYTES];
        id[..2].copy_from_slice(&PREFIX);
        id[2] = flags;
        id[3] = self.head.len.clamp(1, HEAD_BYTES as u16).wrapping_sub(1) as u8;
        id[4..8].copy_from_slice(&self.number.to_be_bytes());
        id[8..12].copy_from_slice(&self.at.device.to_be_bytes());
        id[12..20].copy_from_slice(&self.at.inode.to_be_bytes());
        id[20..24].copy_from_slice(&self.head.fingerprint.to_be_bytes());
        id[24..30].copy_from_slice(&end.min(MOST_OFFSET).to_be_bytes()[2..]);
        ChunkId(id)
    }
}

/// The id by which the spool remembers a chunk of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChunkId([u8; ChunkId::BYTES]);

impl ChunkId {
    /// How long each id is.
    pub const BYTES: usize = 30;

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether an id is of this kind.
    #[must_use]
    pub fn is_tails(id: &[u8]) -> bool {
        id.len() == ChunkId::BYTES && id[..2] == PREFIX
    }

    /// Reads an id; None for one that others made.
    pub(super) fn read(id: &[u8]) -> Option<Stored> {
        if !ChunkId::is_tails(id) || id[2] & !(IN_LINE | ENDED | REPLACED) != 0 {
            return None;
        }
        let number =
            |from: usize, to: usize| id[from..to].iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        let at = Inode { device: number(8, 12) as u32, inode: number(12, 20) };
        let head = Head { len: u16::from(id[3]) + 1, fingerprint: number(20, 24) as u32 };
        let name = Name { number: number(4, 8) as u32, at, head };
        let (in_line, replaced) = (id[2] & IN_LINE != 0, id[2] & REPLACED != 0);
        Some(Stored { name, end: number(24, 30), in_line, replaced })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> Name {
        Name {
            number: 7,
            at: Inode { device: 0x10_0302, inode: 0x0123_4567_89ab_cdef },
            head: Head { len: 256, fingerprint: 0xfedc_ba98 },
        }
    }

    #[test]
    fn an_id_is_laid_out_as_documented_and_reads_back() {
        let id = name().chunk(0x1122_3344_5566, true);
        assert_eq!(
            id.as_bytes(),
            b"\xf5t\x01\xff\0\0\0\x07\0\x10\x03\x02\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x11\x22\x33\x44\x55\x66"
        );
        let stored = Stored { name: name(), end: 0x1122_3344_5566, in_line: true, replaced: false };
        assert_eq!(ChunkId::read(id.as_bytes()), Some(stored));
        let ids = [name().end(5, false), name().chunk(5, false), name().replaced(5)];
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        let read = ids.map(|id| ChunkId::read(id.as_bytes()).map(|stored| (stored.end, stored.replaced)));
        assert_eq!(read, [Some((5, false)), Some((5, false)), Some((5, true))]);
    }

    #[test]
    fn ids_of_others_are_told_apart() {
        for id in [&b""[..], b"\xf5t", &[b'a'; 30], &[0; 30], &[0xf5; 30]] {
            assert_eq!(ChunkId::read(id), None, "{id:?}");
        }
    }

    #[test]
    fn a_file_that_grows_keeps_its_head_and_one_that_was_begun_anew_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let write = |text: &str| {
            std::fs::write(&path, text).unwrap();
            File::open(&path).unwrap()
        };
        assert_eq!(Head::of(&write("")).unwrap(), None);
        let head = Head::of(&write("one\n")).unwrap().unwrap();
        assert!(head.matches(&write("one\ntwo\n")).unwrap());
        assert!(!head.matches(&write("on")).unwrap() && !head.matches(&write("two\none\n")).unwrap());
        assert_eq!(Head::of(&write(&"x".repeat(1000))).unwrap().unwrap().len, 256);
    }
}
