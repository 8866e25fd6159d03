//! The engines: each takes SQL and gives an answer and what it took. What they need of the command line is theirs.

mod athena;
mod local;
mod trino;

use std::time::Duration;

use sluice_catalog::Catalog;
use sluice_catalog::window::Window;
use sluice_present::Answer;
use sluice_trino::CancellationToken;

pub(super) use self::athena::{AthenaEngine, configuration};
pub(super) use self::local::LocalEngine;
pub(super) use self::trino::TrinoEngine;
use super::args::{Data, EngineName};
use super::failure::Failure;
use super::progress::Progress;

/// What runs queries.
pub(super) enum Engine {
    Local(Box<LocalEngine>),
    Trino(Box<TrinoEngine>),
    Athena(Box<AthenaEngine>),
}

/// Takes an answer as its rows come: first none, with the columns, then part after part.
pub(super) type Sink<'s> = dyn FnMut(&Answer) -> Result<(), Failure> + 's;

/// An answer and what it took.
pub(super) struct Taken {
    /// The answer; without rows when they went to a sink.
    pub(super) answer: Answer,
    /// Its rows, wherever they went.
    pub(super) rows: usize,
    /// Bytes that were read, or scanned.
    pub(super) bytes: u64,
    /// US dollars, where they are charged.
    pub(super) cost: Option<f64>,
    /// What `--stats` says, behind the rows and the time.
    pub(super) stats: String,
    /// What an answer leaves open.
    pub(super) notes: Vec<String>,
}

/// What a question is about, beside its SQL.
pub(super) struct About<'a> {
    /// Tables of the catalog that it names.
    pub(super) tables: &'a [String],
    pub(super) window: &'a Window,
}

impl Engine {
    /// The engine that the command line names. `needed` are the tables whose data must have a place; only the local
    /// engine needs to know it.
    pub(super) async fn new(data: &Data, catalog: &Catalog, needed: &[String]) -> Result<Engine, Failure> {
        Ok(match data.engine {
            EngineName::Local => Engine::Local(Box::new(LocalEngine::new(data, catalog, needed)?)),
            EngineName::Trino => Engine::Trino(Box::new(TrinoEngine::new(data)?)),
            EngineName::Athena => Engine::Athena(Box::new(AthenaEngine::new(data, catalog).await?)),
        })
    }

    /// Asks. A query that is cancelled does not run on. With a sink the rows go there, from the local engine as they
    /// come.
    pub(super) async fn ask(
        &self,
        sql: &str,
        about: &About<'_>,
        progress: &Progress,
        cancel: CancellationToken,
        sink: Option<&mut Sink<'_>>,
    ) -> Result<Taken, Failure> {
        let mut taken = match self {
            Engine::Local(engine) => return engine.ask(sql, about.tables, progress, cancel, sink).await,
            Engine::Trino(engine) => engine.ask(sql, progress, cancel).await?,
            Engine::Athena(engine) => engine.ask(sql, about, progress, cancel).await?,
        };
        if let Some(sink) = sink {
            sink(&taken.answer)?;
            taken.answer.batches.clear();
        }
        Ok(taken)
    }

    /// The tables that can be asked, as far as the engine knows without a call.
    pub(super) fn tables(&self, catalog: &Catalog) -> Vec<String> {
        match self {
            Engine::Local(engine) => engine.tables().to_vec(),
            _ => catalog.tables.keys().cloned().collect(),
        }
    }

    /// The functions that can be completed.
    pub(super) fn functions(&self) -> Vec<String> {
        match self {
            Engine::Local(engine) => engine.functions(),
            _ => sluice_query::trino_functions(),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Engine::Local(_) => "local",
            Engine::Trino(_) => "trino",
            Engine::Athena(_) => "athena",
        }
    }
}

/// Seconds for people.
fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
