//! HTTP for whoever watches the router: `/healthz`, `/readyz`, `/metrics`. And the port at which FireLens asks whether
//! its router lives.

use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::core::Core;
use super::counters::{Metric, prometheus};

/// How long a client may take over a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers the requests of one client.
pub(super) async fn serve(core: Rc<Core>, stream: TcpStream) {
    let service = service_fn(move |request| {
        let answer = answer(&core, &request);
        async move { Ok::<_, Infallible>(answer) }
    });
    // A client that breaks off is its own problem.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(16 << 10)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(core: &Core, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return respond(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "only GET is answered\n".to_owned());
    }
    match request.uri().path() {
        "/healthz" => state(core, core.health.is_healthy()),
        "/readyz" => state(core, core.health.is_ready()),
        "/metrics" => respond(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", metrics_text(core)),
        _ => respond(
            StatusCode::NOT_FOUND,
            "text/plain",
            "there are /healthz, /readyz and /metrics\n".to_owned(),
        ),
    }
}

fn state(core: &Core, well: bool) -> Response<Full<Bytes>> {
    let problems: serde_json::Map<String, serde_json::Value> = core
        .health
        .problems()
        .into_iter()
        .map(|(part, problem)| (part.as_str().to_owned(), problem.into()))
        .collect();
    let body = serde_json::json!({ "ok": well, "problems": problems });
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    respond(status, "application/json", format!("{body}\n"))
}

fn respond(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}

/// All values, brought up to date.
pub(super) fn metrics(core: &Core) -> Vec<Metric> {
    let counters = &core.counters;
    let spool = core.intake.spool.borrow();
    counters.spool_bytes.set(spool.total_bytes());
    let open = u64::from(spool.open_segment().is_some());
    counters.spool_segments.set(spool.sealed_segments().len() as u64 + open);
    counters.own_rss_bytes.set(resident_bytes().unwrap_or_default());
    counters.all()
}

fn metrics_text(core: &Core) -> String {
    let mut redactions = std::collections::BTreeMap::<String, u64>::new();
    for ((_, rule), count) in &*core.redactions.borrow() {
        *redactions.entry(rule.clone()).or_default() += count;
    }
    prometheus(&metrics(core), &redactions.into_iter().collect::<Vec<_>>())
}

/// Memory of this process (proc(5): the second field of `statm`, in pages).
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// The health port of FireLens: whoever connects is answered. The agent's check sends a line to it and looks only
/// whether that can be done; a client that speaks HTTP gets an answer in HTTP.
pub(super) async fn firelens(mut stream: TcpStream) {
    let mut request = [0; 1024];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut request)).await;
    if let Ok(Ok(len)) = read
        && (request[..len].starts_with(b"GET ") || request[..len].starts_with(b"HEAD "))
    {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    }
}
