//! A proxy before AWS, or an emulator of it, that refuses one operation as the service itself would.
//!
//! Invariant: an operation has the name that the service's own reference gives it, `s3:GetBucketEncryption`, whichever
//! of the five protocols of AWS it is called by; everything but the refused one is passed on as it came.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};

use crate::faults::{BODY_MAX, pass_on};
use crate::server::{Outcome, Server};

/// How an operation is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The operation: `sns:CreateTopic`.
    pub operation: String,
    /// The status of the answer.
    pub status: u16,
    /// The service's code: `AccessDenied`.
    pub code: &'static str,
    /// What it says.
    pub message: String,
}

#[derive(Debug, Default)]
struct State {
    refusal: Option<Refusal>,
    seen: BTreeSet<String>,
    refused: usize,
}

/// The proxy; it stops when it is dropped.
pub struct RefusingProxy {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl RefusingProxy {
    /// Starts a proxy before `upstream`, a URL `http://host:port`.
    #[must_use]
    pub fn start(upstream: &str) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let upstream: Arc<str> = upstream.trim_end_matches('/').into();
        let server = Server::start("refusals", {
            let state = Arc::clone(&state);
            move |request| answer(Arc::clone(&upstream), request, Arc::clone(&state))
        });
        Self { server, state }
    }

    /// The URL of the proxy.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// From now on this is refused, and nothing else.
    pub fn refuse(&self, refusal: impl Into<Option<Refusal>>) {
        let mut state = lock(&self.state);
        (state.refusal, state.refused) = (refusal.into(), 0);
    }

    /// How many calls were refused since [`RefusingProxy::refuse`].
    #[must_use]
    pub fn refused(&self) -> usize {
        lock(&self.state).refused
    }

    /// The operations that were called since this was asked last.
    #[must_use]
    pub fn take_seen(&self) -> BTreeSet<String> {
        std::mem::take(&mut lock(&self.state).seen)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The form of a service's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Json,
    Cbor,
    Query,
    S3,
}

async fn answer(
    upstream: Arc<str>,
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Outcome<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_MAX).collect().await else { return Outcome::Close };
    let body = body.to_bytes();
    let (operation, protocol) = operation(&head.method, &head.uri, &head.headers, &body);
    let refusal = {
        let mut state = lock(&state);
        let refusal = state.refusal.clone().filter(|refusal| refusal.operation == operation);
        state.refused += usize::from(refusal.is_some());
        state.seen.insert(operation);
        refusal
    };
    if let Some(refusal) = refusal {
        return Outcome::Answer(refused(&refusal, protocol));
    }
    match pass_on(&upstream, Request::from_parts(head, body)).await {
        Some(answer) => Outcome::Answer(answer),
        None => Outcome::Close,
    }
}

/// Targets of JSON protocols, and the services' names in permissions.
const TARGETS: [(&str, &str); 6] = [
    ("AmazonAthena", "athena"),
    ("AmazonEC2ContainerServiceV20141113", "ecs"),
    ("AWSGlue", "glue"),
    ("AWSStepFunctions", "states"),
    ("Logs_20140328", "logs"),
    ("TrentService", "kms"),
];

