//! The one place where what came in is stored: it waits while the spool cannot take more, ends segments where no
//! message is torn, and keeps the account.
//!
//! Invariants:
//! * [`Intake::store`] returns when everything is stored, and not before: an acknowledgement may follow it. While the
//!   disk fails or the spool is full it waits, and so the client does;
//! * a chunk whose id the spool remembers is not stored again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;
use std::time::Duration;

use sluice_forward::Decoder;
use sluice_pipeline::WhenFull;
use sluice_spool::{
    ENTRY_HEAD_BYTES, EntryRef, Error as SpoolError, Position, SegmentId, SegmentInfo, Spool,
};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::counters::{Counters, add};
use super::health::{Health, Part};
use super::now_ms;
use super::seam::{End, MOST_LATE_MS, Piece, QUIET_MS, Seam, divide, events_of};
use crate::diagnostics::{chain, error, info};
use crate::input::EntryKind;
use crate::route::{Rules, pack};

/// How long to wait before a disk that failed is tried again.
const DISK_WAIT: Duration = Duration::from_millis(500);
/// How long to wait for room before looking again.
const ROOM_WAIT: Duration = Duration::from_secs(1);

/// Something to store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    /// What the payload is.
    pub(crate) kind: EntryKind,
    /// What tells it from what others send.
    pub(crate) source: &'a [u8],
    /// By which it is recognised when it comes again.
    pub(crate) chunk_id: Option<&'a [u8]>,
    /// The bytes.
    pub(crate) payload: &'a [u8],
    /// Lines or forwarded events in it.
    pub(crate) events: u64,
}

/// Stores what comes in.
pub(super) struct Intake {
    pub(super) spool: RefCell<Spool>,
    pub(super) counters: Rc<Counters>,
    pub(super) health: Rc<Health>,
    /// Something was stored or sealed.
    pub(super) appended: Notify,
    /// Something was deleted.
    pub(super) room: Notify,
    /// When something came in last.
    pub(super) last_in: Cell<Instant>,
    seam: RefCell<Seam>,
    decoder: RefCell<Decoder>,
    /// Reused for what is packed.
    packed: RefCell<Vec<u8>>,
    /// Events of each segment that this run wrote.
    events: RefCell<HashMap<SegmentId, u64>>,
    segment_age: Duration,
    /// Opens the spool anew when its folder was removed.
    reopen: Box<dyn Fn() -> Result<Spool, SpoolError>>,
    when_full: WhenFull,
    /// Bytes that are kept free for the errors of discarded segments.
    reserve: u64,
    /// Discards the oldest segment; set when that is wanted.
    pub(super) discard: RefCell<Option<Box<dyn FnMut() -> bool>>>,
}

impl Intake {
    pub(super) fn new(
        reopen: Box<dyn Fn() -> Result<Spool, SpoolError>>,
        spool: Spool,
        rules: &Rules,
        settings: &sluice_pipeline::Spool,
        counters: Rc<Counters>,
        health: Rc<Health>,
    ) -> Intake {
        Intake {
            spool: RefCell::new(spool),
            counters,
            health,
            appended: Notify::new(),
            room: Notify::new(),
            last_in: Cell::new(Instant::now()),
            seam: RefCell::new(Seam::new(settings.segment_bytes.0, rules)),
            decoder: RefCell::new(Decoder::new(rules.forward)),
            packed: RefCell::default(),
            events: RefCell::default(),
            segment_age: settings.segment_age,
            reopen,
            when_full: settings.when_full,
            reserve: settings.segment_bytes.0,
            discard: RefCell::new(None),
        }
    }

    /// Stores it; false when it is a chunk that was stored before.
    pub(crate) async fn store(&self, incoming: Incoming<'_>) -> bool {
        let mut incoming = incoming;
        loop {
            if let Some(id) = incoming.chunk_id
                && self.spool.borrow().seen_chunk(id)
            {
                add(&self.counters.in_chunks_repeated, 1);
                return false;
            }
            match self.try_store(&mut incoming) {
                Ok(()) => return true,
                Err(error) => self.wait(&error).await,
            }
        }
    }

