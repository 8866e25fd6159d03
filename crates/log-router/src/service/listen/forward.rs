//! One client of the Forward protocol.
//!
//! Messages are looked at to find their ends and to refuse what cannot be read; their bytes are stored as they came.
//! Neighbours that ask for no acknowledgement are stored together, each other one by itself.

use std::future::Future;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use sluice_forward::{Limits, Refused, Scanner, ServerHandshake, encode};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use xxhash_rust::xxh3::xxh3_128;

use super::super::core::Core;
use super::super::counters::add;
use super::super::intake::Incoming;
use super::buffers::{BUFFER_BYTES, Beginning, Buffers, NoMemory, Read};
use super::pace::Pace;
use super::watched::Client;
use crate::diagnostics::{chain, warn};
use crate::input::EntryKind;

/// Most bytes of several messages in one entry of the spool: what a buffer holds.
const RUN_BYTES: usize = BUFFER_BYTES;
/// What entries from Forward clients have for a source: where their lines come from, they say themselves.
const SOURCE: &[u8] = b"forward";
/// Most bytes of an answer that are kept before they are written.
const ANSWER_BYTES: usize = 16 << 10;

/// What all clients have in common.
pub(in crate::service) struct ForwardClients {
    pub(in crate::service) core: Rc<Core>,
    pub(in crate::service) buffers: Rc<Buffers>,
    pub(in crate::service) limits: Limits,
    pub(in crate::service) handshake_timeout: Duration,
}

/// Why a client is let go.
#[derive(Debug, thiserror::Error)]
enum Goodbye {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    NoMemory(#[from] NoMemory),
    #[error("the handshake failed: {0}")]
    Handshake(String),
    #[error("it left in the middle of a message of which {0} bytes had come")]
    CutOff(usize),
    #[error("it was silent for {}", humantime(*.0))]
    Idle(Duration),
    #[error("the connection broke")]
    Io(#[from] io::Error),
}

fn humantime(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}

impl ForwardClients {
    /// Serves a client until it leaves, or is silent for so long.
    pub(in crate::service) async fn serve<S>(
        &self,
        mut stream: S,
        peer: String,
        handshake: Option<ServerHandshake>,
        idle: Option<Duration>,
    ) where
        S: Client,
    {
        let served = async {
            if let Some(handshake) = handshake {
                self.greet(&mut stream, handshake).await?;
            }
            self.messages(&mut stream, idle).await
        };
        let Err(goodbye) = served.await else { return };
        let counters = &self.core.counters;
        match &goodbye {
            // It is gone, and nothing of it is missing.
            Goodbye::Io(_) | Goodbye::Idle(_) => return,
            Goodbye::CutOff(_) => add(&counters.clients_cut_off, 1),
            _ => add(&counters.clients_refused, 1),
        }
        warn("a client was let go", &[("client", &peer), ("reason", &chain(&goodbye))]);
        let _ = stream.shutdown().await;
    }

    /// Serves a client over TLS.
    pub(in crate::service) async fn greet_tls<S>(
        &self,
        accept: impl Future<Output = io::Result<S>>,
        peer: &str,
    ) -> Option<S> {
        let problem = match tokio::time::timeout(self.handshake_timeout, accept).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(problem)) => chain(&problem),
            Err(_) => "it took too long".to_owned(),
        };
        add(&self.core.counters.clients_refused, 1);
        warn("the TLS handshake with a client failed", &[("client", &peer), ("reason", &problem)]);
        None
    }

    async fn greet<S: Client>(&self, stream: &mut S, mut handshake: ServerHandshake) -> Result<(), Goodbye> {
        let greeting = async {
            stream.write_all(&handshake.helo()).await?;
            let mut bytes = Vec::new();
            loop {
                if let Some(answer) = handshake.ping(&bytes)? {
                    stream.write_all(&answer.pong).await?;
                    return match answer.accepted {
                        // What came behind the greeting would be lost; no client sends before it is let in.
                        Ok(()) if answer.consumed == bytes.len() => Ok(()),
                        Ok(()) => Err(Goodbye::Handshake("it did not wait for the answer".to_owned())),
                        Err(denied) => Err(Goodbye::Handshake(denied.to_string())),
                    };
                }
                let read = self.buffers.read(stream, &[]).await?;
                if read.bytes().is_empty() {
                    return Err(Goodbye::Handshake("it left".to_owned()));
                }
                bytes.extend_from_slice(read.bytes());
            }
        };
        match tokio::time::timeout(self.handshake_timeout, greeting).await {
            Ok(done) => done,
            Err(_) => Err(Goodbye::Handshake("it took too long".to_owned())),
        }
    }

