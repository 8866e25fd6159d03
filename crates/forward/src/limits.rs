//! How much one message may cost.

/// Bounds of what a client may send. The defaults fit Fluent Bit's and Fluentd's largest default chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of one message, and of one event inside a compressed chunk (`inputs.forward.max_frame`).
    pub max_frame: usize,
    /// Most maps and arrays inside each other, the record being the first (`inputs.forward.max_depth`).
    /// At most [`Limits::DEEPEST`] are ever allowed.
    pub max_depth: usize,
    /// Most bytes of one compressed chunk once it is decompressed.
    pub max_decompressed: u64,
}

impl Limits {
    /// What `max_depth` is cut to: writing a record as JSON takes stack for each level.
    pub const DEEPEST: usize = 512;

    /// For a [`Decoder`](crate::Decoder) of bytes that were scanned under unknown limits, say before a restart
    /// with lower ones: whatever was accepted once can be decoded.
    pub const HIGHEST: Self =
        Self { max_frame: usize::MAX / 2, max_depth: Self::DEEPEST, max_decompressed: u64::MAX };

    pub(crate) fn depth(&self) -> usize {
        self.max_depth.min(Self::DEEPEST)
    }
}

impl Default for Limits {
    /// 16 MiB a message, 64 levels, 256 MiB a decompressed chunk.
    fn default() -> Self {
        Self { max_frame: 16 << 20, max_depth: 64, max_decompressed: 256 << 20 }
    }
}
