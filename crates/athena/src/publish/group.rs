//! The work group.

use aws_sdk_athena::Client;
use aws_sdk_athena::types::{
    ManagedQueryResultsConfiguration, ManagedQueryResultsConfigurationUpdates, ResultConfiguration,
    ResultConfigurationUpdates, WorkGroup, WorkGroupConfiguration, WorkGroupConfigurationUpdates,
};

use super::{Action, Desired, MARK, Step, What};
use crate::error::{Error, aws};

pub(super) async fn plan(athena: &Client, desired: &Desired) -> Result<Step, Error> {
    let name = &desired.work_group;
    let action = match find(athena, name).await? {
        None => Action::Create,
        Some(group) if group.description() != Some(MARK) => {
            return Err(Error::Foreign { what: "the work group", name: name.clone() });
        }
        Some(group) => {
            let differences = differences(&group, desired);
            if differences.is_empty() { Action::Unchanged } else { Action::Update(differences) }
        }
    };
    Ok(Step { name: name.clone(), what: What::WorkGroup, action })
}

/// The work group, when there is one: asked for by the list, since a name that is not there is an error like others.
async fn find(athena: &Client, name: &str) -> Result<Option<WorkGroup>, Error> {
    let mut pages = athena.list_work_groups().into_paginator().send();
    let mut found = false;
    while let Some(page) = pages.next().await {
        let page = page.map_err(aws("list the work groups"))?;
        found |= page.work_groups().iter().any(|group| group.name() == Some(name));
    }
    if !found {
        return Ok(None);
    }
    let group = athena.get_work_group().work_group(name).send().await;
    Ok(group.map_err(aws(format!("read the work group {name}")))?.work_group)
}

fn differences(group: &WorkGroup, desired: &Desired) -> Vec<String> {
    let configuration = group.configuration();
    let mut all = Vec::new();
    let limit = configuration.and_then(|one| one.bytes_scanned_cutoff_per_query());
    if limit != Some(scan_limit(desired)) {
        let shown = limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
        all.push(format!("scan limit: {shown} → {}", scan_limit(desired)));
    }
    if configuration.and_then(|one| one.enforce_work_group_configuration()) != Some(true) {
        all.push("settings of the client are not overruled".to_owned());
    }
    let output =
        configuration.and_then(|one| one.result_configuration()).and_then(|one| one.output_location());
    if output != desired.output.as_deref() {
        let shown = |url: Option<&str>| url.unwrap_or("managed by Athena").to_owned();
        all.push(format!("results: {} → {}", shown(output), shown(desired.output.as_deref())));
    }
    all
}

fn scan_limit(desired: &Desired) -> i64 {
    i64::try_from(desired.scan_limit).unwrap_or(i64::MAX)
}

pub(super) async fn apply(athena: &Client, desired: &Desired, action: &Action) -> Result<(), Error> {
    match action {
        Action::Create => create(athena, desired).await,
        Action::Update(_) => update(athena, desired).await,
        Action::Unchanged => Ok(()),
    }
}

async fn create(athena: &Client, desired: &Desired) -> Result<(), Error> {
    let configuration = WorkGroupConfiguration::builder()
        .bytes_scanned_cutoff_per_query(scan_limit(desired))
        .enforce_work_group_configuration(true)
        .publish_cloud_watch_metrics_enabled(true);
    let configuration = match &desired.output {
        Some(url) => {
            configuration.result_configuration(ResultConfiguration::builder().output_location(url).build())
        }
        None => configuration.managed_query_results_configuration(
            ManagedQueryResultsConfiguration::builder().enabled(true).build(),
        ),
    };
    let call = athena.create_work_group().name(&desired.work_group).description(MARK);
    let made = call.configuration(configuration.build()).send().await;
    made.map_err(aws(format!("create the work group {}", desired.work_group)))?;
    Ok(())
}

async fn update(athena: &Client, desired: &Desired) -> Result<(), Error> {
    let results = ResultConfigurationUpdates::builder();
    let results = match &desired.output {
        Some(url) => results.output_location(url),
        None => results.remove_output_location(true),
    };
    let managed = ManagedQueryResultsConfigurationUpdates::builder().enabled(desired.output.is_none());
    let updates = WorkGroupConfigurationUpdates::builder()
        .bytes_scanned_cutoff_per_query(scan_limit(desired))
        .enforce_work_group_configuration(true)
        .result_configuration_updates(results.build())
        .managed_query_results_configuration_updates(managed.build());
    let call = athena.update_work_group().work_group(&desired.work_group);
    let made = call.configuration_updates(updates.build()).send().await;
    made.map_err(aws(format!("update the work group {}", desired.work_group)))?;
    Ok(())
}
