//! The work group of Athena and its named queries.

use std::collections::BTreeMap;

use aws_sdk_athena::types as athena;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use sluice_aws::CallError;

use super::json::{put, tags, text};
use super::{ApiError, Clients, Found, Order, Owner, PARALLEL, subject};
use crate::resource::{Kind, Resource};
use crate::short::{FNV, hash};

/// Named queries that BatchGetNamedQuery takes in one call.
const BATCH: usize = 50;

/// Whether Athena says that there is no such work group: it has no code of its own for that.
fn is_absent(error: &CallError) -> bool {
    error.code == "InvalidRequestException" && error.text.to_lowercase().contains("not found")
}

pub(super) async fn read_group(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let (name, subject) = (resource.name(), subject(resource));
    let answer = match clients.athena.get_work_group().work_group(&name).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let error = CallError::new("athena:GetWorkGroup", &subject, &error);
            return if is_absent(&error) { Ok(None) } else { Err(error.into()) };
        }
    };
    let Some(found) = answer.work_group() else { return Ok(None) };
    let arn = clients.arn("athena", &format!("workgroup/{name}")).await?;
    let mut tags = BTreeMap::new();
    let mut pages = clients.athena.list_tags_for_resource().resource_arn(&arn).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("athena:ListTagsForResource", &subject, &e))?;
        tags.extend(page.tags().iter().map(|tag| {
            (tag.key().unwrap_or_default().to_owned(), tag.value().unwrap_or_default().to_owned())
        }));
    }
    let mut properties = json!({"Name": name});
    put(&mut properties, "Description", found.description());
    put(&mut properties, "State", found.state().map(athena::WorkGroupState::as_str));
    put(&mut properties, "WorkGroupConfiguration", found.configuration().map(configuration_json));
    Ok(Some(Found { handle: arn, ..Found::new(properties, Owner::Tags(tags)) }))
}

fn configuration_json(found: &athena::WorkGroupConfiguration) -> Value {
    let mut out = json!({});
    put(&mut out, "EnforceWorkGroupConfiguration", found.enforce_work_group_configuration());
    put(&mut out, "PublishCloudWatchMetricsEnabled", found.publish_cloud_watch_metrics_enabled());
    put(&mut out, "BytesScannedCutoffPerQuery", found.bytes_scanned_cutoff_per_query());
    if let Some(version) = found.engine_version() {
        out["EngineVersion"] = json!({"SelectedEngineVersion": version.selected_engine_version()});
    }
    if let Some(results) = found.result_configuration() {
        let mut inside = json!({"OutputLocation": results.output_location()});
        if let Some(encryption) = results.encryption_configuration() {
            let option = encryption.encryption_option().as_str();
            inside["EncryptionConfiguration"] = json!({"EncryptionOption": option});
        }
        out["ResultConfiguration"] = inside;
    }
    out
}

/// Encryption and place of results, and the engine, of a configuration.
fn parts(
    value: &Value,
    subject: &str,
) -> Result<(String, athena::EncryptionConfiguration, athena::EngineVersion), ApiError> {
    let results = &value["ResultConfiguration"];
    let option = text(&results["EncryptionConfiguration"], "EncryptionOption");
    let encryption = athena::EncryptionConfiguration::builder().encryption_option(option.into()).build();
    let encryption = encryption.map_err(|error| ApiError::build(subject, error))?;
    let engine = text(&value["EngineVersion"], "SelectedEngineVersion");
    let engine = athena::EngineVersion::builder().selected_engine_version(engine).build();
    Ok((text(results, "OutputLocation").to_owned(), encryption, engine))
}

pub(super) async fn write_group(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subject = order.subject();
    let wanted = order.property("WorkGroupConfiguration");
    let (location, encryption, engine) = parts(wanted, &subject)?;
    let limit = wanted["BytesScannedCutoffPerQuery"].as_i64();
    let tags: Vec<athena::Tag> = tags(&order.resource.properties)
        .into_iter()
        .map(|(key, value)| athena::Tag::builder().key(key).value(value).build())
        .collect();
    let Some(found) = order.found else {
        let results = athena::ResultConfiguration::builder().output_location(location);
        let configuration = athena::WorkGroupConfiguration::builder()
            .enforce_work_group_configuration(
                wanted["EnforceWorkGroupConfiguration"].as_bool().unwrap_or(true),
            )
            .publish_cloud_watch_metrics_enabled(true)
            .set_bytes_scanned_cutoff_per_query(limit)
            .engine_version(engine)
            .result_configuration(results.encryption_configuration(encryption).build());
        let create = clients
            .athena
            .create_work_group()
            .name(order.text("Name"))
            .description(order.text("Description"))
            .configuration(configuration.build())
            .set_tags(Some(tags))
            .send()
            .await;
        if let Err(error) = create {
            let error = CallError::new("athena:CreateWorkGroup", &subject, &error);
            // Another run at the same time was faster; the next plan compares what it made.
            if !error.text.to_lowercase().contains("already") {
                return Err(error.into());
            }
        }
        return Ok(());
    };
    if order.changed.iter().any(|property| *property != "Tags") {
        let results = athena::ResultConfigurationUpdates::builder().output_location(location);
        let updates = athena::WorkGroupConfigurationUpdates::builder()
            .enforce_work_group_configuration(
                wanted["EnforceWorkGroupConfiguration"].as_bool().unwrap_or(true),
            )
            .publish_cloud_watch_metrics_enabled(true)
            .set_bytes_scanned_cutoff_per_query(limit)
            .set_remove_bytes_scanned_cutoff_per_query(limit.is_none().then_some(true))
            .engine_version(engine)
            .result_configuration_updates(results.encryption_configuration(encryption).build());
        let update = clients
            .athena
            .update_work_group()
            .work_group(order.text("Name"))
            .description(order.text("Description"))
            .state(order.text("State").into())
            .configuration_updates(updates.build());
        update.send().await.map_err(|e| CallError::new("athena:UpdateWorkGroup", &subject, &e))?;
    }
    if order.wants("Tags") {
        let tag = clients.athena.tag_resource().resource_arn(&found.handle).set_tags(Some(tags)).send().await;
        tag.map_err(|e| CallError::new("athena:TagResource", &subject, &e))?;
    }
    Ok(())
}

