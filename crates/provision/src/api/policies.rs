//! Policies of IAM. A policy keeps five versions; the oldest that is not in force makes room for a new one.

use aws_sdk_iam::types::Tag;
use serde_json::json;
use sluice_aws::CallError;

use super::json::document;
use super::{ApiError, Clients, Found, Order, Owner, subject};
use crate::resource::Resource;

/// Versions of a policy that IAM keeps.
const VERSIONS: usize = 5;

async fn arn(clients: &Clients, name: &str) -> Result<String, ApiError> {
    let account = clients.account().await?;
    Ok(format!("arn:{}:iam::{account}:policy/{name}", crate::scope::partition(&clients.region)))
}

pub(super) async fn read(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let (name, subject) = (resource.name(), subject(resource));
    let arn = arn(clients, &name).await?;
    let policy = match clients.iam.get_policy().policy_arn(&arn).send().await {
        Ok(answer) => answer.policy,
        Err(error) => {
            let error = CallError::new("iam:GetPolicy", &subject, &error);
            return if error.code == "NoSuchEntity" { Ok(None) } else { Err(error.into()) };
        }
    };
    let Some(policy) = policy else { return Ok(None) };
    let version = policy.default_version_id().unwrap_or_default();
    let version = clients.iam.get_policy_version().policy_arn(&arn).version_id(version).send().await;
    let version = version.map_err(|e| CallError::new("iam:GetPolicyVersion", &subject, &e))?;
    let text = version.policy_version().and_then(|version| version.document()).unwrap_or_default();
    let tags = policy.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
    let properties = json!({
        "ManagedPolicyName": name,
        "Description": policy.description(),
        "PolicyDocument": document(&decoded(text)),
    });
    Ok(Some(Found { handle: arn, ..Found::new(properties, Owner::Tags(tags)) }))
}

/// IAM answers documents in the encoding of URLs.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) async fn write(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subject = order.subject();
    let document = order.property("PolicyDocument").to_string();
    let Some(found) = order.found else {
        let tags: Result<Vec<Tag>, _> =
            order.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
        let tags = tags.map_err(|error| ApiError::build(&subject, error))?;
        let create = clients
            .iam
            .create_policy()
            .policy_name(order.text("ManagedPolicyName"))
            .description(order.text("Description"))
            .policy_document(document)
            .set_tags(Some(tags));
        if let Err(error) = create.send().await {
            let error = CallError::new("iam:CreatePolicy", &subject, &error);
            // Another run at the same time was faster, with the same document.
            if error.code != "EntityAlreadyExists" {
                return Err(error.into());
            }
        }
        return Ok(());
    };
    if order.wants("Description") {
        return Err(ApiError::Fixed {
            subject,
            property: "description",
            remedy: "delete the policy once no role uses it, and apply again",
        });
    }
    if order.wants("PolicyDocument") {
        let mut versions = Vec::new();
        let mut pages = clients.iam.list_policy_versions().policy_arn(&found.handle).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| CallError::new("iam:ListPolicyVersions", &subject, &e))?;
            versions.extend(page.versions.unwrap_or_default());
        }
        let mut old: Vec<_> = versions.iter().filter(|version| !version.is_default_version()).collect();
        old.sort_by_key(|version| version.create_date().map(|date| date.secs()));
        if versions.len() >= VERSIONS
            && let Some(id) = old.first().and_then(|version| version.version_id())
        {
            let delete = clients.iam.delete_policy_version().policy_arn(&found.handle).version_id(id);
            delete.send().await.map_err(|e| CallError::new("iam:DeletePolicyVersion", &subject, &e))?;
        }
        let create = clients.iam.create_policy_version().policy_arn(&found.handle).policy_document(document);
        let create = create.set_as_default(true).send().await;
        create.map_err(|e| CallError::new("iam:CreatePolicyVersion", &subject, &e))?;
    }
    Ok(())
}
