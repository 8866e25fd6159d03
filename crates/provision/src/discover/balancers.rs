//! Application Load Balancers and the target groups behind them.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::LoadBalancerTypeEnum;
use sluice_aws::CallError;

use crate::alarm::Target;
use crate::api::{ApiError, Clients};
use crate::rules::TargetKind;

/// ARNs that DescribeTags takes in one call.
const BATCH: usize = 20;

pub(super) async fn find(clients: &Clients) -> Result<Vec<Target>, ApiError> {
    let mut targets = Vec::new();
    let mut pages = clients.balancers.describe_load_balancers().into_paginator().send();
    while let Some(page) = pages.next().await {
        let call = "elasticloadbalancing:DescribeLoadBalancers";
        let page = page.map_err(|e| CallError::new(call, "all load balancers", &e))?;
        for balancer in page.load_balancers() {
            if balancer.r#type() != Some(&LoadBalancerTypeEnum::Application) {
                continue;
            }
            let arn = balancer.load_balancer_arn().unwrap_or_default();
            let name = balancer.load_balancer_name().unwrap_or_default();
            let mut target =
                Target::new(TargetKind::LoadBalancer, name, &[("LoadBalancer", full_name(arn).into())]);
            target.arn = arn.to_owned();
            targets.push(target);
        }
    }
    let mut pages = clients.balancers.describe_target_groups().into_paginator().send();
    while let Some(page) = pages.next().await {
        let call = "elasticloadbalancing:DescribeTargetGroups";
        let page = page.map_err(|e| CallError::new(call, "all target groups", &e))?;
        for group in page.target_groups() {
            let arn = group.target_group_arn().unwrap_or_default();
            let name = group.target_group_name().unwrap_or_default();
            // Without an Application Load Balancer before it there is nobody who checks its health.
            let is_ours = |balancer: &&String| targets.iter().any(|t| t.arn == **balancer);
            let Some(balancer) = group.load_balancer_arns().iter().find(is_ours) else { continue };
            let dimensions =
                [("TargetGroup", last_part(arn).into()), ("LoadBalancer", full_name(balancer).into())];
            let mut target = Target::new(TargetKind::TargetGroup, name, &dimensions);
            target.arn = arn.to_owned();
            targets.push(target);
        }
    }
    let tags = tags(clients, targets.iter().map(|target| target.arn.clone()).collect()).await?;
    for target in &mut targets {
        target.tags = tags.get(&target.arn).cloned().unwrap_or_default();
    }
    Ok(targets)
}

async fn tags(
    clients: &Clients,
    arns: Vec<String>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, ApiError> {
    let mut all = BTreeMap::new();
    for arns in arns.chunks(BATCH) {
        let answer = clients.balancers.describe_tags().set_resource_arns(Some(arns.to_vec())).send().await;
        let answer = answer.map_err(|e| {
            CallError::new("elasticloadbalancing:DescribeTags", "the load balancers' tags", &e)
        })?;
        for described in answer.tag_descriptions() {
            let tags = described.tags().iter().map(|tag| {
                (tag.key().unwrap_or_default().to_owned(), tag.value().unwrap_or_default().to_owned())
            });
            all.insert(described.resource_arn().unwrap_or_default().to_owned(), tags.collect());
        }
    }
    Ok(all)
}

/// `app/NAME/ID`, as metrics call a load balancer.
fn full_name(arn: &str) -> &str {
    arn.split_once(":loadbalancer/").map_or(arn, |(_, name)| name)
}

/// `targetgroup/NAME/ID`, as metrics call a target group.
fn last_part(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}
