//! Messages as FireLens sends them, made before the run so that it costs nothing then, and sent at a rate.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use sluice_forward::{Time, Value, encode};

use crate::mix::{Generator, Lines, Mix, PART_BYTES, Record};

/// What is written at a time, at most about this long at a given rate.
const PACE: Duration = Duration::from_millis(5);

/// Everything that is sent in a run.
pub(crate) struct Input {
    /// The records, by number.
    pub(crate) records: Vec<Record>,
    /// In which batch a record is, by number.
    pub(crate) batch_of: Vec<u32>,
    /// Bytes of all lines, line feeds counted.
    pub(crate) line_bytes: u64,
    /// Messages, which are lines or parts of them.
    pub(crate) messages: u64,
    batches: Vec<Batch>,
    containers: usize,
}

struct Batch {
    bytes: Vec<u8>,
    container: usize,
    /// Bytes of the lines before it.
    before: u64,
}

/// How the sending went.
#[derive(Debug)]
pub(crate) struct Sent {
    /// When each batch was begun to be written.
    pub(crate) at: Vec<Instant>,
    /// How long all took.
    pub(crate) took: Duration,
    /// How long the longest write did.
    pub(crate) longest: Duration,
    /// How often a connection was closed by the router.
    pub(crate) closed: u64,
}

impl Input {
    /// Makes an input of so many bytes of lines. `rate` (bytes a second) decides how much is written at a time.
    pub(crate) fn make(mix: Mix, seed: u64, base_ms: i64, bytes: u64, rate: Option<f64>) -> Self {
        let most =
            rate.map_or(64 << 10, |rate| ((rate * PACE.as_secs_f64()) as usize).clamp(4 << 10, 64 << 10));
        let mut generator = Generator::new(mix, seed, base_ms);
        let mut lines = Lines::default();
        let containers: Vec<Container> = (0..mix.containers()).map(Container::new).collect();
        let mut input = Self {
            records: Vec::new(),
            batch_of: Vec::new(),
            line_bytes: 0,
            messages: 0,
            batches: Vec::new(),
            containers: containers.len(),
        };
        let mut batch = Batch { bytes: Vec::new(), container: 0, before: 0 };
        // Containers take turns, so that the lines of all are spread over the run.
        let most_of_one = if containers.len() > 1 { 4 << 10 } else { most };
        let mut in_batch = 0;
        while input.line_bytes < bytes {
            let record = generator.next(&mut lines);
            input.batch_of.push(input.batches.len() as u32);
            for line in lines.text.split_terminator('\n') {
                input.messages += containers[batch.container].encode(
                    &mut batch.bytes,
                    line,
                    &record,
                    lines.is_stderr,
                    input.messages,
                );
                input.line_bytes += line.len() as u64 + 1;
                in_batch += line.len() + 1;
            }
            input.records.push(record);
            if in_batch >= most_of_one {
                let container = (batch.container + 1) % containers.len();
                let next = Batch { bytes: Vec::new(), container, before: input.line_bytes };
                batch.bytes.shrink_to_fit();
                input.batches.push(std::mem::replace(&mut batch, next));
                in_batch = 0;
            }
        }
        input.batches.push(batch);
        input
    }

    /// Sends everything, at `rate` bytes of lines a second, or as fast as the router reads.
    ///
    /// # Errors
    /// When the router does not take connections.
    pub(crate) fn send(&self, socket: &Path, rate: Option<f64>) -> std::io::Result<Sent> {
        let mut streams: Vec<UnixStream> =
            (0..self.containers).map(|_| UnixStream::connect(socket)).collect::<Result<_, _>>()?;
        let mut sent = Sent {
            at: Vec::with_capacity(self.batches.len()),
            took: Duration::ZERO,
            longest: Duration::ZERO,
            closed: 0,
        };
        let started = Instant::now();
        for batch in &self.batches {
            if let Some(rate) = rate {
                let due = Duration::from_secs_f64(batch.before as f64 / rate);
                std::thread::sleep(due.saturating_sub(started.elapsed()));
            }
            let at = Instant::now();
            sent.at.push(at);
            // As Docker does: what could not be written whole is gone, and the next goes over a new connection.
            if streams[batch.container].write_all(&batch.bytes).is_err() {
                sent.closed += 1;
                streams[batch.container] = UnixStream::connect(socket)?;
            }
            sent.longest = sent.longest.max(at.elapsed());
        }
        sent.took = started.elapsed();
        Ok(sent)
    }
}

struct Container {
    id: String,
    name: String,
    tag: String,
}

impl Container {
    fn new(number: usize) -> Self {
        Self {
            id: format!("{number:04x}{}", "4f2a61e3c5d9".repeat(5)),
            name: format!("/ecs-api-7-app{number}-aa0193c2d5ef9b8f7d01"),
            tag: format!("app{number}-firelens-0123456789abcdef0123456789abcdef"),
        }
    }

    /// Appends a line's message, or one for each part; how many there were.
    fn encode(&self, out: &mut Vec<u8>, line: &str, record: &Record, is_stderr: bool, id: u64) -> u64 {
        let options = encode::Options { empty: true, ..encode::Options::default() };
        let source: &[u8] = if is_stderr { b"stderr" } else { b"stdout" };
        let fields = |text| {
            vec![
                ("container_id", Value::Str(self.id.as_bytes())),
                ("container_name", Value::Str(self.name.as_bytes())),
                ("source", Value::Str(source)),
                ("log", Value::Str(text)),
            ]
        };
        let time = Time::from_ms(record.ms);
        if line.len() <= PART_BYTES {
            encode::message(out, &self.tag, time, &fields(line.as_bytes()), &options);
            return 1;
        }
        let id = format!("{id:064x}");
        let parts = line.len().div_ceil(PART_BYTES);
        for (at, part) in line.as_bytes().chunks(PART_BYTES).enumerate() {
            let ordinal = (at + 1).to_string();
            let last: &[u8] = if at + 1 == parts { b"true" } else { b"false" };
            let mut fields = fields(part);
            fields.extend([
                ("partial_message", Value::Str(b"true")),
                ("partial_id", Value::Str(id.as_bytes())),
                ("partial_ordinal", Value::Str(ordinal.as_bytes())),
                ("partial_last", Value::Str(last)),
            ]);
            encode::message(out, &self.tag, time, &fields, &options);
        }
        parts as u64
    }
}
