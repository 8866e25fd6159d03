//! The recorder on its own: what it accepts, what it refuses, and as what.

#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::io::Write;
use std::time::{Duration, SystemTime};

use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sluice_testkit::client::{Answer, call};
use sluice_testkit::logs::{AGE_MAX_MS, AHEAD_MAX_MS, CloudWatchRecorder};

const SHORT: Duration = Duration::from_secs(5);

fn send(recorder: &CloudWatchRecorder, operation: &str, input: &Value) -> Answer {
    let target = format!("Logs_20140328.{operation}");
    let answer = call("POST", &recorder.endpoint(), &[("x-amz-target", &target)], input.to_string()).unwrap();
    assert!(!answer.header("x-amzn-RequestId").is_empty(), "{answer:?}");
    answer
}

fn ready() -> CloudWatchRecorder {
    let recorder = CloudWatchRecorder::alone();
    for operation in ["CreateLogGroup", "CreateLogStream"] {
        let answer =
            send(&recorder, operation, &json!({ "logGroupName": "/ecs/api", "logStreamName": "task" }));
        assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    }
    recorder
}

fn batch(events: &[(i64, &str)]) -> Value {
    let events: Vec<_> =
        events.iter().map(|(at, text)| json!({ "timestamp": at, "message": text })).collect();
    json!({ "logGroupName": "/ecs/api", "logStreamName": "task", "logEvents": events })
}

fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64
}

fn refused(answer: &Answer, kind: &str) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((answer.status.as_u16(), body["__type"].as_str()), (400, Some(kind)), "{answer:?}");
}

#[test]
fn accepted_events_are_recorded_in_order_and_wake_those_who_wait() {
    let recorder = ready();
    let at = now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| recorder.wait_for(|events| events.len() >= 3, SHORT));
        assert_eq!(send(&recorder, "PutLogEvents", &batch(&[(at, "a"), (at, "b")])).status.as_u16(), 200);
        assert_eq!(send(&recorder, "PutLogEvents", &batch(&[(at - 5, "é")])).status.as_u16(), 200);
        let events = waiting.join().unwrap();
        assert_eq!(events.iter().map(|event| event.message.as_str()).collect::<Vec<_>>(), ["a", "b", "é"]);
        assert_eq!((events[2].group.as_str(), events[2].stream.as_str()), ("/ecs/api", "task"));
        assert_eq!(events[2].timestamp_ms, at - 5);
        assert!(events[0].arrived <= events[2].arrived);
    });
    assert_eq!((recorder.puts(), recorder.rejected(), recorder.violations().len()), (2, 0, 0));
}

#[test]
fn ten_thousand_and_one_events_are_refused_whole() {
    let recorder = ready();
    let at = now();
    refused(&send(&recorder, "PutLogEvents", &batch(&vec![(at, "x"); 10_001])), "InvalidParameterException");
    assert!(recorder.events().is_empty());
    assert_eq!(recorder.violations().len(), 1);
    assert!(recorder.violations()[0].contains("/ecs/api/task: 10001 events"), "{:?}", recorder.violations());
    assert_eq!(send(&recorder, "PutLogEvents", &batch(&vec![(at, "x"); 10_000])).status.as_u16(), 200);
    assert_eq!(recorder.events().len(), 10_000);
}

#[test]
fn a_batch_out_of_order_and_one_without_the_needed_fields_are_violations() {
    let recorder = ready();
    let at = now();
    refused(
        &send(&recorder, "PutLogEvents", &batch(&[(at, "a"), (at - 1, "b")])),
        "InvalidParameterException",
    );
    refused(&send(&recorder, "PutLogEvents", &json!({ "logGroupName": "g" })), "SerializationException");
    assert_eq!((recorder.violations().len(), recorder.events().len()), (2, 0));
}

