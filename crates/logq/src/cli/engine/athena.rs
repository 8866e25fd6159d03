//! The engine `athena`: queries that Athena runs, and what they cost.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use jiff::Timestamp;
use sluice_athena::{Athena, Options, Settings, glacier_note};
use sluice_catalog::Catalog;
use sluice_pipeline::{ByteSize, parse_duration};
use sluice_query::listed_bytes;
use sluice_trino::CancellationToken;

use super::super::args::Data;
use super::super::failure::Failure;
use super::super::progress::Progress;
use super::super::sources::sources;
use super::{About, Taken, seconds};

pub(in crate::cli) struct AthenaEngine {
    athena: Athena,
    catalog: Catalog,
    /// Where data lies, to know before what a query may cost.
    sources: BTreeMap<String, String>,
    /// Days after which objects may be in Glacier.
    glacier_days: u32,
}

/// Credentials, region and endpoints.
pub(in crate::cli) async fn configuration(region: Option<&str>) -> SdkConfig {
    sluice_athena::configuration(region).await
}

impl AthenaEngine {
    pub(super) async fn new(data: &Data, catalog: &Catalog) -> Result<AthenaEngine, Failure> {
        let cluster = &data.cluster;
        let database = cluster.database.clone().ok_or(Failure::NoDatabase)?;
        let mut settings = Settings::new(database);
        if let Some(work_group) = &cluster.work_group {
            settings.work_group.clone_from(work_group);
        }
        settings.output.clone_from(&cluster.results);
        settings.max_cost = cluster.max_cost;
        settings.price.per_terabyte = cluster.price;
        if let Some(reuse) = &cluster.reuse {
            settings.reuse = parse_duration(reuse).map_err(|_| Failure::Every(reuse.clone()))?;
        }
        Ok(AthenaEngine {
            athena: Athena::new(&configuration(cluster.region.as_deref()).await, settings),
            catalog: catalog.clone(),
            sources: sources(data, catalog)?,
            glacier_days: cluster.glacier_days,
        })
    }

    pub(super) async fn ask(
        &self,
        sql: &str,
        about: &About<'_>,
        progress: &Progress,
        cancel: CancellationToken,
    ) -> Result<Taken, Failure> {
        let listed = match self.athena.settings().max_cost {
            Some(_) => self.listed(about).await?,
            None => None,
        };
        let show = |seen: &sluice_athena::Progress| progress.athena(seen);
        let options = Options { progress: Some(&show), cancel, listed_bytes: listed };
        let outcome = self.athena.query(sql, &options).await?;
        let mut notes = outcome.notes;
        notes.extend(glacier_note(about.window.from(), Timestamp::now(), self.glacier_days));
        Ok(Taken {
            rows: outcome.answer.rows(),
            answer: outcome.answer,
            bytes: outcome.scanned_bytes,
            cost: Some(outcome.cost),
            stats: format!(
                "query {}; scanned {} bytes, ${:.4}{}; {} in all, waited {}",
                outcome.id,
                ByteSize(outcome.scanned_bytes),
                outcome.cost,
                if outcome.reused { " (an earlier answer)" } else { "" },
                seconds(outcome.elapsed),
                seconds(outcome.waited),
            ),
            notes,
        })
    }

    /// Bytes of the objects of the window, when the places of all tables are known.
    async fn listed(&self, about: &About<'_>) -> Result<Option<u64>, Failure> {
        let places: Option<Vec<(String, String)>> = about
            .tables
            .iter()
            .map(|table| Some((table.clone(), self.sources.get(table)?.clone())))
            .collect();
        let Some(places) = places.filter(|places| !places.is_empty()) else { return Ok(None) };
        let (catalog, window) = (self.catalog.clone(), about.window.clone());
        let list = move || listed_bytes(&catalog, &places, &window);
        let bytes =
            tokio::task::spawn_blocking(list).await.map_err(|error| Failure::Shell(error.to_string()))?;
        Ok(Some(bytes?))
    }
}
