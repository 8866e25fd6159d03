//! What a run came to, for people (`Display`) and for programs ([`Summary::to_json`]).

mod json;
mod text;

use std::time::Duration;

use crate::route::Routed;
pub(super) use text::{megabytes, thousands};

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Lines of the input.
    pub lines: u64,
    /// Bytes of the input.
    pub bytes: u64,
    /// What became of them.
    pub routed: Routed,
    /// Records of [`Routed::errors`] that the reader of the errors did not wait for.
    pub errors_unread: u64,
    /// How often each redaction rule replaced something.
    pub redactions: Vec<(String, u64)>,
    /// How long it took.
    pub elapsed: Duration,
    /// The run was ended by a signal before the input ended.
    pub interrupted: bool,
}

impl Summary {
    /// Bytes of records to bytes of objects.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        (self.routed.object_bytes > 0)
            .then(|| self.routed.record_bytes as f64 / self.routed.object_bytes as f64)
    }

    /// Megabytes (of 1,000,000 bytes) of input a second.
    #[must_use]
    pub fn megabytes_per_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.elapsed.as_secs_f64().max(1e-6)
    }
}
