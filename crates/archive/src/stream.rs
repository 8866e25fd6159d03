//! Ordinary gzip data, read from start to end in blocks of whole lines.
//!
//! The checksum of a gzip member is known only at its end, so lines of a damaged member can be given out
//! before the error comes. It does come.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use crate::error::ReadError;
use crate::member::MAX_MEMBER_TEXT;
use crate::source::ReadAt;

const BLOCK: usize = 1 << 20;
const COMPRESSED_BUFFER: usize = 64 << 10;

/// Reads from an offset to the end of an object.
#[derive(Debug)]
pub(crate) struct TextStream<R: ReadAt> {
    offset: u64,
    text: MultiGzDecoder<BufReader<SourceReader<R>>>,
    /// The start of a line whose end was not read yet.
    carry: Vec<u8>,
}

impl<R: ReadAt> TextStream<R> {
    pub(crate) fn new(source: R, offset: u64, object_len: u64) -> Self {
        let reader = SourceReader { source, at: offset, end: object_len };
        let text = MultiGzDecoder::new(BufReader::with_capacity(COMPRESSED_BUFFER, reader));
        Self { offset, text, carry: Vec::new() }
    }

    /// Puts the next lines into `text`, in place of what is there. `false` at the end. Only the last line of
    /// all may lack its newline.
    pub(crate) fn next_block(&mut self, text: &mut Vec<u8>) -> Result<bool, ReadError> {
        text.clear();
        text.append(&mut self.carry);
        loop {
            let seen = text.len();
            let read = self
                .text
                .by_ref()
                .take(BLOCK as u64)
                .read_to_end(text)
                .map_err(|source| ReadError::Stream { offset: self.offset, source })?;
            if read == 0 {
                return Ok(!text.is_empty());
            }
            if let Some(newline) = memchr::memrchr(b'\n', &text[seen..]) {
                self.carry.extend_from_slice(&text[seen + newline + 1..]);
                text.truncate(seen + newline + 1);
                return Ok(true);
            }
            if text.len() > MAX_MEMBER_TEXT as usize {
                return Err(ReadError::LongLine { offset: self.offset, limit: MAX_MEMBER_TEXT });
            }
        }
    }
}

#[derive(Debug)]
struct SourceReader<R> {
    source: R,
    at: u64,
    end: u64,
}

impl<R: ReadAt> Read for SourceReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = (buffer.len() as u64).min(self.end.saturating_sub(self.at)) as usize;
        self.source.read_exact_at(self.at, &mut buffer[..len])?;
        self.at += len as u64;
        Ok(len)
    }
}