    async fn messages<S: Client>(&self, stream: &mut S, idle: Option<Duration>) -> Result<(), Goodbye> {
        let mut scanner = Scanner::new(self.limits);
        let mut beginning = Beginning::new(&self.buffers);
        let mut acks = Vec::new();
        let mut pace = Pace::default();
        loop {
            let read = match idle {
                None => self.buffers.read(stream, beginning.bytes()).await?,
                Some(limit) => {
                    match tokio::time::timeout(limit, self.buffers.read(stream, beginning.bytes())).await {
                        Ok(read) => read?,
                        Err(_) => return Err(Goodbye::Idle(limit)),
                    }
                }
            };
            if read.fresh() == 0 {
                return match beginning.bytes().len() {
                    0 => Ok(()),
                    begun => Err(Goodbye::CutOff(begun)),
                };
            }
            let pause = pace.after(read.fresh());
            // Behind a beginning that is not in the buffer, what was read is copied.
            let read = if beginning.bytes().len() == read.carried() {
                Some(read)
            } else {
                beginning.extend(read.bytes()).await?;
                None
            };
            let bytes = read.as_ref().map_or(beginning.bytes(), Read::bytes);
            let (len, refused) = self.store(&mut scanner, bytes, &mut acks, stream).await?;
            // Before memory is waited for.
            let answered = !acks.is_empty();
            if answered {
                stream.write_all(&acks).await?;
                acks.clear();
            }
            if let Some(refused) = refused {
                return Err(refused.into());
            }
            match &read {
                Some(read) => beginning.replace(&read.bytes()[len..]).await?,
                None => beginning.consume(len),
            }
            // Others need the buffer in the pause.
            drop(read);
            // A client that waits for an acknowledgement is not made to wait.
            if let Some(pause) = pause.filter(|_| !answered) {
                stream.unwatch()?;
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// Stores the whole messages at the beginning of the bytes. Gives how many bytes they are, and why the message
    /// behind them is refused, if it is.
    async fn store(
        &self,
        scanner: &mut Scanner,
        bytes: &[u8],
        acks: &mut Vec<u8>,
        stream: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<(usize, Option<Refused>)> {
        let (mut run, mut at, mut events) = (0, 0, 0);
        let refused = loop {
            let scanned = match scanner.next(&bytes[at..]) {
                Ok(Some(scanned)) => scanned,
                Ok(None) => break None,
                Err(refused) => break Some(refused),
            };
            let message = &bytes[at..at + scanned.len];
            let alone = scanned.chunk.is_some() || scanned.events == 0;
            if at > run && (alone || at + scanned.len - run > RUN_BYTES) {
                self.put(&bytes[run..at], None, events).await;
                (run, events) = (at, 0);
            }
            at += scanned.len;
            if let Some(chunk) = scanned.chunk {
                // A client that uses an id again for other bytes is no reason to lose them.
                let id = xxh3_128(message).to_le_bytes();
                self.put(message, Some(&id), scanned.events).await;
                encode::ack(&message[chunk], acks);
                if acks.len() >= ANSWER_BYTES {
                    stream.write_all(acks).await?;
                    acks.clear();
                }
                run = at;
            } else if alone {
                // A heartbeat, or nothing.
                run = at;
            } else {
                events += scanned.events;
            }
        };
        if at > run {
            self.put(&bytes[run..at], None, events).await;
        }
        Ok((at, refused))
    }

    async fn put(&self, payload: &[u8], chunk_id: Option<&[u8]>, events: u64) {
        let incoming = Incoming { kind: EntryKind::Forward, source: SOURCE, chunk_id, payload, events };
        self.core.intake.store(incoming).await;
    }
}
