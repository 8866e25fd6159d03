//! Two dashboards: the service (ECS, Aurora and ALB together) and the log pipeline itself.
//!
//! Dashboards take no tags; the first widget says whose they are, and is how `apply` knows its own.

use serde_json::{Value, json};

use super::{Context, MANAGED_BY, logs};
use crate::resource::{Condition, Kind, Resource};

/// Columns of a dashboard.
const WIDTH: u32 = 24;
/// Rows of a graph.
const HEIGHT: u32 = 6;
/// Rows of a heading.
const HEADING: u32 = 1;

/// A graph: its title, the statistic, and its metrics (namespace, name, dimensions).
struct Graph {
    title: &'static str,
    statistic: &'static str,
    metrics: Vec<(String, &'static str, Dimensions)>,
}

/// Names and values.
type Dimensions = Vec<(&'static str, String)>;

/// What a dashboard's first widget says of who made it.
pub(crate) fn mark(context: &Context<'_>) -> String {
    let environment = context.env.unwrap_or("default");
    format!("{}={} {}/{environment}", MANAGED_BY, context.manager.as_str(), context.spec.name)
}

pub(super) fn describe(context: &Context<'_>, resources: &mut Vec<Resource>) {
    let base = context.base();
    let body = service(context);
    let properties = json!({"DashboardName": format!("{base}-service"), "DashboardBody": body});
    resources.push(Resource::new("ServiceDashboard", Kind::Dashboard, properties));
    let body = pipeline(context);
    let properties = json!({"DashboardName": format!("{base}-pipeline"), "DashboardBody": body});
    resources.push(Resource::new("PipelineDashboard", Kind::Dashboard, properties));
}

/// ECS, Aurora and ALB together; a part whose parameters are empty is left out.
fn service(context: &Context<'_>) -> Value {
    let title = text(0, &format!("# {}\n{}", context.base(), mark(context)), 2);
    let mut parts = vec![Value::from(format!("{{\"widgets\":[{title}"))];
    let mut row = 2;
    let sections = [
        (Condition::HasEcs, "ECS", ecs()),
        (Condition::HasDb, "Aurora", aurora()),
        (Condition::HasAlb, "Load balancer", balancer()),
    ];
    for (condition, name, graphs) in sections {
        let mut widgets = vec![text(row, &format!("## {name}"), HEADING)];
        widgets.extend(rows(row + HEADING, &graphs));
        row += HEADING + HEIGHT * u32::try_from(graphs.len().div_ceil(3)).unwrap_or(1);
        let widgets: String = widgets.iter().map(|widget| format!(",{widget}")).collect();
        parts.push(json!({"Fn::If": [condition.as_str(), {"Fn::Sub": widgets}, ""]}));
    }
    parts.push("]}".into());
    json!({"Fn::Join": ["", parts]})
}

/// What the log pipeline does: records, errors, the spool, what CloudWatch costs.
fn pipeline(context: &Context<'_>) -> Value {
    let own = vec![("service", context.spec.service.clone())];
    let router = |name| (context.spec.metrics.emf_namespace.clone(), name, own.clone());
    let group = vec![("LogGroupName", context.spec.errors.log_group.clone())];
    let logs = |name| ("AWS/Logs".to_owned(), name, group.clone());
    let graph = |title, statistic, metrics| Graph { title, statistic, metrics };
    let graphs = [
        graph("Errors", "Sum", vec![(context.namespace(), logs::METRIC, Vec::new())]),
        graph("CloudWatch Logs: bytes taken", "Sum", vec![logs("IncomingBytes")]),
        graph("CloudWatch Logs: events taken", "Sum", vec![logs("IncomingLogEvents")]),
        graph(
            "Records",
            "Sum",
            vec![router("sluice_archived_records_total"), router("sluice_error_records_total")],
        ),
        graph(
            "Bytes in and archived",
            "Sum",
            vec![router("sluice_in_bytes_total"), router("sluice_archived_object_bytes_total")],
        ),
        graph("Spool", "Maximum", vec![router("sluice_spool_bytes")]),
        graph(
            "Failed deliveries, tried again",
            "Sum",
            vec![router("sluice_archive_failures_total"), router("sluice_cloudwatch_failures_total")],
        ),
        graph(
            "Discarded, suppressed, lost",
            "Sum",
            vec![
                router("sluice_discarded_records_total"),
                router("sluice_cloudwatch_suppressed_events_total"),
                router("sluice_unaccounted_events_total"),
            ],
        ),
        graph("Memory of the sidecar", "Maximum", vec![router("sluice_process_resident_bytes")]),
    ];
    let mut widgets = vec![text(0, &format!("# {}: log pipeline\n{}", context.base(), mark(context)), 2)];
    if !context.spec.metrics.emf {
        let hint = "The router's own metrics need `metrics.emf = true`.";
        widgets.push(text(2, hint, HEADING));
    }
    widgets.extend(rows(3, &graphs));
    let body = json!({ "widgets": widgets }).to_string();
    json!({ "Fn::Sub": body })
}

fn ecs() -> Vec<Graph> {
    let of = |namespace: &str, name| {
        let dimensions = vec![
            ("ClusterName", "${EcsClusterName}".to_owned()),
            ("ServiceName", "${EcsServiceName}".to_owned()),
        ];
        (namespace.to_owned(), name, dimensions)
    };
    let insights = "ECS/ContainerInsights";
    let graph = |title, statistic, metrics| Graph { title, statistic, metrics };
    vec![
        graph("CPU (%)", "Average", vec![of("AWS/ECS", "CPUUtilization")]),
        graph("Memory (%)", "Average", vec![of("AWS/ECS", "MemoryUtilization")]),
        graph("Tasks", "Average", vec![of(insights, "RunningTaskCount"), of(insights, "DesiredTaskCount")]),
    ]
}

fn aurora() -> Vec<Graph> {
    let of = |name| {
        ("AWS/RDS".to_owned(), name, vec![("DBClusterIdentifier", "${DbClusterIdentifier}".to_owned())])
    };
    let graph = |title, statistic, name| Graph { title, statistic, metrics: vec![of(name)] };
    vec![
        graph("CPU (%)", "Maximum", "CPUUtilization"),
        graph("Connections", "Maximum", "DatabaseConnections"),
        graph("Active sessions", "Average", "DBLoad"),
        graph("Free memory", "Minimum", "FreeableMemory"),
        graph("Free local storage", "Minimum", "FreeLocalStorage"),
        graph("Volume", "Maximum", "VolumeBytesUsed"),
    ]
}

fn balancer() -> Vec<Graph> {
    let of = |name| {
        let dimension = vec![("LoadBalancer", "${LoadBalancerFullName}".to_owned())];
        ("AWS/ApplicationELB".to_owned(), name, dimension)
    };
    let graph = |title, statistic, metrics| Graph { title, statistic, metrics };
    vec![
        graph("Requests", "Sum", vec![of("RequestCount")]),
        graph("5xx", "Sum", vec![of("HTTPCode_Target_5XX_Count"), of("HTTPCode_ELB_5XX_Count")]),
        graph("Response time (p95, s)", "p95", vec![of("TargetResponseTime")]),
    ]
}

fn text(row: u32, markdown: &str, height: u32) -> Value {
    json!({
        "type": "text", "x": 0, "y": row, "width": WIDTH, "height": height,
        "properties": {"markdown": markdown},
    })
}

/// Three graphs a row.
fn rows(first: u32, graphs: &[Graph]) -> Vec<Value> {
    let width = WIDTH / 3;
    let place = |(index, graph): (u32, &Graph)| {
        let metrics: Vec<Value> = graph.metrics.iter().map(metric).collect();
        json!({
            "type": "metric",
            "x": index % 3 * width, "y": first + index / 3 * HEIGHT, "width": width, "height": HEIGHT,
            "properties": {
                "title": graph.title, "region": "${AWS::Region}", "view": "timeSeries", "stacked": false,
                "period": 60, "stat": graph.statistic, "metrics": metrics,
            },
        })
    };
    (0..).zip(graphs).map(place).collect()
}

fn metric((namespace, name, dimensions): &(String, &'static str, Vec<(&'static str, String)>)) -> Value {
    let head = [namespace.as_str(), *name];
    let pairs = dimensions.iter().flat_map(|(key, value)| [*key, value.as_str()]);
    head.into_iter().chain(pairs).collect()
}
