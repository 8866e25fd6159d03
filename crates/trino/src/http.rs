//! Calls over HTTP/1.1 and TLS, with time-outs and without retries or redirects.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::error::Error;

/// A call that takes longer has failed. Trino holds a call for about a second while there is nothing to say; an
/// object store may send a large segment.
const TIMEOUT: Duration = Duration::from_secs(120);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// As much of an error's body is kept.
const SAID_MAX: usize = 300;

/// A pool of connections.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    /// For errors: "follow the query".
    pub(crate) what: &'static str,
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Http {
    /// `encrypted` says whether TLS must work; without it the machine may lack certificates.
    pub(crate) fn new(encrypted: bool) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let tls = || {
            ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(std::io::Error::other)
        };
        let tls = match tls().and_then(ConfigBuilderExt::with_native_roots) {
            Ok(tls) => tls,
            Err(source) if encrypted => return Err(Error::Certificates(source)),
            Err(_) => tls().map_err(Error::Certificates)?.with_root_certificates(RootCertStore::empty()),
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.with_no_client_auth())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Makes a call and reads the whole answer, whatever its status.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, Error> {
        let address = call.url.origin().ascii_serialization();
        let reach = |source: Box<dyn std::error::Error + Send + Sync>| Error::Reach {
            what: call.what,
            address: address.clone(),
            source,
        };
        let mut request = Request::new(Full::new(call.body.clone()));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() =
            call.url.as_str().parse().map_err(|e: hyper::http::uri::InvalidUri| reach(e.into()))?;
        *request.headers_mut() = call.headers.clone();
        let answer = async {
            let answer = self.client.request(request).await.map_err(|e| reach(e.into()))?;
            let (head, body) = answer.into_parts();
            let body = body.collect().await.map_err(|e| reach(e.into()))?.to_bytes();
            Ok(Answer { status: head.status, headers: head.headers, body })
        };
        let timed_out =
            |_| Error::TimedOut { what: call.what, address: address.clone(), seconds: TIMEOUT.as_secs() };
        tokio::time::timeout(TIMEOUT, answer).await.map_err(timed_out)?
    }
}

impl Answer {
    /// The error of an answer whose status is not 200.
    pub(crate) fn failure(&self, call: &Call<'_>) -> Error {
        let text = String::from_utf8_lossy(&self.body);
        // A page for browsers says nothing here.
        let text = if text.trim_start().starts_with('<') { "" } else { text.trim() };
        Error::Status {
            what: call.what,
            address: call.url.origin().ascii_serialization(),
            status: self.status.as_u16(),
            text: text.chars().filter(|c| !c.is_control()).take(SAID_MAX).collect(),
        }
    }
}

/// A header's value, which is kept out of debug output when `secret`.
pub(crate) fn value(text: &str, what: &'static str, secret: bool) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| Error::Header { what })?;
    value.set_sensitive(secret);
    Ok(value)
}

/// A header's name in lower case.
pub(crate) fn name(text: &str) -> Result<HeaderName, Error> {
    text.parse().map_err(|_| Error::Header { what: "a header's name" })
}