    /// Stores it at once or not at all; false when it is a chunk that was stored before. Only for what has a chunk id.
    pub(super) fn store_now(&self, incoming: Incoming<'_>) -> Result<bool, SpoolError> {
        if incoming.chunk_id.is_some_and(|id| self.spool.borrow().seen_chunk(id)) {
            add(&self.counters.in_chunks_repeated, 1);
            return Ok(false);
        }
        let mut incoming = incoming;
        self.try_store(&mut incoming).map(|()| true)
    }

    /// Stores what fits; what is stored of a divided piece is taken off it.
    fn try_store(&self, incoming: &mut Incoming<'_>) -> Result<(), SpoolError> {
        let received_ms = now_ms();
        if self.when_full == WhenFull::Drop {
            // The errors of what is discarded need room, too.
            while self.spool.borrow().free_bytes() < self.reserve + incoming.payload.len() as u64
                && self.discard_oldest()
            {}
        }
        if let Some(End { at, forced }) = self.end(incoming, received_ms) {
            let (before, after) = divide(incoming.kind, incoming.payload, at);
            if at > 0 {
                let events = events_of(incoming.kind, before, &mut self.decoder.borrow_mut());
                self.append(&Incoming { payload: before, events, ..*incoming }, received_ms)?;
                incoming.payload = after;
                incoming.events = incoming.events.saturating_sub(events);
            }
            self.seal(forced)?;
        }
        self.append(incoming, received_ms)
    }

    fn end(&self, incoming: &Incoming<'_>, received_ms: i64) -> Option<End> {
        let open = self.spool.borrow().open_segment()?;
        let age_ms = received_ms.saturating_sub(open.created_ms);
        let late_ms = age_ms.checked_sub(self.segment_age.as_millis() as i64).filter(|late| *late >= 0);
        let piece = Piece {
            kind: incoming.kind,
            source: incoming.source,
            payload: incoming.payload,
            received_ms,
            divisible: incoming.chunk_id.is_none(),
        };
        self.seam.borrow_mut().end(&piece, open.bytes, late_ms)
    }

    fn append(&self, incoming: &Incoming<'_>, received_ms: i64) -> Result<(), SpoolError> {
        let Incoming { mut kind, source, chunk_id, mut payload, events } = *incoming;
        let mut packed = self.packed.borrow_mut();
        // A chunk is known again by its bytes.
        if kind == EntryKind::Forward && chunk_id.is_none() && pack(payload, &mut packed) {
            (kind, payload) = (EntryKind::Packed, &packed);
        }
        let entry = EntryRef { kind: kind as u8, received_ms, source, chunk_id, payload };
        let position = self.spool.borrow_mut().append(entry)?;
        self.account(position, entry_bytes(&entry), events);
        add(&self.counters.in_events, events);
        if kind != EntryKind::Idle {
            self.last_in.set(Instant::now());
        }
        self.well();
        Ok(())
    }

    fn well(&self) {
        if self.health.clear(Part::Spool) {
            info("the spool can be written again", &[]);
        }
        if self.health.clear(Part::Room) {
            info("the spool has room again", &[]);
            self.counters.spool_full.set(0);
        }
    }

    /// Ends the open segment.
    pub(super) fn seal(&self, forced: bool) -> Result<Option<SegmentInfo>, SpoolError> {
        let sealed = self.spool.borrow_mut().seal()?;
        if sealed.is_some() {
            self.seam.borrow_mut().reset();
            add(&self.counters.spool_seal_forced, u64::from(forced));
            self.appended.notify_one();
        }
        Ok(sealed)
    }

    /// Ends the open segment if its age is due and nothing is under way.
    pub(super) fn seal_by_age(&self) {
        let now = now_ms();
        let Some(open) = self.spool.borrow().open_segment() else { return };
        let late_ms = now.saturating_sub(open.created_ms) - self.segment_age.as_millis() as i64;
        if late_ms < 0 {
            return;
        }
        let quiet = self.last_in.get().elapsed().as_millis() as i64 >= QUIET_MS;
        if (quiet || late_ms >= MOST_LATE_MS)
            && let Err(error) = self.seal(!quiet)
        {
            self.report(&error);
        }
    }

