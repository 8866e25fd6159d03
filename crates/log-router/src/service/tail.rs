//! Follows files: looks for new ones now and then, and reads what was written.

use std::rc::Rc;
use std::time::Duration;

use sluice_pipeline::{Tail, TailFrom};
use tokio::time::Instant;

use super::core::Core;
use super::intake::Incoming;
use crate::diagnostics::{chain, error, warn};
use crate::input::tail::{TailError, TailSettings, Tailer};
use crate::route::tail_source;

/// How often files are looked at for what was written.
const READ_EVERY: Duration = Duration::from_millis(100);
/// How often it is written down how far they were read.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// Bytes that are read before others get their turn.
const TURN_BYTES: usize = 256 << 10;

/// Begins to follow files.
///
/// # Errors
/// When a pattern makes no sense, or what an earlier run wrote down cannot be read.
pub(super) fn open(core: &Core, settings: &Tail, max_line: usize) -> Result<Tailer, TailError> {
    let settings = TailSettings {
        paths: settings.paths.clone(),
        exclude: settings.exclude.clone(),
        offsets: settings.offsets.clone(),
        from_end: settings.from == TailFrom::End,
        max_line,
    };
    Tailer::open(settings, core.intake.spool.borrow().recent_chunks())
}

/// Follows files without end.
pub(super) async fn follow(core: Rc<Core>, mut tailer: Tailer, scan_every: Duration) {
    let (mut scanned, mut saved) = (None::<Instant>, Instant::now());
    loop {
        if scanned.is_none_or(|scanned| scanned.elapsed() >= scan_every) {
            for notice in tailer.scan() {
                warn("a followed file", &[("notice", &notice)]);
            }
            scanned = Some(Instant::now());
        }
        let read = tailer.read(TURN_BYTES, &mut |chunk| {
            let source = tail_source(chunk.source, chunk.path);
            core.intake
                .store_now(Incoming {
                    kind: chunk.kind,
                    source: &source,
                    chunk_id: Some(chunk.chunk_id.as_bytes()),
                    payload: chunk.payload,
                    events: chunk.lines,
                })
                .map(drop)
        });
        if saved.elapsed() >= SAVE_EVERY {
            save(&mut tailer);
            saved = Instant::now();
        }
        match read {
            Ok(0) => tokio::time::sleep(READ_EVERY.min(scan_every)).await,
            Ok(_) => tokio::task::yield_now().await,
            Err(refusal) => core.intake.wait(&refusal).await,
        }
    }
}

fn save(tailer: &mut Tailer) {
    if let Err(problem) = tailer.save() {
        error("cannot write down how far files were read", &[("reason", &chain(&problem))]);
    }
}
