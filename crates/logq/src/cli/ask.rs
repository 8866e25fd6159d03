//! One engine and one runtime for a command: a question, its answer, what it took.
//!
//! Ctrl-C ends the question, not what asked it: the shell goes on.

use std::future::Future;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sluice_catalog::Catalog;
use sluice_console::tell;
use sluice_pipeline::ByteSize;
use sluice_query::local::{Answer, Local, Options};
use sluice_query::{QueryError, Stats};
use tokio::runtime::Runtime;

use super::args::Data;
use super::failure::Failure;
use super::history::{self, Entry};
use super::progress::Progress;
use super::sources::sources;

/// What is asked, and how.
pub(super) struct Session {
    engine: Local,
    runtime: Option<Runtime>,
    is_shown: bool,
    tells_stats: bool,
}

impl Session {
    /// An engine over the data that the command line names. Each table of `needed` must be among it.
    pub(super) fn new<'t>(
        data: &Data,
        catalog: &Catalog,
        needed: impl IntoIterator<Item = &'t str>,
    ) -> Result<Session, Failure> {
        let sources = sources(data, catalog)?;
        if let Some(table) = needed.into_iter().find(|table| !sources.contains_key(*table)) {
            return Err(Failure::NoSource { table: table.to_owned() });
        }
        let mut options = Options { memory: data.memory << 20, ..Options::default() };
        options.max_scan = data.max_scan.map(|size| size.0);
        if let Some(threads) = data.threads {
            options.threads = threads.max(1);
        }
        let engine = Local::new(catalog, &sources, &options)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        Ok(Session {
            engine,
            runtime: Some(runtime.map_err(Failure::Start)?),
            is_shown: !data.no_progress,
            tells_stats: data.stats,
        })
    }

    /// The engine.
    pub(super) fn engine(&self) -> &Local {
        &self.engine
    }

    /// Whether each answer is followed by what it took.
    pub(super) fn tell_stats(&mut self, is_told: bool) {
        self.tells_stats = is_told;
    }

    /// Asks; `name` is that of the query when it has one.
    pub(super) fn ask(&self, name: Option<&str>, sql: &str) -> Result<Answer, Failure> {
        let (at, started) = (Timestamp::now(), Instant::now());
        let outcome = self.wait(self.engine.sql(sql));
        let stats = self.engine.stats();
        let took = started.elapsed();
        history::add(&Entry {
            at: at.to_string(),
            name: name.map(str::to_owned),
            sql: sql.to_owned(),
            seconds: (took.as_secs_f64() * 1e3).round() / 1e3,
            bytes: Stats::get(&stats.read_bytes),
            rows: match &outcome {
                Ok(Ok(answer)) => Some(answer.rows()),
                _ => None,
            },
            error: match &outcome {
                Ok(Ok(_)) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(failure) => Some(failure.to_string()),
            },
        });
        let answer = outcome??;
        if self.tells_stats {
            tell(line(stats, answer.rows(), took));
        }
        self.warn();
        Ok(answer)
    }

    /// Waits for a query, or for Ctrl-C.
    fn wait(
        &self,
        query: impl Future<Output = Result<Answer, QueryError>>,
    ) -> Result<Result<Answer, QueryError>, Failure> {
        let runtime = self.runtime.as_ref().expect("it is there until the session ends");
        let progress = Progress::new(self.is_shown);
        runtime.block_on(async {
            let mut tick = tokio::time::interval(Duration::from_millis(100));
            let mut query = std::pin::pin!(query);
            loop {
                tokio::select! {
                    answer = &mut query => return Ok(answer),
                    _ = tokio::signal::ctrl_c() => return Err(Failure::Interrupted),
                    _ = tick.tick() => progress.show(self.engine.stats()),
                }
            }
        })
    }

    /// What an answer leaves open.
    fn warn(&self) {
        let stats = self.engine.stats();
        if Stats::get(&stats.objects) == 0 && Stats::get(&stats.folders) > 0 {
            tell(
                "note: there are no objects of this window; check --source and the window (--since, --from, --to)",
            );
        }
        let malformed = Stats::get(&stats.malformed);
        if malformed > 0 {
            tell(format!("note: {malformed} lines are not of the table's format; they are rows of NULLs"));
        }
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

fn line(stats: &Stats, rows: usize, took: Duration) -> String {
    let size = |counter| ByteSize(Stats::get(counter)).to_string();
    format!(
        "{rows} rows in {:.3} s; {} folders, {} objects of {} bytes; read {} bytes, {} of text; members: {} read, {} skipped by the index; {} records",
        took.as_secs_f64(),
        Stats::get(&stats.folders),
        Stats::get(&stats.objects),
        size(&stats.object_bytes),
        size(&stats.read_bytes),
        size(&stats.text_bytes),
        Stats::get(&stats.members_read),
        Stats::get(&stats.members_skipped),
        Stats::get(&stats.records),
    )
}