/// What is there of the named queries among these resources, by name.
pub(super) async fn read_many(
    clients: &Clients,
    resources: &[Resource],
) -> Result<BTreeMap<String, Found>, ApiError> {
    let wanted: Vec<&Resource> = resources.iter().filter(|r| r.kind == Kind::NamedQuery).collect();
    let Some(first) = wanted.first() else { return Ok(BTreeMap::new()) };
    let group = text(&first.properties, "WorkGroup");
    let subject = format!("the named queries of {group}");
    let mut ids = Vec::new();
    let mut pages = clients.athena.list_named_queries().work_group(group).into_paginator().send();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => ids.extend(page.named_query_ids.unwrap_or_default()),
            Err(error) => {
                let error = CallError::new("athena:ListNamedQueries", &subject, &error);
                return if is_absent(&error) { Ok(BTreeMap::new()) } else { Err(error.into()) };
            }
        }
    }
    let asked = ids.chunks(BATCH).map(|ids| get(clients, ids, group, &subject));
    let answers: Vec<Vec<(String, Found)>> = stream::iter(asked).buffered(PARALLEL).try_collect().await?;
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (name, new) in answers.into_iter().flatten() {
        // Athena allows two of one name. The one with the least id is ours.
        let entry = found.entry(name).or_insert_with(|| new.clone());
        if new.handle < entry.handle {
            *entry = new;
        }
    }
    Ok(found)
}

/// Named queries by their ids; those that were deleted meanwhile are left out.
async fn get(
    clients: &Clients,
    ids: &[String],
    group: &str,
    subject: &str,
) -> Result<Vec<(String, Found)>, ApiError> {
    let answer = clients.athena.batch_get_named_query().set_named_query_ids(Some(ids.to_vec())).send().await;
    let answer = answer.map_err(|e| CallError::new("athena:BatchGetNamedQuery", subject, &e))?;
    let found = |query: &athena::NamedQuery| {
        let mut properties = json!({
            "Name": query.name(),
            "Database": query.database(),
            "WorkGroup": query.work_group().unwrap_or(group),
            "QueryString": query.query_string(),
        });
        put(&mut properties, "Description", query.description());
        let handle = query.named_query_id().unwrap_or_default().to_owned();
        (query.name().to_owned(), Found { handle, ..Found::new(properties, Owner::Parent) })
    };
    Ok(answer.named_queries().iter().map(found).collect())
}

pub(super) async fn write_query(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subject = order.subject();
    if let Some(found) = order.found {
        if order.wants("Database") {
            let remedy = "delete the named query in Athena's console, and apply again";
            return Err(ApiError::Fixed { subject, property: "database", remedy });
        }
        let update = clients
            .athena
            .update_named_query()
            .named_query_id(&found.handle)
            .name(order.text("Name"))
            .description(order.text("Description"))
            .query_string(order.text("QueryString"));
        update.send().await.map_err(|e| CallError::new("athena:UpdateNamedQuery", &subject, &e))?;
        return Ok(());
    }
    // The same query asked for twice, at once or after a lost answer, is made once.
    let token = token(&[order.text("WorkGroup"), order.text("Name"), order.text("QueryString")]);
    let create = clients
        .athena
        .create_named_query()
        .name(order.text("Name"))
        .description(order.text("Description"))
        .database(order.text("Database"))
        .work_group(order.text("WorkGroup"))
        .query_string(order.text("QueryString"))
        .client_request_token(token);
    create.send().await.map_err(|e| CallError::new("athena:CreateNamedQuery", &subject, &e))?;
    Ok(())
}

/// A token of 32 to 128 characters that only the same texts have: two hashes with different beginnings.
fn token(texts: &[&str]) -> String {
    format!("{:016x}{:016x}", hash(FNV, texts), hash(0x6c62_272e_07bb_0142, texts))
}
