//! What the task's role may do, and no more.

use serde_json::{Value, json};

use sluice_pipeline::{Right, Uploads, task_rights};

use super::Context;
use crate::resource::{Kind, Resource};

pub(super) fn describe(context: &Context<'_>, resources: &mut Vec<Resource>) {
    resources.push(Resource::new(
        "TaskRolePolicy",
        Kind::ManagedPolicy,
        json!({
            "ManagedPolicyName": format!("{}-log-router", context.base()),
            "Description": format!("What the log sidecar of {} may do", context.base()),
            "PolicyDocument": task_role(context),
        }),
    ));
}

/// A text, to be filled in by CloudFormation if there is anything to fill in.
fn substituted(text: String) -> Value {
    if text.contains("${") { json!({ "Fn::Sub": text }) } else { text.into() }
}

/// The policy document of a task's role: objects into the archive's prefix, events into its log group.
///
/// Account, region and partition are intrinsic functions.
#[must_use]
pub fn task_role(context: &Context<'_>) -> Value {
    let statement = |right: &Right| {
        let arns = right.filled("${AWS::Partition}", "${AWS::Region}", "${AWS::AccountId}");
        let mut resources: Vec<Value> = arns.into_iter().map(substituted).collect();
        let resource = if resources.len() == 1 { resources.remove(0) } else { resources.into() };
        let mut statement =
            json!({"Sid": right.sid, "Effect": "Allow", "Action": right.actions, "Resource": resource});
        if let Some(alias) = &right.alias {
            statement["Condition"] = json!({"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}});
        }
        statement
    };
    let statements: Value = task_rights(context.spec, Uploads::Parts).iter().map(statement).collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}