/// Operations of S3 on a bucket: the parameter that tells them, and what follows `Get`, `Put` and the like.
const OF_A_BUCKET: [(&str, &str); 8] = [
    ("encryption", "BucketEncryption"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("versions", "ObjectVersions"),
];

fn operation(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> (String, Protocol) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some((target, name)) = header("x-amz-target").split_once('.') {
        let service =
            TARGETS.iter().find(|(known, _)| *known == target).map_or(target, |(_, service)| service);
        return (format!("{service}:{name}"), Protocol::Json);
    }
    if let Some((_, name)) = uri.path().split_once("/operation/") {
        return (format!("cloudwatch:{name}"), Protocol::Cbor);
    }
    // `Credential=ID/DATE/REGION/SERVICE/aws4_request`
    let scope = header("authorization").split(['=', ',']).nth(1).unwrap_or_default();
    let service = scope.split('/').nth(3).unwrap_or_default();
    if service != "s3" {
        let form = String::from_utf8_lossy(body);
        let name = form.split('&').find_map(|field| field.strip_prefix("Action=")).unwrap_or_default();
        return (format!("{service}:{name}"), Protocol::Query);
    }
    let query = uri.query().unwrap_or_default();
    let has = |name: &&(&str, &str)| query.split('&').any(|field| field.split('=').next() == Some(name.0));
    let name = match (method, OF_A_BUCKET.iter().find(has)) {
        (&Method::PUT, None) => "CreateBucket".to_owned(),
        (&Method::PUT, Some((_, what))) => format!("Put{what}"),
        (_, Some(("versions", what))) => format!("List{what}"),
        (_, Some((_, what))) => format!("Get{what}"),
        (method, None) => format!("{method}"),
    };
    (format!("s3:{name}"), Protocol::S3)
}

fn refused(refusal: &Refusal, protocol: Protocol) -> Response<Full<Bytes>> {
    let Refusal { status, code, message, .. } = refusal;
    let error = format!("<Code>{code}</Code><Message>{message}</Message>");
    let (kind, body) = match protocol {
        Protocol::Json => {
            let body = serde_json::json!({"__type": code, "message": message}).to_string();
            ("application/x-amz-json-1.1", body.into_bytes())
        }
        Protocol::Cbor => ("application/cbor", cbor(&[("__type", code), ("message", message)])),
        Protocol::Query => {
            let body = format!("<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>");
            ("text/xml", body.into_bytes())
        }
        Protocol::S3 => ("application/xml", format!("<Error>{error}</Error>").into_bytes()),
    };
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = StatusCode::from_u16(*status).expect("a status code");
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if protocol == Protocol::Cbor {
        answer.headers_mut().insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    answer
}

/// A map of texts in CBOR (RFC 8949).
fn cbor(pairs: &[(&str, &str)]) -> Vec<u8> {
    let head = |kind: u8, size: usize| -> Vec<u8> {
        let [high, low] = u16::try_from(size).expect("a short text").to_be_bytes();
        vec![kind << 5 | 25, high, low]
    };
    let text = |text: &str| [head(3, text.len()), text.as_bytes().to_vec()].concat();
    let pairs = pairs.iter().flat_map(|(key, value)| [text(key), text(value)].concat());
    head(5, 2).into_iter().chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_of_all_protocols_have_their_names() {
        let name = |method: Method, uri: &str, header: (&'static str, &str), body: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header.0, HeaderValue::from_str(header.1).unwrap());
            operation(&method, &uri.parse().unwrap(), &headers, body.as_bytes()).0
        };
        let signed = |service: &str| {
            format!("AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/{service}/aws4_request, b=c")
        };
        assert_eq!(name(Method::POST, "/", ("x-amz-target", "TrentService.ListKeys"), ""), "kms:ListKeys");
        let path = "/service/GraniteServiceVersion20100801/operation/PutDashboard";
        assert_eq!(name(Method::POST, path, ("accept", "*/*"), ""), "cloudwatch:PutDashboard");
        let sns = signed("sns");
        assert_eq!(name(Method::POST, "/", ("authorization", &sns), "Action=Subscribe&A=b"), "sns:Subscribe");
        let s3 = signed("s3");
        assert_eq!(name(Method::PUT, "/b", ("authorization", &s3), ""), "s3:CreateBucket");
        assert_eq!(name(Method::GET, "/b?encryption", ("authorization", &s3), ""), "s3:GetBucketEncryption");
        assert_eq!(
            name(Method::GET, "/b?max-keys=1&versions", ("authorization", &s3), ""),
            "s3:ListObjectVersions"
        );
    }
}
