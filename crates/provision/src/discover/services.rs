//! Services of ECS, cluster by cluster.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::ServiceField;
use futures_util::{StreamExt, TryStreamExt, stream};
use sluice_aws::CallError;

use crate::alarm::Target;
use crate::api::{ApiError, Clients, PARALLEL};
use crate::rules::TargetKind;

/// Services that DescribeServices takes in one call.
const BATCH: usize = 10;
const MIB: f64 = 1_048_576.0;

pub(super) async fn find(clients: &Clients) -> Result<Vec<Target>, ApiError> {
    let mut clusters = Vec::new();
    let mut pages = clients.ecs.list_clusters().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("ecs:ListClusters", "all clusters", &e))?;
        clusters.extend(page.cluster_arns.unwrap_or_default());
    }
    let asked = clusters.into_iter().map(|cluster| async move { of_cluster(clients, &cluster).await });
    let found: Vec<Vec<Target>> = stream::iter(asked).buffered(PARALLEL).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

async fn of_cluster(clients: &Clients, cluster: &str) -> Result<Vec<Target>, ApiError> {
    let (mut targets, mut memory) = (Vec::new(), BTreeMap::new());
    let name = last(cluster);
    let subject = format!("the services of cluster {name}");
    let mut arns = Vec::new();
    let mut pages = clients.ecs.list_services().cluster(cluster).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("ecs:ListServices", &subject, &e))?;
        arns.extend(page.service_arns.unwrap_or_default());
    }
    for arns in arns.chunks(BATCH) {
        let ask = clients.ecs.describe_services().cluster(cluster).set_services(Some(arns.to_vec()));
        let answer = ask.include(ServiceField::Tags).send().await;
        let answer = answer.map_err(|e| CallError::new("ecs:DescribeServices", &subject, &e))?;
        for service in answer.services() {
            if service.status() != Some("ACTIVE") {
                continue;
            }
            let own = service.service_name().unwrap_or_default();
            let dimensions = [("ClusterName", name.into()), ("ServiceName", own.into())];
            let mut target = Target::new(TargetKind::EcsService, &format!("{name}/{own}"), &dimensions);
            target.arn = service.service_arn().unwrap_or_default().to_owned();
            target.tags = service
                .tags()
                .iter()
                .map(|tag| {
                    (tag.key().unwrap_or_default().to_owned(), tag.value().unwrap_or_default().to_owned())
                })
                .collect();
            // The desired count moves with auto scaling, and thresholds must not. That one task runs holds always,
            // unless the service is scaled to zero.
            let must = if service.desired_count() > 0 { 1.0 } else { 0.0 };
            target.facts.insert("min_tasks".to_owned(), must);
            if let Some(definition) = service.task_definition()
                && let Some(bytes) = task_memory(clients, definition, &mut memory).await?
            {
                target.facts.insert("task_memory_bytes".to_owned(), bytes);
            }
            targets.push(target);
        }
    }
    Ok(targets)
}

/// The memory of a task by its definition, asked for once each.
async fn task_memory(
    clients: &Clients,
    definition: &str,
    known: &mut BTreeMap<String, Option<f64>>,
) -> Result<Option<f64>, ApiError> {
    if let Some(memory) = known.get(definition) {
        return Ok(*memory);
    }
    let answer = clients.ecs.describe_task_definition().task_definition(definition).send().await;
    let subject = format!("task definition {}", last(definition));
    let answer = answer.map_err(|e| CallError::new("ecs:DescribeTaskDefinition", &subject, &e))?;
    let mib = answer.task_definition().and_then(|definition| definition.memory()?.parse::<f64>().ok());
    let memory = mib.map(|mib| mib * MIB);
    known.insert(definition.to_owned(), memory);
    Ok(memory)
}

/// What stands behind the last slash of an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
