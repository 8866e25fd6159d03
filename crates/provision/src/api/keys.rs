//! The key of alerts and its alias.
//!
//! A key has no name but its alias, which a second call makes. So a key without an alias is looked for by its tags
//! before another is made: an earlier run may have been cut off between the two calls.

use aws_sdk_kms::types::{KeyMetadata, KeyState, Tag};
use serde_json::json;
use sluice_aws::CallError;

use super::json::{document, tags, text};
use super::{ApiError, Clients, Found, Order, Owner, subject};
use crate::resource::Resource;

/// Days until a key that was made in vain is gone; seven is the least.
const PENDING_DAYS: i32 = 7;

/// The alias of the key with a description: `api-prod alerts` is `alias/api-prod-alerts`.
fn alias(description: &str) -> String {
    format!("alias/{}", description.replace(' ', "-"))
}

/// A key by id or alias; none when there is none, or when it is on its way out.
async fn describe(clients: &Clients, id: &str, subject: &str) -> Result<Option<KeyMetadata>, ApiError> {
    Ok(describe_any(clients, id, subject).await?.filter(|key| !is_leaving(key)))
}

/// Whether a key is scheduled for deletion.
fn is_leaving(key: &KeyMetadata) -> bool {
    let states = [KeyState::PendingDeletion, KeyState::PendingReplicaDeletion];
    key.key_state().is_some_and(|state| states.contains(state))
}

async fn describe_any(clients: &Clients, id: &str, subject: &str) -> Result<Option<KeyMetadata>, ApiError> {
    match clients.kms.describe_key().key_id(id).send().await {
        Ok(answer) => Ok(answer.key_metadata),
        Err(error) => {
            let error = CallError::new("kms:DescribeKey", subject, &error);
            if error.code == "NotFoundException" { Ok(None) } else { Err(error.into()) }
        }
    }
}

async fn key_tags(
    clients: &Clients,
    id: &str,
    subject: &str,
) -> Result<std::collections::BTreeMap<String, String>, ApiError> {
    let mut tags = std::collections::BTreeMap::new();
    let mut pages = clients.kms.list_resource_tags().key_id(id).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("kms:ListResourceTags", subject, &e))?;
        tags.extend(page.tags().iter().map(|tag| (tag.tag_key().to_owned(), tag.tag_value().to_owned())));
    }
    Ok(tags)
}

