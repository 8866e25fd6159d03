//! The local engine: DataFusion over folders and S3.

use std::ops::ControlFlow;
use std::time::Duration;

use sluice_catalog::Catalog;
use sluice_pipeline::ByteSize;
use sluice_present::Answer;
use sluice_query::Stats;
use sluice_query::local::{Local, Options};
use sluice_trino::CancellationToken;

use super::super::args::Data;
use super::super::failure::Failure;
use super::super::progress::Progress;
use super::super::sources::sources;
use super::{Sink, Taken};

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(100);

pub(in crate::cli) struct LocalEngine(Local);

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
        Ok(LocalEngine(Local::new(catalog, &sources, &options)?))
    }

    pub(super) fn tables(&self) -> &[String] {
        self.0.tables()
    }

    pub(super) fn functions(&self) -> Vec<String> {
        self.0.functions()
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
        let stats = self.0.stats();
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
            notes: notes(stats),
        })
    }

    /// The answer and its rows; to a sink, when there is one.
    async fn answer(&self, sql: &str, sink: Option<&mut Sink<'_>>) -> Result<(Answer, usize), Failure> {
        let Some(sink) = sink else {
            let answer = self.0.sql(sql).await?;
            let rows = answer.rows();
            return Ok((answer, rows));
        };
        let (mut columns, mut rows) = (None, 0);
        let failed = self.0.pour(sql, |part| {
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

/// What an answer leaves open.
fn notes(stats: &Stats) -> Vec<String> {
    let mut notes = Vec::new();
    if Stats::get(&stats.objects) == 0 && Stats::get(&stats.folders) > 0 {
        notes.push(
            "there are no objects of this window; check --source and the window (--since, --from, --to)"
                .to_owned(),
        );
    }
    let malformed = Stats::get(&stats.malformed);
    if malformed > 0 {
        notes.push(format!("{malformed} lines are not of the table's format; they are rows of NULLs"));
    }
    notes
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
