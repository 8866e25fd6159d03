//! Aurora clusters and their instances.

use std::collections::BTreeMap;

use aws_sdk_rds::types::Tag;
use sluice_aws::CallError;

use crate::alarm::Target;
use crate::api::{ApiError, Clients};
use crate::rules::{TargetKind, instance};

/// The engine whose sizes are known ([`instance`]).
const POSTGRES: &str = "aurora-postgresql";

pub(super) async fn find(clients: &Clients) -> Result<Vec<Target>, ApiError> {
    let mut targets = Vec::new();
    let mut pages = clients.rds.describe_db_clusters().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("rds:DescribeDBClusters", "all clusters", &e))?;
        for cluster in page.db_clusters() {
            if cluster.engine() != Some(POSTGRES) {
                continue;
            }
            let name = cluster.db_cluster_identifier().unwrap_or_default();
            let mut target =
                Target::new(TargetKind::AuroraCluster, name, &[("DBClusterIdentifier", name.into())]);
            target.arn = cluster.db_cluster_arn().unwrap_or_default().to_owned();
            target.tags = tags(cluster.tag_list());
            targets.push(target);
        }
    }
    let mut pages = clients.rds.describe_db_instances().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("rds:DescribeDBInstances", "all instances", &e))?;
        for found in page.db_instances() {
            if found.engine() != Some(POSTGRES) {
                continue;
            }
            let name = found.db_instance_identifier().unwrap_or_default();
            let mut target =
                Target::new(TargetKind::AuroraInstance, name, &[("DBInstanceIdentifier", name.into())]);
            target.arn = found.db_instance_arn().unwrap_or_default().to_owned();
            target.tags = tags(found.tag_list());
            let class = found.db_instance_class().and_then(instance);
            target.facts = class.map(|class| class.facts()).unwrap_or_default();
            targets.push(target);
        }
    }
    Ok(targets)
}

fn tags(list: &[Tag]) -> BTreeMap<String, String> {
    let pairs = list.iter().map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default()));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
