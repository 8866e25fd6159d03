//! What the task's role may do, and no more.

use serde_json::{Value, json};

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

/// The policy document of a task's role: objects into the archive's prefix, events into its log group.
///
/// Account, region and partition are intrinsic functions.
#[must_use]
pub fn task_role(context: &Context<'_>) -> Value {
    let spec = context.spec;
    let mut statements = Vec::new();
    if let Some((bucket, prefix)) = context.bucket() {
        let slash = if prefix.is_empty() { "" } else { "/" };
        statements.push(json!({
            "Sid": "Archive",
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
            "Resource": {"Fn::Sub": format!("arn:${{AWS::Partition}}:s3:::{bucket}/{prefix}{slash}*")},
        }));
        if !spec.archive.tags.is_empty() {
            statements[0]["Action"] =
                json!(["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"]);
        }
        if let Some(key) = spec.archive.kms_key.as_ref().filter(|key| key.starts_with("arn:")) {
            statements.push(json!({
                "Sid": "ArchiveKey",
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": key,
            }));
        }
    }
    let arn = format!(
        "arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{}",
        spec.errors.log_group
    );
    statements.push(json!({
        "Sid": "Errors",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": {"Fn::Sub": format!("{arn}:*")},
    }));
    if spec.errors.create_group {
        let mut actions = vec!["logs:CreateLogGroup"];
        if spec.errors.retention_days.is_some() {
            actions.push("logs:PutRetentionPolicy");
        }
        statements.push(json!({
            "Sid": "LogGroupIfItIsNotThere",
            "Effect": "Allow",
            "Action": actions,
            "Resource": [{"Fn::Sub": arn.clone()}, {"Fn::Sub": format!("{arn}:*")}],
        }));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}
