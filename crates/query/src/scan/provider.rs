//! The table as DataFusion sees it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use sluice_catalog::projection::{Scan, values_of};
use sluice_catalog::{FormatKind, Table};

use super::partitions::PartitionTest;
use super::{Choice, Pushed, Side, Stats};
use crate::read::{Part, Pruning, Reader, Request, Unit};
use crate::store::{Object, Store};

/// With more folders than this the tree is listed as a whole instead of folder by folder.
const FOLDERS: usize = 4096;
/// Folders listed at a time.
const LISTERS: usize = 8;
/// With fewer objects a stream than this, large ones are read by several streams.
const ENOUGH: usize = 8;
/// Bytes from which an object is large.
const DIVISIBLE: u64 = 2 << 20;
/// Record batches that wait for the plan above, a stream.
const AHEAD: usize = 4;

/// A table of the catalog, its data below a URL.
#[derive(Debug, Clone)]
pub(crate) struct LogTable {
    table: Table,
    base: String,
    store: Arc<Store>,
    stats: Arc<Stats>,
    schema: SchemaRef,
    streams: usize,
    /// When only some of its hours are read.
    choice: Option<(Arc<Choice>, Side)>,
}

impl LogTable {
    pub(crate) fn new(
        table: Table,
        base: String,
        store: Arc<Store>,
        stats: Arc<Stats>,
        streams: usize,
    ) -> LogTable {
        let schema = Arc::new(schema(&table));
        LogTable { table, base, store, stats, schema, streams, choice: None }
    }

    /// Only the hours that are read in this form.
    pub(crate) fn choose(mut self, choice: Arc<Choice>, side: Side) -> LogTable {
        self.choice = Some((choice, side));
        self
    }
}

/// The table's columns; texts as views, which need no copy of what is short.
fn schema(table: &Table) -> Schema {
    let schema = sluice_catalog::render::arrow::schema(table);
    let view = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 => Arc::new(Field::new(field.name(), DataType::Utf8View, true)),
        _ => Arc::new(field.as_ref().clone().with_nullable(true)),
    };
    Schema::new(schema.fields().iter().map(view).collect::<Vec<_>>())
}

#[async_trait]
impl TableProvider for LogTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let how = |filter: &&Expr| {
            if Pushed::default().take(&self.table, filter) {
                TableProviderFilterPushDown::Exact
            } else if self.table.format.kind == FormatKind::Parquet {
                TableProviderFilterPushDown::Inexact
            } else {
                TableProviderFilterPushDown::Unsupported
            }
        };
        Ok(filters.iter().map(how).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut pushed = Pushed::default();
        // What is not taken is for statistics; the engine filters again.
        let of_files: Vec<Expr> =
            filters.iter().filter(|filter| !pushed.take(&self.table, filter)).cloned().collect();
        let pruning = Pruning::new(&of_files, &self.schema, state)?;
        let test = PartitionTest::new(&self.table, &pushed.partitions, state)?;
        let units = {
            let (table, base) = (self.table.clone(), self.base.clone());
            let (store, stats) = (Arc::clone(&self.store), Arc::clone(&self.stats));
            let choice = self.choice.clone();
            let find = move || {
                let units = find(&table, &base, &test, &store, &stats)?;
                match choice {
                    Some((choice, side)) => choice
                        .keep(side, units, &store)
                        .map_err(|error| DataFusionError::External(Box::new(error))),
                    None => Ok(units),
                }
            };
            tokio::task::spawn_blocking(find)
                .await
                .map_err(|error| DataFusionError::External(Box::new(error)))??
        };
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let schema = Arc::new(self.schema.project(projection.unwrap_or(&all))?);
        let request = Arc::new(Request::new(
            &self.table,
            Arc::clone(&schema),
            pushed,
            Arc::clone(&self.store),
            Arc::clone(&self.stats),
            pruning,
        )?);
        let units = divide(units, self.streams, &self.table);
        let streams = self.streams.min(units.len()).max(1);
        let queue = Arc::new(Mutex::new(VecDeque::from(units)));
        let stream = |_| -> Arc<dyn PartitionStream> {
            Arc::new(Stream {
                request: Arc::clone(&request),
                queue: Arc::clone(&queue),
                schema: Arc::clone(&schema),
            })
        };
        let partitions = (0..streams).map(stream).collect();
        Ok(Arc::new(StreamingTableExec::try_new(Arc::clone(&schema), partitions, None, [], false, limit)?))
    }
}

