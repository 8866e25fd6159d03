//! The proxy: which calls reach the server behind, and what the caller gets.

use std::time::Duration;

use sluice_testkit::client::{self, Answer, call};
use sluice_testkit::faults::{Down, Fault, FaultPlan, FaultProxy};
use sluice_testkit::s3::S3Server;

const LOGS: [(&str, &str); 1] = [("x-amz-target", "Logs_20140328.PutLogEvents")];

fn put(proxy: &FaultProxy, key: &str) -> std::io::Result<Answer> {
    call("PUT", &format!("{}/logs/{key}", proxy.endpoint()), &[], "x")
}

fn keys(s3: &S3Server) -> Vec<String> {
    s3.objects("logs").into_keys().collect()
}

#[test]
fn a_lost_answer_is_lost_but_the_server_did_what_was_asked() {
    let s3 = S3Server::start_open(&["logs"]);
    let proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    proxy.fail_next([Fault::LoseAnswer]);
    put(&proxy, "lost").unwrap_err();
    assert_eq!(keys(&s3), ["lost"]);
    assert_eq!(put(&proxy, "fine").unwrap().status.as_u16(), 200);
    assert_eq!((proxy.calls(), proxy.failed(), proxy.lost(), proxy.passed()), (2, 1, 1, 1));
}

#[test]
fn of_a_half_answer_the_caller_gets_no_whole_one_but_the_server_did_what_was_asked() {
    let s3 = S3Server::start_open(&["logs"]);
    let proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    proxy.fail_next([Fault::HalfAnswer, Fault::HalfAnswer]);
    put(&proxy, "half").unwrap_err();
    assert_eq!(keys(&s3), ["half"]);
    client::get(&format!("{}/logs?list-type=2", proxy.endpoint())).unwrap_err();
    assert_eq!(put(&proxy, "fine").unwrap().status.as_u16(), 200);
    assert_eq!((proxy.calls(), proxy.failed(), proxy.lost(), proxy.passed()), (3, 2, 2, 1));
}

#[test]
fn a_call_that_is_refused_reaches_nobody_and_its_error_is_the_services_own() {
    let s3 = S3Server::start_open(&["logs"]);
    let proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    let refused = [
        (Fault::Unavailable, 503, "<Code>SlowDown<", 503, "ServiceUnavailableException"),
        (Fault::InternalError, 500, "<Code>InternalError<", 500, "InternalFailure"),
        (Fault::Throttle, 503, "<Code>SlowDown<", 400, "ThrottlingException"),
    ];
    for (fault, s3_status, s3_code, logs_status, logs_code) in refused {
        proxy.fail_next([fault, fault]);
        let answer = put(&proxy, "a").unwrap();
        assert!(answer.status == s3_status && answer.text().contains(s3_code), "{answer:?}");
        let answer = call("POST", &proxy.endpoint(), &LOGS, "{}").unwrap();
        assert!(answer.status == logs_status && answer.text().contains(logs_code), "{answer:?}");
        assert!(!answer.header("x-amzn-requestid").is_empty());
    }
    proxy.fail_next([Fault::Reset]);
    put(&proxy, "a").unwrap_err();
    assert!(keys(&s3).is_empty());
    assert_eq!((proxy.calls(), proxy.failed(), proxy.passed()), (7, 7, 0));
}

#[test]
fn the_same_plan_gives_the_same_faults_and_about_the_share_asked_for() {
    let s3 = S3Server::start_open(&["logs"]);
    let run = |seed| {
        let plan = FaultPlan::new(seed, 0.3).only(&[Fault::InternalError]);
        let proxy = FaultProxy::start(&s3.endpoint(), plan);
        let statuses: Vec<_> = (0..200).map(|_| put(&proxy, "a").unwrap().status.as_u16()).collect();
        assert!((30..90).contains(&proxy.failed()), "{}", proxy.failed());
        assert_eq!(proxy.failed() + proxy.passed(), 200);
        proxy.set_fail_share(1.0);
        assert_eq!(put(&proxy, "a").unwrap().status.as_u16(), 500);
        proxy.set_fail_share(0.0);
        assert_eq!(put(&proxy, "a").unwrap().status.as_u16(), 200);
        statuses
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn a_delayed_call_is_passed_on_later_and_has_not_failed() {
    let s3 = S3Server::start_open(&["logs"]);
    let plan = FaultPlan::new(1, 1.0).only(&[Fault::Delay(Duration::from_millis(20))]);
    let proxy = FaultProxy::start(&s3.endpoint(), plan);
    for _ in 0..5 {
        assert_eq!(put(&proxy, "a").unwrap().status.as_u16(), 200);
    }
    assert_eq!((proxy.calls(), proxy.failed(), proxy.passed()), (5, 0, 5));
}

#[test]
fn down_means_refused_or_hanging_and_up_is_as_before() {
    let s3 = S3Server::start_open(&["logs"]);
    let proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    proxy.set_down(Down::Refuse);
    assert_eq!(put(&proxy, "a").unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
    proxy.set_down(Down::Hang);
    std::thread::scope(|scope| {
        let hanging = scope.spawn(|| put(&proxy, "a"));
        std::thread::sleep(Duration::from_millis(50));
        assert!(!hanging.is_finished());
        proxy.set_down(None);
        hanging.join().unwrap().unwrap_err();
    });
    assert!(keys(&s3).is_empty());
    assert_eq!(put(&proxy, "b").unwrap().status.as_u16(), 200);
    assert_eq!((proxy.calls(), proxy.failed()), (1, 0));
}

#[test]
fn a_large_body_and_an_answer_without_one_pass() {
    let s3 = S3Server::start_open(&["logs"]);
    let proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    let url = format!("{}/logs/large", proxy.endpoint());
    let body = vec![b'x'; 20 << 20];
    assert_eq!(call("PUT", &url, &[], body.clone()).unwrap().status.as_u16(), 200);
    let head = call("HEAD", &url, &[], "").unwrap();
    assert_eq!(head.header("content-length"), body.len().to_string());
    assert!(client::get(&url).unwrap().body == body);
}

#[test]
fn a_server_that_is_gone_is_a_connection_closed_without_an_answer() {
    let s3 = S3Server::start_open(&["logs"]);
    let proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    drop(s3);
    put(&proxy, "a").unwrap_err();
    assert_eq!((proxy.calls(), proxy.failed(), proxy.passed()), (1, 0, 0));
}
