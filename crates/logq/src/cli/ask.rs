//! A question, its answer, what it took: one engine and one runtime for a command.
//!
//! Ctrl-C ends the question, not what asked it: the shell goes on. A query that runs elsewhere is ended there too; a
//! second Ctrl-C does not wait for that.

use std::time::Instant;

use jiff::Timestamp;
use sluice_catalog::Catalog;
use sluice_console::tell;
use sluice_present::Answer;
use sluice_trino::CancellationToken;
use tokio::runtime::Runtime;

use super::args::Data;
use super::engine::{About, Engine, Sink, Taken};
use super::failure::Failure;
use super::history::{self, Entry};
use super::progress::Progress;

/// What is asked, and how.
pub(super) struct Session {
    engine: Engine,
    runtime: Option<Runtime>,
    is_shown: bool,
    tells_stats: bool,
}

impl Session {
    /// The engine that the command line names; each table of `needed` must have a place.
    pub(super) fn new(data: &Data, catalog: &Catalog, needed: &[String]) -> Result<Session, Failure> {
        let runtime = runtime()?;
        let engine = runtime.block_on(Engine::new(data, catalog, needed))?;
        Ok(Session { engine, runtime: Some(runtime), is_shown: !data.no_progress, tells_stats: data.stats })
    }

    /// The engine.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether each answer is followed by what it took.
    pub(super) fn tell_stats(&mut self, is_told: bool) {
        self.tells_stats = is_told;
    }

    /// Asks; `name` is that of the query when it has one.
    pub(super) fn ask(&self, name: Option<&str>, sql: &str, about: &About<'_>) -> Result<Answer, Failure> {
        self.run(name, sql, about, None)
    }

    /// Asks, and gives the rows to a sink.
    pub(super) fn pour(
        &self,
        name: Option<&str>,
        sql: &str,
        about: &About<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failure> {
        self.run(name, sql, about, Some(sink)).map(drop)
    }

    fn run(
        &self,
        name: Option<&str>,
        sql: &str,
        about: &About<'_>,
        sink: Option<&mut Sink<'_>>,
    ) -> Result<Answer, Failure> {
        let (at, started) = (Timestamp::now(), Instant::now());
        let outcome = self.wait(sql, about, sink);
        let seconds = started.elapsed().as_secs_f64();
        let taken = outcome.as_ref().ok();
        history::add(&Entry {
            at: at.to_string(),
            engine: self.engine.name().to_owned(),
            name: name.map(str::to_owned),
            sql: sql.to_owned(),
            seconds: (seconds * 1e3).round() / 1e3,
            bytes: taken.map_or(0, |taken| taken.bytes),
            cost: taken.and_then(|taken| taken.cost),
            rows: taken.map(|taken| taken.rows),
            error: outcome.as_ref().err().map(ToString::to_string),
        });
        let taken = outcome?;
        if self.tells_stats {
            tell(format!("{} rows in {seconds:.3} s; {}", taken.rows, taken.stats));
        }
        for note in &taken.notes {
            tell(format!("note: {note}"));
        }
        Ok(taken.answer)
    }

    /// Waits for a query, or for Ctrl-C.
    fn wait(&self, sql: &str, about: &About<'_>, sink: Option<&mut Sink<'_>>) -> Result<Taken, Failure> {
        let runtime = self.runtime.as_ref().expect("it is there until the session ends");
        let progress = Progress::new(self.is_shown);
        let cancel = CancellationToken::new();
        runtime.block_on(async {
            let mut query = std::pin::pin!(self.engine.ask(sql, about, &progress, cancel.clone(), sink));
            tokio::select! {
                taken = &mut query => return taken,
                _ = tokio::signal::ctrl_c() => cancel.cancel(),
            }
            // The engine ends the query where it runs.
            tokio::select! {
                _ = &mut query => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            Err(Failure::Interrupted)
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Threads that still read are not waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A runtime for a command.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Start)
}
