//! `log-router pipe`: an input to its end, through the spool, to the sinks. The same path as the service's.
//!
//! The input may have been written at any time, so lines have no time of receipt of their own. What an entry of the
//! spool says instead is the last time before its segment (at the start of a file: the first one in it), which lines
//! without a time inherit. Dates without a year are resolved against the moment the run began.
//!
//! Invariants:
//! * the same input gives the same bytes under the same keys, in whatever blocks it is read: segments end where its
//!   lines decide, and the part of a key that tells runs apart is the hash of the segment's lines. Only input that
//!   states no time in its first mebibyte depends on the clock, and then the hash does too;
//! * every line read is in exactly one record, which is checked at the end ([`PipeError::Unbalanced`]);
//! * memory and disk are bounded by the segment's size, not by the input's.

mod blocks;
mod interrupt;
mod opening;
mod progress;
mod seam;
mod segments;
mod summary;

use std::path::PathBuf;
use std::time::Instant;

use crate::input::Framer;
use crate::route::{RouteError, Router, Rules};
use crate::sink::{FolderArchive, SinkError};
use blocks::{Block, Blocks};
pub use interrupt::Interrupt;
use progress::Progress;
use segments::Segments;
pub use summary::Summary;

/// Where errors go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorsTo {
    /// A file, begun anew.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

/// One run.
#[derive(Debug)]
pub struct Pipe {
    /// How records are made and filed.
    pub rules: Rules,
    /// Folder of the archive.
    pub archive: PathBuf,
    /// Where errors go.
    pub errors: ErrorsTo,
    /// Folder in which the run makes a spool of its own, removed at its end. Made when it is missing.
    pub spool_parent: PathBuf,
    /// Bytes of lines at which a segment ends.
    pub segment_bytes: u64,
    /// Longest line that is stored whole, in bytes; longer ones are stored in pieces and put together again.
    pub max_line_bytes: usize,
    /// Files to read one after the other; `-` is standard input, and so is none.
    pub files: Vec<PathBuf>,
    /// What the times of input that states none are, and what dates without a year are resolved against.
    pub received: Received,
    /// Shows how far it is, on standard error.
    pub progress: bool,
}

/// The time of receipt, in milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// The clock's, when the run began.
    Clock(i64),
    /// As the user says.
    Stated(i64),
}

impl Received {
    fn ms(self) -> i64 {
        match self {
            Received::Clock(ms) | Received::Stated(ms) => ms,
        }
    }
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum PipeError {
    /// The input cannot be read.
    #[error("cannot read {}; what was read before is delivered", path.display())]
    Input {
        /// The file, or standard input.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
    /// A file cannot be opened. Told before anything is read.
    #[error("cannot open {}; check its name and rights. Nothing was read", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
    /// The spool refuses.
    #[error(transparent)]
    Spool(#[from] sluice_spool::Error),
    /// The folder of the spool cannot be made.
    #[error("cannot make a folder for the spool in {}; choose another place with --spool", path.display())]
    SpoolFolder {
        /// In which folder.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
    /// Routing failed.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// A sink cannot be opened.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// A redaction rule is wrong.
    #[error(transparent)]
    Redact(#[from] sluice_record::RedactError),
    /// The spool lost what was written to it.
    #[error(
        "{damaged} stretches of the spool came back damaged, and their lines are lost; check the disk and run it again"
    )]
    Damaged {
        /// How many.
        damaged: u64,
    },
    /// Lines in and lines out differ.
    #[error(
        "{read} lines were read and {routed} are in records; this is a defect of log-router, please report it"
    )]
    Unbalanced {
        /// Lines of the input.
        read: u64,
        /// Lines of the input by what came out.
        routed: u64,
    },
}

impl Pipe {
    /// Runs to the end of the input, or until it is interrupted; what was read is delivered then.
    ///
    /// # Errors
    /// When the input cannot be read or the output not be written. What was finished before stays.
    pub fn run(self, interrupt: &Interrupt) -> Result<Summary, PipeError> {
        let started = Instant::now();
        let mut blocks = Blocks::open(&self.files, interrupt)?;
        let router = Router::new(self.rules.clone())?;
        let archive = FolderArchive::open(&self.archive)?;
        let mut segments = Segments::open(&self, router, archive)?;
        let mut framer = Framer::new(self.max_line_bytes);
        let mut progress = Progress::new(self.progress);
        let (mut bytes, mut interrupted, mut unreadable) = (0, false, None);
        loop {
            match blocks.next() {
                Ok(Block::Bytes(block)) => {
                    bytes += block.len() as u64;
                    framer.push(block, &mut |frame| segments.append(frame))?;
                }
                Ok(Block::EndOfFile) => {
                    // The last line of a file ends there, whatever the next file begins with.
                    framer.finish(&mut |frame| segments.append(frame))?;
                    segments.next_source()?;
                }
                Ok(Block::End) => break,
                Ok(Block::Interrupted) => {
                    interrupted = true;
                    break;
                }
                Err(error) => {
                    unreadable = Some(error);
                    break;
                }
            }
            progress.show(|| segments.summary(bytes, started.elapsed(), false));
        }
        framer.finish(&mut |frame| segments.append(frame))?;
        segments.finish()?;
        progress.clear();
        let summary = segments.summary(bytes, started.elapsed(), interrupted);
        summary.check()?;
        unreadable.map_or(Ok(summary), Err)
    }
}

impl Summary {
    /// The law: what came in is what is in records.
    fn check(&self) -> Result<(), PipeError> {
        let (read, routed, damaged) = (self.lines, self.routed.lines_in(), self.routed.damaged);
        match (damaged, read == routed) {
            (0, true) => Ok(()),
            (0, false) => Err(PipeError::Unbalanced { read, routed }),
            _ => Err(PipeError::Damaged { damaged }),
        }
    }
}
