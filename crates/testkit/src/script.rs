//! A server whose answers a test writes: a function of the call. Every call is kept.

use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::server::{Outcome, Server};

/// A call that came.
#[derive(Debug, Clone)]
pub struct Call {
    /// Such as `GET`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Call {
    /// The value of a header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What becomes of a call.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, Bytes),
    /// The connection is closed without an answer.
    Close,
    /// There is never an answer.
    Hang,
}

impl Reply {
    /// Status 200 and a body.
    #[must_use]
    pub fn ok(body: impl Into<Bytes>) -> Self {
        Self::Answer(200, Vec::new(), body.into())
    }

    /// A status and a body.
    #[must_use]
    pub fn status(status: u16, body: impl Into<Bytes>) -> Self {
        Self::Answer(status, Vec::new(), body.into())
    }
}

/// The server; it stops when it is dropped.
pub struct ScriptedServer {
    server: Server,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl ScriptedServer {
    /// Starts a server that answers by `script`, which is given the server's own URL and the call.
    #[must_use]
    pub fn start(script: impl Fn(&str, &Call) -> Reply + Send + Sync + 'static) -> Self {
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (kept, script) = (Arc::clone(&calls), Arc::new(script));
        let server = Server::start("script", move |request| {
            let (kept, script) = (Arc::clone(&kept), Arc::clone(&script));
            async move {
                let (head, body) = request.into_parts();
                let Ok(body) = body.collect().await else { return Outcome::Close };
                let call = Call {
                    method: head.method.to_string(),
                    path: head.uri.to_string(),
                    headers: head.headers,
                    body: body.to_bytes(),
                };
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(call.clone());
                let own = format!("http://{}", call.header("host"));
                match script(&own, &call) {
                    Reply::Answer(status, headers, body) => Outcome::Answer(answer(status, headers, body)),
                    Reply::Close => Outcome::Close,
                    Reply::Hang => std::future::pending().await,
                }
            }
        });
        Self { server, calls }
    }

    /// The URL of the server.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// The calls that came so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn answer(status: u16, headers: Vec<(&'static str, String)>, body: Bytes) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status of HTTP");
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).expect("a header's value");
        answer.headers_mut().append(HeaderName::from_static(name), value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client;

    #[test]
    fn the_script_answers_and_calls_are_kept() {
        let server = ScriptedServer::start(|own, call| match call.path.as_str() {
            "/close" => Reply::Close,
            path => Reply::Answer(203, vec![("x-path", path.to_owned())], own.to_owned().into()),
        });
        let answer =
            client::call("POST", &format!("{}/a?b", server.endpoint()), &[("x-a", "b")], "body").unwrap();
        assert_eq!((answer.status.as_u16(), answer.header("x-path")), (203, "/a?b"));
        assert_eq!(answer.text(), server.endpoint());
        client::get(&format!("{}/close", server.endpoint())).unwrap_err();
        let calls = server.calls();
        assert_eq!((calls.len(), calls[0].method.as_str(), calls[0].header("x-a")), (2, "POST", "b"));
        assert_eq!(calls[0].body, "body");
    }
}
