//! Alarms and dashboards.
//!
//! PutMetricAlarm ignores tags on an alarm that is there already, so tags are always set by a call of their own.
//! A composite alarm has its name from the same set as the others: it is never ours, and its name is taken.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types as cw;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use sluice_aws::CallError;

use super::json::{document, int, list, put, tags, text};
use super::{ApiError, Clients, Found, Order, Owner, PARALLEL, subject};
use crate::alarm::number;
use crate::resource::{Kind, Resource};

/// Names that DescribeAlarms takes in one call.
const NAMES: usize = 100;

/// What is there of the alarms among these resources, by name.
pub(super) async fn read_many(
    clients: &Clients,
    resources: &[Resource],
) -> Result<BTreeMap<String, Found>, ApiError> {
    let names: Vec<String> = resources.iter().filter(|r| r.kind == Kind::Alarm).map(Resource::name).collect();
    let (mut alarms, mut composite) = (Vec::new(), Vec::new());
    for names in names.chunks(NAMES) {
        let ask = clients.cloudwatch.describe_alarms().set_alarm_names(Some(names.to_vec()));
        let ask = ask.alarm_types(cw::AlarmType::MetricAlarm).alarm_types(cw::AlarmType::CompositeAlarm);
        let mut pages = ask.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| {
                CallError::new("cloudwatch:DescribeAlarms", &format!("alarms {}, …", names[0]), &e)
            })?;
            alarms.extend(page.metric_alarms.unwrap_or_default());
            composite.extend(page.composite_alarms.unwrap_or_default());
        }
    }
    let mut found = tagged(clients, alarms).await?;
    found.extend(composite.iter().filter_map(listed_composite));
    Ok(found)
}

/// A composite alarm, by name.
#[must_use]
pub fn listed_composite(alarm: &cw::CompositeAlarm) -> Option<(String, Found)> {
    let name = alarm.alarm_name()?.to_owned();
    let properties = json!({"AlarmName": name, "AlarmRule": alarm.alarm_rule()});
    Some((name, Found::new(properties, Owner::Tags(BTreeMap::new()))))
}

/// The alarms of the region, without their tags.
#[derive(Debug, Default)]
pub struct Listed {
    /// Those on metrics.
    pub metric: Vec<cw::MetricAlarm>,
    /// Those on other alarms.
    pub composite: Vec<cw::CompositeAlarm>,
}

/// Every alarm of the region.
///
/// # Errors
/// When the call failed.
pub async fn list_alarms(clients: &Clients) -> Result<Listed, ApiError> {
    let ask = clients.cloudwatch.describe_alarms();
    // Without both types the answer would hold metric alarms only.
    let ask = ask.alarm_types(cw::AlarmType::MetricAlarm).alarm_types(cw::AlarmType::CompositeAlarm);
    let mut pages = ask.into_paginator().send();
    let mut alarms = Listed::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| CallError::new("cloudwatch:DescribeAlarms", "all alarms", &e))?;
        alarms.metric.extend(page.metric_alarms.unwrap_or_default());
        alarms.composite.extend(page.composite_alarms.unwrap_or_default());
    }
    Ok(alarms)
}

/// An alarm in the form of the desired ones, by name. Its tags are not asked for.
#[must_use]
pub fn listed_alarm(alarm: &cw::MetricAlarm) -> Option<(String, Found)> {
    let found = Found::new(alarm_json(alarm), Owner::Tags(BTreeMap::new()));
    Some((alarm.alarm_name()?.to_owned(), found))
}

/// Alarms with their tags, by name.
pub(crate) async fn tagged(
    clients: &Clients,
    alarms: Vec<cw::MetricAlarm>,
) -> Result<BTreeMap<String, Found>, ApiError> {
    let asked = alarms.into_iter().map(|alarm| async move {
        let name = alarm.alarm_name().unwrap_or_default().to_owned();
        let arn = alarm.alarm_arn().unwrap_or_default();
        let answer = clients.cloudwatch.list_tags_for_resource().resource_arn(arn).send().await;
        let answer = answer
            .map_err(|e| CallError::new("cloudwatch:ListTagsForResource", &format!("alarm {name}"), &e))?;
        let tags = answer.tags().iter().map(|tag| {
            (tag.key().unwrap_or_default().to_owned(), tag.value().unwrap_or_default().to_owned())
        });
        let found =
            Found { handle: arn.to_owned(), ..Found::new(alarm_json(&alarm), Owner::Tags(tags.collect())) };
        Ok::<_, ApiError>((name, found))
    });
    stream::iter(asked).buffered(PARALLEL).try_collect().await
}

