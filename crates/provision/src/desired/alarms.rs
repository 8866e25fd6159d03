//! The spec's own alarms: the rules, for what `[monitor]` or the template's parameters name.

use serde_json::{Value, json};

use super::{Context, alerts, logical_id, logs};
use crate::alarm::{Common, Target, alarm};
use crate::resource::{Condition, Kind, Resource};
use crate::rules::{RuleError, Settings, TargetKind, instance};

pub(super) fn describe(context: &Context<'_>, resources: &mut Vec<Resource>) -> Result<(), RuleError> {
    let settings = Settings::new(context.spec, context.profile())?;
    let base = context.base();
    let reference = |id: &str| json!({"Ref": id});
    let common = Common {
        base: &base,
        topics: [reference(alerts::CRITICAL), reference(alerts::WARNING)],
        tags: context.tags(),
    };
    for (condition, target) in targets(context, resources) {
        for rule in settings.rules(target.kind) {
            let id = format!("Alarm{}", logical_id(&rule.id));
            let properties = match alarm(&rule, &target, &common, &settings) {
                Err(RuleError::Idle { .. }) => continue,
                made => made?,
            };
            let resource = Resource { condition, ..Resource::new(id, Kind::Alarm, properties) };
            resources.push(match target.kind {
                TargetKind::ErrorLog => resource.after("ErrorMetric"),
                _ => resource,
            });
        }
    }
    Ok(())
}

/// What the spec says is there, each with the condition under which it is.
fn targets(context: &Context<'_>, resources: &[Resource]) -> Vec<(Option<Condition>, Target)> {
    let monitor = &context.spec.monitor;
    let parameter = |name: &str| json!({"Ref": name});
    let one = |kind, dimensions: &[(&str, Value)]| Target::new(kind, "", dimensions);
    let balancer = ("LoadBalancer", parameter("LoadBalancerFullName"));
    let mut service = one(
        TargetKind::EcsService,
        &[("ClusterName", parameter("EcsClusterName")), ("ServiceName", parameter("EcsServiceName"))],
    );
    service.facts.insert("min_tasks".to_owned(), monitor.ecs_min_tasks.into());
    let cluster = [("DBClusterIdentifier", parameter("DbClusterIdentifier"))];
    // The metrics of a cluster are those of all its instances: the rules take their extremes.
    let mut instances = one(TargetKind::AuroraInstance, &cluster);
    instances.facts = instance(&monitor.db_instance_class).map(|class| class.facts()).unwrap_or_default();
    let group = [("TargetGroup", parameter("TargetGroupFullName")), balancer.clone()];
    let mut all = vec![
        (Some(Condition::HasEcs), service),
        (Some(Condition::HasDb), instances),
        (Some(Condition::HasDb), one(TargetKind::AuroraCluster, &cluster)),
        (Some(Condition::HasAlb), one(TargetKind::LoadBalancer, &[balancer])),
        (Some(Condition::HasTargetGroup), one(TargetKind::TargetGroup, &group)),
    ];
    if resources.iter().any(|resource| resource.kind == Kind::MetricFilter) {
        let mut log = one(TargetKind::ErrorLog, &[]);
        log.texts.insert("metric_namespace".to_owned(), context.namespace());
        log.texts.insert("metric_name".to_owned(), logs::METRIC.to_owned());
        all.push((None, log));
    }
    if context.spec.metrics.emf {
        let service = ("service", Value::from(context.spec.service.as_str()));
        let mut router = one(TargetKind::LogRouter, &[service]);
        let namespace = context.spec.metrics.emf_namespace.clone();
        router.texts.insert("metric_namespace".to_owned(), namespace);
        all.push((None, router));
    }
    all
}
