//! `[errors]`: the gate to CloudWatch Logs.

use std::time::Duration;

use crate::{
    define::{choices, section},
    values::{
        duration::Span,
        size::{ByteSize, GIB, KIB, Sizes},
        text::Text,
        whole::Whole,
    },
};

/// Retention that CloudWatch Logs takes, in days (API reference of PutRetentionPolicy).
const RETENTION: &[i64] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/// Most bytes of a PutLogEvents batch; every event counts [`EVENT_OVERHEAD`] besides its message.
const BATCH_LIMIT: u64 = 1_048_576;
pub(crate) const EVENT_OVERHEAD: u64 = 26;

section! {
    /// The gate to CloudWatch Logs: records at `min_level` and above go there too.
    pub struct Errors {
        /// Log group that the gate writes to.
        log_group: String {
            derived: "/sluice/`environment`/`name`, without an environment /sluice/`name`",
            example: "/logs/api/errors",
            rule: Text::LogGroup,
        },
        /// Name of the log stream: {service}, {task}, {container} and {boot} (one run of the router) are filled in.
        stream: String { default: "{service}/{task}", example: "{container}/{task}", rule: Text::Stream, },
        /// The least level that passes.
        min_level: Level { default: "error", example: "warn", },
        /// Create the log group when it does not exist. Needs logs:CreateLogGroup and, with a retention,
        /// logs:PutRetentionPolicy.
        create_group: bool { default: true, example: false, },
        /// Days that CloudWatch keeps the events; "off" keeps them for ever.
        retention_days: Option<u16> { default: 30, example: 7, rule: Whole::OneOf(RETENTION), },
        /// Class of a log group that is created. It cannot be changed later.
        log_class: LogClass { default: "standard", example: "infrequent_access", },
        /// Bytes that one router sends to CloudWatch in a minute before repeats are summarised.
        ///
        /// Above it, errors of a fingerprint already seen in that minute become one event, "suppressed 4,210 like
        /// this"; the archive still has them all. CloudWatch bills ingestion by the GB, and this is the bound on what
        /// a crash loop can cost. "off" sends everything.
        bytes_per_minute: Option<ByteSize> { default: "16MiB", example: "1MiB", rule: Sizes(KIB, GIB), },
        /// Most bytes of a batch, with the 26 bytes that CloudWatch counts an event.
        batch_bytes: ByteSize { default: "1MiB", example: "256KiB", rule: Sizes(KIB, BATCH_LIMIT), },
        /// Most events of a batch.
        batch_events: u16 { default: 10_000, example: 1000, rule: Whole::Range(1, 10_000), },
        /// How long an event waits for others to fill the batch.
        batch_wait: Duration { default: "1s", example: "5s", rule: Span::millis(10, 60_000), },
        /// Most bytes of an event's message. CloudWatch refuses more than 1 MiB less the 26 bytes of overhead.
        max_event_bytes: ByteSize {
            derived: "what fits a batch: `errors.batch_bytes` less 26 bytes",
            example: "256KiB",
            rule: Sizes(256, BATCH_LIMIT - EVENT_OVERHEAD),
        },
        /// What happens to an event above `max_event_bytes`.
        large_event: LargeEvent { default: "split", example: "cut", },
    }
}

choices! {
    /// Severity of a record, from least to most.
    pub enum Level {
        /// Finest detail.
        Trace = "trace",
        /// For developers.
        Debug = "debug",
        /// Normal operation.
        Info = "info",
        /// Worth a look.
        Warn = "warn",
        /// Something failed.
        Error = "error",
        /// The process cannot go on; critical, alert, emergency and panic too.
        Fatal = "fatal",
    }
}

choices! {
    /// Class of a log group.
    pub enum LogClass {
        /// With metric filters and live tail, which alarms need.
        Standard = "standard",
        /// Half the price, without them.
        InfrequentAccess = "infrequent_access",
    }
}

choices! {
    /// What happens to an event that is too large for CloudWatch.
    pub enum LargeEvent {
        /// It is sent as several events in order.
        Split = "split",
        /// Its end is left off, and the event says how much.
        Cut = "cut",
    }
}
