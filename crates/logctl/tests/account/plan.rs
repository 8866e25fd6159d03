//! `plan` and `apply`.

use serde_json::{Value, json};

use crate::rig::{Rig, told, with_action};

#[test]
fn an_empty_account_becomes_what_the_spec_says_and_then_nothing_is_left_to_do() {
    let rig = Rig::new();
    let (code, report) = rig.json(&["plan"]);
    assert_eq!(code, Some(2), "{report:#}");
    let listed = report["resources"].as_array().expect("resources").len();
    assert_eq!(with_action(&report, "create").len(), listed);
    assert!(listed > 100, "{listed}");

    let output = rig.run(&["apply", "--env", "prod", "--yes"]);
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains(&format!("[{listed}/{listed}]")), "{}", told(&output));

    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains(&format!("{listed} unchanged")), "{}", told(&output));
    let output = rig.run(&["apply", "--env", "prod"]);
    assert!(output.status.success() && told(&output).contains("0 done"), "{}", told(&output));
}

#[test]
fn what_apply_makes_is_what_the_template_describes() {
    let rig = Rig::new();
    assert!(rig.run(&["apply", "--env", "prod", "--yes"]).status.success());
    let rendered = rig.run(&["render", "cloudformation", "--env", "prod"]);
    assert!(rendered.status.success(), "{}", told(&rendered));
    let path = rig.folder.path().join("infra/rendered/prod/sluice.template.json");
    let template: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
    let mut described: Vec<(String, String)> = template["Resources"]
        .as_object()
        .expect("resources")
        .iter()
        .map(|(id, body)| (id.clone(), body["Type"].as_str().expect("a type").to_owned()))
        .collect();
    described.sort();
    let (_, report) = rig.json(&["plan"]);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let resources = report["resources"].as_array().expect("resources").iter();
    let mut made: Vec<(String, String)> = resources.map(|r| (text(&r["id"]), text(&r["type"]))).collect();
    made.sort();
    assert_eq!(made, described);

    // The same values: an alarm's as AWS has it against the template's.
    let answers = rig.aws(&[("cloudwatch", "describe_alarms", json!({"AlarmNames": ["api-prod-ecs-cpu"]}))]);
    let alarm = &answers[0]["MetricAlarms"][0];
    let described = &template["Resources"]["AlarmEcsCpu"]["Properties"];
    for field in ["AlarmName", "AlarmDescription", "MetricName", "Namespace", "Period", "Statistic"] {
        assert_eq!(alarm[field], described[field], "{field}");
    }
    assert_eq!(alarm["Threshold"].as_f64(), described["Threshold"].as_f64());
    assert_eq!(
        alarm["AlarmActions"],
        json!(["arn:aws:sns:ap-northeast-1:123456789012:api-prod-warning-alerts"])
    );
}