#[test]
fn events_of_the_wrong_time_are_left_out_and_the_others_taken() {
    let recorder = ready();
    let group = json!({ "logGroupName": "/ecs/api", "retentionInDays": 1 });
    let at = now();
    let old = at - AGE_MAX_MS;
    let answer = send(&recorder, "PutLogEvents", &batch(&[(old - 9_000, "old"), (old + 60_000, "just")]));
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["rejectedLogEventsInfo"], json!({ "tooOldLogEventEndIndex": 1 }));
    assert_eq!(send(&recorder, "PutRetentionPolicy", &group).status.as_u16(), 200);
    let ahead = at + AHEAD_MAX_MS;
    let events = [(at - 79_200_000, "in time"), (ahead - 60_000, "ahead"), (ahead + 60_000, "too far")];
    let answer = send(&recorder, "PutLogEvents", &batch(&events[..2]));
    assert!(!answer.text().contains("rejected"), "{answer:?}");
    let answer = send(&recorder, "PutLogEvents", &batch(&events[1..]));
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["rejectedLogEventsInfo"], json!({ "tooNewLogEventStartIndex": 1 }));
    let answer =
        send(&recorder, "PutLogEvents", &batch(&[(at - 86_500_000, "expired"), (at - 80_000_000, "kept")]));
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["rejectedLogEventsInfo"], json!({ "expiredLogEventEndIndex": 1 }));
    let texts: Vec<_> = recorder.events().into_iter().map(|event| event.message).collect();
    assert_eq!(texts, ["just", "in time", "ahead", "ahead", "kept"]);
    assert_eq!((recorder.rejected(), recorder.retention_days("/ecs/api")), (3, Some(1)));
}

#[test]
fn what_is_there_and_what_is_not_is_said_as_by_the_service() {
    let recorder = ready();
    let both = json!({ "logGroupName": "/ecs/api", "logStreamName": "task" });
    refused(&send(&recorder, "CreateLogGroup", &both), "ResourceAlreadyExistsException");
    refused(&send(&recorder, "CreateLogStream", &both), "ResourceAlreadyExistsException");
    let mut put = batch(&[(now(), "x")]);
    put["logStreamName"] = "other".into();
    refused(&send(&recorder, "PutLogEvents", &put), "ResourceNotFoundException");
    put["logGroupName"] = "other".into();
    for operation in ["PutLogEvents", "CreateLogStream"] {
        refused(&send(&recorder, operation, &put), "ResourceNotFoundException");
    }
    let retention = |group: &str, days: i64| json!({ "logGroupName": group, "retentionInDays": days });
    refused(&send(&recorder, "PutRetentionPolicy", &retention("other", 7)), "ResourceNotFoundException");
    refused(&send(&recorder, "PutRetentionPolicy", &retention("/ecs/api", 8)), "InvalidParameterException");
    refused(
        &send(&recorder, "CreateLogGroup", &json!({ "logGroupName": "a b" })),
        "InvalidParameterException",
    );
    refused(&send(&recorder, "DescribeLogGroups", &json!({})), "UnknownOperationException");
    assert!(recorder.events().is_empty() && recorder.violations().is_empty());
    assert_eq!(recorder.groups(), ["/ecs/api"]);
}

#[test]
fn a_gzipped_body_is_read() {
    let recorder = ready();
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(batch(&[(now(), "x")]).to_string().as_bytes()).unwrap();
    let headers = [("x-amz-target", "Logs_20140328.PutLogEvents"), ("content-encoding", "gzip")];
    let answer = call("POST", &recorder.endpoint(), &headers, encoder.finish().unwrap()).unwrap();
    assert_eq!((answer.status.as_u16(), recorder.events().len()), (200, 1), "{answer:?}");
    refused(&call("POST", &recorder.endpoint(), &headers, "no gzip").unwrap(), "SerializationException");
}

#[test]
#[should_panic(expected = "not enough: 0 events")]
fn waiting_for_events_that_do_not_come_panics() {
    let _ = CloudWatchRecorder::alone().wait_for(|events| !events.is_empty(), Duration::from_millis(20));
}
