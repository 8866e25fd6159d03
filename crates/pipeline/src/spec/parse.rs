//! `[parse]`: how a line becomes a record.

use std::time::Duration;

use crate::{
    define::{choices, section},
    values::{
        duration::Span,
        size::{ByteSize, KIB, MIB, Sizes},
        text::Text,
        whole::Whole,
    },
};

section! {
    /// How a line becomes a record.
    pub struct Parse {
        /// Time zone of times that name none.
        zone: String { default: "UTC", example: "Asia/Tokyo", rule: Text::Zone, },
        /// Level of an access-log line with a 4xx status. 5xx is always an error.
        access_log_4xx: AccessLog4xx { default: "warn", example: "info", },
        /// Deepest nesting of JSON that is read; a deeper line is kept as plain text.
        max_depth: u16 { default: 64, example: 32, rule: Whole::Range(1, 512), },
        /// Remove terminal colours and other ANSI escape sequences.
        strip_ansi: bool { default: true, example: false, },
        /// Join the lines of a traceback into one record, and Docker's partial messages into one line.
        join: bool { default: true, example: false, },
        /// Most lines of a joined record; further ones begin another.
        join_max_lines: u32 { default: 1000, example: 200, rule: Whole::Range(2, 100_000), },
        /// Most bytes of a joined record; further lines begin another.
        join_max_bytes: ByteSize { default: "256KiB", example: "1MiB", rule: Sizes(KIB, 16 * MIB), },
        /// Longest time, by receive time, between two lines of one record. An error with nothing behind it leaves so much
        /// later.
        join_max_wait: Duration { default: "1s", example: "5s", rule: Span::millis(10, 600_000), },
        /// Most bytes of a line that Docker sent in parts (it splits at 16 KiB); the rest becomes another record.
        partial_max_bytes: ByteSize { default: "16MiB", example: "1MiB", rule: Sizes(16 * KIB, 64 * MIB), },
    }
}

choices! {
    /// Level of an access-log line with a 4xx status.
    pub enum AccessLog4xx {
        /// A warning.
        Warn = "warn",
        /// Normal operation.
        Info = "info",
    }
}
