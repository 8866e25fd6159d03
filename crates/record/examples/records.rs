//! Prints the record of each logical message on standard input:
//! `cargo run -p sluice-record --example records < some.log`

use std::io::{BufWriter, Read, Write};

use sluice_record::{Engine, Origin, Settings};

fn main() -> std::io::Result<()> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut engine = Engine::new(Settings { inherit_time: true, ..Settings::default() });
    let stream = engine.stream(Origin::new("example"));
    let received_ms = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64);
    let mut written = Ok(());
    let mut emit = |record: sluice_record::Record<'_>| {
        if written.is_ok() {
            written = out.write_all(record.json).and_then(|()| out.write_all(b"\n"));
        }
    };
    let text = input.strip_suffix(b"\n").unwrap_or(&input);
    for line in text.split(|byte| *byte == b'\n') {
        engine.push(stream, line, received_ms, &mut emit);
    }
    engine.flush(&mut emit);
    written
}
