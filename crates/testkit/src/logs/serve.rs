//! Answers the calls: AWS JSON 1.1, `X-Amz-Target: Logs_20140328.<operation>`.

use std::io::Read;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::groups::{Refusal, invalid};
use super::limits::{Put, Rejected, broken};
use super::{LogEvent, Shared};
use crate::faults::{BODY_MAX, pass_on};
use crate::server::{Answer, Outcome};

const REQUEST_ID: &str = "x-amzn-requestid";

pub(super) async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Outcome<Full<Bytes>> {
    let (mut head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_MAX).collect().await else { return Outcome::Close };
    let mut body = body.to_bytes();
    let id = {
        let mut books = shared.lock();
        books.calls += 1;
        format!("00000000-0000-4000-8000-{:012x}", books.calls)
    };
    if head.headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip") {
        // moto reads plain bodies only.
        head.headers.remove(CONTENT_ENCODING);
        head.headers.remove(CONTENT_LENGTH);
        let mut plain = Vec::new();
        let whole = MultiGzDecoder::new(&body[..]).take(BODY_MAX as u64).read_to_end(&mut plain).is_ok();
        body = if whole { plain.into() } else { Bytes::from_static(b"not a whole gzip") };
    }
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let operation = target.and_then(|target| target.strip_prefix("Logs_20140328.")).unwrap_or_default();
    let operation = operation.to_owned();
    let answered = match serde_json::from_slice::<Value>(&body) {
        Err(error) => Err(serialization(&error)),
        Ok(input) => {
            let request = Request::from_parts(head, body);
            if operation == "PutLogEvents" {
                put(&shared, request, input).await
            } else {
                other(&shared, request, &operation, &input).await
            }
        }
    };
    let mut answer = match answered {
        Ok(Some(answer)) => answer,
        Ok(None) => return Outcome::Close,
        Err((kind, message)) => json_answer(400, &json!({ "__type": kind, "message": message })),
    };
    if !answer.headers().contains_key(REQUEST_ID) {
        answer.headers_mut().insert(REQUEST_ID, HeaderValue::from_str(&id).expect("an id in ASCII"));
    }
    Outcome::Answer(answer)
}

/// An answer, or `None` when the server behind gave none.
type Answered = Result<Option<Answer>, Refusal>;

async fn other(shared: &Shared, request: Request<Bytes>, operation: &str, input: &Value) -> Answered {
    let Some(upstream) = &shared.upstream else {
        let output = shared.lock().groups.call(operation, input)?;
        return Ok(Some(json_answer(200, &output)));
    };
    let answer = pass_on(upstream, request).await;
    if answer.as_ref().is_some_and(|answer| answer.status().is_success()) {
        shared.lock().groups.learn(operation, input);
    }
    Ok(answer)
}

async fn put(shared: &Shared, request: Request<Bytes>, mut input: Value) -> Answered {
    let put = match Put::deserialize(&input) {
        Ok(put) => put,
        Err(error) => {
            shared.lock().violations.push(format!("PutLogEvents: {error}"));
            return Err(serialization(&error));
        }
    };
    if let Some(what) = broken(&put.log_events) {
        shared.lock().violations.push(format!("{}/{}: {what}", put.log_group_name, put.log_stream_name));
        return Err(invalid(what));
    }
    let retention = shared.lock().groups.retention_days(&put.log_group_name);
    let rejected = Rejected::of(&put.log_events, now_ms(), retention);
    if let Some(upstream) = &shared.upstream {
        // moto would keep what is left out; it answers a batch of no events too, and so says whether the stream exists.
        if let Some(events) = input["logEvents"].as_array_mut() {
            let mut at = 0..;
            events.retain(|_| at.next().is_some_and(|at| rejected.accepts(at)));
        }
        let (mut head, _) = request.into_parts();
        head.headers.remove(CONTENT_LENGTH);
        match pass_on(upstream, Request::from_parts(head, Bytes::from(input.to_string()))).await {
            Some(answer) if answer.status().is_success() => {}
            failed => return Ok(failed),
        }
    } else {
        shared.lock().groups.find(&put.log_group_name, &put.log_stream_name)?;
    }
    Ok(Some(json_answer(200, &accept(shared, put, &rejected))))
}

/// Records what is to be accepted of a batch, and says what is not.
fn accept(shared: &Shared, put: Put, rejected: &Rejected) -> Value {
    let count = put.log_events.len();
    let mut books = shared.lock();
    let before = books.events.len();
    let arrived = Instant::now();
    let accepted = put.log_events.into_iter().enumerate().filter(|(at, _)| rejected.accepts(*at));
    books.events.extend(accepted.map(|(_, event)| LogEvent {
        group: put.log_group_name.clone(),
        stream: put.log_stream_name.clone(),
        timestamp_ms: event.timestamp,
        message: event.message,
        arrived,
    }));
    books.rejected += (count - (books.events.len() - before)) as u64;
    books.puts += 1;
    drop(books);
    shared.changed.notify_all();
    let mut output =
        json!({ "nextSequenceToken": "49500000000000000000000000000000000000000000000000000000" });
    if let Some(info) = rejected.info(count) {
        output["rejectedLogEventsInfo"] = info;
    }
    output
}

fn now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since_epoch.as_millis()).expect("a time of this age")
}

fn serialization(error: &serde_json::Error) -> Refusal {
    ("SerializationException", error.to_string())
}

fn json_answer(status: u16, body: &Value) -> Answer {
    let mut answer = Answer::new(Full::from(body.to_string()));
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status code");
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
    answer
}