/// The keys that carry these tags and this description and are in use, the oldest first.
async fn made_before(clients: &Clients, resource: &Resource) -> Result<Vec<String>, ApiError> {
    let subject = subject(resource);
    let wanted = tags(&resource.properties);
    let mut pages = clients.kms.list_keys().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("kms:ListKeys", &subject, &e))?;
        for id in page.keys().iter().filter_map(|key| key.key_id()) {
            let Some(key) = describe(clients, id, &subject).await? else { continue };
            // Keys of AWS's own may not be asked for their tags.
            if key.description() != Some(text(&resource.properties, "Description")) {
                continue;
            }
            let has = key_tags(clients, id, &subject).await?;
            if wanted.iter().all(|(name, value)| has.get(name) == Some(value)) {
                found.push((key.creation_date().map(|at| at.secs()), id.to_owned()));
            }
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

pub(super) async fn read(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let (description, subject) = (text(&resource.properties, "Description"), subject(resource));
    let Some(key) = describe(clients, &alias(description), &subject).await? else { return Ok(None) };
    let id = key.key_id();
    let tags = key_tags(clients, id, &subject).await?;
    let rotation = clients.kms.get_key_rotation_status().key_id(id).send().await;
    let rotation = rotation.map_err(|e| CallError::new("kms:GetKeyRotationStatus", &subject, &e))?;
    let policy = clients.kms.get_key_policy().key_id(id).policy_name("default").send().await;
    let policy = policy.map_err(|e| CallError::new("kms:GetKeyPolicy", &subject, &e))?;
    let properties = json!({
        "Description": key.description(),
        "Enabled": key.enabled(),
        "EnableKeyRotation": rotation.key_rotation_enabled(),
        "KeyPolicy": document(policy.policy().unwrap_or_default()),
    });
    Ok(Some(Found { handle: id.to_owned(), ..Found::new(properties, Owner::Tags(tags)) }))
}

pub(super) async fn write(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subject = order.subject();
    let wanted = tags(&order.resource.properties).into_iter();
    let tags: Result<Vec<Tag>, _> =
        wanted.map(|(key, value)| Tag::builder().tag_key(key).tag_value(value).build()).collect();
    let tags = tags.map_err(|error| ApiError::build(&subject, error))?;
    let policy = order.property("KeyPolicy").to_string();
    let id = match order.found {
        Some(found) => found.handle.clone(),
        None => match made_before(clients, order.resource).await?.into_iter().next() {
            Some(id) => id,
            None => {
                let create = clients.kms.create_key().description(order.text("Description")).policy(&policy);
                let made = create.set_tags(Some(tags.clone())).send().await;
                let made = made.map_err(|e| CallError::new("kms:CreateKey", &subject, &e))?;
                made.key_metadata.map(|key| key.key_id).unwrap_or_default()
            }
        },
    };
    // First: nothing else can be set of a key that is off.
    if order.found.is_some() && order.wants("Enabled") {
        let on = clients.kms.enable_key().key_id(&id).send().await;
        on.map_err(|e| CallError::new("kms:EnableKey", &subject, &e))?;
    }
    if order.wants("EnableKeyRotation") {
        let on = clients.kms.enable_key_rotation().key_id(&id).send().await;
        on.map_err(|e| CallError::new("kms:EnableKeyRotation", &subject, &e))?;
    }
    if order.found.is_none() {
        return name_key(clients, &alias(order.text("Description")), &id, &subject).await;
    }
    if order.wants("Description") {
        let set = clients.kms.update_key_description().key_id(&id).description(order.text("Description"));
        set.send().await.map_err(|e| CallError::new("kms:UpdateKeyDescription", &subject, &e))?;
    }
    if order.wants("KeyPolicy") {
        let set = clients.kms.put_key_policy().key_id(&id).policy_name("default").policy(policy);
        set.send().await.map_err(|e| CallError::new("kms:PutKeyPolicy", &subject, &e))?;
    }
    if order.wants("Tags") {
        let tag = clients.kms.tag_resource().key_id(&id).set_tags(Some(tags)).send().await;
        tag.map_err(|e| CallError::new("kms:TagResource", &subject, &e))?;
    }
    Ok(())
}

pub(super) async fn read_alias(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let found = describe(clients, &resource.name(), &subject(resource)).await?;
    // Which key it is only the account knows: what is desired stands for it, and its owner is asked for its tags.
    Ok(found.map(|_| Found::new(resource.properties.clone(), Owner::Parent)))
}

pub(super) async fn write_alias(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let (name, subject) = (order.resource.name(), order.subject());
    let description = name.trim_start_matches("alias/");
    let description = description.strip_suffix("-alerts").map(|base| format!("{base} alerts"));
    let tags = order.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
    let properties = json!({"Description": description, "Tags": tags.collect::<serde_json::Value>()});
    let key = Resource::new("", crate::resource::Kind::Key, properties);
    let keys = made_before(clients, &key).await?;
    // The key's own step has given it its alias, unless it was cut off between the two.
    if let (Some(id), None) = (keys.first(), describe(clients, &name, &subject).await?) {
        name_key(clients, &name, id, &subject).await?;
    }
    // Another run at the same time may have made a key too. Nothing is encrypted by one that never had the alias.
    let Some(used) = describe(clients, &name, &subject).await? else {
        return Err(ApiError::build(&subject, "its key vanished while it was made"));
    };
    for id in keys.iter().filter(|id| *id != used.key_id()) {
        let end = clients.kms.schedule_key_deletion().key_id(id).pending_window_in_days(PENDING_DAYS);
        if let Err(error) = end.send().await {
            let error = CallError::new("kms:ScheduleKeyDeletion", &subject, &error);
            // The other run has done it already.
            if error.code != "KMSInvalidStateException" {
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// Gives a key its alias. That another run was faster is no failure. From a key that somebody scheduled for deletion
/// the alias is taken: topics use it by its alias, and alarms would be silent.
async fn name_key(clients: &Clients, alias: &str, id: &str, subject: &str) -> Result<(), ApiError> {
    let Err(error) = clients.kms.create_alias().alias_name(alias).target_key_id(id).send().await else {
        return Ok(());
    };
    let error = CallError::new("kms:CreateAlias", subject, &error);
    if error.code != "AlreadyExistsException" {
        return Err(error.into());
    }
    if describe_any(clients, alias, subject).await?.is_some_and(|key| is_leaving(&key)) {
        let update = clients.kms.update_alias().alias_name(alias).target_key_id(id).send().await;
        update.map_err(|e| CallError::new("kms:UpdateAlias", subject, &e))?;
    }
    Ok(())
}