/// Large objects in parts when there are too few objects to keep all streams busy to the end.
fn divide(units: Vec<Unit>, streams: usize, table: &Table) -> Vec<Unit> {
    if streams == 1 || units.len() >= streams * ENOUGH || table.format.kind == FormatKind::Parquet {
        return units;
    }
    let parts = |unit: Unit| {
        let of = if unit.object.size < DIVISIBLE { 1 } else { streams };
        (0..of).map(move |number| Unit { part: Part { number, of }, ..unit.clone() })
    };
    units.into_iter().flat_map(parts).collect()
}

/// The objects that the query's partitions hold.
fn find(table: &Table, base: &str, test: &PartitionTest, store: &Store, stats: &Stats) -> Result<Vec<Unit>> {
    let external = |error: Box<dyn std::error::Error + Send + Sync>| DataFusionError::External(error);
    let filter = |_: &str, value: &str, outer: &[String]| {
        let mut values = outer.to_vec();
        values.push(value.to_owned());
        test.allows(&values)
    };
    let paths = Scan::new(table, base).paths(filter).map_err(|error| external(Box::new(error)))?;
    let mut folders: Vec<_> = paths.take(FOLDERS + 1).collect();
    let mut units = Vec::new();
    if folders.len() > FOLDERS {
        let root = if base.ends_with('/') { base.to_owned() } else { format!("{base}/") };
        Stats::add(&stats.folders, 1);
        for object in store.list(&root).map_err(|error| external(Box::new(error)))? {
            if let Some((values, _)) = values_of(table, base, &object.url)
                && test.allows(&values)
            {
                units.push(Unit { object, values, part: Part::WHOLE });
            }
        }
    } else {
        Stats::add(&stats.folders, folders.len() as u64);
        folders.reverse();
        let folders = Mutex::new(folders);
        let found: Mutex<Vec<Unit>> = Mutex::default();
        let failed = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..LISTERS {
                scope.spawn(|| {
                    loop {
                        let next = lock(&folders).pop();
                        let Some(folder) = next else { return };
                        match store.list(&folder.location) {
                            Ok(objects) => {
                                let unit = |object: Object| Unit {
                                    object,
                                    values: folder.values.clone(),
                                    part: Part::WHOLE,
                                };
                                lock(&found).extend(objects.into_iter().map(unit));
                            }
                            Err(error) => {
                                *lock(&failed) = Some(error);
                                lock(&folders).clear();
                                return;
                            }
                        }
                    }
                });
            }
        });
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(external(Box::new(error)));
        }
        units = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    }
    units.sort_unstable_by(|a, b| a.object.url.cmp(&b.object.url));
    let bytes = units.iter().map(|unit| unit.object.size).sum();
    stats.find(units.len(), bytes).map_err(|error| external(Box::new(error)))?;
    Ok(units)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One of the streams that share the objects of a scan.
struct Stream {
    request: Arc<Request>,
    queue: Arc<Mutex<VecDeque<Unit>>>,
    schema: SchemaRef,
}

impl fmt::Debug for Stream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Stream").finish_non_exhaustive()
    }
}

impl PartitionStream for Stream {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), AHEAD);
        let (send, request, queue) = (builder.tx(), Arc::clone(&self.request), Arc::clone(&self.queue));
        // Decompression takes long: not on the threads of the plan.
        builder.spawn_blocking(move || {
            let mut reader = Reader::new(&request);
            loop {
                let next = lock(&queue).pop_front();
                let Some(unit) = next else { return Ok(()) };
                // When nobody listens any more (a limit, Ctrl-C) the rest is not read.
                let wanted = reader.read(&unit, &mut |batch| send.blocking_send(Ok(batch)).is_ok())?;
                if !wanted {
                    return Ok(());
                }
            }
        });
        builder.build()
    }
}