/// Each setting, changed by a call, and the resource and path at which it must be found.
fn drifts() -> Vec<(&'static str, &'static str, Value, &'static str, &'static str)> {
    let bucket = "example-logs";
    let topic = "arn:aws:sns:ap-northeast-1:123456789012:api-prod-critical-alerts";
    let group = "/sluice/prod/api";
    let rule =
        json!({"ID": "objects", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}});
    let alarm = |more: Value| {
        let mut alarm = json!({
            "AlarmName": "api-prod-ecs-cpu", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "ClusterName", "Value": "main"}, {"Name": "ServiceName", "Value": "web"}],
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 5, "DatapointsToAlarm": 5,
            "Threshold": 80, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
        });
        for (key, value) in more.as_object().expect("fields") {
            alarm[key] = value.clone();
        }
        alarm
    };
    let open = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    vec![
        ("s3", "delete_bucket_encryption", json!({"Bucket": bucket}), "LogBucket", "BucketEncryption"),
        (
            "s3",
            "put_bucket_versioning",
            json!({"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}}),
            "LogBucket",
            "VersioningConfiguration.Status",
        ),
        (
            "s3",
            "delete_public_access_block",
            json!({"Bucket": bucket}),
            "LogBucket",
            "PublicAccessBlockConfiguration",
        ),
        (
            "s3",
            "delete_bucket_ownership_controls",
            json!({"Bucket": bucket}),
            "LogBucket",
            "OwnershipControls",
        ),
        (
            "s3",
            "put_bucket_lifecycle_configuration",
            json!({"Bucket": bucket, "LifecycleConfiguration": {"Rules": [rule]}}),
            "LogBucket",
            "LifecycleConfiguration.Rules.objects.ExpirationInDays",
        ),
        ("s3", "delete_bucket_policy", json!({"Bucket": bucket}), "LogBucketPolicy", ""),
        (
            "logs",
            "put_retention_policy",
            json!({"logGroupName": group, "retentionInDays": 365}),
            "ErrorLogGroup",
            "RetentionInDays",
        ),
        (
            "logs",
            "delete_metric_filter",
            json!({"logGroupName": group, "filterName": "api-prod-error-records"}),
            "ErrorMetric",
            "",
        ),
        (
            "sns",
            "set_topic_attributes",
            json!({"TopicArn": topic, "AttributeName": "DisplayName", "AttributeValue": "other"}),
            "CriticalAlerts",
            "DisplayName",
        ),
        (
            "sns",
            "set_topic_attributes",
            json!({"TopicArn": topic, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns"}),
            "CriticalAlerts",
            "KmsMasterKeyId",
        ),
        (
            "sns",
            "set_topic_attributes",
            json!({"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": open}),
            "CriticalAlertsPolicy",
            "PolicyDocument.Statement",
        ),
        ("kms", "disable_key_rotation", json!({"KeyId": "KEY"}), "AlertsKey", "EnableKeyRotation"),
        (
            "kms",
            "put_key_policy",
            json!({"KeyId": "KEY", "PolicyName": "default", "Policy": open}),
            "AlertsKey",
            "KeyPolicy.Statement",
        ),
        ("cloudwatch", "put_metric_alarm", alarm(json!({"Threshold": 99})), "AlarmEcsCpu", "Threshold"),
        ("cloudwatch", "put_metric_alarm", alarm(json!({"Period": 300})), "AlarmEcsCpu", "Period"),
        (
            "cloudwatch",
            "put_metric_alarm",
            alarm(json!({"TreatMissingData": "breaching"})),
            "AlarmEcsCpu",
            "TreatMissingData",
        ),
        ("cloudwatch", "put_metric_alarm", alarm(json!({"AlarmActions": []})), "AlarmEcsCpu", "AlarmActions"),
        (
            "cloudwatch",
            "delete_alarms",
            json!({"AlarmNames": ["api-prod-alb-5xx-rate"]}),
            "AlarmAlb5xxRate",
            "",
        ),
        (
            "glue",
            "update_database",
            json!({"Name": "api_prod", "DatabaseInput": {"Name": "api_prod", "Description": "x", "Parameters": {
                "sluice:managed-by": "logctl", "sluice:pipeline": "api", "sluice:environment": "prod"}}}),
            "GlueDatabase",
            "DatabaseInput.Description",
        ),
        ("glue", "delete_table", json!({"DatabaseName": "api_prod", "Name": "app_logs"}), "AppLogsTable", ""),
    ]
}

#[test]
fn each_setting_changed_by_hand_is_found_and_mended() {
    let rig = Rig::new();
    assert!(rig.run(&["apply", "--env", "prod", "--yes"]).status.success());
    let key = rig.aws(&[("kms", "describe_key", json!({"KeyId": "alias/api-prod-alerts"}))]);
    let key = key[0]["KeyMetadata"]["KeyId"].as_str().expect("an id").to_owned();
    for (service, operation, mut input, id, path) in drifts() {
        if input["KeyId"] == "KEY" {
            input["KeyId"] = key.as_str().into();
        }
        rig.aws(&[(service, operation, input)]);
        let (code, report) = rig.json(&["plan"]);
        let what = format!("{service} {operation}: {id} {path}");
        assert_eq!(code, Some(2), "{what}");
        let action = if path.is_empty() { "create" } else { "update" };
        // A topic's policy that was taken away is there again as the default: an update.
        assert_eq!(with_action(&report, action), [id], "{what}");
        let resources = report["resources"].as_array().expect("resources");
        let resource = resources.iter().find(|resource| resource["id"] == id).expect("the resource");
        let changes = resource["changes"].as_array().cloned().unwrap_or_default();
        let found = changes.iter().any(|change| change["path"].as_str().expect("a path").starts_with(path));
        assert!(found || path.is_empty(), "{what}: {changes:#?}");
        let output = rig.run(&["apply", "--env", "prod", "--yes"]);
        assert!(output.status.success(), "{what}: {}", told(&output));
        assert_eq!(rig.json(&["plan"]).0, Some(0), "{what}");
    }
}

#[test]
fn what_is_not_ours_is_left_alone_and_said_whose_it_is() {
    let rig = Rig::new();
    let tokyo = json!({"LocationConstraint": "ap-northeast-1"});
    rig.aws(&[
        ("s3", "create_bucket", json!({"Bucket": "example-logs", "CreateBucketConfiguration": tokyo})),
        ("s3", "put_object", json!({"Bucket": "example-logs", "Key": "theirs", "Body": "x"})),
        ("logs", "create_log_group", json!({"logGroupName": "/sluice/prod/api", "tags": {"team": "shop"}})),
    ]);
    let (code, report) = rig.json(&["plan"]);
    assert_eq!(code, Some(2));
    assert_eq!(
        with_action(&report, "foreign"),
        ["ErrorLogGroup", "ErrorMetric", "LogBucket", "LogBucketPolicy"]
    );
    assert!(rig.run(&["apply", "--env", "prod", "--yes"]).status.success());
    let answers = rig.aws(&[
        ("s3", "list_objects_v2", json!({"Bucket": "example-logs"})),
        ("s3", "get_bucket_versioning", json!({"Bucket": "example-logs"})),
        ("logs", "describe_log_groups", json!({"logGroupNamePrefix": "/sluice/prod/api"})),
    ]);
    assert_eq!(answers[0]["KeyCount"], 1);
    assert_eq!(answers[1]["Status"], Value::Null);
    assert_eq!(answers[2]["logGroups"][0]["retentionInDays"], Value::Null);
    // Handed over by its tags, it is brought into shape, and what is in it stays.
    let tags = json!([
        {"Key": "sluice:managed-by", "Value": "logctl"},
        {"Key": "sluice:pipeline", "Value": "api"},
        {"Key": "sluice:environment", "Value": "prod"},
    ]);
    rig.aws(&[("s3", "put_bucket_tagging", json!({"Bucket": "example-logs", "Tagging": {"TagSet": tags}}))]);
    assert!(rig.run(&["apply", "--env", "prod", "--yes"]).status.success());
    let answers = rig.aws(&[
        ("s3", "list_objects_v2", json!({"Bucket": "example-logs"})),
        ("s3", "get_bucket_versioning", json!({"Bucket": "example-logs"})),
    ]);
    assert_eq!((&answers[0]["KeyCount"], &answers[1]["Status"]), (&json!(1), &json!("Enabled")));
}

#[test]
fn a_target_is_made_with_what_it_needs_and_nothing_else() {
    let rig = Rig::new();
    let (_, report) = rig.json(&["plan", "--target", "CriticalAlerts"]);
    assert_eq!(with_action(&report, "create"), ["AlertsKey", "AlertsKeyAlias", "CriticalAlerts"]);
    let output = rig.run(&["plan", "--env", "prod", "--target", "CriticalAlert"]);
    assert_eq!(output.status.code(), Some(64), "{}", told(&output));
}

#[test]
fn without_a_person_to_ask_apply_wants_yes() {
    let rig = Rig::new();
    let output = rig.run(&["apply", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(64), "{}", told(&output));
    assert!(told(&output).contains("say --yes"), "{}", told(&output));
    assert!(
        rig.aws(&[("s3", "list_buckets", json!({}))])[0]["Buckets"].as_array().expect("a list").is_empty()
    );
}
