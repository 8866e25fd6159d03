//! Log groups, and the metric that error records make.

use serde_json::json;
use sluice_pipeline::LogClass;

use super::Context;
use crate::resource::{Kind, Resource};

/// Logical id of the group that errors go to.
pub(crate) const ERRORS: &str = "ErrorLogGroup";
/// Name of the metric that counts them.
pub(crate) const METRIC: &str = "ErrorRecords";

pub(super) fn describe(context: &Context<'_>, resources: &mut Vec<Resource>, notes: &mut Vec<String>) {
    let errors = &context.spec.errors;
    let class = match errors.log_class {
        LogClass::Standard => "STANDARD",
        LogClass::InfrequentAccess => "INFREQUENT_ACCESS",
    };
    let group = |id: &str, name: &str, class: &str| {
        let mut properties = json!({
            "LogGroupName": name,
            "LogGroupClass": class,
            "Tags": context.tag_list(),
        });
        if let Some(days) = errors.retention_days {
            properties["RetentionInDays"] = days.into();
        }
        Resource::new(id, Kind::LogGroup, properties)
    };
    resources.push(group(ERRORS, &errors.log_group, class));
    // What the sidecar says about itself, and its embedded metrics: these need the standard class.
    resources.push(group("RouterLogGroup", &format!("{}/log-router", errors.log_group), "STANDARD"));
    if errors.log_class == LogClass::InfrequentAccess {
        notes.push(
            "errors.log_class is infrequent_access, which takes no metric filter: no alarm tells of errors"
                .to_owned(),
        );
        return;
    }
    resources.push(Resource::new(
        "ErrorMetric",
        Kind::MetricFilter,
        json!({
            "LogGroupName": {"Ref": ERRORS},
            "FilterName": format!("{}-error-records", context.base()),
            // The group holds these only; written out, it stays right when errors.min_level is lowered.
            "FilterPattern": "{ $.level = \"error\" || $.level = \"fatal\" }",
            "MetricTransformations": [{
                "MetricName": METRIC,
                "MetricNamespace": context.namespace(),
                "MetricValue": "1",
                "DefaultValue": 0,
                "Unit": "Count",
            }],
        }),
    ));
}
