//! The calls of the protocol, with the retries that it asks for.
//!
//! 502, 503 and 504 come from what stands before Trino and mean "again in 50 to 100 ms"; 429 comes with a time in
//! `Retry-After`. A page can be asked for twice, so a broken connection is tried again as well, but not for the first
//! call: the query may have begun.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT};
use hyper::{Method, StatusCode};
use url::Url;

use crate::cluster::Cluster;
use crate::error::Error;
use crate::http::{Answer, Call, Http, name, value};

/// How long a cluster may be away.
const PATIENCE: Duration = Duration::from_secs(120);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The end of a query is not waited for any longer.
const DELETE_PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) cluster: Cluster,
    http: Http,
    /// For every call to the cluster.
    always: HeaderMap,
    /// For the first call, which makes the session.
    session: HeaderMap,
}

impl Caller {
    pub(super) fn new(http: Http, cluster: Cluster) -> Result<Self, Error> {
        let mut always = HeaderMap::new();
        always.insert(
            USER_AGENT,
            value(concat!("sluice-trino/", env!("CARGO_PKG_VERSION")), "the version", false)?,
        );
        always.insert(ACCEPT, value("application/json", "the kind of answers", false)?);
        always.insert("x-trino-user", value(&cluster.user, "the user", false)?);
        if let Some(text) = cluster.authorization() {
            always.insert(AUTHORIZATION, value(&text, "the password or token", true)?);
        }
        let mut session = always.clone();
        session.insert(CONTENT_TYPE, value("text/plain; charset=utf-8", "the kind of the query", false)?);
        session.insert("x-trino-source", value(&cluster.source, "the name of the client", false)?);
        session.insert("x-trino-time-zone", value(&cluster.time_zone, "the time zone", false)?);
        // Without it times come cut to milliseconds.
        session.insert("x-trino-client-capabilities", value("PARAMETRIC_DATETIME", "capabilities", false)?);
        if let Some(catalog) = &cluster.catalog {
            session.insert("x-trino-catalog", value(catalog, "the catalog", false)?);
        }
        if let Some(schema) = &cluster.schema {
            session.insert("x-trino-schema", value(schema, "the schema", false)?);
        }
        for (key, setting) in &cluster.session {
            let text = format!("{key}={}", escaped(setting));
            session.append("x-trino-session", value(&text, "a property of the session", false)?);
        }
        if !cluster.encodings.is_empty() {
            let names: Vec<&str> = cluster.encodings.iter().map(|one| one.name()).collect();
            session.insert("x-trino-query-data-encoding", value(&names.join(","), "encodings", false)?);
        }
        Ok(Self { cluster, http, always, session })
    }

    /// Begins a query: its first page.
    pub(super) async fn start(&self, sql: &str) -> Result<Bytes, Error> {
        let mut url = self.cluster.origin.clone();
        url.set_path("/v1/statement");
        let body = Bytes::from(sql.to_owned());
        let headers = self.session.clone();
        let call = Call { what: "begin the query", method: Method::POST, url: &url, headers, body };
        self.persist(&call, false).await
    }

    /// The next page.
    pub(super) async fn follow(&self, url: &Url) -> Result<Bytes, Error> {
        self.persist(&self.get("follow the query", url, self.always.clone()), true).await
    }

    /// A spooled segment, from the cluster or the store that it names.
    pub(super) async fn fetch(
        &self,
        url: &Url,
        headers: &BTreeMap<String, Vec<String>>,
    ) -> Result<Vec<u8>, Error> {
        let call = self.get("fetch a segment of the answer", url, self.foreign(url, headers)?);
        Ok(self.persist(&call, true).await?.into())
    }

    /// Says that a segment is no longer needed.
    pub(super) async fn acknowledge(
        &self,
        url: &Url,
        headers: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), Error> {
        self.http.call(&self.get("acknowledge a segment", url, self.foreign(url, headers)?)).await.map(|_| ())
    }

    /// Ends a query.
    pub(super) async fn delete(&self, url: &Url) -> Result<(), Error> {
        let call = Call { method: Method::DELETE, ..self.get("end the query", url, self.always.clone()) };
        let ended = tokio::time::timeout(DELETE_PATIENCE, self.http.call(&call)).await;
        ended.map_err(|_| Error::TimedOut {
            what: call.what,
            address: self.cluster.address(),
            seconds: DELETE_PATIENCE.as_secs(),
        })??;
        Ok(())
    }

    fn get<'a>(&self, what: &'static str, url: &'a Url, headers: HeaderMap) -> Call<'a> {
        Call { what, method: Method::GET, url, headers, body: Bytes::new() }
    }

    /// The headers that a segment wants; those of the session for the cluster alone.
    fn foreign(&self, url: &Url, headers: &BTreeMap<String, Vec<String>>) -> Result<HeaderMap, Error> {
        let mut all = if self.cluster.owns(url) { self.always.clone() } else { HeaderMap::new() };
        for (key, values) in headers {
            for text in values {
                all.append(name(key)?, value(text, "a header of a segment", true)?);
            }
        }
        Ok(all)
    }

    /// Calls until there is an answer, or it is clear that none will come.
    async fn persist(&self, call: &Call<'_>, repeatable: bool) -> Result<Bytes, Error> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let (error, wait) = match self.http.call(call).await {
                Ok(answer) if answer.status == StatusCode::OK => return Ok(answer.body),
                Ok(answer) => (answer.failure(call), retry_after(&answer, pause)),
                Err(error @ Error::Reach { .. }) if repeatable => (error, Some(pause)),
                Err(error) => return Err(error),
            };
            let Some(wait) = wait.filter(|wait| begun.elapsed() + *wait < PATIENCE) else {
                return Err(error);
            };
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// When an answer asks to be called again: how long from now.
fn retry_after(answer: &Answer, pause: Duration) -> Option<Duration> {
    match answer.status.as_u16() {
        502..=504 => Some(pause),
        429 => {
            let seconds =
                answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Some(seconds.map_or(pause, Duration::from_secs))
        }
        _ => None,
    }
}

/// A value of the session, as forms escape it.
fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