fn alarm_json(alarm: &cw::MetricAlarm) -> Value {
    let mut out = json!({
        "AlarmName": alarm.alarm_name(),
        "ActionsEnabled": alarm.actions_enabled().unwrap_or(true),
    });
    put(&mut out, "AlarmDescription", alarm.alarm_description());
    for (name, actions) in [
        ("AlarmActions", alarm.alarm_actions()),
        ("OKActions", alarm.ok_actions()),
        ("InsufficientDataActions", alarm.insufficient_data_actions()),
    ] {
        put(&mut out, name, Some(actions.to_vec()).filter(|actions| !actions.is_empty()));
    }
    put(&mut out, "ComparisonOperator", alarm.comparison_operator().map(cw::ComparisonOperator::as_str));
    put(&mut out, "EvaluationPeriods", alarm.evaluation_periods());
    // Without it every period counts.
    put(&mut out, "DatapointsToAlarm", alarm.datapoints_to_alarm().or(alarm.evaluation_periods()));
    put(&mut out, "Threshold", alarm.threshold().map(number));
    put(&mut out, "TreatMissingData", alarm.treat_missing_data().or(Some("missing")));
    put(&mut out, "Namespace", alarm.namespace());
    put(&mut out, "MetricName", alarm.metric_name());
    put(&mut out, "Statistic", alarm.statistic().map(cw::Statistic::as_str));
    put(&mut out, "ExtendedStatistic", alarm.extended_statistic());
    put(&mut out, "Period", alarm.period());
    // Not among the desired ones: set by hand, they change what the alarm sees.
    put(&mut out, "Unit", alarm.unit().map(cw::StandardUnit::as_str));
    put(&mut out, "ThresholdMetricId", alarm.threshold_metric_id());
    put(&mut out, "EvaluateLowSampleCountPercentile", alarm.evaluate_low_sample_count_percentile());
    if alarm.metrics().is_empty() {
        out["Dimensions"] = dimensions_json(alarm.dimensions());
    } else {
        out["Metrics"] = alarm.metrics().iter().map(query_json).collect();
    }
    out
}

fn dimensions_json(dimensions: &[cw::Dimension]) -> Value {
    dimensions.iter().map(|d| json!({"Name": d.name(), "Value": d.value()})).collect()
}

fn query_json(query: &cw::MetricDataQuery) -> Value {
    let mut out = json!({"Id": query.id(), "ReturnData": query.return_data().unwrap_or(true)});
    put(&mut out, "Expression", query.expression());
    put(&mut out, "Label", query.label());
    if let Some(stat) = query.metric_stat() {
        let metric = stat.metric().map(|metric| {
            json!({
                "Namespace": metric.namespace(),
                "MetricName": metric.metric_name(),
                "Dimensions": dimensions_json(metric.dimensions()),
            })
        });
        out["MetricStat"] = json!({"Metric": metric, "Period": stat.period(), "Stat": stat.stat()});
    }
    out
}

