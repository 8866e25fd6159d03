//! What goes wrong on the way: calls that fail, runs at the same time, rights that are missing.

use std::process::Stdio;

use serde_json::{Value, json};
use sluice_testkit::faults::{Fault, FaultPlan, FaultProxy};

use crate::rig::{Rig, told};

#[test]
fn an_apply_that_failed_halfway_is_completed_by_the_next() {
    let mut rig = Rig::new();
    let proxy = FaultProxy::start(&rig.moto.endpoint(), FaultPlan::none());
    rig.through(proxy.endpoint());
    assert_eq!(rig.run(&["plan", "--env", "prod"]).status.code(), Some(2));
    let read = proxy.calls();
    // The plan within `apply` is read first; then some of the calls that make things fail, each in one of these ways.
    let kinds = [Fault::Unavailable, Fault::Reset, Fault::LoseAnswer, Fault::InternalError];
    let none =
        std::iter::repeat_n(Fault::Delay(std::time::Duration::ZERO), usize::try_from(read).expect("a count"));
    let then = (0..60).map(|index| {
        if index % 5 == 3 { kinds[index / 5 % 4] } else { Fault::Delay(std::time::Duration::ZERO) }
    });
    proxy.fail_next(none.chain(then));
    let output = rig.run(&["apply", "--env", "prod", "--yes"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(proxy.failed() >= 3 && proxy.lost() >= 1, "{} {}", proxy.failed(), proxy.lost());
    assert!(told(&output).contains("FAILED"), "{}", told(&output));
    assert!(told(&output).contains("mend the cause and apply again"), "{}", told(&output));

    rig.through(rig.moto.endpoint());
    let output = rig.run(&["apply", "--env", "prod", "--yes"]);
    assert!(output.status.success(), "{}", told(&output));
    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    // The key whose answer was lost was found again, or its copy is on its way out.
    let keys = rig.aws(&[("kms", "list_keys", json!({}))]);
    assert_eq!(keys[0]["Keys"].as_array().expect("a list").len(), 1);
}

#[test]
fn two_applies_at_once_do_no_harm() {
    let rig = Rig::new();
    let start = || {
        let mut command = rig.command(&["apply", "--env", "prod", "--yes"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("logctl")
    };
    let both = [start(), start()].map(|child| child.wait_with_output().expect("logctl"));
    for output in &both {
        assert!(output.status.success(), "{}", told(output));
    }
    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_throttled_call_is_named_with_what_to_do() {
    let mut rig = Rig::new();
    let proxy = FaultProxy::start(&rig.moto.endpoint(), FaultPlan::new(1, 1.0).only(&[Fault::Throttle]));
    rig.through(proxy.endpoint());
    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("sts:GetCallerIdentity failed for the credentials in use"),
        "{}",
        told(&output)
    );
    assert!(told(&output).contains("asked too often: run the command again"), "{}", told(&output));
}

/// Calls of a plan, by the permissions they need.
const PERMISSIONS: [&str; 9] = [
    "athena:GetWorkGroup",
    "glue:GetDatabase",
    "glue:GetTable",
    "iam:GetPolicy",
    "kms:DescribeKey",
    "logs:DescribeLogGroups",
    "logs:DescribeMetricFilters",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
];

/// Lets moto judge credentials from now on; until then anybody may do anything. A user for each permission may do
/// everything but that.
fn judge_credentials(rig: &Rig) -> Vec<[String; 2]> {
    let mut calls = Vec::new();
    for (index, permission) in PERMISSIONS.iter().enumerate() {
        let name = format!("user-{index}");
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": permission, "Resource": "*"},
        ]});
        calls.push(("iam", "create_user", json!({"UserName": name})));
        let document = policy.to_string();
        let policy = json!({"UserName": name, "PolicyName": "all-but-one", "PolicyDocument": document});
        calls.push(("iam", "put_user_policy", policy));
        calls.push(("iam", "create_access_key", json!({"UserName": name})));
    }
    let answers = rig.aws(&calls);
    let url = format!("{}/moto-api/reset-auth", rig.moto.endpoint());
    let answer = sluice_testkit::client::call("POST", &url, &[], "0").expect("moto");
    assert!(answer.status.is_success());
    let key = |answers: &[Value]| {
        let key = answers[2]["AccessKey"].clone();
        ["AccessKeyId", "SecretAccessKey"].map(|field| key[field].as_str().expect("a key").to_owned())
    };
    answers.chunks(3).map(key).collect()
}

#[test]
fn a_missing_permission_is_named_whichever_call_it_is() {
    let rig = Rig::new();
    let keys = judge_credentials(&rig);
    for (permission, [id, secret]) in PERMISSIONS.iter().zip(&keys) {
        // What CloudWatch is asked is not in this target: see what the emulator cannot do.
        let kind = match permission.split(':').next() {
            Some("athena") => "AWS::Athena::WorkGroup",
            Some("glue") if permission.ends_with("Table") => "AWS::Glue::Table",
            Some("glue") => "AWS::Glue::Database",
            Some("iam") => "AWS::IAM::ManagedPolicy",
            Some("kms") => "AWS::KMS::Key",
            Some("logs") if permission.ends_with("Filters") => "AWS::Logs::MetricFilter",
            Some("logs") => "AWS::Logs::LogGroup",
            _ if permission.ends_with("ByTopic") => "AWS::SNS::Subscription",
            _ => "AWS::SNS::Topic",
        };
        let mut command = rig.command(&["plan", "--env", "prod", "--target", kind]);
        command.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
        let output = command.output().expect("logctl");
        assert_eq!(output.status.code(), Some(1), "{permission}: {}", told(&output));
        let remedy = format!("allow {permission} to the identity that runs the command");
        assert!(told(&output).contains(&remedy), "{permission}: {}", told(&output));
    }
}

#[test]
fn an_account_that_cannot_be_reached_is_told_with_what_to_check() {
    let mut rig = Rig::new();
    rig.through("http://127.0.0.1:9".to_owned());
    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("check the network, the name of the region"), "{}", told(&output));
}
