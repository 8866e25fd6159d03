//! The topics of alerts, the key that encrypts them, and who subscribes.
//!
//! The account's own key `alias/aws/sns` would not do: its policy cannot let CloudWatch publish, and alarms would be
//! silent.

use serde_json::{Value, json};

use super::{Context, Manager, logical_id};
use crate::resource::{Kind, Resource};
use crate::short::shortened;

/// Logical id of the topic for what must be seen to at once.
pub(crate) const CRITICAL: &str = "CriticalAlerts";
/// Logical id of the topic for what can wait for the morning.
pub(crate) const WARNING: &str = "WarningAlerts";
const TOPICS: [(&str, &str); 2] = [(CRITICAL, "critical-alerts"), (WARNING, "warning-alerts")];

pub(super) fn describe(context: &Context<'_>, resources: &mut Vec<Resource>, notes: &mut Vec<String>) {
    let base = context.base();
    let alias = format!("alias/{base}-alerts");
    resources.push(Resource::new("AlertsKey", Kind::Key, key(context)));
    let target = json!({"AliasName": alias, "TargetKeyId": {"Ref": "AlertsKey"}});
    resources.push(Resource::new("AlertsKeyAlias", Kind::KeyAlias, target));
    for (id, name) in TOPICS {
        let properties = json!({
            "TopicName": format!("{base}-{name}"),
            "DisplayName": shortened(&format!("{base} {name}"), 100),
            "KmsMasterKeyId": alias,
            "Tags": context.tag_list(),
        });
        resources.push(Resource::new(id, Kind::Topic, properties).after("AlertsKeyAlias"));
        resources.push(Resource::new(format!("{id}Policy"), Kind::TopicPolicy, topic_policy(id)));
    }
    for address in &context.spec.alerts.email {
        for (id, _) in TOPICS {
            let properties = json!({"TopicArn": {"Ref": id}, "Protocol": "email", "Endpoint": address});
            let id = format!("{id}To{}", logical_id(address));
            resources.push(Resource::new(id, Kind::Subscription, properties));
        }
    }
    if context.spec.alerts.email.is_empty() {
        notes.push("alerts.email is empty: alarms go off and nobody gets a mail".to_owned());
    }
    slack(context, resources, notes);
}

fn key(context: &Context<'_>) -> Value {
    let root = json!({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"});
    json!({
        "Description": format!("{} alerts", context.base()),
        "Enabled": true,
        "EnableKeyRotation": true,
        "KeyPolicy": {"Version": "2012-10-17", "Statement": [
            {
                "Sid": "Administration",
                "Effect": "Allow",
                "Principal": {"AWS": root},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "AlarmsPublish",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            },
        ]},
        "Tags": context.tag_list(),
    })
}

fn topic_policy(topic: &str) -> Value {
    let topic = json!({"Ref": topic});
    json!({
        "Topics": [topic],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {
                "Sid": "AlarmsPublish",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            },
            {
                "Sid": "OnlyByTls",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]},
    })
}

/// Slack by way of Amazon Q Developer. Its default guardrail is AdministratorAccess; here the channel may only look.
fn slack(context: &Context<'_>, resources: &mut Vec<Resource>, notes: &mut Vec<String>) {
    let alerts = &context.spec.alerts;
    let (Some(workspace), Some(channel)) = (&alerts.slack_workspace, &alerts.slack_channel) else { return };
    let base = context.base();
    let read_only = json!({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/CloudWatchReadOnlyAccess"});
    resources.push(Resource::new(
        "SlackRole",
        Kind::Role,
        json!({
            "RoleName": shortened(&format!("{base}-alerts-slack"), 64),
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": "chatbot.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }]},
            "ManagedPolicyArns": [read_only],
        }),
    ));
    resources.push(Resource::new(
        "SlackChannel",
        Kind::SlackChannel,
        json!({
            "ConfigurationName": format!("{base}-alerts"),
            "SlackWorkspaceId": workspace,
            "SlackChannelId": channel,
            "IamRoleArn": {"Fn::GetAtt": ["SlackRole", "Arn"]},
            "GuardrailPolicies": [read_only],
            "SnsTopicArns": TOPICS.map(|(id, _)| json!({"Ref": id})),
            "LoggingLevel": "ERROR",
        }),
    ));
    if context.manager == Manager::Apply {
        notes.push(
            "Slack comes by the template only: deploy SlackRole and SlackChannel of `logctl render cloudformation`"
                .to_owned(),
        );
    }
    notes.push(format!(
        "authorise the Slack workspace {workspace} once in the console of Amazon Q Developer in chat applications"
    ));
}
