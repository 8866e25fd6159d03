//! `[deliver]`: how segments reach the sinks.

use std::time::Duration;

use crate::{
    define::section,
    values::{duration::Span, whole::Whole},
};

section! {
    /// How segments are delivered to S3 and CloudWatch, and retried.
    ///
    /// A delivery is retried until it succeeds or the router stops; what is left stays in the spool.
    pub struct Deliver {
        /// Requests in flight to each sink.
        concurrency: usize { default: 4, example: 8, rule: Whole::Range(1, 64), },
        /// Longest time for one request; a retry follows.
        timeout: Duration { default: "30s", example: "10s", rule: Span::millis(100, 600_000), },
        /// Longest time for a connection to open.
        connect_timeout: Duration { default: "5s", example: "2s", rule: Span::millis(100, 60_000), },
        /// Upper bound of the first wait before a retry; it doubles with each, and the wait is a random part of it.
        retry_base: Duration {
            derived: "200ms, or `deliver.retry_max` when that is less",
            example: "1s",
            rule: Span::millis(1, 30_000),
        },
        /// Upper bound of any wait before a retry.
        retry_max: Duration { default: "30s", example: "1m", rule: Span::millis(1, 3_600_000), },
    }
}
