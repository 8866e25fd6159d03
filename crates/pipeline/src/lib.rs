//! The spec `sluice.toml`: every setting of a pipeline, typed, with defaults, environment overlays and checks.
//!
//! ```
//! use sluice_pipeline::{ArchiveUrl, Spec};
//!
//! let text = r#"
//! name = "api"
//! [archive]
//! url = "s3://example-logs/app"
//! [env.dev.errors]
//! retention_days = 7
//! "#;
//! let spec = Spec::parse(text, "sluice.toml", Some("dev"))?;
//! assert_eq!(spec.archive.url, "s3://example-logs/app".parse::<ArchiveUrl>()?);
//! assert_eq!(spec.errors.log_group, "/sluice/dev/api");
//! assert_eq!(spec.errors.retention_days, Some(7));
//! assert_eq!(spec.spool.segment_bytes.to_string(), "16MiB");
//!
//! let problems = Spec::parse("name = 'api'\narchive.lvel = 6", "sluice.toml", None).unwrap_err();
//! assert_eq!(
//!     problems.to_string(),
//!     "sluice.toml:2:9: archive.lvel: unknown key; did you mean \"archive.level\"?"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A setting is defined once, as a field of a struct under `spec/` (see `define.rs`); validation, the commented
//! example ([`render_example`]), the JSON Schema ([`json_schema`]) and the documentation's table
//! ([`settings_table`]) all come from there.

mod checks;
mod define;
mod exit;
mod load;
mod nearest;
mod overlay;
mod problem;
mod reader;
mod render;
mod resolve;
mod rights;
mod source;
mod spec;
mod values;

pub use exit::Exit;
pub use nearest::nearest;
pub use problem::{Problem, Problems};
pub use render::{
    example::render_example,
    schema::json_schema,
    table::{BEGIN_TABLE, END_TABLE, settings_table},
};
pub use rights::{Right, Uploads, task_rights};
pub use spec::{
    Spec,
    archive::{Archive, Encryption, Lifecycle, StorageClass},
    deliver::Deliver,
    errors::{Errors, LargeEvent, Level, LogClass},
    fluent_bit::{FluentBit, Topology},
    inputs::{Forward, Inputs, Lines, Stdin, Tail, TailFrom, Tls, User},
    parse::{AccessLog4xx, Parse},
    process::{Admin, Ecs, Health, Metrics, Shutdown},
    provision::{Alarms, Alerts, CatalogSettings, Monitor, Profile},
    redact::{CustomPattern, NamedPattern, Redact},
    spool::{Fsync, FsyncWhen, Spool, WhenFull},
};
pub use values::{
    duration::{DurationError, format_duration, parse_duration},
    secret::{Secret, keep_references},
    size::{ByteSize, SizeError},
    url::{ArchiveUrl, ArchiveUrlError},
};
