//! What the bare compression of the same bytes costs: no router can do with less at that ratio.

use std::io::Write;

use anyhow::{Context, Result};
use flate2::write::GzEncoder;
use libdeflater::{CompressionLvl, Compressor};

/// Text of a member, as log-router's archive has it.
const MEMBER: usize = 1 << 20;

/// A measured compression.
#[derive(Debug, Clone)]
pub(crate) struct Bare {
    /// The library and its level.
    pub(crate) name: String,
    /// CPU seconds a GB of its input.
    pub(crate) cpu_s_per_gb: f64,
    /// Input bytes for a byte of output.
    pub(crate) ratio: f64,
}

/// Compresses the bytes by libdeflate in members, as log-router does, and by zlib in one stream, as others do.
///
/// # Errors
/// When there is nothing to compress, or the kernel does not tell CPU time.
pub(crate) fn measure(bytes: &[u8]) -> Result<Vec<Bare>> {
    anyhow::ensure!(!bytes.is_empty(), "there is no output to compress");
    let mut all = Vec::new();
    for level in [4, 6] {
        let lvl = CompressionLvl::new(level).ok().context("a level of libdeflate")?;
        let mut compressor = Compressor::new(lvl);
        let mut out = vec![0; compressor.gzip_compress_bound(MEMBER)];
        let mut written = 0;
        let before = cpu_ns()?;
        for member in bytes.chunks(MEMBER) {
            written += compressor.gzip_compress(member, &mut out)?;
        }
        all.push(bare(
            format!("libdeflate level {level}, 1 MiB members"),
            cpu_ns()? - before,
            bytes.len(),
            written,
        ));
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), flate2::Compression::new(6));
    let before = cpu_ns()?;
    encoder.write_all(bytes)?;
    let written = encoder.finish()?.len();
    all.push(bare("zlib-rs level 6".to_owned(), cpu_ns()? - before, bytes.len(), written));
    Ok(all)
}

fn bare(name: String, ns: u64, read: usize, written: usize) -> Bare {
    Bare { name, cpu_s_per_gb: ns as f64 / read as f64, ratio: read as f64 / written as f64 }
}

/// CPU time of this thread. The kernel counts it at its ticks, so it is true to some milliseconds.
fn cpu_ns() -> Result<u64> {
    let text =
        std::fs::read_to_string("/proc/thread-self/schedstat").context("/proc/thread-self/schedstat")?;
    text.split(' ')
        .next()
        .and_then(|word| word.parse().ok())
        .context("CPU time in /proc/thread-self/schedstat")
}
