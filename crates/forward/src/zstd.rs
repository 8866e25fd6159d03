//! Zstandard: frames one after the other, skippable ones passed over, checksums compared.
//!
//! Invariants:
//! 1. Every byte of a chunk belongs to a frame: what stands behind the last one is an error, never left out.
//! 2. Memory is the window of a frame, at most [`MOST_WINDOW_BYTES`], and some blocks of 128 KiB.

use std::io::{self, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// What RFC 8878 asks every decoder to support; `zstd -19` needs no more.
const MOST_WINDOW_BYTES: u64 = 8 << 20;

/// The content of all frames of a chunk.
pub(crate) struct Frames<'a> {
    source: &'a [u8],
    decoder: FrameDecoder,
    is_inside: bool,
}

impl<'a> Frames<'a> {
    pub(crate) fn new(source: &'a [u8]) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MOST_WINDOW_BYTES);
        Self { source, decoder, is_inside: false }
    }

    /// Starts the next frame; false at the end of the chunk.
    fn open(&mut self) -> io::Result<bool> {
        use FrameDecoderError::ReadFrameHeaderError as Header;
        while !self.source.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.is_inside = true;
                    return Ok(true);
                }
                Err(Header(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let behind = self.source.get(length as usize..);
                    self.source = behind.ok_or_else(|| invalid(&"a skippable frame is cut short"))?;
                }
                Err(error) => return Err(invalid(&error)),
            }
        }
        Ok(false)
    }

    /// Behind the last byte of a frame.
    fn close(&mut self) -> io::Result<()> {
        self.is_inside = false;
        let told = self.decoder.get_checksum_from_data();
        if told.is_some() && told != self.decoder.get_calculated_checksum() {
            return Err(invalid(&"the checksum of a frame is wrong"));
        }
        Ok(())
    }
}

fn invalid(problem: &dyn ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.to_string())
}

impl Read for Frames<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_inside && !self.open()? {
                return Ok(0);
            }
            let read = self.decoder.read(out)?;
            if read > 0 || out.is_empty() {
                return Ok(read);
            }
            if self.decoder.is_finished() {
                self.close()?;
            } else {
                // One block at a time: a block of three bytes can stand for 128 KiB.
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.source, one).map_err(|error| invalid(&error))?;
            }
        }
    }
}
