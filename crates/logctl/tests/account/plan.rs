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
fn a_spec_with_environments_wants_one_and_an_empty_endpoint_is_named() {
    let rig = Rig::new();
    for arguments in [&["plan"][..], &["apply", "--yes"], &["alarms", "bootstrap"], &["alarms", "list"]] {
        let output = rig.run(arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {}", told(&output));
        assert!(
            told(&output).contains("has the environments dev, prod; choose one with --env"),
            "{}",
            told(&output)
        );
    }
    let output =
        rig.command(&["plan", "--env", "prod"]).env("AWS_ENDPOINT_URL_SNS", "").output().expect("logctl");
    assert_eq!(output.status.code(), Some(78), "{}", told(&output));
    assert!(told(&output).contains("AWS_ENDPOINT_URL_SNS is set and empty; unset it"), "{}", told(&output));
}

#[test]
fn slack_is_shown_as_what_the_template_makes() {
    let rig = Rig::new();
    rig.spec("[env.prod.alerts]\nslack_workspace = 'T0123456789'\nslack_channel = 'C0123456789'\n");
    let output = rig.run(&["plan", "--env", "prod", "--target", "SlackChannel"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let text = told(&output);
    assert!(text.contains("? manual    Slack channel api-prod-alerts (SlackChannel)"), "{text}");
    assert!(text.contains("? manual    role api-prod-alerts-slack (SlackRole)"), "{text}");
    assert!(
        text.contains("note: Slack comes by the template only: deploy SlackRole and SlackChannel"),
        "{text}"
    );
    let (_, report) = rig.json(&["plan"]);
    assert_eq!(with_action(&report, "manual"), ["SlackChannel", "SlackRole"]);
    let rendered = rig.run(&["render", "cloudformation", "--env", "prod"]);
    assert!(rendered.status.success(), "{}", told(&rendered));
    let path = rig.folder.path().join("infra/rendered/prod/sluice.template.json");
    crate::rig::lint(&path);
    let template: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
    let topics = &template["Resources"]["SlackChannel"]["Properties"]["SnsTopicArns"];
    assert_eq!(topics, &json!([{"Ref": "CriticalAlerts"}, {"Ref": "WarningAlerts"}]));
    // With half of it there is nothing to make, which is told at once.
    rig.spec("[env.prod.alerts]\nslack_channel = 'C0123456789'\n");
    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(78), "{}", told(&output));
    assert!(told(&output).contains("Slack needs a workspace and a channel"), "{}", told(&output));
}

#[test]
fn without_a_person_to_ask_apply_wants_yes() {
    let rig = Rig::new();
    let output = rig.run(&["apply", "--env", "prod", "--format", "json"]);
    assert_eq!(output.status.code(), Some(64), "{}", told(&output));
    let output = rig.run(&["apply", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(64), "{}", told(&output));
    assert!(told(&output).contains("say --yes"), "{}", told(&output));
    assert!(
        rig.aws(&[("s3", "list_buckets", json!({}))])[0]["Buckets"].as_array().expect("a list").is_empty()
    );
}
