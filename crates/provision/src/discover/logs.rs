//! Log groups that have a metric filter for errors, by their filters: a group without one has nothing to alarm on.

use std::collections::BTreeMap;

use sluice_aws::CallError;

use crate::alarm::Target;
use crate::api::{ApiError, Clients};
use crate::rules::TargetKind;

pub(super) async fn find(clients: &Clients) -> Result<Vec<Target>, ApiError> {
    let mut found = Vec::new();
    let mut pages = clients.logs.describe_metric_filters().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("logs:DescribeMetricFilters", "all log groups", &e))?;
        found.extend(page.metric_filters.unwrap_or_default());
    }
    found.retain(|filter| filter.filter_name().is_some_and(|name| name.to_lowercase().contains("error")));
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let groups = groups(clients).await?;
    let mut targets = Vec::new();
    for filter in found {
        let group = filter.log_group_name().unwrap_or_default();
        let Some(arn) = groups.get(group) else { continue };
        for made in filter.metric_transformations() {
            // Names of groups and filters have no colon.
            let name = format!("{group}:{}", filter.filter_name().unwrap_or_default());
            let mut target = Target::new(TargetKind::ErrorLog, &name, &[]);
            target.arn = arn.clone();
            target.texts = [
                ("metric_namespace".to_owned(), made.metric_namespace().to_owned()),
                ("metric_name".to_owned(), made.metric_name().to_owned()),
            ]
            .into();
            let tags = clients.logs.list_tags_for_resource().resource_arn(arn).send().await;
            let subject = format!("log group {group}");
            let tags = tags.map_err(|e| CallError::new("logs:ListTagsForResource", &subject, &e))?;
            target.tags = tags.tags.unwrap_or_default().into_iter().collect();
            targets.push(target);
        }
    }
    Ok(targets)
}

/// The ARN of every log group, without the `:*` for its streams.
async fn groups(clients: &Clients) -> Result<BTreeMap<String, String>, ApiError> {
    let mut all = BTreeMap::new();
    let mut pages = clients.logs.describe_log_groups().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("logs:DescribeLogGroups", "all log groups", &e))?;
        for group in page.log_groups() {
            let arn = group.arn().unwrap_or_default().trim_end_matches(":*");
            all.insert(group.log_group_name().unwrap_or_default().to_owned(), arn.to_owned());
        }
    }
    Ok(all)
}
