//! What goes wrong on the way: calls that fail, runs at the same time, rights that are missing.

use std::process::Stdio;

use serde_json::json;
use sluice_testkit::faults::{Fault, FaultPlan, FaultProxy};
use sluice_testkit::refusals::{Refusal, RefusingProxy};

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
    // Nothing is there twice: neither keys nor named queries.
    let (_, report) = rig.json(&["plan", "--all"]);
    let queries = report["resources"].as_array().expect("resources").iter();
    let queries = queries.filter(|resource| resource["type"] == "AWS::Athena::NamedQuery").count();
    let answers = rig.aws(&[
        ("kms", "list_keys", json!({})),
        ("athena", "list_named_queries", json!({"WorkGroup": "api-prod", "MaxResults": 50})),
    ]);
    let count = |answer: &serde_json::Value, field: &str| answer[field].as_array().expect("a list").len();
    let second = json!({"WorkGroup": "api-prod", "MaxResults": 50, "NextToken": answers[1]["NextToken"]});
    let rest = rig.aws(&[("athena", "list_named_queries", second)]);
    assert_eq!(count(&answers[1], "NamedQueryIds") + count(&rest[0], "NamedQueryIds"), queries);
    let keys = answers[0]["Keys"].as_array().expect("keys").iter();
    let describe: Vec<_> = keys.map(|key| ("kms", "describe_key", json!({"KeyId": key["KeyId"]}))).collect();
    let states = rig.aws(&describe);
    let used = states.iter().filter(|state| state["KeyMetadata"]["KeyState"] == "Enabled").count();
    assert_eq!(used, 1, "{states:#?}");
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

#[test]
fn a_refused_call_ends_a_plan_with_its_permission_in_text_and_json() {
    let mut rig = Rig::new();
    let proxy = RefusingProxy::start(&rig.moto.endpoint());
    rig.through(proxy.endpoint());
    proxy.refuse(Refusal {
        operation: "s3:GetBucketTagging".to_owned(),
        status: 403,
        code: "AccessDenied",
        message: "Access Denied".to_owned(),
    });
    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let expected = "s3:GetBucketTagging failed for bucket example-logs: AccessDenied: Access Denied; allow \
                    s3:GetBucketTagging to the identity that runs the command, or name another bucket";
    assert!(told(&output).contains(expected), "{}", told(&output));
    let (code, report) = rig.json(&["plan"]);
    assert_eq!((code, &report["exit"]), (Some(1), &json!(1)));
    assert!(report["error"].as_str().expect("a text").contains(expected));
}

#[test]
fn what_cannot_be_looked_for_is_told_and_is_not_taken_for_gone() {
    let mut rig = Rig::new();
    let topics =
        ["apply", "--env", "prod", "--yes", "--target", "CriticalAlerts", "--target", "WarningAlerts"];
    assert!(rig.run(&topics).status.success());
    let proxy = RefusingProxy::start(&rig.moto.endpoint());
    rig.through(proxy.endpoint());
    proxy.refuse(Refusal {
        operation: "rds:DescribeDBClusters".to_owned(),
        status: 403,
        code: "AccessDenied",
        message: "no".to_owned(),
    });
    let output = rig.run(&["alarms", "bootstrap", "--env", "prod", "--prune"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output)
            .contains("note: Aurora clusters and Aurora instances not looked at: rds:DescribeDBClusters"),
        "{}",
        told(&output)
    );
    assert_eq!(rig.run(&["alarms", "coverage", "--env", "prod"]).status.code(), Some(2));
}

#[test]
fn an_account_that_cannot_be_reached_is_told_with_what_to_check() {
    let mut rig = Rig::new();
    rig.through("http://127.0.0.1:9".to_owned());
    let output = rig.run(&["plan", "--env", "prod"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("check the network, the name of the region"), "{}", told(&output));
}
