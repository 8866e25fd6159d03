//! The Fluentd Forward protocol, version 1: where messages end, what they hold, how they are written, who may send.
//!
//! No I/O, no async, no clock. A listener finds the ends of messages with a [`Scanner`] and stores their bytes as they
//! came; later a [`Decoder`] reads what was stored.
//!
//! ```
//! use sluice_forward::{Decoder, Kind, Limits, Scanner, Time, Value, encode};
//!
//! let mut bytes = Vec::new();
//! let fields = [("log", Value::Str(b"ready")), ("source", Value::Str(b"stdout"))];
//! encode::message(&mut bytes, "app", Time::from_ms(1_795_482_123_456), &fields, &encode::Options::default());
//! let scanned = Scanner::new(Limits::default()).next(&bytes)?.expect("the message is whole");
//! assert_eq!((scanned.kind, scanned.len, scanned.events), (Kind::Message, bytes.len(), 1));
//! let mut lines = Vec::new();
//! Decoder::new(Limits::default()).events(&bytes, &mut |event| {
//!     if let Some(Value::Str(line)) = event.record.get("log") {
//!         lines.push((event.time.to_ms(), line.to_vec()));
//!     }
//! })?;
//! assert_eq!(lines, [(1_795_482_123_456, b"ready".to_vec())]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Source: <https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1>, and the metadata form of events
//! that Fluent Bit sends since 2.1, `[[time, {metadata}], record]`.
//!
//! # Invariants
//!
//! 1. Whatever a [`Scanner`] accepts under some limits, a [`Decoder`] reads under the same, with as many events.
//! 2. A message is looked at once while it comes in, and once more when it is whole, in whatever pieces it comes.
//! 3. No length is believed before its bytes have come; one beyond a limit is refused when its head has come.
//! 4. Memory is bounded: by the depth of nesting for a scanner, by one event and a window for compressed chunks.
//!
//! | folder or file | does |
//! |---|---|
//! | `msgpack/` | heads of values, stepping over values |
//! | `scan.rs` `shape.rs` | the ends of messages in a stream; whether a message is one |
//! | `quick.rs` | the short way for what most messages are like |
//! | `decode/` | events, fields and values; a record as JSON |
//! | `inflate.rs` `zstd.rs` | the content of compressed chunks, event by event |
//! | `encode.rs` | messages and acknowledgements, for clients and answers |
//! | `handshake.rs` | HELO, PING and PONG, both sides |
//!
//! # Speed
//!
//! `cargo bench -p sluice-forward` on two virtual AMD EPYC cores shared with other work, 2026-11-24, lines of 180
//! bytes; GB are of the bytes on the wire:
//!
//! | messages | scan, in reads of 64 KiB | decode, every key and value looked at |
//! |---|---|---|
//! | FireLens: one event of 323 bytes each | 31 ns an event, 10 GB/s | 83 ns, 3.9 GB/s |
//! | Forward mode: 1,000 events of 296 bytes each | 101 ns, 2.9 GB/s | 151 ns, 2.0 GB/s |
//! | packed: the same | 53 ns, 5.6 GB/s | 146 ns, 2.0 GB/s |
//! | the same as gzip, all lines alike | 149 ns | 228 ns |
//! | the same as zstd, all lines alike | 154 ns | 210 ns |
//!
//! Runs differ by up to 30 %. Lines less alike cost what their decompression costs.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod decode;
pub mod encode;
mod error;
mod handshake;
mod inflate;
mod limits;
mod msgpack;
mod quick;
mod scan;
mod shape;
mod time;
mod zstd;

pub use decode::{Decoder, Event, Fields, Items, Value, plain};
pub use error::{DecodeError, Refused};
pub use handshake::{Answer, ClientHandshake, Denied, HandshakeConfig, Ping, ServerHandshake};
pub use limits::Limits;
pub use scan::{Scanned, Scanner};
pub use shape::{Compression, Kind};
pub use time::Time;
