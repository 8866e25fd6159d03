//! Clients of the Forward protocol.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sluice_forward::{Time, Value, encode};

const TAG: &str = "app-firelens-0123456789abcdef0123456789abcdef";
/// How long an acknowledgement is waited for before the chunk is sent again.
const ACK_WAIT: Duration = Duration::from_secs(5);

/// A line of a container.
#[derive(Debug, Clone)]
pub struct Line {
    /// `stdout` or `stderr`.
    pub source: &'static str,
    /// When Docker read it, in milliseconds since 1970 UTC.
    pub ms: i64,
    /// Its text.
    pub text: String,
    /// Id, number from 1, and whether it is the last, when it is a part of a line.
    pub part: Option<(String, usize, bool)>,
}

impl Line {
    fn fields<'l>(&'l self, ordinal: &'l str) -> Vec<(&'static str, Value<'l>)> {
        let mut fields = vec![
            ("container_id", Value::Str(b"4f2a61e3c5d94f0e8a2b7c1d6e9f3a5b4f2a61e3c5d94f0e8a2b7c1d6e9f3a5b")),
            ("container_name", Value::Str(b"/ecs-api-7-app-aa0193c2d5ef")),
            ("source", Value::Str(self.source.as_bytes())),
            ("log", Value::Str(self.text.as_bytes())),
        ];
        if let Some((id, _, last)) = &self.part {
            fields.push(("partial_message", Value::Str(b"true")));
            fields.push(("partial_id", Value::Str(id.as_bytes())));
            fields.push(("partial_ordinal", Value::Str(ordinal.as_bytes())));
            fields.push(("partial_last", Value::Str(if *last { b"true" } else { b"false" })));
        }
        fields
    }

    fn ordinal(&self) -> String {
        self.part.as_ref().map(|(_, ordinal, _)| ordinal.to_string()).unwrap_or_default()
    }
}

/// Sends as FireLens does: a message a line, no acknowledgement asked for.
pub struct FireLens {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl FireLens {
    /// Connects.
    #[must_use]
    pub fn connect(socket: &Path) -> FireLens {
        FireLens::try_connect(socket).expect("a router that listens")
    }

    /// The same to a router that may not be there.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn try_connect(socket: &Path) -> io::Result<FireLens> {
        Ok(FireLens { stream: UnixStream::connect(socket)?, buffer: Vec::new() })
    }

    /// Sends a line, some time soon.
    pub fn line(&mut self, line: &Line) {
        let ordinal = line.ordinal();
        let options = encode::Options { empty: true, ..encode::Options::default() };
        encode::message(&mut self.buffer, TAG, Time::from_ms(line.ms), &line.fields(&ordinal), &options);
        if self.buffer.len() > 32 << 10 {
            self.flush();
        }
    }

    /// Sends what is not sent yet.
    pub fn flush(&mut self) {
        self.try_flush().expect("a router that reads");
    }

    /// The same, to a router that may go away: what it did not take is gone.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn try_flush(&mut self) -> io::Result<()> {
        let sent = self.stream.write_all(&self.buffer);
        self.buffer.clear();
        sent
    }
}

impl Drop for FireLens {
    fn drop(&mut self) {
        let _ = self.stream.write_all(&self.buffer);
    }
}

/// Sends chunks, each again and again until it is acknowledged.
pub struct Acked {
    socket: PathBuf,
    stream: Option<UnixStream>,
    /// How often a chunk was sent again.
    pub resent: u64,
}

impl Acked {
    /// Connects when there is something to send.
    #[must_use]
    pub fn new(socket: PathBuf) -> Acked {
        Acked { socket, stream: None, resent: 0 }
    }

    /// Sends lines as one chunk. Returns when it is acknowledged.
    pub fn chunk(&mut self, id: &str, lines: &[Line]) {
        let ordinals: Vec<String> = lines.iter().map(Line::ordinal).collect();
        let records: Vec<_> =
            lines.iter().zip(&ordinals).map(|(line, ordinal)| line.fields(ordinal)).collect();
        let events: Vec<_> =
            lines.iter().zip(&records).map(|(line, fields)| (Time::from_ms(line.ms), &fields[..])).collect();
        let mut message = Vec::new();
        let options = encode::Options { chunk: Some(id.as_bytes()), ..encode::Options::default() };
        encode::packed(&mut message, TAG, &events, &options);
        while self.send(id, &message).is_err() {
            self.resent += 1;
            self.stream = None;
            // The router may be about to start; there is nothing to wait for but the clock.
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn send(&mut self, id: &str, message: &[u8]) -> io::Result<()> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let stream = UnixStream::connect(&self.socket)?;
                stream.set_read_timeout(Some(ACK_WAIT))?;
                stream.set_write_timeout(Some(ACK_WAIT))?;
                self.stream.insert(stream)
            }
        };
        stream.write_all(message)?;
        let mut answer = Vec::new();
        let mut buffer = [0; 256];
        loop {
            let read = stream.read(&mut buffer)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            answer.extend_from_slice(&buffer[..read]);
            if let Some((acked, len)) = encode::decode_ack(&answer) {
                assert_eq!(
                    (acked, len),
                    (id.as_bytes(), answer.len()),
                    "an acknowledgement of another chunk"
                );
                return Ok(());
            }
        }
    }
}
