//! The engine `trino`: a cluster reached over its REST protocol.

use sluice_pipeline::ByteSize;
use sluice_trino::{CancellationToken, Cluster, Options, Trino};

use super::super::args::Data;
use super::super::failure::Failure;
use super::super::progress::Progress;
use super::{Taken, seconds};

pub(in crate::cli) struct TrinoEngine(Trino);

impl TrinoEngine {
    pub(super) fn new(data: &Data) -> Result<TrinoEngine, Failure> {
        let address = data.cluster.trino.as_deref().ok_or(Failure::NoCluster)?;
        let cluster = Cluster::parse(address).and_then(Cluster::with_environment);
        Ok(TrinoEngine(Trino::new(cluster.map_err(sluice_trino::Error::from)?)?))
    }

    pub(super) async fn ask(
        &self,
        sql: &str,
        progress: &Progress,
        cancel: CancellationToken,
    ) -> Result<Taken, Failure> {
        let show = |stats: &sluice_trino::Stats| progress.trino(stats);
        let outcome = self.0.query(sql, &Options { progress: Some(&show), cancel }).await?;
        let stats = &outcome.stats;
        Ok(Taken {
            rows: outcome.answer.rows(),
            bytes: stats.read_bytes,
            cost: None,
            stats: format!(
                "query {}; {} rows read, {} bytes from the store; CPU {}, waited {}, peak memory {}; {} segments",
                stats.query_id,
                stats.rows,
                ByteSize(stats.read_bytes),
                seconds(stats.cpu),
                seconds(stats.waited),
                ByteSize(stats.peak_memory),
                outcome.spooled_segments,
            ),
            notes: outcome
                .warnings
                .iter()
                .map(|warning| format!("{}: {}", warning.name, warning.message))
                .collect(),
            answer: outcome.answer,
        })
    }
}
