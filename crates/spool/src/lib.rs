//! The segment log on disk.
//!
//! Inputs append what they receive and acknowledge it; routing reads the segments, and deletes each once all of
//! it was delivered. The spool knows nothing of what its bytes mean. It has no threads, no clock and no global
//! state: times are given to it, and every call does its work before it returns.
//!
//! ```
//! use sluice_spool::{EntryRef, Options, Spool};
//! # let folder = tempfile::tempdir()?;
//! let (mut spool, recovery) = Spool::open(folder.path(), Options::default(), "0123abcd".parse()?)?;
//! assert!(!recovery.found_damage());
//! let now_ms = 1_700_000_000_000;
//! let entry =
//!     EntryRef { kind: 1, received_ms: now_ms, source: b"stdin", chunk_id: None, payload: b"hello\n" };
//! spool.append(entry)?; // stored: acknowledge it now
//! if spool.needs_seal(now_ms + 10_000) {
//!     spool.seal()?;
//! }
//! while let Some(segment) = spool.sealed_segments().first().copied() {
//!     let mut reader = spool.reader(segment.id)?;
//!     while let Some(entry) = reader.next_entry()? {
//!         assert_eq!(entry.payload, b"hello\n");
//!     }
//!     spool.delete(segment.id)?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # On disk, version 1
//!
//! A folder holds segments, and beside them `lock`, `state` and one `.progress` file a segment. Numbers are little
//! endian, checksums CRC-32C. `docs/spool-format.md` has the same for readers in other languages.
//!
//! ```text
//! segment-<sequence, 16 hex>-<boot, 8 to 12 hex>.open | .sealed
//!
//! segment   header, entry, entry, …
//! header    0 magic 89 53 4C 53 45 47 0D 0A      16 u64 sequence
//!           8 u16 version                         24 i64 created_ms, Unix
//!          10 u8  length of boot                  32 boot, ASCII, zero-padded to 12 bytes
//!          11 u8  1 if the file is reused          44 meta, opaque, at most 65,536 bytes
//!          12 u32 length of meta                 44+meta u32 checksum of all before: the seed
//! entry     0 u32 checksum of byte 4 to the end   14 u8  length of chunk id
//!           4 u32 checksum of bytes 8 to 24       15 u8  zero
//!           8 u32 length of payload               16 i64 received_ms, Unix
//!          12 u8  kind, opaque                    24 source, chunk id, payload
//!          13 u8  length of source
//! ```
//!
//! An entry costs 24 bytes besides its fields, a segment 48 besides its meta. Both checksums of an entry start
//! from the seed, as if the segment's header (without its checksum) stood before the bytes.
//!
//! # Invariants
//!
//! 1. **Bytes never change.** A segment only grows at its end, by whole entries, until it is sealed. Sealing is a
//!    rename, so what routing makes of a segment depends on its bytes alone, sealed or not.
//!    The file of a delivered segment may become that of the next: a new segment, by its name, header and seed.
//! 2. **Stored means stored.** When an append returns, its bytes are the kernel's, and no end of the process takes
//!    them back. When it fails it left nothing: what was written is cut off again, and until that succeeds nothing
//!    is written behind it.
//! 3. **A cut costs what it hits.** Cut at any byte, a segment gives all entries that lie wholly before the cut.
//!    Recovery cuts the open segment there and seals it; a new process never appends to an old segment.
//! 4. **A changed byte costs one entry.** The head's own checksum says whether the entry's length can be believed,
//!    so a reader goes on behind a damaged entry. The seed keeps it from taking entries of another segment, logged
//!    inside this one, for its own.
//! 5. **Sequences only grow**, through restarts and the deletion of every segment, so `<boot>-<sequence>` names one
//!    segment for ever.
//! 6. **Ids outlive their segments.** The last [`Options::recent_ids`] chunk ids are in `state`, or in segments that
//!    `state` does not cover and that the next start therefore reads. `state` is written before a segment it
//!    does not cover is deleted; only on a full disk room comes first.
//! 7. **One process.** `lock` carries a kernel lock from opening to drop.
//! 8. **Nothing unknown is destroyed.** Foreign files stay, segments with a header that cannot be trusted are
//!    renamed to `….quarantined`, and one of a later version stops the start before anything was touched.
//! 9. **Memory is bounded**: by 17 KiB of heads and, for 4096 recent ids, 0.7 MiB for the writer; by 64 KiB or the
//!    largest entry for a reader, whatever lengths a file claims. Appending and reading allocate nothing in steady
//!    state.
//!
//! # Speed
//!
//! `cargo bench -p sluice-spool` on two virtual AMD EPYC cores, ext4, 8 MiB a round, no fsync, MiB of payload a
//! second:
//!
//! | payload of an entry | bare `write` of it | `append` | `append_batch` of 32 | read back, checked |
//! |---|---|---|---|---|
//! | 300 B | 274 | 217 | 665 | 2,285 |
//! | 64 KiB | 3,583 | 2,224 | 3,981 | 9,915 |
//!
//! The machine was shared; runs differ by up to 40 % for the two fastest columns of 64 KiB and for reading.
//!
//! So short lines are worth batching: one by one they cost 1.3 us each, in batches 0.43 us.

mod entry;
mod error;
mod format;
mod list;
mod lock;
mod name;
mod options;
mod reader;
mod recent;
mod recovery;
mod segment;
mod sidecar;
mod spool;
mod verify;
mod window;

pub use entry::{Entry, EntryRef, Position};
pub use error::{Error, ReadError, Result};
pub use format::{
    ENTRY_HEAD_BYTES, HeaderFault, MAGIC, MAX_FIELD_BYTES, MAX_META_BYTES, SEGMENT_HEADER_BYTES,
    SegmentHeader, VERSION,
};
pub use list::{SegmentFile, SegmentState, list};
pub use name::{BadBootId, BootId, SegmentId};
pub use options::{Fsync, Options};
pub use reader::{CorruptRange, SegmentReader};
pub use recovery::{Quarantined, Recovery, TornTail};
pub use spool::{MAX_PROGRESS_BYTES, SegmentInfo, Spool};
pub use verify::{Report, verify};
