//! CloudWatch Logs that keeps the real service's limits and records what it accepted.
//!
//! It stands alone, or before moto, which then has the groups and streams. Either way `PutLogEvents` is checked here:
//! a batch that breaks a limit is refused whole (`InvalidParameterException`) and becomes a violation; events that
//! are too old, too new or older than their group's retention are left out and named in `rejectedLogEventsInfo`.
//!
//! What it does not do: verify signatures, throttle ([`crate::faults`] does), or keep sequence tokens, which the
//! service ignores too.

mod groups;
mod limits;
mod serve;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use self::limits::{
    AGE_MAX_MS, AHEAD_MAX_MS, BATCH_BYTES_MAX, BATCH_EVENTS_MAX, EVENT_OVERHEAD, MESSAGE_BYTES_MAX,
    SPAN_MAX_MS,
};

use self::groups::Groups;
use crate::moto::Moto;
use crate::server::Server;

/// An event that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// Its log group.
    pub group: String,
    /// Its log stream.
    pub stream: String,
    /// Its time, Unix milliseconds.
    pub timestamp_ms: i64,
    /// Its text.
    pub message: String,
    /// When the batch that held it was accepted.
    pub arrived: Instant,
}

/// CloudWatch Logs for a test; it stops when it is dropped.
pub struct CloudWatchRecorder {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The server that has the groups and streams, if another has.
    upstream: Option<String>,
    books: Mutex<Books>,
    changed: Condvar,
}

#[derive(Default)]
struct Books {
    events: Vec<LogEvent>,
    violations: Vec<String>,
    groups: Groups,
    rejected: u64,
    puts: u64,
    calls: u64,
}

impl CloudWatchRecorder {
    /// Starts one that knows `CreateLogGroup`, `CreateLogStream`, `PutRetentionPolicy` and `PutLogEvents` itself.
    #[must_use]
    pub fn alone() -> Self {
        Self::start(None)
    }

    /// Starts one before moto. Calls other than `PutLogEvents` are passed on, whatever they are.
    #[must_use]
    pub fn before(moto: &Moto) -> Self {
        Self::start(Some(moto.endpoint()))
    }

    fn start(upstream: Option<String>) -> Self {
        let shared = Arc::new(Shared { upstream, ..Shared::default() });
        let server = Server::start("logs", {
            let shared = Arc::clone(&shared);
            move |request| serve::answer(Arc::clone(&shared), request)
        });
        Self { server, shared }
    }

    /// The URL of the service.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// The events that were accepted, in the order of their arrival.
    #[must_use]
    pub fn events(&self) -> Vec<LogEvent> {
        self.shared.lock().events.clone()
    }

    /// Which limits were broken, one text a refused batch.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.shared.lock().violations.clone()
    }

    /// How many events were left out of batches that were accepted.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.shared.lock().rejected
    }

    /// How many batches were accepted.
    #[must_use]
    pub fn puts(&self) -> u64 {
        self.shared.lock().puts
    }

    /// Names of the groups that were made through this recorder.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        self.shared.lock().groups.names()
    }

    /// The retention that was set for a group, in days.
    #[must_use]
    pub fn retention_days(&self, group: &str) -> Option<i64> {
        self.shared.lock().groups.retention_days(group)
    }

    /// Returns the events as soon as `enough` holds for them.
    ///
    /// # Panics
    /// When it does not within `timeout`.
    #[track_caller]
    pub fn wait_for(&self, mut enough: impl FnMut(&[LogEvent]) -> bool, timeout: Duration) -> Vec<LogEvent> {
        let deadline = Instant::now() + timeout;
        let mut books = self.shared.lock();
        while !enough(&books.events) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let (events, violations) = (books.events.len(), books.violations.clone());
                let last = books.events.last().cloned();
                drop(books);
                panic!(
                    "after {timeout:?} not enough: {events} events, last {last:?}, violations {violations:?}"
                );
            }
            books = self.shared.changed.wait_timeout(books, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        books.events.clone()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