    /// Says that nothing comes, so that what waits for more is let go. It is only worth the while if it can be stored
    /// at once.
    pub(super) fn idle(&self) {
        let idle = Incoming { kind: EntryKind::Idle, source: b"", chunk_id: None, payload: b"", events: 0 };
        // When it cannot be stored, the seal that follows lets go as well.
        let _ = self.append(&idle, now_ms());
    }

    /// How many events a segment got, if this run wrote it.
    pub(super) fn take_events(&self, segment: SegmentId) -> Option<u64> {
        self.events.borrow_mut().remove(&segment)
    }

    /// Makes the best of a refusal: room is made, or waited for.
    pub(super) async fn wait(&self, refusal: &SpoolError) {
        if !matches!(refusal, SpoolError::SpoolFull { .. }) {
            self.report(refusal);
            tokio::time::sleep(DISK_WAIT).await;
            return;
        }
        // Only what is sealed can be delivered and deleted.
        if let Err(error) = self.seal(true) {
            self.report(&error);
        }
        self.counters.spool_full.set(1);
        if self.health.report(Part::Room, chain(refusal)) {
            error("the spool is full; inputs wait", &[("reason", &chain(refusal))]);
        }
        let _ = tokio::time::timeout(ROOM_WAIT, self.room.notified()).await;
    }

    fn discard_oldest(&self) -> bool {
        let Some(mut discard) = self.discard.borrow_mut().take() else { return false };
        let done = discard();
        *self.discard.borrow_mut() = Some(discard);
        done
    }

    /// Stores records that are kept of a segment which is about to be discarded; all or none.
    pub(super) fn keep(&self, entries: &[EntryRef<'_>], events: u64) -> Result<(), SpoolError> {
        let position = self.spool.borrow_mut().append_batch(entries)?;
        if let Some(position) = position {
            self.account(position, entries.iter().map(entry_bytes).sum(), events);
        }
        Ok(())
    }

    fn account(&self, position: Position, bytes: u64, events: u64) {
        add(&self.counters.in_bytes, bytes);
        match self.events.borrow_mut().entry(position.segment) {
            Entry::Occupied(mut counted) => *counted.get_mut() += events,
            Entry::Vacant(first) => {
                // The header of the segment stands before its first entry.
                add(&self.counters.in_bytes, position.offset);
                first.insert(events);
            }
        }
        self.appended.notify_one();
    }

    /// Forces what was stored to disk.
    pub(super) fn sync(&self) {
        if let Err(refusal) = self.spool.borrow_mut().sync() {
            self.report(&refusal);
        }
    }

    /// Tells of a disk that fails.
    pub(super) fn report(&self, refusal: &SpoolError) {
        if matches!(refusal, SpoolError::Vanished { .. }) {
            self.open_anew();
        }
        self.health.report(Part::Spool, chain(refusal));
        error("cannot store what comes in; inputs wait", &[("reason", &chain(refusal))]);
    }

    /// The folder was removed, and all that lay in it; a new one takes its place.
    fn open_anew(&self) {
        let lost = self.spool.borrow().total_bytes();
        match (self.reopen)() {
            Ok(spool) => {
                add(&self.counters.lost_bytes, lost);
                error("the spool was removed; what was not delivered is lost", &[("bytes", &lost)]);
                *self.spool.borrow_mut() = spool;
                self.seam.borrow_mut().reset();
                self.appended.notify_one();
            }
            Err(again) => {
                error("the spool was removed and cannot be made again", &[("reason", &chain(&again))]);
            }
        }
    }
}

/// Bytes that an entry takes.
fn entry_bytes(entry: &EntryRef<'_>) -> u64 {
    let chunk_id = entry.chunk_id.map_or(0, <[u8]>::len);
    (ENTRY_HEAD_BYTES + entry.source.len() + chunk_id + entry.payload.len()) as u64
}
