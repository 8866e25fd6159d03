//! Memory for what clients have sent.
//!
//! Invariants:
//! * what is read goes into a buffer that all clients share, behind the client's beginning of a message if that is
//!   short; only the beginning of a message that is not whole yet is kept for its client. A client whose store waits
//!   holds its buffer until then;
//! * these beginnings together take at most [`Buffers::new`]'s limit, besides [`FREE_BYTES`] for each client. A client
//!   that would need more waits for others, and is disconnected when that takes too long.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Bytes read at a time.
pub(super) const READ_BYTES: usize = 64 << 10;
/// What a client may keep without asking.
const FREE_BYTES: usize = 16 << 10;
/// The longest beginning that is copied before what is read. Behind a longer one, what is read is copied.
const CARRIED_BYTES: usize = FREE_BYTES;
/// Length of a buffer.
pub(super) const BUFFER_BYTES: usize = CARRIED_BYTES + READ_BYTES;
const UNIT: usize = 1 << 10;

/// Buffers of all clients of a listener.
pub(in crate::service) struct Buffers {
    shared: RefCell<Vec<Box<[u8]>>>,
    units: Semaphore,
    limit: usize,
    patience: Duration,
}

impl Buffers {
    /// Buffers in which beginnings of messages take at most `limit` bytes; a client waits so long for its share.
    pub(in crate::service) fn new(limit: usize, patience: Duration) -> Rc<Buffers> {
        let units = Semaphore::new(limit / UNIT);
        Rc::new(Buffers { shared: RefCell::default(), units, limit, patience })
    }

    /// Waits for bytes and reads them; none at the end of the stream. A short `beginning` stands before them.
    pub(in crate::service) async fn read(
        &self,
        stream: &mut (impl AsyncRead + Unpin),
        beginning: &[u8],
    ) -> io::Result<Read<'_>> {
        let carried = if beginning.len() <= CARRIED_BYTES { beginning } else { &[] };
        poll_fn(|context| {
            let mut buffer =
                self.shared.borrow_mut().pop().unwrap_or_else(|| vec![0; BUFFER_BYTES].into_boxed_slice());
            buffer[..carried.len()].copy_from_slice(carried);
            let mut read = ReadBuf::new(&mut buffer[carried.len()..][..READ_BYTES]);
            let polled = Pin::new(&mut *stream).poll_read(context, &mut read);
            let fresh = read.filled().len();
            // It goes back at once, unless there is something in it.
            let read = Read { buffers: self, buffer: Some(buffer), carried: carried.len(), fresh };
            polled.map(|result| result.map(|()| read))
        })
        .await
    }
}

/// Bytes that were read.
pub(in crate::service) struct Read<'b> {
    buffers: &'b Buffers,
    buffer: Option<Box<[u8]>>,
    /// Bytes of the beginning.
    carried: usize,
    /// Bytes that were read.
    fresh: usize,
}

impl Read<'_> {
    /// The beginning, if it stands here, and what was read.
    pub(in crate::service) fn bytes(&self) -> &[u8] {
        self.buffer.as_ref().map_or(&[], |buffer| &buffer[..self.carried + self.fresh])
    }

    /// How many of the bytes are the beginning's.
    pub(super) fn carried(&self) -> usize {
        self.carried
    }

    /// How many bytes were read.
    pub(super) fn fresh(&self) -> usize {
        self.fresh
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        let mut shared = self.buffers.shared.borrow_mut();
        // A few are enough for clients that take turns; more were needed while stores waited.
        if shared.len() < 4 {
            shared.extend(self.buffer.take());
        }
    }
}

/// The beginning of a message that is not whole yet.
pub(in crate::service) struct Beginning<'b> {
    buffers: &'b Buffers,
    bytes: Vec<u8>,
    permit: Option<SemaphorePermit<'b>>,
}

/// All memory for beginnings is taken.
#[derive(Debug, thiserror::Error)]
#[error("unfinished messages of all clients take {limit} bytes already; raise inputs.forward.max_buffered")]
pub(in crate::service) struct NoMemory {
    limit: usize,
}

