//! A log line becomes a normalised record.
//!
//! No I/O, no async, no clock: the same lines and times of receipt give the same bytes. `docs/record-format.md`
//! is the contract of what comes out.
//!
//! ```
//! use sluice_record::{Engine, Level, Origin, Settings};
//!
//! let mut engine = Engine::new(Settings::default());
//! let stream = engine.stream(Origin::new("api"));
//! let line = br#"{"level":"ERROR","msg":"payment refused","order":71}"#;
//! let mut seen = Vec::new();
//! engine.push(stream, line, 1_795_482_123_456, &mut |record| {
//!     assert_eq!(record.level, Level::Error);
//!     seen.extend_from_slice(record.json);
//! });
//! let text = String::from_utf8(seen)?;
//! assert!(text.starts_with(r#"{"ts":"2026-11-24T01:02:03.456Z","level":"error","service":"api","message":"payment refused","#));
//! assert!(text.ends_with(r#""attrs":{"order":71}}"#));
//! # Ok::<(), std::string::FromUtf8Error>(())
//! ```
//!
//! | folder or file | does |
//! |---|---|
//! | `engine/` | takes the lines of many streams, puts them together, emits records |
//! | `join/` | tracebacks, multi-line layouts and split messages |
//! | `json/` | JSON lines: scanner, field names, columns |
//! | `text/` | text lines: one file a family of layouts |
//! | `time/` `level.rs` | event times and severities in all their spellings |
//! | `columns.rs` `envelope.rs` `fingerprint.rs` | what was found in a line, how it is written |
//! | `redact/` | masks secrets before anything else sees a line |
//! | `clean.rs` `escape.rs` | bytes that are no text, ANSI sequences, JSON escapes |

mod clean;
mod columns;
mod engine;
mod envelope;
mod escape;
mod fingerprint;
mod join;
mod json;
mod level;
mod redact;
mod text;
mod time;
mod value;

pub use engine::{Engine, MOST_AHEAD_MS, Origin, Part, Record, Settings, Source, StreamId};
pub use join::{JoinLimits, PartialLimits};
pub use level::{Level, UnknownLevel};
pub use redact::{CustomRule, NAMED, NamedPattern, RedactError, Redactor};
pub use time::{Millis, UnknownZone, Zone, write_rfc3339};
