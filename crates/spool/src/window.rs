//! A window that slides over a source of bytes, in one reused buffer.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::ReadError;

const BUFFER_BYTES: usize = 64 << 10;

#[derive(Debug)]
pub(crate) struct Window<R> {
    source: R,
    /// How to go back in the source, where that is possible.
    pub(crate) rewind: Option<fn(&mut R, u64) -> io::Result<()>>,
    buffer: Vec<u8>,
    /// `buffer[start..end]` are the bytes read and not yet passed.
    start: usize,
    end: usize,
    /// Where `start` is in the source.
    pub(crate) offset: u64,
    /// Where the source's own bytes end, as far as they do not go to its end.
    pub(crate) limit: Option<Arc<AtomicU64>>,
}

impl<R: Read> Window<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, rewind: None, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, offset: 0, limit: None }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as u64;
    }

    /// Passes the next `len` bytes, which the window holds, and gives them out.
    pub(crate) fn pass(&mut self, len: usize) -> &[u8] {
        let start = self.start;
        self.advance(len);
        &self.buffer[start..start + len]
    }

    /// Forgets what was read beyond `offset`, to read it again. False when the source cannot.
    pub(crate) fn go_back(&mut self) -> Result<bool, ReadError> {
        let Some(rewind) = self.rewind else { return Ok(false) };
        (self.start, self.end) = (0, 0);
        rewind(&mut self.source, self.offset)
            .map(|()| true)
            .map_err(|source| ReadError::Io { offset: self.offset, source })
    }

    /// Reads until the window has `need` bytes; false when the source ends before.
    pub(crate) fn fill(&mut self, need: usize) -> Result<bool, ReadError> {
        while self.end - self.start < need {
            if self.start > 0 && (self.end == self.buffer.len() || self.start == self.end) {
                self.buffer.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            }
            if self.end == self.buffer.len() {
                // Full of one entry. No more than doubled, so that a length is paid for only with bytes that came.
                self.buffer.resize(need.min(self.buffer.len() * 2), 0);
            }
            let room = self.buffer.len() - self.end;
            let most = match &self.limit {
                None => room,
                Some(limit) => {
                    let read = self.offset + (self.end - self.start) as u64;
                    limit.load(Ordering::Acquire).saturating_sub(read).min(room as u64) as usize
                }
            };
            match self.source.read(&mut self.buffer[self.end..self.end + most]) {
                Ok(0) => return Ok(false),
                Ok(n) => self.end += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    let offset = self.offset + self.bytes().len() as u64;
                    return Err(ReadError::Io { offset, source });
                }
            }
        }
        Ok(true)
    }
}
