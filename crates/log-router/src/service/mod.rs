//! `log-router run`: inputs → spool → routing → sinks, until it is told to stop.
//!
//! Everything runs as tasks of one thread; the clock is read here and nowhere below.
//!
//! | file | does |
//! |---|---|
//! | `start.rs` `stop.rs` | puts a service together; ends it in order |
//! | `listen/` `tail.rs` | sockets: the Forward protocol, lines; files |
//! | `intake.rs` `seam.rs` | stores what comes in; where segments end |
//! | `discard.rs` | makes room in a full spool, when that is wanted |
//! | `worker.rs` `destination.rs` | routes segments while they grow |
//! | `deliver.rs` `backoff.rs` | objects to S3 |
//! | `outbox.rs` `errors.rs` | errors to CloudWatch Logs |
//! | `core.rs` `progress.rs` | what was delivered of each segment; deletes what is done |
//! | `counters.rs` `health.rs` `admin.rs` `emf.rs` | what can be seen from outside |
//!
//! Invariants:
//! * an acknowledgement follows the append, nothing else does;
//! * a segment is deleted when all its objects and all its errors were delivered, or when it is discarded by
//!   `spool.when_full`, and never otherwise;
//! * memory is bounded by settings, whatever clients send and however long sinks are away.

mod admin;
mod backoff;
mod core;
mod counters;
mod deliver;
mod destination;
mod discard;
mod emf;
mod errors;
mod health;
mod intake;
mod listen;
mod outbox;
mod progress;
mod seam;
mod start;
mod stop;
mod tail;
mod worker;

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use sluice_pipeline::Spec;

pub use counters::{Kind, Metric, table as metrics_table};
pub use listen::{ListenError, TlsError};
pub use stop::Ended;

use crate::sink::SinkError;

/// A service cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The spool cannot be opened.
    #[error(transparent)]
    Spool(#[from] sluice_spool::Error),
    /// The spec has a value that makes no sense.
    #[error(transparent)]
    Rules(#[from] crate::route::RulesError),
    /// A redaction rule is wrong.
    #[error(transparent)]
    Redact(#[from] sluice_record::RedactError),
    /// A folder cannot be used.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// A socket cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Files cannot be followed.
    #[error(transparent)]
    Tail(#[from] crate::input::tail::TailError),
    /// The system refuses what every process needs.
    #[error("cannot {doing}")]
    System {
        /// What.
        doing: &'static str,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
}

/// How often tasks look at sockets, in turns of other tasks: input comes first.
const EVENT_INTERVAL: u32 = 4;
/// Threads for reading files that are sent; everything else is done by one thread.
const FILE_THREADS: usize = 2;

/// Runs a service until it is told to stop.
///
/// # Errors
/// When it cannot be started. Once it runs, it waits for whatever fails to work again.
pub fn run(spec: &Spec, config: Option<PathBuf>) -> Result<Ended, ServiceError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .event_interval(EVENT_INTERVAL)
        .max_blocking_threads(FILE_THREADS)
        .thread_stack_size(256 << 10)
        .build()
        .map_err(|source| ServiceError::System { doing: "start a runtime", source })?;
    let ended = runtime.block_on(tokio::task::LocalSet::new().run_until(start::run(spec, config)));
    // A thread that reads standard input never ends.
    runtime.shutdown_background();
    ended
}

/// Milliseconds since 1970 UTC.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
