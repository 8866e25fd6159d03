//! The local engine: DataFusion over folders and S3.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use sluice_catalog::Catalog;
use sluice_pipeline::ByteSize;
use sluice_present::Answer;
use sluice_query::compact::COMPACTED;
use sluice_query::local::{Local, Options};
use sluice_query::{Stats, Store};
use sluice_trino::CancellationToken;

use super::super::args::Data;
use super::super::failure::Failure;
use super::super::progress::Progress;
use super::super::sources::{APP_LOGS, sources};
use super::{Sink, Taken};

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(100);

pub(in crate::cli) struct LocalEngine {
    engine: Local,
    /// Where the data of each table lies.
    sources: BTreeMap<String, String>,
    store: Arc<Store>,
}

impl LocalEngine {
    pub(super) fn new(data: &Data, catalog: &Catalog, needed: &[String]) -> Result<LocalEngine, Failure> {
        let sources = sources(data, catalog)?;
        if let Some(table) = needed.iter().find(|table| !sources.contains_key(*table)) {
            return Err(Failure::NoSource { table: table.clone() });
        }
        let mut options = Options { memory: data.memory << 20, ..Options::default() };
        options.max_scan = data.max_scan.map(|size| size.0);
        if let Some(threads) = data.threads {
            options.threads = threads.max(1);
        }
        let engine = Local::new(catalog, &sources, &options)?;
        Ok(LocalEngine { engine, sources, store: Arc::default() })
    }

    pub(super) fn tables(&self) -> &[String] {
        self.engine.tables()
    }

    pub(super) fn functions(&self) -> Vec<String> {
        self.engine.functions()
    }

    pub(super) async fn ask(
        &self,
        sql: &str,
        tables: &[String],
        progress: &Progress,
        cancel: CancellationToken,
        sink: Option<&mut Sink<'_>>,
    ) -> Result<Taken, Failure> {
        self.check(tables)?;
        let mut tick = tokio::time::interval(TICK);
        let mut query = std::pin::pin!(self.answer(sql, sink));
        let stats = self.engine.stats();
        let (answer, rows) = loop {
            tokio::select! {
                answer = &mut query => break answer?,
                () = cancel.cancelled() => return Err(Failure::Interrupted),
                _ = tick.tick() => progress.local(stats),
            }
        };
        Ok(Taken {
            answer,
            rows,
            bytes: Stats::get(&stats.read_bytes),
            cost: None,
            stats: told(stats),
            notes: self.notes(tables, cancel).await,
        })
    }

    /// Where the data of these tables lies; without any, that of the archive, which views are of.
    fn places<'s>(&'s self, tables: &'s [String]) -> impl Iterator<Item = (&'s str, &'s str)> {
        let archive = tables.is_empty().then_some(APP_LOGS);
        let names = archive.into_iter().chain(tables.iter().map(String::as_str));
        names.filter_map(|name| Some((name, self.sources.get(name)?.as_str())))
    }

    /// A folder that is not there holds no data; saying so is better than an empty answer. That of compacted hours is
    /// made by the first compaction.
    fn check(&self, tables: &[String]) -> Result<(), Failure> {
        for (_, place) in self.places(tables).filter(|(table, _)| *table != COMPACTED) {
            let Some(path) = place.strip_prefix("file://").filter(|path| !path.is_empty()) else { continue };
            if std::fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                return Err(Failure::NoFolder { path: path.to_owned() });
            }
        }
        Ok(())
    }

    /// What an answer leaves open.
    async fn notes(&self, tables: &[String], cancel: CancellationToken) -> Vec<String> {
        let stats = self.engine.stats();
        let mut notes = Vec::new();
        if Stats::get(&stats.objects) == 0 && Stats::get(&stats.folders) > 0 {
            let newest = tokio::select! {
                newest = self.newest(tables) => newest,
                () = cancel.cancelled() => None,
            };
            let newest = newest.map_or_else(String::new, |newest| format!("; {newest}"));
            notes.push(format!(
                "there are no objects of this window{newest}; check --source and the window (--since, --from, --to)"
            ));
        }
        let malformed = Stats::get(&stats.malformed);
        if malformed > 0 {
            notes.push(format!("{malformed} lines are not of the table's format; they are rows of NULLs"));
        }
        notes
    }

    /// The newest hour of the first of these tables; None when its folders are no `name=value`, or cannot be listed.
    async fn newest(&self, tables: &[String]) -> Option<String> {
        let (table, place) = self.places(tables).next()?;
        let (store, url) = (Arc::clone(&self.store), format!("{place}/"));
        // Listing blocks.
        let newest = tokio::task::spawn_blocking(move || store.newest(&url)).await.ok()?.ok()??;
        let hour = newest.strip_prefix(place)?.trim_matches('/');
        Some(format!("the newest folder of {table} is {hour}"))
    }

    /// The answer and its rows; to a sink, when there is one.
    async fn answer(&self, sql: &str, sink: Option<&mut Sink<'_>>) -> Result<(Answer, usize), Failure> {
        let Some(sink) = sink else {
            let answer = self.engine.sql(sql).await?;
            let rows = answer.rows();
            return Ok((answer, rows));
        };
        let (mut columns, mut rows) = (None, 0);
        let failed = self.engine.pour(sql, |part| {
            rows += part.rows();
            columns.get_or_insert_with(|| Answer { schema: part.schema.clone(), batches: Vec::new() });
            match sink(part) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => ControlFlow::Break(failure),
            }
        });
        match failed.await? {
            Some(failure) => Err(failure),
            None => Ok((columns.expect("the columns come first"), rows)),
        }
    }
}

fn told(stats: &Stats) -> String {
    let size = |counter| ByteSize(Stats::get(counter)).to_string();
    format!(
        "{} folders, {} objects of {}; read {}, {} of text; members: {} read, {} skipped by the index; {} records",
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