pub(super) async fn write(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let wanted = &order.resource.properties;
    let subject = order.subject();
    let tags: Vec<cw::Tag> = tags(wanted)
        .into_iter()
        .map(|(key, value)| cw::Tag::builder().key(key).value(value).build())
        .collect();
    let texts = |name: &str| -> Vec<String> {
        list(wanted, name).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut alarm = clients
        .cloudwatch
        .put_metric_alarm()
        .alarm_name(text(wanted, "AlarmName"))
        .alarm_description(text(wanted, "AlarmDescription"))
        .actions_enabled(wanted["ActionsEnabled"].as_bool().unwrap_or(true))
        .set_alarm_actions(Some(texts("AlarmActions")))
        .set_ok_actions(Some(texts("OKActions")))
        .comparison_operator(text(wanted, "ComparisonOperator").into())
        .set_evaluation_periods(int(wanted, "EvaluationPeriods"))
        .set_datapoints_to_alarm(int(wanted, "DatapointsToAlarm"))
        .set_threshold(wanted["Threshold"].as_f64())
        .treat_missing_data(text(wanted, "TreatMissingData"))
        .set_tags(Some(tags.clone()));
    if list(wanted, "Metrics").is_empty() {
        alarm = alarm
            .namespace(text(wanted, "Namespace"))
            .metric_name(text(wanted, "MetricName"))
            .set_dimensions(Some(dimensions(wanted)))
            .set_period(int(wanted, "Period"))
            .set_statistic(wanted["Statistic"].as_str().map(cw::Statistic::from))
            .set_extended_statistic(wanted["ExtendedStatistic"].as_str().map(str::to_owned));
    }
    for query in list(wanted, "Metrics") {
        alarm = alarm.metrics(self::query(query));
    }
    alarm.send().await.map_err(|e| CallError::new("cloudwatch:PutMetricAlarm", &subject, &e))?;
    let arn = match order.found {
        Some(found) => found.handle.clone(),
        None => clients.arn("cloudwatch", &format!("alarm:{}", text(wanted, "AlarmName"))).await?,
    };
    let tag = clients.cloudwatch.tag_resource().resource_arn(arn).set_tags(Some(tags)).send().await;
    tag.map_err(|e| CallError::new("cloudwatch:TagResource", &subject, &e))?;
    Ok(())
}

fn dimensions(value: &Value) -> Vec<cw::Dimension> {
    let dimensions = list(value, "Dimensions").iter();
    dimensions
        .map(|d| cw::Dimension::builder().name(text(d, "Name")).value(text(d, "Value")).build())
        .collect()
}

fn query(value: &Value) -> cw::MetricDataQuery {
    let mut query = cw::MetricDataQuery::builder()
        .id(text(value, "Id"))
        .set_expression(value["Expression"].as_str().map(str::to_owned))
        .set_label(value["Label"].as_str().map(str::to_owned))
        .set_return_data(value["ReturnData"].as_bool());
    let stat = &value["MetricStat"];
    if stat.is_object() {
        let metric = cw::Metric::builder()
            .namespace(text(&stat["Metric"], "Namespace"))
            .metric_name(text(&stat["Metric"], "MetricName"))
            .set_dimensions(Some(dimensions(&stat["Metric"])))
            .build();
        let stat = cw::MetricStat::builder()
            .metric(metric)
            .set_period(int(stat, "Period"))
            .stat(text(stat, "Stat"))
            .build();
        query = query.metric_stat(stat);
    }
    query.build()
}

/// Removes an alarm that was ours when the plan was made, if it still is.
///
/// # Errors
/// When a call failed, or the alarm is somebody else's by now.
pub(crate) async fn delete(
    clients: &Clients,
    resource: &Resource,
    ours: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let name = &resource.name();
    let Some(found) = read_many(clients, std::slice::from_ref(resource)).await?.remove(name) else {
        return Ok(());
    };
    let tags = found.tags();
    if !ours.iter().all(|(key, value)| tags.get(key) == Some(value)) {
        return Err(ApiError::NotOurs { subject: subject(resource) });
    }
    let delete = clients.cloudwatch.delete_alarms().alarm_names(name).send().await;
    delete.map_err(|e| CallError::new("cloudwatch:DeleteAlarms", &format!("alarm {name}"), &e))?;
    Ok(())
}

pub(super) async fn read_dashboard(
    clients: &Clients,
    resource: &Resource,
) -> Result<Option<Found>, ApiError> {
    let (name, subject) = (resource.name(), subject(resource));
    let answer = match clients.cloudwatch.get_dashboard().dashboard_name(&name).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let error = CallError::new("cloudwatch:GetDashboard", &subject, &error);
            let absent = ["ResourceNotFound", "DashboardNotFoundError", "ResourceNotFoundException"];
            return if absent.contains(&error.code.as_str()) { Ok(None) } else { Err(error.into()) };
        }
    };
    let body = document(answer.dashboard_body().unwrap_or_default());
    // Dashboards have no tags: the first widget says whose they are.
    let first = body["widgets"][0]["properties"]["markdown"].as_str().unwrap_or_default();
    let properties = json!({"DashboardName": name, "DashboardBody": body});
    let owner = Owner::Tags(marked(first));
    Ok(Some(Found::new(properties, owner)))
}

/// The tags that a dashboard's mark stands for: `sluice:managed-by=logctl api/prod`.
fn marked(text: &str) -> BTreeMap<String, String> {
    use crate::desired::{ENVIRONMENT, MANAGED_BY, PIPELINE};
    let mark = text.lines().find_map(|line| line.strip_prefix(MANAGED_BY)?.strip_prefix('='));
    let Some((manager, pipeline)) = mark.and_then(|mark| mark.split_once(' ')) else {
        return BTreeMap::new();
    };
    let (name, environment) = pipeline.split_once('/').unwrap_or((pipeline, ""));
    [(MANAGED_BY, manager), (PIPELINE, name), (ENVIRONMENT, environment)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

pub(super) async fn write_dashboard(clients: &Clients, order: &Order<'_>) -> Result<(), ApiError> {
    let put = clients.cloudwatch.put_dashboard().dashboard_name(order.text("DashboardName"));
    let put = put.dashboard_body(order.text("DashboardBody")).send().await;
    put.map_err(|e| CallError::new("cloudwatch:PutDashboard", &order.subject(), &e))?;
    Ok(())
}
