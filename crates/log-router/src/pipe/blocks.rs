//! Reads the input block by block, until it ends or the run is interrupted.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use super::{Interrupt, PipeError};

/// As much as a pipe of Linux holds.
const BLOCK_BYTES: usize = 64 << 10;

/// What came next.
pub(super) enum Block<'b> {
    /// Some bytes.
    Bytes(&'b [u8]),
    /// A file has ended, and another follows.
    EndOfFile,
    /// Everything has ended.
    End,
    /// A signal came.
    Interrupted,
}

/// The input.
pub(super) struct Blocks<'i> {
    interrupt: &'i Interrupt,
    /// Files to come, the next one last.
    files: Vec<PathBuf>,
    open: Option<(PathBuf, File)>,
    buffer: Vec<u8>,
}

impl<'i> Blocks<'i> {
    /// Checks that all files can be opened, so that a mistyped name is told before half of the input is archived.
    pub(super) fn open(files: &[PathBuf], interrupt: &'i Interrupt) -> Result<Blocks<'i>, PipeError> {
        let mut files = files.to_vec();
        if files.is_empty() {
            files.push("-".into());
        }
        for path in &files {
            can_open(path).map_err(|source| PipeError::Open { path: path.clone(), source })?;
        }
        files.reverse();
        Ok(Blocks { interrupt, files, open: None, buffer: vec![0; BLOCK_BYTES] })
    }

    pub(super) fn next(&mut self) -> Result<Block<'_>, PipeError> {
        if self.open.is_none() {
            let Some(path) = self.files.pop() else { return Ok(Block::End) };
            match open(&path) {
                Ok(file) => self.open = Some((path, file)),
                Err(source) => return Err(PipeError::Input { path, source }),
            }
        }
        let Some((path, file)) = &mut self.open else { return Ok(Block::End) };
        let fault = |source| PipeError::Input { path: path.clone(), source };
        let len = loop {
            if self.interrupt.or_readable(file.as_fd()).map_err(fault)? {
                return Ok(Block::Interrupted);
            }
            match file.read(&mut self.buffer) {
                Ok(len) => break len,
                Err(e) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
                Err(source) => return Err(fault(source)),
            }
        };
        if len > 0 {
            return Ok(Block::Bytes(&self.buffer[..len]));
        }
        self.open = None;
        Ok(if self.files.is_empty() { Block::End } else { Block::EndOfFile })
    }
}

/// Whether a file can be opened. One that is no plain file is not tried: a named pipe would lose its writer.
fn can_open(path: &Path) -> io::Result<()> {
    if path == Path::new("-") {
        return Ok(());
    }
    let found = fs::metadata(path)?.file_type();
    match (found.is_dir(), found.is_file()) {
        (true, _) => Err(io::ErrorKind::IsADirectory.into()),
        (_, true) => open(path).map(drop),
        _ => Ok(()),
    }
}

/// Opens a file; `-` is standard input, without the buffer that the standard library puts before it.
fn open(path: &Path) -> io::Result<File> {
    if path == Path::new("-") {
        io::stdin().as_fd().try_clone_to_owned().map(File::from)
    } else {
        fs::File::open(path)
    }
}
