//! Writes a small segment to standard output, as a seed for fuzzing:
//! `cargo run -p sluice-spool --example sample_segment > sample`

use std::io::Write;

use sluice_spool::{EntryRef, Options, Spool};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("sluice-sample-{}", std::process::id()));
    let options = Options { meta: b"sample".to_vec(), ..Options::default() };
    let (mut spool, _) = Spool::open(&folder, options, "0123abcd".parse()?)?;
    for (chunk_id, payload) in
        [(None, &b"first line\nsecond line"[..]), (Some(&b"chunk-1"[..]), b"third"), (None, b"")]
    {
        spool.append(EntryRef {
            kind: 1,
            received_ms: 1_795_521_600_000,
            source: b"stdin",
            chunk_id,
            payload,
        })?;
    }
    spool.seal()?;
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "sealed") {
            std::io::stdout().write_all(&std::fs::read(path)?)?;
        }
    }
    drop(spool);
    Ok(std::fs::remove_dir_all(folder)?)
}
