//! The local engine: SQL over folders and S3 on this machine.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::config::Dialect;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{DataFrame, Expr, SessionConfig, SessionContext, ident};
use datafusion::sql::parser::Statement;
use futures::StreamExt;
use sluice_catalog::Catalog;
use sluice_present::Answer;

use crate::compact::{COMPACTED, RAW};
use crate::dialect;
use crate::error::QueryError;
use crate::scan::{Choice, LogTable, Side, Stats};
use crate::store::Store;

/// Settings of the engine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that read and compute; by default as many as there are CPUs.
    pub threads: usize,
    /// Bytes that sorts, joins and aggregates may take in memory before they go to disk.
    pub memory: usize,
    /// Bytes of objects that a query may find in its window before it is refused; None is no limit.
    pub max_scan: Option<u64>,
}

impl Default for Options {
    fn default() -> Options {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        Options { threads, memory: 1 << 30, max_scan: None }
    }
}

/// Raw and compacted hours as one table, when both have a source.
pub const BOTH: &str = "app_logs_all";

/// Registers [`BOTH`]: a union of which each half reads its own hours.
fn both(
    context: &SessionContext,
    catalog: &Catalog,
    [raw, compacted]: [&String; 2],
    tables: &[(&String, LogTable)],
) -> Result<(), QueryError> {
    let definition = |name: &str| catalog.get(name).expect("it has a source, so it is known").clone();
    let choice = Arc::new(Choice {
        raw: definition(RAW),
        raw_base: raw.clone(),
        compacted: definition(COMPACTED),
        compacted_base: compacted.clone(),
    });
    let columns: Vec<Expr> = choice
        .raw
        .columns
        .iter()
        .map(|column| &column.name)
        .chain(choice.raw.partitions.iter().map(|partition| &partition.name))
        .map(ident)
        .collect();
    let half = |name: &str, side: Side| -> Result<DataFrame, QueryError> {
        let (_, table) = tables.iter().find(|(own, _)| *own == name).expect("both are among the tables");
        let table = table.clone().choose(Arc::clone(&choice), side);
        Ok(context.read_table(Arc::new(table))?.select(columns.clone())?)
    };
    let union = half(RAW, Side::Raw)?.union(half(COMPACTED, Side::Compacted)?)?;
    context.register_table(BOTH, union.into_view())?;
    Ok(())
}

/// Tables by the place of their data, and the engine that queries them.
pub struct Local {
    context: SessionContext,
    stats: Arc<Stats>,
    tables: Vec<String>,
}

impl Local {
    /// An engine over these tables: the name of each with the URL below which its data lies.
    ///
    /// # Errors
    /// When the catalog does not know a table.
    pub fn new(
        catalog: &Catalog,
        sources: &BTreeMap<String, String>,
        options: &Options,
    ) -> Result<Local, QueryError> {
        let mut config = SessionConfig::new()
            .with_target_partitions(options.threads)
            .with_information_schema(true)
            .with_batch_size(8192);
        config.options_mut().sql_parser.default_null_ordering = "nulls_last".to_owned();
        config.options_mut().sql_parser.map_string_types_to_utf8view = true;
        // Errors then say where in the SQL they are.
        config.options_mut().sql_parser.collect_spans = true;
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(options.memory)))
            .build_arc()?;
        let mut context = SessionContext::new_with_config_rt(config, runtime);
        sluice_trino_functions::register(&mut context)?;
        let (store, stats) = (Arc::new(Store::default()), Arc::new(Stats::new(options.max_scan)));
        let mut tables = Vec::new();
        for (name, url) in sources {
            let table = catalog.get(name).ok_or_else(|| QueryError::UnknownTable {
                name: name.clone(),
                nearest: catalog.nearest(name).map(str::to_owned),
            })?;
            let (store, stats) = (Arc::clone(&store), Arc::clone(&stats));
            tables.push((name, LogTable::new(table.clone(), url.clone(), store, stats, options.threads)));
        }
        let mut names: Vec<String> = sources.keys().cloned().collect();
        if let (Some(raw), Some(compacted)) = (sources.get(RAW), sources.get(COMPACTED)) {
            both(&context, catalog, [raw, compacted], &tables)?;
            names.push(BOTH.to_owned());
        }
        for (name, table) in tables {
            context.register_table(name.as_str(), Arc::new(table))?;
        }
        Ok(Local { context, stats, tables: names })
    }

    /// The tables that can be asked.
    #[must_use]
    pub fn tables(&self) -> &[String] {
        &self.tables
    }

    /// The names of all functions, sorted.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        let state = self.context.state();
        let mut names: Vec<String> = state.scalar_functions().keys().cloned().collect();
        names.extend(state.aggregate_functions().keys().cloned());
        names.extend(state.window_functions().keys().cloned());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What the last query took so far.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Runs a query whose rows are taken as they come.
    ///
    /// # Errors
    /// When the SQL is wrong. What goes wrong later is in the stream.
    pub async fn stream(&self, text: &str) -> Result<SendableRecordBatchStream, QueryError> {
        self.stats.reset();
        let fail = |error: DataFusionError| QueryError::of(&error, text, &self.tables);
        let frame = self.plan(text).await?;
        frame.execute_stream().await.map_err(fail)
    }

    /// Runs a query and gives its rows as they come: first none, with the columns, then part after part. Memory holds
    /// one part, and what the query itself needs. A break ends the query.
    ///
    /// # Errors
    /// As [`Local::sql`]; then some rows may have been given.
    pub async fn pour<B>(
        &self,
        text: &str,
        mut each: impl FnMut(&Answer) -> ControlFlow<B>,
    ) -> Result<Option<B>, QueryError> {
        let mut stream = self.stream(text).await?;
        let mut part = Answer { schema: stream.schema(), batches: Vec::new() };
        loop {
            if let ControlFlow::Break(reason) = each(&part) {
                return Ok(Some(reason));
            }
            match stream.next().await {
                Some(batch) => {
                    let fail = |error: DataFusionError| QueryError::of(&error, text, &self.tables);
                    part.batches = vec![batch.map_err(fail)?];
                }
                None => return Ok(None),
            }
        }
    }

    /// Runs a query to its end.
    ///
    /// # Errors
    /// When the SQL is wrong, when data cannot be read, when memory and disk do not suffice.
    pub async fn sql(&self, text: &str) -> Result<Answer, QueryError> {
        self.stats.reset();
        let fail = |error: DataFusionError| QueryError::of(&error, text, &self.tables);
        let frame = self.plan(text).await?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await.map_err(fail)?;
        Ok(Answer { schema, batches })
    }

    /// A query in Trino's SQL as DataFusion plans it.
    async fn plan(&self, text: &str) -> Result<DataFrame, QueryError> {
        let fail = |error: DataFusionError| QueryError::of(&error, text, &self.tables);
        let state = self.context.state();
        let mut statement = state.sql_to_statement(text, &Dialect::Generic).map_err(fail)?;
        if let Statement::Statement(statement) = &mut statement {
            dialect::check(statement, text)?;
            dialect::rewrite(statement);
        }
        let plan = state.statement_to_plan(statement).await.map_err(fail)?;
        // Data is read here, never written.
        let only_read =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        only_read.verify_plan(&plan).map_err(fail)?;
        self.context.execute_logical_plan(plan).await.map_err(fail)
    }
}
