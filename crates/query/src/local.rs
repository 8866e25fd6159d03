//! The local engine: SQL over folders and S3 on this machine.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use sluice_catalog::Catalog;

use crate::scan::{LogTable, Stats};
use crate::store::Store;

/// Settings of the engine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that read and compute; by default as many as there are CPUs.
    pub threads: usize,
    /// Bytes that sorts, joins and aggregates may take in memory before they go to disk.
    pub memory: usize,
}

impl Default for Options {
    fn default() -> Options {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        Options { threads, memory: 1 << 30 }
    }
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// A table that the catalog does not know.
    #[error("there is no table {name}{}", nearest.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    UnknownTable {
        /// The name.
        name: String,
        /// A name that is near it.
        nearest: Option<String>,
    },
    /// What is wrong with the SQL, or went wrong while it ran.
    #[error("{0}")]
    Engine(String),
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> QueryError {
        QueryError::Engine(describe(&error))
    }
}

/// The message of an error and its causes, without DataFusion's prefixes.
fn describe(error: &DataFusionError) -> String {
    match error {
        DataFusionError::External(source) => {
            let mut text = source.to_string();
            let mut cause = source.source();
            while let Some(source) = cause {
                text += &format!(": {source}");
                cause = source.source();
            }
            text
        }
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => describe(inner),
        DataFusionError::Shared(inner) => describe(inner),
        DataFusionError::ArrowError(inner, _) => inner.to_string(),
        other => other.strip_backtrace(),
    }
}

/// The answer to a query.
#[derive(Debug)]
pub struct Answer {
    /// Its columns.
    pub schema: SchemaRef,
    /// Its rows.
    pub batches: Vec<RecordBatch>,
}

impl Answer {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// Tables by the place of their data, and the engine that queries them.
pub struct Local {
    context: SessionContext,
    stats: Arc<Stats>,
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
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(options.memory)))
            .build_arc()?;
        let mut context = SessionContext::new_with_config_rt(config, runtime);
        sluice_trino_functions::register(&mut context)?;
        let (store, stats) = (Arc::new(Store::default()), Arc::new(Stats::default()));
        for (name, url) in sources {
            let table = catalog.get(name).ok_or_else(|| QueryError::UnknownTable {
                name: name.clone(),
                nearest: catalog.nearest(name).map(str::to_owned),
            })?;
            let provider = LogTable::new(
                table.clone(),
                url.clone(),
                Arc::clone(&store),
                Arc::clone(&stats),
                options.threads,
            );
            context.register_table(name.as_str(), Arc::new(provider))?;
        }
        Ok(Local { context, stats })
    }

    /// What queries took so far.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Runs a query to its end.
    ///
    /// # Errors
    /// When the SQL is wrong, when data cannot be read, when memory and disk do not suffice.
    pub async fn sql(&self, text: &str) -> Result<Answer, QueryError> {
        let frame = self.context.sql(text).await?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await?;
        Ok(Answer { schema, batches })
    }
}
