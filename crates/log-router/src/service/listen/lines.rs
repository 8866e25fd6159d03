//! One client that sends lines.

use std::rc::Rc;

use tokio::io::AsyncRead;

use super::super::core::Core;
use super::super::intake::Incoming;
use super::buffers::Buffers;
use crate::diagnostics::{chain, warn};
use crate::input::{EntryKind, Frame, Framer};

/// Reads lines to the end of the stream and stores them. `source` is a name that no other stream has.
pub(in crate::service) async fn serve(
    core: Rc<Core>,
    buffers: Rc<Buffers>,
    max_line: usize,
    source: Vec<u8>,
    mut stream: impl AsyncRead + Unpin,
) {
    let mut framer = Framer::new(max_line);
    let mut frames = Frames::default();
    loop {
        let read = match buffers.read(&mut stream, &[]).await {
            Ok(read) => read,
            Err(problem) => {
                warn("a connection broke", &[("reason", &chain(&problem))]);
                break;
            }
        };
        if read.bytes().is_empty() {
            break;
        }
        frames.take(|emit| framer.push(read.bytes(), &mut |frame| emit(frame)));
        drop(read);
        frames.store(&core, &source).await;
    }
    frames.take(|emit| framer.finish(&mut |frame| emit(frame)));
    frames.store(&core, &source).await;
    let end =
        Incoming { kind: EntryKind::Disconnected, source: &source, chunk_id: None, payload: b"", events: 0 };
    core.intake.store(end).await;
}

/// Frames of one read, to be stored: the framer lends them out only while it runs.
#[derive(Default)]
struct Frames {
    bytes: Vec<u8>,
    ends: Vec<(EntryKind, usize, u64)>,
}

impl Frames {
    fn take(
        &mut self,
        run: impl FnOnce(
            &mut dyn FnMut(Frame<'_>) -> Result<(), std::convert::Infallible>,
        ) -> Result<(), std::convert::Infallible>,
    ) {
        let Frames { bytes, ends } = self;
        let _ = run(&mut |frame| {
            bytes.extend_from_slice(frame.payload);
            ends.push((frame.kind, bytes.len(), frame.lines));
            Ok(())
        });
    }

    async fn store(&mut self, core: &Core, source: &[u8]) {
        let mut from = 0;
        for (kind, end, events) in self.ends.drain(..) {
            let payload = &self.bytes[from..end];
            core.intake.store(Incoming { kind, source, chunk_id: None, payload, events }).await;
            from = end;
        }
        self.bytes.clear();
        self.bytes.shrink_to(64 << 10);
    }
}
