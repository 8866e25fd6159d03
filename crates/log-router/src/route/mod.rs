//! From the bytes of a segment to objects and errors.
//!
//! What routing makes of a segment is a pure function of the segment's bytes and the [`Rules`]: no clock, no random
//! numbers. So a segment that is routed again gives the same objects under the same keys with the same bytes. Even
//! that nothing came for a while is told by an entry ([`EntryKind::Idle`]).
//!
//! A segment can be routed at once ([`Router::route`]) or entry by entry while it grows ([`Router::begin`]), with the
//! same result.
//!
//! Invariants:
//! * lines in = lines of all records + [`Routed::parts`] - [`Routed::splits`]; who knows how many lines went in checks
//!   it with [`Routed::lines_in`];
//! * memory: what the engine holds, one entry, and [`OPEN_BYTES`] for all open objects together.
//!
//! | file | does |
//! |---|---|
//! | `routing.rs` | one segment on its way: entries in, records out |
//! | `streams.rs` `origin.rs` | which lines belong together, and where they come from |
//! | `forwarded.rs` | events of the Forward protocol become lines |
//! | `packed.rs` | the same lines as the spool has them |
//! | `filters.rs` | FireLens' include and exclude patterns |
//! | `objects.rs` `cut.rs` `long_line.rs` | open objects, one an hour; records and lines that are too long |
//! | `made.rs` | records that an earlier routing made |
//! | `rules.rs` `routed.rs` | what routing depends on, what it came to |

mod cut;
mod filters;
mod forwarded;
mod long_line;
pub mod made;
mod objects;
mod origin;
mod packed;
mod routed;
mod routing;
mod rules;
mod streams;

use std::io::{Read, Seek};

use sluice_archive::MemberCompressor;
use sluice_forward::{Decoder, Limits};
use sluice_record::{Engine, RedactError, Redactor};
use sluice_spool::{ReadError, SegmentReader};

use crate::sink::{ArchiveSink, ErrorSink, SinkError};
pub use filters::{BadFilter, Filters};
pub(crate) use forwarded::container_line;
pub use objects::OPEN_BYTES;
pub use origin::Place;
pub(crate) use origin::tail_source;
pub(crate) use packed::pack;
pub use routed::Routed;
pub use routing::Routing;
pub use rules::{ObjectName, Rules, RulesError, forward_limits};

/// Routing a segment failed; nothing of it counts as delivered.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// A sink refused.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The segment cannot be read.
    #[error("cannot read a segment of the spool; check its disk, or choose another with --spool")]
    Read(#[from] ReadError),
    /// The segment cannot be opened.
    #[error(transparent)]
    Spool(sluice_spool::Error),
}

/// The engine that reads lines by these rules.
///
/// # Errors
/// When a redaction rule does not compile.
pub fn engine(rules: &Rules) -> Result<Engine, RedactError> {
    let engine = Engine::new(rules.settings.clone());
    if rules.redact_named.is_empty() && rules.redact_custom.is_empty() {
        return Ok(engine);
    }
    let named: Vec<&str> = rules.redact_named.iter().map(String::as_str).collect();
    Ok(engine.with_redactor(Redactor::new(&named, &rules.redact_custom)?))
}

/// Routes segments, one after the other.
#[derive(Debug)]
pub struct Router {
    rules: Rules,
    engine: Engine,
    decoder: Decoder,
    compressor: MemberCompressor,
}

impl Router {
    /// A router by these rules.
    ///
    /// # Errors
    /// When a redaction rule does not compile.
    pub fn new(rules: Rules) -> Result<Router, RedactError> {
        // What was let in under other limits, before a restart, is read back all the same.
        let decoder = Decoder::new(Limits::HIGHEST);
        let compressor = MemberCompressor::new(rules.compression);
        Ok(Router { engine: engine(&rules)?, rules, decoder, compressor })
    }

    /// How often each redaction rule replaced something.
    pub fn redactions(&self) -> impl Iterator<Item = (&str, u64)> {
        self.engine.redactor().into_iter().flat_map(Redactor::counts)
    }

    /// Begins a segment; `name` is the part of the object keys that it has to itself, `place` where its lines come
    /// from as far as they do not say so themselves.
    pub fn begin<'r, A: ArchiveSink>(
        &'r mut self,
        name: &'r ObjectName,
        place: &'r Place,
        archive: A,
    ) -> Routing<'r, A> {
        let Router { rules, engine, decoder, compressor } = self;
        Routing::new(rules, engine, decoder, compressor, name, place, archive)
    }

    /// Routes one whole segment.
    ///
    /// # Errors
    /// When a sink refuses or the segment cannot be read. Objects that were not finished are gone then.
    pub fn route<R: Read + Seek, A: ArchiveSink>(
        &mut self,
        segment: &mut SegmentReader<R>,
        name: &ObjectName,
        place: &Place,
        archive: A,
        errors: &mut impl ErrorSink,
    ) -> Result<Routed, RouteError> {
        let mut routing = self.begin(name, place, archive);
        while routing.next(segment, errors)? {}
        let (routed, _) = routing.finish(errors)?;
        errors.flush()?;
        Ok(routed)
    }
}
