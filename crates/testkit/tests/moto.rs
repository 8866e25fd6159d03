//! With Python: moto itself, the recorder before it, and the servers as the AWS SDK for Python sees them.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use sluice_testkit::client::{self, call};
use sluice_testkit::faults::{Fault, FaultPlan, FaultProxy};
use sluice_testkit::logs::CloudWatchRecorder;
use sluice_testkit::moto::{self, Moto};
use sluice_testkit::process::Child;
use sluice_testkit::s3::{ACCESS_KEY, S3Server, SECRET_KEY};

const SIGNED: (&str, &str) = (
    "authorization",
    "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
);

#[test]
fn moto_keeps_objects_and_groups_until_it_is_reset_and_ends_when_dropped() {
    let moto = Moto::start();
    moto.create_bucket("logs");
    let put = |key: &str| call("PUT", &format!("{}/logs/{key}", moto.endpoint()), &[SIGNED], "x").unwrap();
    for n in 0..3 {
        assert_eq!(put(&format!("p/year%3D2026/a%20b%2B{n}%26.gz")).status.as_u16(), 200);
    }
    let objects = moto.objects("logs");
    assert_eq!(
        objects,
        BTreeMap::from([0, 1, 2].map(|n| (format!("p/year=2026/a b+{n}&.gz"), b"x".to_vec())))
    );
    moto.create_log_group("g", &["s"]);
    let groups = moto.logs("DescribeLogGroups", &json!({}));
    assert_eq!(groups["logGroups"][0]["logGroupName"], "g");
    moto.reset();
    moto.create_bucket("logs");
    assert!(moto.objects("logs").is_empty());
    let endpoint = moto.endpoint();
    drop(moto);
    client::get(&endpoint).unwrap_err();
}

/// Runs `calls.py` against S3 and the recorder, each behind a proxy that also loses an answer and throttles.
fn run_calls(recorder: &CloudWatchRecorder) {
    let s3 = S3Server::start(&["logs"]);
    let s3_proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    let logs_proxy = FaultProxy::start(&recorder.endpoint(), FaultPlan::none());
    s3_proxy.fail_next([Fault::Throttle, Fault::LoseAnswer, Fault::Reset]);
    logs_proxy.fail_next([Fault::Throttle, Fault::Unavailable, Fault::InternalError]);
    let output = Command::new(moto::python())
        .args(["-c", include_str!("calls.py"), &s3_proxy.endpoint(), &logs_proxy.endpoint()])
        .args([ACCESS_KEY, SECRET_KEY])
        .stdin(Stdio::null())
        .output()
        .expect("Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((s3_proxy.failed(), s3_proxy.lost(), logs_proxy.failed()), (3, 1, 3));

    let objects = s3.objects("logs");
    assert_eq!(objects.keys().collect::<Vec<_>>(), ["big", "trailer", "year=2026/a b+c.gz"]);
    assert_eq!((objects["big"].len(), objects["trailer"].len()), ((5 << 20) + 3, 100_000));
    let stored = s3.stored("logs", "year=2026/a b+c.gz").expect("a stored object");
    assert_eq!(
        (stored.storage_class(), stored.encryption(), stored.tagging()),
        ("GLACIER_IR", "aws:kms", "a=b")
    );
    assert_eq!(s3.stored("logs", "big").map(|stored| stored.parts), Some(2));
    // Stored twice, because the answer of the first time was lost.
    assert_eq!(s3.history().iter().filter(|stored| stored.key.starts_with("year")).count(), 2);

    let events = recorder.wait_for(|events| !events.is_empty(), Duration::from_secs(5));
    assert_eq!(events.iter().map(|event| event.message.as_str()).collect::<Vec<_>>(), ["first"]);
    assert_eq!((recorder.violations().len(), recorder.rejected()), (1, 1));
    assert_eq!(recorder.retention_days("/ecs/api"), Some(7));
}

#[test]
fn signed_calls_of_an_sdk_get_through_proxies_to_the_recorder_alone() {
    run_calls(&CloudWatchRecorder::alone());
}

#[test]
fn signed_calls_of_an_sdk_get_through_proxies_to_the_recorder_before_moto() {
    let moto = Moto::start();
    run_calls(&CloudWatchRecorder::before(&moto));
    let events = moto.logs("GetLogEvents", &json!({ "logGroupName": "/ecs/api", "logStreamName": "task" }));
    let texts: Vec<_> = events["events"].as_array().unwrap().iter().map(|event| &event["message"]).collect();
    assert_eq!(texts, ["first"]);
}

#[test]
fn moto_ends_with_its_standard_input_as_when_the_tests_process_is_killed() {
    let mut command = Command::new(moto::python());
    let mut child = Child::start(command.args(["-c", moto::SERVE]).stdin(Stdio::piped()));
    child.wait_for_line(|line| line.starts_with("moto serves on port "), Duration::from_secs(120));
    drop(child.take_stdin());
    assert_eq!(child.wait(Duration::from_secs(20)).code(), Some(0));
}
