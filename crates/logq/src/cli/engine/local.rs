//! The local engine: DataFusion over folders and S3.

use std::ops::ControlFlow;
use std::time::Duration;

use sluice_catalog::Catalog;
use sluice_pipeline::ByteSize;
use sluice_present::Answer;
use sluice_query::local::{Local, Options};
use sluice_query::{Stats, Store};
use sluice_trino::CancellationToken;

use super::super::args::Data;
use super::super::failure::Failure;
use super::super::progress::Progress;
use super::super::sources::sources;
use super::{Sink, Taken};

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(100);

pub(in crate::cli) struct LocalEngine {
    engine: Local,
    /// Where the tables' data lies.
    places: Vec<String>,
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
        let places = sources.into_iter().filter(|(table, _)| needed.is_empty() || needed.contains(table));
        Ok(LocalEngine { engine, places: places.map(|(_, url)| url).collect() })
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
        progress: &Progress,
        cancel: CancellationToken,
        sink: Option<&mut Sink<'_>>,
    ) -> Result<Taken, Failure> {
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
            notes: self.notes().await,
        })
    }

    /// What an answer leaves open.
    async fn notes(&self) -> Vec<String> {
        let stats = self.engine.stats();
        let mut notes = Vec::new();
        if Stats::get(&stats.objects) == 0 && Stats::get(&stats.folders) > 0 {
            let places = self.places.clone();
            // Listing blocks.
            notes.extend(tokio::task::spawn_blocking(move || nothing(&places)).await);
        }
        let malformed = Stats::get(&stats.malformed);
        if malformed > 0 {
            notes.push(format!("{malformed} lines are not of the table's format; they are rows of NULLs"));
        }
        notes
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

/// How to reach what there is when a window holds nothing.
fn nothing(places: &[String]) -> String {
    let store = Store::default();
    let newest = places.iter().find_map(|place| {
        let newest = store.newest(&format!("{place}/")).ok().flatten()?;
        let hour = newest.strip_prefix(place.as_str())?.trim_matches('/').to_owned();
        Some(format!("the newest folder below {place} is {hour}"))
    });
    let place =
        newest.unwrap_or_else(|| format!("there are no folders of partitions below {}", places.join(", ")));
    format!(
        "there are no objects of this window; {place}: check --source and the window (--since, --from, --to)"
    )
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
