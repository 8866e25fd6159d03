//! A query from its text to its answer: one POST, then page after page until none is named.

mod call;

use std::fmt;
use std::mem;

use sluice_present::Answer;
use tokio_util::sync::CancellationToken;
use url::Url;

use self::call::Caller;
use crate::cluster::Cluster;
use crate::decode::{DecodeError, Decoder};
use crate::error::Error;
use crate::http::Http;
use crate::protocol::{Page, Stats};
use crate::segments::{self, Segment, Segments};

/// A cluster to ask.
#[derive(Debug, Clone)]
pub struct Trino {
    caller: Caller,
}

/// How a query is watched and ended.
#[derive(Default)]
pub struct Options<'a> {
    /// Called with every page: about once a second while the query runs.
    pub progress: Option<&'a (dyn Fn(&Stats) + Send + Sync)>,
    /// Ends the query when it is cancelled.
    pub cancel: CancellationToken,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

/// What came of a query.
#[derive(Debug)]
pub struct Outcome {
    /// The rows; no columns for statements that answer none.
    pub answer: Answer,
    /// What it took.
    pub stats: Stats,
    /// What Trino warns of.
    pub warnings: Vec<Warning>,
    /// For statements that change something.
    pub update: Option<Update>,
    /// How many segments were fetched from where Trino had spooled them.
    pub spooled_segments: usize,
}

/// What a statement changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Such as `CREATE TABLE`.
    pub kind: String,
    /// Rows, where that means anything.
    pub rows: Option<u64>,
}

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Such as `DEPRECATED_FUNCTION`.
    pub name: String,
    /// What is said.
    pub message: String,
}

impl Trino {
    /// Prepares a connection; nothing is sent yet.
    ///
    /// # Errors
    /// When a setting cannot be sent, or the machine's certificates cannot be read.
    pub fn new(cluster: Cluster) -> Result<Self, Error> {
        let http = Http::new(cluster.origin.scheme() == "https")?;
        Ok(Self { caller: Caller::new(http, cluster)? })
    }

