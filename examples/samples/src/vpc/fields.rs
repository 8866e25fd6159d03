//! The fields of a flow record, in the order of the versions that brought them, with their types in Parquet.
//!
//! Types are those that AWS documents for each field: INT_32, INT_64 or STRING. What does not apply is `-` in a string
//! and in text, and null in a number.

use super::flow::Flow;
use crate::world::{ACCOUNT, CLUSTER, Interface, Owner, REGION, Task, VPC, ZONES};

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Int(Option<i32>),
    Long(Option<i64>),
    Text(String),
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Int,
    Long,
    Text,
}

/// A field: its name in text, which has `-` where Parquet's has `_`, and its type.
pub(super) const FIELDS: [(&str, Type); 40] = [
    // Version 2.
    ("version", Type::Int),
    ("account-id", Type::Text),
    ("interface-id", Type::Text),
    ("srcaddr", Type::Text),
    ("dstaddr", Type::Text),
    ("srcport", Type::Int),
    ("dstport", Type::Int),
    ("protocol", Type::Int),
    ("packets", Type::Long),
    ("bytes", Type::Long),
    ("start", Type::Long),
    ("end", Type::Long),
    ("action", Type::Text),
    ("log-status", Type::Text),
    // Version 3.
    ("vpc-id", Type::Text),
    ("subnet-id", Type::Text),
    ("instance-id", Type::Text),
    ("tcp-flags", Type::Int),
    ("type", Type::Text),
    ("pkt-srcaddr", Type::Text),
    ("pkt-dstaddr", Type::Text),
    // Version 4.
    ("region", Type::Text),
    ("az-id", Type::Text),
    ("sublocation-type", Type::Text),
    ("sublocation-id", Type::Text),
    // Version 5.
    ("pkt-src-aws-service", Type::Text),
    ("pkt-dst-aws-service", Type::Text),
    ("flow-direction", Type::Text),
    ("traffic-path", Type::Int),
    // Version 7.
    ("ecs-cluster-name", Type::Text),
    ("ecs-cluster-arn", Type::Text),
    ("ecs-container-instance-id", Type::Text),
    ("ecs-container-instance-arn", Type::Text),
    ("ecs-service-name", Type::Text),
    ("ecs-task-definition-arn", Type::Text),
    ("ecs-task-id", Type::Text),
    ("ecs-task-arn", Type::Text),
    ("ecs-container-id", Type::Text),
    ("ecs-second-container-id", Type::Text),
    // Version 8.
    ("reject-reason", Type::Text),
];

/// The values of a record, one for each of [`FIELDS`].
pub(super) fn values(flow: &Flow) -> [Value; 40] {
    let data = flow.data.as_ref();
    let text = |value: Option<String>| Value::Text(value.unwrap_or_else(|| "-".into()));
    let fixed = |value: &str| Value::Text(value.into());
    let Interface { zone, owner, .. } = flow.interface;
    let task = match owner {
        Owner::Task(task) => Some(task),
        _ => None,
    };
    let ecs = |value: fn(Task) -> String| text(task.map(value));
    [
        Value::Int(Some(8)),
        fixed(ACCOUNT),
        text(Some(flow.interface.id())),
        text(data.map(|data| data.from.to_string())),
        text(data.map(|data| data.to.to_string())),
        Value::Int(data.map(|data| data.from_port.into())),
        Value::Int(data.map(|data| data.to_port.into())),
        Value::Int(data.map(|data| data.protocol.into())),
        Value::Long(data.map(|data| data.packets)),
        Value::Long(data.map(|data| data.bytes)),
        Value::Long(Some(flow.start)),
        Value::Long(Some(flow.end)),
        text(data.map(|data| if data.accepted { "ACCEPT" } else { "REJECT" }.into())),
        fixed(if data.is_some() { "OK" } else { "NODATA" }),
        fixed(VPC),
        text(Some(flow.interface.subnet())),
        // Fargate's tasks run on no instance of ours.
        fixed("-"),
        Value::Int(data.map(|data| data.flags)),
        text(data.map(|_| "IPv4".into())),
        text(data.map(|data| data.from.to_string())),
        text(data.map(|data| data.to.to_string())),
        fixed(REGION),
        fixed(ZONES[zone]),
        fixed("-"),
        fixed("-"),
        text(data.and_then(|data| data.service_of(data.from)).map(str::to_owned)),
        text(data.and_then(|data| data.service_of(data.to)).map(str::to_owned)),
        text(data.map(|data| if data.egress { "egress" } else { "ingress" }.into())),
        Value::Int(data.and_then(|data| data.path)),
        ecs(|_| CLUSTER.into()),
        ecs(|_| format!("arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{CLUSTER}")),
        fixed("-"),
        fixed("-"),
        ecs(|task| task.service.name().into()),
        ecs(|task| {
            let (service, revision) = (task.service.name(), task.revision);
            format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{service}:{revision}")
        }),
        ecs(Task::id),
        ecs(|task| format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task/{CLUSTER}/{}", task.id())),
        ecs(|task| task.container("app")),
        ecs(|task| task.container("log-router")),
        // Only blocked public access gives a reason; security groups give none.
        fixed("-"),
    ]
}