impl<'b> Beginning<'b> {
    pub(in crate::service) fn new(buffers: &'b Buffers) -> Beginning<'b> {
        Beginning { buffers, bytes: Vec::new(), permit: None }
    }

    pub(in crate::service) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends bytes, as soon as there is memory for them.
    pub(in crate::service) async fn extend(&mut self, more: &[u8]) -> Result<(), NoMemory> {
        let len = self.bytes.len() + more.len();
        if len > self.bytes.capacity() {
            // Doubled, up to a step that does not waste half of a large message.
            let capacity = len.max((self.bytes.capacity() * 2).min(self.bytes.capacity() + (1 << 20)));
            let units = capacity.saturating_sub(FREE_BYTES).div_ceil(UNIT);
            let held = self.permit.as_ref().map_or(0, SemaphorePermit::num_permits);
            if units > held {
                let wanted = u32::try_from(units - held).unwrap_or(u32::MAX);
                let acquired =
                    tokio::time::timeout(self.buffers.patience, self.buffers.units.acquire_many(wanted));
                let Ok(Ok(permit)) = acquired.await else {
                    return Err(NoMemory { limit: self.buffers.limit });
                };
                match &mut self.permit {
                    Some(held) => held.merge(permit),
                    None => self.permit = Some(permit),
                }
            }
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    /// Is these bytes from now on, as soon as there is memory for them.
    pub(in crate::service) async fn replace(&mut self, bytes: &[u8]) -> Result<(), NoMemory> {
        self.consume(self.bytes.len());
        if bytes.is_empty() { Ok(()) } else { self.extend(bytes).await }
    }

    /// Takes the first bytes off: they were stored.
    pub(in crate::service) fn consume(&mut self, len: usize) {
        self.bytes.drain(..len);
        if self.bytes.is_empty() {
            self.bytes = Vec::new();
            self.permit = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn beginnings_of_all_clients_together_are_bounded() {
        let buffers = Buffers::new(64 << 10, Duration::from_millis(1));
        let mut one = Beginning::new(&buffers);
        let mut two = Beginning::new(&buffers);
        one.extend(&[0; 70 << 10]).await.unwrap();
        two.extend(&[0; 10 << 10]).await.unwrap();
        two.extend(&[0; 60 << 10]).await.unwrap_err();
        one.consume(70 << 10);
        two.extend(&[0; 60 << 10]).await.unwrap();
        assert_eq!(two.bytes().len(), 70 << 10);
    }

    #[tokio::test]
    async fn a_client_that_sends_nothing_takes_no_buffer() {
        let buffers = Buffers::new(1 << 20, Duration::from_secs(1));
        let (mut silent, _open) = tokio::io::duplex(64);
        let (mut talking, mut other) = tokio::io::duplex(64);
        let waiting = tokio::time::timeout(Duration::from_millis(1), buffers.read(&mut silent, &[])).await;
        assert!(waiting.is_err());
        tokio::io::AsyncWriteExt::write_all(&mut other, b"hello").await.unwrap();
        assert_eq!(buffers.read(&mut talking, &[]).await.unwrap().bytes(), b"hello");
        assert_eq!(buffers.shared.borrow().len(), 1);
    }

    #[tokio::test]
    async fn a_short_beginning_stands_before_what_is_read_and_a_long_one_does_not() {
        let buffers = Buffers::new(1 << 20, Duration::from_secs(1));
        let (mut stream, mut other) = tokio::io::duplex(1 << 20);
        for len in [0, 1, CARRIED_BYTES, CARRIED_BYTES + 1] {
            tokio::io::AsyncWriteExt::write_all(&mut other, &[b'n'; READ_BYTES]).await.unwrap();
            let read = buffers.read(&mut stream, &vec![b'b'; len]).await.unwrap();
            let carried = if len <= CARRIED_BYTES { len } else { 0 };
            assert_eq!((read.carried(), read.fresh()), (carried, READ_BYTES));
            assert_eq!(read.bytes(), [vec![b'b'; carried], vec![b'n'; READ_BYTES]].concat());
        }
    }
}