    /// The settings.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.caller.cluster
    }

    /// Runs one statement and reads its whole answer into memory.
    ///
    /// # Errors
    /// When the cluster cannot be reached, the query fails, its answer cannot be read, or it is cancelled. The query
    /// does not run on.
    pub async fn query(&self, sql: &str, options: &Options<'_>) -> Result<Outcome, Error> {
        let mut state = State::default();
        let outcome = tokio::select! {
            biased;
            () = options.cancel.cancelled() => Err(Error::Cancelled { query_id: String::new() }),
            outcome = self.run(sql, options, &mut state) => outcome,
        };
        let Err(error) = outcome else { return outcome };
        if let Some(next) = &state.next {
            // The error is told, whether or not the cluster hears of the end; it forgets a query that nobody follows.
            let _ = self.caller.delete(next).await;
        }
        Err(match error {
            Error::Cancelled { .. } => Error::Cancelled { query_id: state.stats.query_id },
            other => other,
        })
    }

    async fn run(&self, sql: &str, options: &Options<'_>, state: &mut State) -> Result<Outcome, Error> {
        let mut answer = self.caller.start(sql).await?;
        loop {
            let page: Page = serde_json::from_slice(&answer).map_err(|error| {
                self.protocol(&state.stats, format!("a page is not of the protocol: {error}"))
            })?;
            state.stats = page.stats.stats(&page.id);
            state.next = page.next_uri.as_deref().map(|uri| self.own(uri, &state.stats)).transpose()?;
            if let Some(progress) = options.progress {
                progress(&state.stats);
            }
            if let Some(failure) = page.error {
                state.next = None;
                return Err(Error::Query(Box::new(failure.of(&page.id))));
            }
            // Every page repeats all that there were.
            let warning =
                |one: crate::protocol::Caution| Warning { name: one.warning_code.name, message: one.message };
            state.warnings = page.warnings.into_iter().map(warning).collect();
            if let Some(kind) = page.update_type {
                let rows = page.update_count.and_then(|rows| u64::try_from(rows).ok());
                state.update = Some(Update { kind, rows });
            }
            if let (None, Some(columns)) = (&state.decoder, &page.columns) {
                state.decoder =
                    Some(Decoder::new(columns).map_err(|what| self.protocol(&state.stats, what))?);
            }
            if let Some(data) = &page.data {
                self.take(data.get(), state).await?;
            }
            let Some(next) = &state.next else { break };
            answer = self.caller.follow(next).await?;
        }
        let decoder = match state.decoder.take() {
            Some(decoder) => decoder,
            None => Decoder::new(&[]).map_err(|what| self.protocol(&state.stats, what))?,
        };
        Ok(Outcome {
            answer: decoder.finish()?,
            stats: state.stats.clone(),
            warnings: mem::take(&mut state.warnings),
            update: state.update.take(),
            spooled_segments: state.spooled,
        })
    }

    /// Takes the rows of a page, or of the segments that it names.
    async fn take(&self, data: &str, state: &mut State) -> Result<(), Error> {
        let stats = &state.stats;
        let Some(decoder) = &mut state.decoder else {
            return Err(self.protocol(stats, "rows come before the columns".to_owned()));
        };
        let fail = |error: DecodeError| match error {
            DecodeError::Protocol(what) => self.protocol(stats, what),
            DecodeError::Other(error) => error,
        };
        if data.starts_with('[') {
            return decoder.take(data.as_bytes()).map_err(fail);
        }
        let all: Segments = serde_json::from_str(data).map_err(|error| {
            self.protocol(stats, format!("its segments are not of the protocol: {error}"))
        })?;
        for segment in &all.segments {
            let (bytes, metadata) = match segment {
                Segment::Inline { data, metadata } => {
                    (segments::inline(data).map_err(|what| self.protocol(stats, what))?, metadata)
                }
                Segment::Spooled { uri, metadata, headers, .. } => {
                    let url = Url::parse(uri).map_err(|_| {
                        self.protocol(stats, "the address of a segment is not a URL".to_owned())
                    })?;
                    state.spooled += 1;
                    (self.caller.fetch(&url, headers).await?, metadata)
                }
            };
            let json = segments::decode(&all.encoding, bytes, metadata);
            let before = decoder.rows();
            decoder.take(&json.map_err(|what| self.protocol(stats, what))?).map_err(fail)?;
            let came = decoder.rows() - before;
            if let Some(said) = metadata.rows().filter(|said| *said != came) {
                return Err(
                    self.protocol(stats, format!("a segment has {came} rows, not the {said} that it says"))
                );
            }
            if let Segment::Spooled { ack_uri: Some(uri), headers, .. } = segment
                && let Ok(url) = Url::parse(uri)
            {
                // The rows are here; a segment that is not acknowledged is deleted when it expires.
                let _ = self.caller.acknowledge(&url, headers).await;
            }
        }
        Ok(())
    }

    /// An address of the query, which must be the cluster's own: credentials go there.
    fn own(&self, uri: &str, stats: &Stats) -> Result<Url, Error> {
        match Url::parse(uri) {
            Ok(url) if self.caller.cluster.owns(&url) => Ok(url),
            Ok(url) => Err(self.protocol(
                stats,
                format!(
                    "the next page is said to be at {}; behind a proxy set http-server.process-forwarded=true on the \
                     cluster",
                    url.origin().ascii_serialization()
                ),
            )),
            Err(_) => Err(self.protocol(stats, "the address of the next page is not a URL".to_owned())),
        }
    }

    fn protocol(&self, stats: &Stats, what: String) -> Error {
        Error::Protocol { address: self.caller.cluster.address(), query_id: stats.query_id.clone(), what }
    }
}

/// Where a query stands; outlives its future, so that it can be ended.
#[derive(Debug, Default)]
struct State {
    next: Option<Url>,
    stats: Stats,
    decoder: Option<Decoder>,
    warnings: Vec<Warning>,
    update: Option<Update>,
    spooled: usize,
}
