//! Errors as lines of JSON, in a file or on standard output.
//!
//! When the reader of a pipe has gone away (`| head`) it has seen what it wanted: the rest is counted and left out,
//! and the archive gets all the same.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use sluice_record::Record;

use super::{ErrorSink, SinkError};

const BUFFER_BYTES: usize = 64 << 10;

/// A file, begun anew, or standard output.
pub struct ErrorLines {
    name: PathBuf,
    /// `None` once the reader has gone.
    out: Option<BufWriter<Box<dyn Write>>>,
    /// Records since the last flush.
    pending: u64,
    unread: u64,
}

impl fmt::Debug for ErrorLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorLines").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ErrorLines {
    /// The file at `path`; what it held is gone, as with a shell's `>`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn file(path: &Path) -> Result<ErrorLines, SinkError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|e| SinkError::new("make the folder", folder, e))?;
        }
        let file = File::create(path).map_err(|e| SinkError::new("create", path, e))?;
        Ok(ErrorLines::to(path, Box::new(file)))
    }

    /// Standard output.
    #[must_use]
    pub fn stdout() -> ErrorLines {
        ErrorLines::to(Path::new("standard output"), Box::new(io::stdout()))
    }

    fn to(name: &Path, out: Box<dyn Write>) -> ErrorLines {
        let out = Some(BufWriter::with_capacity(BUFFER_BYTES, out));
        ErrorLines { name: name.to_path_buf(), out, pending: 0, unread: 0 }
    }

    /// Records that nobody read, or may not have: those since the last flush before the reader went away.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread
    }

    fn written(&mut self, result: io::Result<()>) -> Result<(), SinkError> {
        match result {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                // Dropping the writer would try once more.
                if let Some(out) = self.out.take() {
                    let _ = out.into_parts();
                }
                self.unread += self.pending;
                Ok(())
            }
            other => other.map_err(|e| SinkError::new("write to", &self.name, e)),
        }
    }
}

impl ErrorSink for ErrorLines {
    fn record(&mut self, record: &Record<'_>, _filed_ms: i64) -> Result<(), SinkError> {
        let Some(out) = &mut self.out else {
            self.unread += 1;
            return Ok(());
        };
        self.pending += 1;
        let result = out.write_all(record.json).and_then(|()| out.write_all(b"\n"));
        self.written(result)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let Some(out) = &mut self.out else { return Ok(()) };
        let result = out.flush();
        self.written(result)?;
        self.pending = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> Record<'_> {
        let level = sluice_record::Level::Error;
        Record { json: json.as_bytes(), ts_ms: 0, received_ms: 0, level, fingerprint: None, lines: 1 }
    }

    #[test]
    fn records_that_a_gone_reader_leaves_behind_are_counted() {
        let (reader, writer) = io::pipe().unwrap();
        let mut errors = ErrorLines::to(Path::new("pipe"), Box::new(writer));
        errors.record(&record("{}"), 0).unwrap();
        errors.flush().unwrap();
        assert_eq!(errors.unread(), 0);
        drop(reader);
        errors.record(&record("{}"), 0).unwrap();
        errors.flush().unwrap();
        errors.record(&record("{}"), 0).unwrap();
        assert_eq!(errors.unread(), 2);
    }

    #[test]
    fn a_file_is_begun_anew_and_its_folders_are_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/errors.jsonl");
        for text in ["{\"n\":1}", "{\"n\":2}"] {
            let mut errors = ErrorLines::file(&path).unwrap();
            errors.record(&record(text), 0).unwrap();
            errors.flush().unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"n\":2}\n");
    }
}
