//! The content of compressed chunks, event by event. Memory is one event and a window.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::msgpack::Walker;
use crate::shape::Compression;
use crate::zstd::Frames;
use crate::{Limits, Refused};

/// Bytes decompressed at a time.
const WINDOW: usize = 64 << 10;
/// Levels of nesting around a record: an event, its time with metadata.
const AROUND: usize = 2;

/// Calls `event` with the bytes of each.
pub(crate) fn each(
    content: &[u8],
    compression: Compression,
    limits: &Limits,
    event: &mut impl FnMut(&[u8]) -> Result<(), Refused>,
) -> Result<(), Refused> {
    if content.is_empty() {
        return Ok(());
    }
    match compression {
        Compression::Gzip => events(&mut MultiGzDecoder::new(content), compression, limits, event),
        Compression::Zstd => events(&mut Frames::new(content), compression, limits, event),
    }
}

fn events(
    from: &mut impl Read,
    algorithm: Compression,
    limits: &Limits,
    event: &mut impl FnMut(&[u8]) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut walker = Walker::new(limits.depth() + AROUND);
    walker.begin(0);
    let (mut window, mut len, mut total) = (vec![0; WINDOW], 0, 0_u64);
    loop {
        if len == window.len() {
            window.resize(len * 2, 0);
        }
        let read = match from.read(&mut window[len..]) {
            Ok(read) => read,
            Err(problem) => return Err(Refused::BadCompression { algorithm, problem: problem.to_string() }),
        };
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > limits.max_decompressed {
            return Err(Refused::Bomb { limit: limits.max_decompressed });
        }
        len += read;
        let mut at = 0;
        while at < len
            && let Some(end) = walker.run(&window[at..len], limits.max_frame)?
        {
            event(&window[at..at + end])?;
            at += end;
            walker.begin(0);
        }
        window.copy_within(at..len, 0);
        len -= at;
    }
    if len > 0 {
        return Err(Refused::shape(0, "a compressed chunk ends in the middle of an event"));
    }
    Ok(())
}
