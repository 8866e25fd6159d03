//! An answer that is written as its rows come.
//!
//! Invariants: an answer up to [`HELD`] bytes is written whole or not at all. Of a larger one that fails, standard output
//! has a part, and the exit code says so; a file has what it had before.

use std::fs::{self, File};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use sluice_pipeline::Exit;
use sluice_present::{Answer, RowWriter};

use super::args::{Format, Output};
use super::failure::Failure;

/// Bytes that are held back: most queries that fail do so before they have given as much.
const HELD: usize = 8 << 20;

/// The place that an answer goes to.
pub(super) struct Pour {
    format: Format,
    writer: Option<RowWriter>,
    held: Vec<u8>,
    target: Target,
}

enum Target {
    Stdout,
    /// A pipe or a device.
    Open {
        file: File,
        path: PathBuf,
    },
    /// A file that gets its name when it is whole.
    Part {
        file: File,
        part: PathBuf,
        path: PathBuf,
        is_whole: bool,
    },
}

impl Pour {
    /// None when the form needs the whole answer, or when people read it.
    pub(super) fn new(output: &Output) -> Result<Option<Pour>, Failure> {
        let is_row_by_row =
            matches!(output.format, Format::Csv | Format::Json | Format::Jsonl | Format::Parquet);
        let target = match &output.output {
            _ if !is_row_by_row => return Ok(None),
            None if io::stdout().is_terminal() => return Ok(None),
            None => Target::Stdout,
            Some(path) => Target::of(path).map_err(|source| Failure::File { path: path.clone(), source })?,
        };
        Ok(Some(Pour { format: output.format, writer: None, held: Vec::new(), target }))
    }

    /// Takes a part of the answer.
    pub(super) fn rows(&mut self, part: &Answer) -> Result<(), Failure> {
        if self.writer.is_none() {
            self.writer = RowWriter::new(self.format.present(), part.schema.clone(), &mut self.held)?;
        }
        if let Some(writer) = &mut self.writer {
            writer.rows(part, &mut self.held)?;
        }
        if self.held.len() > HELD { self.write() } else { Ok(()) }
    }

    /// Ends the answer.
    pub(super) fn end(mut self) -> Result<Exit, Failure> {
        if let Some(writer) = self.writer.take() {
            writer.end(&mut self.held)?;
        }
        self.write()?;
        if let Target::Part { part, path, is_whole, .. } = &mut self.target {
            fs::rename(&*part, &*path).map_err(|source| Failure::File { path: path.clone(), source })?;
            *is_whole = true;
        }
        Ok(Exit::Done)
    }

    /// Writes what was held back.
    fn write(&mut self) -> Result<(), Failure> {
        let (written, path) = match &mut self.target {
            Target::Stdout => {
                let mut out = io::stdout().lock();
                (out.write_all(&self.held).and_then(|()| out.flush()), None)
            }
            Target::Open { file, path } | Target::Part { file, path, .. } => {
                (file.write_all(&self.held), Some(path))
            }
        };
        self.held.clear();
        match (written, path) {
            (Ok(()), _) => Ok(()),
            (Err(error), _) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Gone),
            (Err(source), Some(path)) => Err(Failure::File { path: path.clone(), source }),
            (Err(error), None) => Err(Failure::Output(error)),
        }
    }
}

impl Target {
    fn of(path: &Path) -> io::Result<Target> {
        let path = path.to_owned();
        if fs::metadata(&path).is_ok_and(|meta| !meta.is_file()) {
            let file = File::options().write(true).open(&path)?;
            return Ok(Target::Open { file, path });
        }
        let mut part = path.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        Ok(Target::Part { file: File::create(&part)?, part, path, is_whole: false })
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Target::Part { part, is_whole: false, .. } = self {
            let _ = fs::remove_file(part);
        }
    }
}
