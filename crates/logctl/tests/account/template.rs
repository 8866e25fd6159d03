//! The templates that are checked in, and the way of an alert through them.

use std::path::Path;

use serde_json::{Value, json};

use crate::rig::lint;

fn template(environment: &str) -> (std::path::PathBuf, Value) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/rendered");
    let path = root.join(environment).join("sluice.template.json");
    let template = serde_json::from_slice(&std::fs::read(&path).expect("a template")).expect("JSON");
    (path, template)
}

#[test]
fn cloudformation_takes_the_templates() {
    for environment in ["dev", "prod"] {
        lint(&template(environment).0);
    }
}

#[test]
fn every_alarm_reaches_a_topic_whose_policy_and_key_let_cloudwatch_in() {
    for environment in ["dev", "prod"] {
        let template = template(environment).1;
        let resources = template["Resources"].as_object().expect("resources");
        let alarms = resources.values().filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm");
        let mut topics = std::collections::BTreeSet::new();
        for alarm in alarms {
            topics
                .insert(alarm["Properties"]["AlarmActions"][0]["Ref"].as_str().expect("a topic").to_owned());
        }
        assert_eq!(topics.iter().collect::<Vec<_>>(), ["CriticalAlerts", "WarningAlerts"], "{environment}");
        for topic in topics {
            let alias = &resources[&topic]["Properties"]["KmsMasterKeyId"];
            assert_eq!(alias, &resources["AlertsKeyAlias"]["Properties"]["AliasName"]);
            assert_eq!(resources["AlertsKeyAlias"]["Properties"]["TargetKeyId"], json!({"Ref": "AlertsKey"}));
            let policy = &resources[&format!("{topic}Policy")]["Properties"]["PolicyDocument"];
            let publish = statement(policy, "AlarmsPublish");
            assert_eq!(publish["Principal"], json!({"Service": "cloudwatch.amazonaws.com"}));
            assert_eq!(publish["Action"], "sns:Publish");
            let tls = statement(policy, "OnlyByTls");
            assert_eq!(tls["Effect"], "Deny");
            assert_eq!(tls["Condition"], json!({"Bool": {"aws:SecureTransport": "false"}}));
        }
        let key = statement(&resources["AlertsKey"]["Properties"]["KeyPolicy"], "AlarmsPublish");
        assert_eq!(key["Principal"], json!({"Service": "cloudwatch.amazonaws.com"}));
        assert_eq!(key["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey*"]));
    }
}

fn statement<'a>(policy: &'a Value, sid: &str) -> &'a Value {
    let statements = policy["Statement"].as_array().expect("statements");
    statements
        .iter()
        .find(|statement| statement["Sid"] == sid)
        .unwrap_or_else(|| panic!("no statement {sid}"))
}

#[test]
fn the_names_that_stacks_rely_on_are_there() {
    let template = template("prod").1;
    for parameter in [
        "EcsClusterName",
        "EcsServiceName",
        "DbClusterIdentifier",
        "LoadBalancerFullName",
        "TargetGroupFullName",
    ] {
        assert_eq!(template["Parameters"][parameter]["Default"], "", "{parameter}");
    }
    for (id, kind) in [
        ("LogBucket", "AWS::S3::Bucket"),
        ("ErrorLogGroup", "AWS::Logs::LogGroup"),
        ("CriticalAlerts", "AWS::SNS::Topic"),
        ("WarningAlerts", "AWS::SNS::Topic"),
        ("GlueDatabase", "AWS::Glue::Database"),
        ("AthenaWorkGroup", "AWS::Athena::WorkGroup"),
        ("TaskRolePolicy", "AWS::IAM::ManagedPolicy"),
    ] {
        assert_eq!(template["Resources"][id]["Type"], kind, "{id}");
    }
}
