//! The errors of one segment on the local disk, on their way to CloudWatch Logs: a slow or absent sink costs disk, not
//! memory.
//!
//! A frame: length of the JSON (u32, little endian), time (i64), the time it is filed by in the archive (i64),
//! fingerprint (u64, 0 for none), the line of JSON.
//!
//! Invariants:
//! * the file holds the errors of its segment in the order of routing, so a number of them says how far delivery has
//!   come, in this run or a later one;
//! * it can be made again from the spool, so it is removed at the start and never forced to disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sluice_record::Record;

use super::{ErrorSink, SinkError};

const HEAD: usize = 28;
/// Frames are written together up to this many bytes, or at a flush.
const BUFFER_BYTES: usize = 64 << 10;

/// Writes frames.
#[derive(Debug)]
pub struct ErrorFile {
    path: PathBuf,
    file: Option<File>,
    buffer: Vec<u8>,
    /// Frames that are in the file or the buffer.
    frames: u64,
    /// Frames that the file had when this routing began: the first ones are not written again.
    skip: u64,
    /// Bytes in the file.
    written: u64,
}

impl ErrorFile {
    /// A file that is made with its first frame. Of the segment's errors the first `delivered` are left out: an earlier
    /// run delivered them.
    #[must_use]
    pub fn new(path: PathBuf, delivered: u64) -> ErrorFile {
        ErrorFile { path, file: None, buffer: Vec::new(), frames: 0, skip: delivered, written: 0 }
    }

    /// The segment is routed again from its beginning.
    pub fn rewind(&mut self) {
        self.skip += self.frames;
        self.frames = 0;
    }

    /// Bytes that can be read.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    fn write(&mut self) -> Result<(), SinkError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let error = |e| SinkError::new("write to", &self.path, e);
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let open = || OpenOptions::new().create(true).append(true).open(&self.path);
                let made = open().or_else(|e| match (e.kind(), self.path.parent()) {
                    // The folder went with the spool, which was made anew.
                    (io::ErrorKind::NotFound, Some(folder)) => {
                        fs::create_dir_all(folder).and_then(|()| open())
                    }
                    _ => Err(e),
                });
                self.file.insert(made.map_err(error)?)
            }
        };
        if let Err(e) = file.write_all(&self.buffer) {
            // Half a frame must not stay: the next one would be read from its middle.
            let _ = file.set_len(self.written);
            return Err(error(e));
        }
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl ErrorSink for ErrorFile {
    fn record(&mut self, record: &Record<'_>, filed_ms: i64) -> Result<(), SinkError> {
        if self.skip > 0 {
            self.skip -= 1;
            self.frames += 1;
            return Ok(());
        }
        self.frames += 1;
        self.buffer.extend_from_slice(&(record.json.len() as u32).to_le_bytes());
        self.buffer.extend_from_slice(&record.ts_ms.to_le_bytes());
        self.buffer.extend_from_slice(&filed_ms.to_le_bytes());
        self.buffer.extend_from_slice(&record.fingerprint.unwrap_or_default().to_le_bytes());
        self.buffer.extend_from_slice(record.json);
        if self.buffer.len() >= BUFFER_BYTES { self.write() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.write()
    }
}

/// A frame that was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The line of JSON.
    pub json: Vec<u8>,
    /// Its time, in milliseconds since 1970 UTC.
    pub ts_ms: i64,
    /// The time it is filed by in the archive, in milliseconds since 1970 UTC.
    pub filed_ms: i64,
    /// Its fingerprint; 0 for none.
    pub fingerprint: u64,
}

/// Reads the frames between byte `from` and byte `to`, which is the end of one: at least one, and no more than make
/// `most_bytes` of JSON or `most_frames`. Gives the byte behind the last one, too.
///
/// # Errors
/// When the file cannot be read, or ends before `to`.
pub fn read_frames(
    path: &Path,
    from: u64,
    to: u64,
    most_bytes: usize,
    most_frames: usize,
) -> io::Result<(Vec<Frame>, u64)> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut file = io::BufReader::with_capacity(BUFFER_BYTES, file.take(to - from));
    let (mut frames, mut at, mut bytes) = (Vec::new(), from, 0);
    while at < to && frames.len() < most_frames {
        let mut head = [0; HEAD];
        file.read_exact(&mut head)?;
        let word = |start: usize| u64::from_le_bytes(head[start..start + 8].try_into().unwrap_or_default());
        let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if !frames.is_empty() && bytes + len > most_bytes {
            break;
        }
        let mut json = vec![0; len];
        file.read_exact(&mut json)?;
        bytes += len;
        at += (HEAD + len) as u64;
        frames.push(Frame { json, ts_ms: word(4) as i64, filed_ms: word(12) as i64, fingerprint: word(20) });
    }
    Ok((frames, at))
}

/// Removes the file; one that was never made is no failure.
pub fn remove(path: &Path) {
    // What stays is removed at the next start.
    let _ = fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(file: &mut ErrorFile, json: &str, ts_ms: i64) {
        let (json, level) = (json.as_bytes(), sluice_record::Level::Error);
        let record = Record { json, ts_ms, received_ms: 0, level, fingerprint: Some(7), lines: 1 };
        file.record(&record, ts_ms + 1).unwrap();
    }

    #[test]
    fn frames_read_back_from_any_of_their_ends() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = ErrorFile::new(folder.path().join("errors"), 0);
        for n in 0..5 {
            put(&mut file, "{\"n\":1}", n);
        }
        file.flush().unwrap();
        let end = file.written();
        let path = folder.path().join("errors");
        let (two, at) = read_frames(&path, 0, end, 1 << 20, 2).unwrap();
        let expected = Frame { json: b"{\"n\":1}".to_vec(), ts_ms: 1, filed_ms: 2, fingerprint: 7 };
        assert_eq!(two[1], expected);
        let (one, at) = read_frames(&path, at, end, 3, 9).unwrap();
        assert_eq!(one.len(), 1);
        let (rest, at) = read_frames(&path, at, end, 1 << 20, 9).unwrap();
        assert_eq!((rest.len(), at), (2, end));
    }

    #[test]
    fn what_an_earlier_run_delivered_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errors");
        let mut file = ErrorFile::new(path.clone(), 2);
        for n in 0..3 {
            put(&mut file, "{}", n);
        }
        file.flush().unwrap();
        let (all, _) = read_frames(&path, 0, file.written(), 1 << 20, 99).unwrap();
        assert_eq!(all.iter().map(|frame| frame.ts_ms).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn routing_again_writes_only_what_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errors");
        let mut file = ErrorFile::new(path.clone(), 0);
        for n in 0..3 {
            put(&mut file, "{}", n);
        }
        file.flush().unwrap();
        file.rewind();
        put(&mut file, "{}", 0);
        file.rewind();
        for n in 0..4 {
            put(&mut file, "{}", n);
        }
        file.flush().unwrap();
        let (all, _) = read_frames(&path, 0, file.written(), 1 << 20, 99).unwrap();
        assert_eq!(all.iter().map(|frame| frame.ts_ms).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
