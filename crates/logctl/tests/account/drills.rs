//! `alarms test`: an alarm is set off, and its topic is told or not.
//!
//! moto carries out no actions of alarms and keeps no history of them: both are filled in by the test kit, by what the
//! policies of the topic and of its key allow. What a subscriber gets is moto's own delivery to a queue.

use std::process::Output;
use std::time::Duration;

use serde_json::{Value, json};
use sluice_testkit::wait::until;

use crate::rig::{Rig, told};

const ALARM: &str = "api-prod-ecs-cpu";
const TOPIC: &str = "arn:aws:sns:ap-northeast-1:123456789012:api-prod-warning-alerts";

/// An account with the alarm, its topic and all that lets it be told.
fn account() -> Rig {
    let rig = Rig::new();
    let targets = ["AlarmEcsCpu", "WarningAlertsPolicy"].map(|id| ["--target", id]);
    let output = rig.run(&[&["apply", "--env", "prod", "--yes"][..], &targets.concat()].concat());
    assert!(output.status.success(), "{}", told(&output));
    rig
}

fn drill(rig: &Rig, more: &[&str]) -> Output {
    rig.run(&[&["alarms", "test", ALARM, "--env", "prod", "--wait", "20"], more].concat())
}

fn state(rig: &Rig) -> Value {
    let answer = rig.aws(&[("cloudwatch", "describe_alarms", json!({"AlarmNames": [ALARM]}))]);
    answer[0]["MetricAlarms"][0]["StateValue"].clone()
}

#[test]
fn a_drill_shows_that_whoever_subscribes_is_told_and_sets_the_alarm_back() {
    let rig = account();
    let queue = &rig.aws(&[("sqs", "create_queue", json!({"QueueName": "pager"}))])[0]["QueueUrl"];
    let arn = "arn:aws:sqs:ap-northeast-1:123456789012:pager";
    let subscription = json!({"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": arn});
    rig.aws(&[("sns", "subscribe", subscription)]);
    let before = state(&rig);

    let output = drill(&rig, &[]);
    assert!(output.status.success(), "{}", told(&output));
    assert!(
        told(&output).contains(&format!("told: Successfully executed action {TOPIC}")),
        "{}",
        told(&output)
    );
    assert_eq!(state(&rig), before);
    let messages = |rig: &Rig| {
        let all = json!({"QueueUrl": queue, "MaxNumberOfMessages": 10});
        let answer = rig.aws(&[("sqs", "receive_message", all)]);
        let messages = answer[0]["Messages"].as_array().cloned().unwrap_or_default();
        messages.iter().map(|message| message["Body"].to_string()).collect::<Vec<_>>()
    };
    let got = messages(&rig);
    assert!(got.iter().any(|text| text.contains("NewStateValue") && text.contains("ALARM")), "{got:?}");

    // An alarm that is on already is set off anew, and stays on; what its going back told does not count.
    let on = json!({"AlarmName": ALARM, "StateValue": "ALARM", "StateReason": "too much"});
    rig.aws(&[("cloudwatch", "set_alarm_state", on)]);
    // The drill before told once, and so did this.
    until(Duration::from_secs(20), "the history tells of it", || {
        let history = json!({"AlarmName": ALARM, "HistoryItemType": "Action"});
        let items = rig.aws(&[("cloudwatch", "describe_alarm_history", history)]);
        items[0]["AlarmHistoryItems"].as_array().is_some_and(|items| items.len() >= 2).then_some(())
    });
    let output = drill(&rig, &["--format", "json"]);
    assert!(output.status.success(), "{}", told(&output));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["outcome"], "told");
    assert_eq!(report["actions"].as_array().expect("a list").len(), 1, "{report:#}");
    assert_eq!(state(&rig), "ALARM");
}

#[test]
fn a_topic_that_does_not_take_it_is_told_with_what_keeps_it_from_that() {
    let rig = account();
    let nothing = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let policy = json!({"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": nothing});
    rig.aws(&[("sns", "set_topic_attributes", policy)]);
    let before = state(&rig);
    let output = drill(&rig, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("is not authorized to perform: SNS:Publish"), "{}", told(&output));
    assert!(told(&output).contains("sns:Publish in the topic's policy"), "{}", told(&output));
    assert_eq!(state(&rig), before);

    // The account's own key would do the same.
    assert!(
        rig.run(&["apply", "--env", "prod", "--yes", "--target", "WarningAlertsPolicy"]).status.success()
    );
    let key =
        json!({"TopicArn": TOPIC, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns"});
    rig.aws(&[("sns", "set_topic_attributes", key)]);
    let output = drill(&rig, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["outcome"], "refused", "{report:#} {}", told(&output));
    let text = report["text"].as_str().expect("a text");
    assert!(text.contains("AWSKMS") && text.contains("alias/aws/sns cannot be let"), "{text}");
    assert_eq!(state(&rig), before);

    // Mended by `apply`, as it says.
    let output = rig.run(&["apply", "--env", "prod", "--yes", "--target", "WarningAlertsPolicy"]);
    assert!(output.status.success(), "{}", told(&output));
    assert!(drill(&rig, &[]).status.success());
}

#[test]
fn a_topic_that_is_not_heard_of_in_time_is_told_so() {
    let rig = account();
    let before = state(&rig);
    // The history tells of an action half a second after it.
    let output = rig.run(&["alarms", "test", ALARM, "--env", "prod", "--wait", "0"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains(&format!("in 0 s nothing was heard of {TOPIC}")), "{}", told(&output));
    assert_eq!(state(&rig), before);
}

#[test]
fn an_alarm_that_tells_nobody_or_does_more_than_tell_is_not_set_off() {
    let rig = account();
    rig.aws(&[("cloudwatch", "disable_alarm_actions", json!({"AlarmNames": [ALARM]}))]);
    let output = drill(&rig, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("it would tell nobody: its actions are turned off"), "{}", told(&output));

    let stop = "arn:aws:automate:ap-northeast-1:ec2:terminate";
    let theirs = json!({"AlarmName": "theirs", "Namespace": "a", "MetricName": "b", "Period": 60, "Statistic": "Sum",
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC], "OKActions": [stop]});
    rig.aws(&[("cloudwatch", "put_metric_alarm", theirs)]);
    let output = rig.run(&["alarms", "test", "theirs", "--env", "prod", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["outcome"], &report["actions"]), (&json!("harmful"), &json!([stop])));
    let history = json!({"AlarmName": "theirs", "HistoryItemType": "Action"});
    let items = rig.aws(&[("cloudwatch", "describe_alarm_history", history)]);
    assert_eq!(items[0]["AlarmHistoryItems"], json!([]));

    let output = rig.run(&["alarms", "test", "nobody", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(64), "{}", told(&output));
}
