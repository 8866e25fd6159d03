//! Waits for the end, and ends a service in order: read until the sockets are quiet, seal, deliver.

use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use sluice_pipeline::Spec;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::ServiceError;
use super::core::Core;
use crate::diagnostics::{info, warn};

/// What is kept of the deadline for the process to end.
const LAST_MOMENT: Duration = Duration::from_millis(200);
/// How often it is looked whether the sockets are quiet.
const QUIET_TICK: Duration = Duration::from_millis(10);

/// How a service ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// By Ctrl-C, rather than by SIGTERM or the end of its input.
    pub interrupted: bool,
    /// Bytes that stay in the spool.
    pub left_bytes: u64,
    /// Segments that stay in the spool.
    pub left_segments: usize,
}

/// Signals that end a service.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From here on they do not end the process by themselves.
    pub(super) fn new() -> Result<Signals, ServiceError> {
        let on = |kind| {
            signal(kind).map_err(|source| ServiceError::System { doing: "listen for signals", source })
        };
        Ok(Signals { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())? })
    }
}

/// Waits until the service is to end; true when it was interrupted.
pub(super) async fn wait(mut signals: Signals, input_ended: Option<Rc<Notify>>) -> bool {
    let ended = async {
        match &input_ended {
            Some(ended) => ended.notified().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = signals.terminate.recv() => false,
        _ = signals.interrupt.recv() => true,
        () = ended => false,
    }
}

/// Ends the service within `shutdown.deadline`.
pub(super) async fn end(
    core: &Rc<Core>,
    spec: &Spec,
    inputs: JoinSet<()>,
    background: JoinSet<()>,
    interrupted: bool,
) -> Ended {
    let started = Instant::now();
    let deadline = started + spec.shutdown.deadline.saturating_sub(LAST_MOMENT);
    info("ending", &[("deadline_ms", &spec.shutdown.deadline.as_millis())]);
    // Delivering takes its time, too.
    let read_until = started + spec.shutdown.deadline / 2;
    while core.intake.last_in.get().elapsed() < spec.shutdown.quiet && Instant::now() < read_until {
        tokio::time::sleep(QUIET_TICK).await;
    }
    core.health.set_ready(false);
    drop(inputs);
    for socket in [&spec.inputs.forward.unix, &spec.inputs.lines.unix].into_iter().flatten() {
        remove(socket);
    }
    core.draining.set(true);
    if let Err(refusal) = core.intake.seal(false) {
        core.intake.report(&refusal);
    }
    // What is delivered from here on is not waited for by anybody but this.
    let delivered = async {
        loop {
            core.drain.notify_waiters();
            core.outbox.wake.notify_one();
            let settled = core.settled.notified();
            if core.intake.spool.borrow().sealed_segments().is_empty() {
                return;
            }
            let _ = tokio::time::timeout(Duration::from_millis(100), settled).await;
        }
    };
    let _ = tokio::time::timeout_at(deadline, delivered).await;
    drop(background);
    let spool = core.intake.spool.borrow();
    let ended = Ended {
        interrupted,
        left_bytes: spool.total_bytes(),
        left_segments: spool.sealed_segments().len() + usize::from(spool.open_segment().is_some()),
    };
    let took = started.elapsed().as_millis();
    if ended.left_segments == 0 {
        info("everything is delivered", &[("took_ms", &took)]);
    } else {
        warn(
            "not everything could be delivered before the deadline; the rest stays in the spool",
            &[
                ("segments", &ended.left_segments),
                ("bytes", &ended.left_bytes),
                ("spool", &spool.folder().display()),
                ("took_ms", &took),
            ],
        );
    }
    ended
}

fn remove(socket: &PathBuf) {
    if let Err(problem) = std::fs::remove_file(socket)
        && problem.kind() != io::ErrorKind::NotFound
    {
        warn("cannot remove a socket", &[("path", &socket.display()), ("reason", &problem)]);
    }
}
