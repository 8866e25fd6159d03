//! Log groups and metric filters.

use std::collections::HashMap;

use aws_sdk_cloudwatchlogs::types as logs;
use serde_json::{Value, json};
use sluice_aws::CallError;

use super::json::{int, list, put, tags, text};
use super::{ApiError, Clients, Found, Order, Owner, subject};
use crate::resource::Resource;

/// A group with exactly this name.
async fn find(clients: &Clients, name: &str, subject: &str) -> Result<Option<logs::LogGroup>, ApiError> {
    let mut pages = clients.logs.describe_log_groups().log_group_name_prefix(name).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("logs:DescribeLogGroups", subject, &e))?;
        let found = page.log_groups().iter().find(|group| group.log_group_name() == Some(name));
        if let Some(group) = found {
            return Ok(Some(group.clone()));
        }
    }
    Ok(None)
}

/// A group's ARN as the calls on tags want it: without the `:*` for its streams.
fn plain_arn(group: &logs::LogGroup) -> String {
    group.arn().unwrap_or_default().trim_end_matches(":*").to_owned()
}

pub(super) async fn read_group(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let (name, subject) = (resource.name(), subject(resource));
    let Some(group) = find(clients, &name, &subject).await? else { return Ok(None) };
    let arn = plain_arn(&group);
    let answer = clients.logs.list_tags_for_resource().resource_arn(&arn).send().await;
    let answer = answer.map_err(|e| CallError::new("logs:ListTagsForResource", &subject, &e))?;
    let tags = answer.tags.unwrap_or_default().into_iter().collect();
    // An emulator that does not know classes has the standard one.
    let class = group.log_group_class().map_or("STANDARD", |class| class.as_str());
    let mut properties = json!({"LogGroupName": name, "LogGroupClass": class});
    put(&mut properties, "RetentionInDays", group.retention_in_days());
    Ok(Some(Found { handle: arn, ..Found::new(properties, Owner::Tags(tags)) }))
}

pub(super) async fn write_group(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let (name, subject) = (order.resource.name(), order.subject());
    let wanted: HashMap<String, String> = tags(&order.resource.properties).into_iter().collect();
    match order.found {
        None => {
            let create = clients.logs.create_log_group().log_group_name(&name).set_tags(Some(wanted));
            let create = create.log_group_class(order.text("LogGroupClass").into());
            if let Err(error) = create.send().await {
                let error = CallError::new("logs:CreateLogGroup", &subject, &error);
                if error.code != "ResourceAlreadyExistsException" {
                    return Err(error.into());
                }
            }
        }
        Some(_) if order.wants("LogGroupClass") => {
            return Err(ApiError::Fixed {
                subject,
                property: "class",
                remedy: "set errors.log_class to what it is, or give errors.log_group another name",
            });
        }
        Some(found) if order.wants("Tags") => {
            let tag = clients.logs.tag_resource().resource_arn(&found.handle).set_tags(Some(wanted));
            tag.send().await.map_err(|e| CallError::new("logs:TagResource", &subject, &e))?;
        }
        Some(_) => {}
    }
    match int(&order.resource.properties, "RetentionInDays") {
        _ if !order.wants("RetentionInDays") => {}
        Some(days) => {
            let put = clients.logs.put_retention_policy().log_group_name(&name).retention_in_days(days);
            put.send().await.map_err(|e| CallError::new("logs:PutRetentionPolicy", &subject, &e))?;
        }
        None => {
            let delete = clients.logs.delete_retention_policy().log_group_name(&name);
            delete.send().await.map_err(|e| CallError::new("logs:DeleteRetentionPolicy", &subject, &e))?;
        }
    }
    Ok(())
}

pub(super) async fn read_filter(clients: &Clients, resource: &Resource) -> Result<Option<Found>, ApiError> {
    let (name, subject) = (resource.name(), subject(resource));
    let group = text(&resource.properties, "LogGroupName");
    let ask = clients.logs.describe_metric_filters().log_group_name(group).filter_name_prefix(&name);
    let mut pages = ask.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                let error = CallError::new("logs:DescribeMetricFilters", &subject, &error);
                // A group that is not there has no filters.
                return if error.code == "ResourceNotFoundException" { Ok(None) } else { Err(error.into()) };
            }
        };
        if let Some(filter) = page.metric_filters().iter().find(|filter| filter.filter_name() == Some(&name))
        {
            let made: Vec<Value> = filter.metric_transformations().iter().map(transformation_json).collect();
            let properties = json!({
                "LogGroupName": group,
                "FilterName": name,
                "FilterPattern": filter.filter_pattern(),
                "MetricTransformations": made,
            });
            return Ok(Some(Found::new(properties, Owner::Parent)));
        }
    }
    Ok(None)
}

fn transformation_json(made: &logs::MetricTransformation) -> Value {
    let mut out = json!({
        "MetricName": made.metric_name(),
        "MetricNamespace": made.metric_namespace(),
        "MetricValue": made.metric_value(),
    });
    // Not among the desired ones: set by hand, each value of them is a metric of its own, which no alarm watches.
    let dimensions = made.dimensions().filter(|dimensions| !dimensions.is_empty());
    put(&mut out, "Dimensions", dimensions.map(super::json::object));
    put(&mut out, "DefaultValue", made.default_value().map(crate::alarm::number));
    put(&mut out, "Unit", made.unit().map(logs::StandardUnit::as_str));
    out
}

pub(super) async fn write_filter(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let subject = order.subject();
    let mut put = clients
        .logs
        .put_metric_filter()
        .log_group_name(order.text("LogGroupName"))
        .filter_name(order.text("FilterName"))
        .filter_pattern(order.text("FilterPattern"));
    for made in list(&order.resource.properties, "MetricTransformations") {
        let made = logs::MetricTransformation::builder()
            .metric_name(text(made, "MetricName"))
            .metric_namespace(text(made, "MetricNamespace"))
            .metric_value(text(made, "MetricValue"))
            .set_default_value(made["DefaultValue"].as_f64())
            .unit(text(made, "Unit").into())
            .build();
        put = put.metric_transformations(made.map_err(|error| ApiError::build(&subject, error))?);
    }
    put.send().await.map_err(|e| CallError::new("logs:PutMetricFilter", &subject, &e))?;
    Ok(())
}
