//! Sends the lines of a file as FireLens does, a message a line over a unix socket, at a rate:
//! `cargo run --release -p sluice-log-router --example firelens_load /var/run/fluent.sock mixed.log 8.0 [MEGABYTES]`
//!
//! The rate is in MB of lines a second, 0 for as fast as the router reads. Without MEGABYTES the file is sent once, else
//! again and again until so many are sent. Tells how long it took, and how long the longest write did.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sluice_forward::{Time, Value, encode};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = |what: &str| args.next().ok_or(format!("{what} is missing"));
    let (socket, file, rate) = (next("the socket")?, next("the file")?, next("the rate")?.parse::<f64>()?);
    let text = std::fs::read(file)?;
    let most =
        next("").ok().map_or(Ok(text.len() as u64), |mb| mb.parse::<u64>().map(|mb| mb * 1_000_000))?;
    let mut stream = UnixStream::connect(socket)?;
    let (started, mut sent, mut longest, mut lines) = (Instant::now(), 0_u64, Duration::ZERO, 0_u64);
    let mut out = Vec::with_capacity(80 << 10);
    let id = "c".repeat(64);
    let options = encode::Options { empty: true, ..encode::Options::default() };
    'all: loop {
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
            let time = Time { secs: since.as_secs() as i64, nanos: since.subsec_nanos() };
            let source: &[u8] = if line[0] == b'{' { b"stdout" } else { b"stderr" };
            let record = [
                ("container_id", Value::Str(id.as_bytes())),
                ("container_name", Value::Str(b"/ecs-api-1-app-0123456789abcdef0123")),
                ("source", Value::Str(source)),
                ("log", Value::Str(line)),
            ];
            encode::message(
                &mut out,
                "app-firelens-0123456789abcdef0123456789abcdef",
                time,
                &record,
                &options,
            );
            sent += line.len() as u64 + 1;
            lines += 1;
            // About a hundredth of a second at a time.
            if out.len() >= 64 << 10 || rate > 0.0 && out.len() as f64 > rate * 10_000.0 {
                let write = Instant::now();
                stream.write_all(&out)?;
                longest = longest.max(write.elapsed());
                out.clear();
                if rate > 0.0 {
                    let due = Duration::from_secs_f64(sent as f64 / rate / 1e6);
                    std::thread::sleep(due.saturating_sub(started.elapsed()));
                }
            }
            if sent >= most {
                break 'all;
            }
        }
        if text.is_empty() {
            break;
        }
    }
    stream.write_all(&out)?;
    let seconds = started.elapsed().as_secs_f64();
    let rate = sent as f64 / seconds / 1e6;
    eprintln!("{lines} lines, {sent} bytes in {seconds:.2} s: {rate:.2} MB/s, longest write {longest:?}");
    Ok(())
}
