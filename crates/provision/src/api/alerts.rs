//! Topics, their policies, subscriptions.

use serde_json::{Value, json};
use sluice_aws::CallError;

use aws_sdk_sns::types::Tag;

use super::json::{document, tags, text};
use super::{ApiError, Clients, Found, Order, Owner, subject};
use crate::resource::Resource;

/// What SNS says in place of a subscription's ARN until it is confirmed.
const PENDING: &str = "PendingConfirmation";

/// The attributes of a topic; none when it is not there.
async fn attributes(
    clients: &Clients,
    arn: &str,
    subject: &str,
) -> Result<Option<std::collections::HashMap<String, String>>, ApiError> {
    match clients.sns.get_topic_attributes().topic_arn(arn).send().await {
        Ok(answer) => Ok(Some(answer.attributes.unwrap_or_default())),
        Err(error) => {
            let error = CallError::new("sns:GetTopicAttributes", subject, &error);
            if error.code.starts_with("NotFound") { Ok(None) } else { Err(error.into()) }
        }
    }
}

pub(super) async fn read_topic(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let subject = subject(resource);
    let arn = clients.arn("sns", &resource.name()).await?;
    let Some(found) = attributes(clients, &arn, &subject).await? else { return Ok(None) };
    let answer = clients.sns.list_tags_for_resource().resource_arn(&arn).send().await;
    let answer = answer.map_err(|e| CallError::new("sns:ListTagsForResource", &subject, &e))?;
    let tags = answer.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
    let mut properties = json!({"TopicName": resource.name()});
    for name in ["DisplayName", "KmsMasterKeyId"] {
        if let Some(value) = found.get(name).filter(|value| !value.is_empty()) {
            properties[name] = value.as_str().into();
        }
    }
    Ok(Some(Found { handle: arn, ..Found::new(properties, Owner::Tags(tags.collect())) }))
}

pub(super) async fn write_topic(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subject = order.subject();
    let tags: Result<Vec<Tag>, _> = tags(&order.resource.properties)
        .into_iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect();
    let tags = tags.map_err(|error| ApiError::build(&subject, error))?;
    let Some(found) = order.found else {
        let create = clients
            .sns
            .create_topic()
            .name(order.text("TopicName"))
            .attributes("DisplayName", order.text("DisplayName"))
            .attributes("KmsMasterKeyId", order.text("KmsMasterKeyId"))
            .set_tags(Some(tags));
        create.send().await.map_err(|e| CallError::new("sns:CreateTopic", &subject, &e))?;
        return Ok(());
    };
    for name in ["DisplayName", "KmsMasterKeyId"].into_iter().filter(|name| order.wants(name)) {
        let set = clients.sns.set_topic_attributes().topic_arn(&found.handle).attribute_name(name);
        let set = set.attribute_value(order.text(name)).send().await;
        set.map_err(|e| CallError::new("sns:SetTopicAttributes", &subject, &e))?;
    }
    if order.wants("Tags") {
        let tag = clients.sns.tag_resource().resource_arn(&found.handle).set_tags(Some(tags)).send().await;
        tag.map_err(|e| CallError::new("sns:TagResource", &subject, &e))?;
    }
    Ok(())
}

pub(super) async fn read_policy(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let arn = resource.name();
    let Some(found) = attributes(clients, &arn, &subject(resource)).await? else { return Ok(None) };
    let policy = document(found.get("Policy").map(String::as_str).unwrap_or_default());
    Ok(Some(Found::new(json!({"Topics": [arn], "PolicyDocument": policy}), Owner::Parent)))
}

pub(super) async fn write_policy(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let set = clients.sns.set_topic_attributes().topic_arn(order.resource.name()).attribute_name("Policy");
    let set = set.attribute_value(order.property("PolicyDocument").to_string()).send().await;
    set.map_err(|e| CallError::new("sns:SetTopicAttributes", &order.subject(), &e))?;
    Ok(())
}

pub(super) async fn read_subscription(
    clients: &Clients,
    resource: &Resource,
) -> Result<Option<Found>, ApiError> {
    let wanted: &Value = &resource.properties;
    let topic = text(wanted, "TopicArn");
    let mut pages = clients.sns.list_subscriptions_by_topic().topic_arn(topic).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                let error = CallError::new("sns:ListSubscriptionsByTopic", &subject(resource), &error);
                // A topic that is not there has no subscriptions.
                return if error.code.starts_with("NotFound") { Ok(None) } else { Err(error.into()) };
            }
        };
        let same = |found: &&aws_sdk_sns::types::Subscription| {
            found.protocol() == Some(text(wanted, "Protocol"))
                && found.endpoint() == Some(text(wanted, "Endpoint"))
        };
        if let Some(found) = page.subscriptions().iter().find(same) {
            let pending = found.subscription_arn() == Some(PENDING);
            let note = format!(
                "{} has not confirmed its subscription to {topic}: open the mail from AWS and click",
                text(wanted, "Endpoint")
            );
            let note = pending.then_some(note);
            return Ok(Some(Found { note, ..Found::new(wanted.clone(), Owner::Parent) }));
        }
    }
    Ok(None)
}

pub(super) async fn write_subscription(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subscribe = clients
        .sns
        .subscribe()
        .topic_arn(order.text("TopicArn"))
        .protocol(order.text("Protocol"))
        .endpoint(order.text("Endpoint"));
    subscribe.send().await.map_err(|e| CallError::new("sns:Subscribe", &order.subject(), &e))?;
    Ok(())
}
