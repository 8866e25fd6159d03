//! A blocking HTTP/1.1 client: one connection a call, no redirects, no retries, no TLS.

use std::io;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A call that takes longer has failed.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Sends one request to `http://host:port/path?query` and reads the whole answer.
///
/// # Errors
/// When there is no connection, no whole answer, or none within [`TIMEOUT`].
///
/// # Panics
/// When the method, the URL or a header is not valid, or inside a tokio runtime.
pub fn call(method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> io::Result<Answer> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body.into())).unwrap_or_else(|e| panic!("{method} {url}: {e}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match tokio::time::timeout(TIMEOUT, send(request)).await {
            Ok(answer) => answer.map(|answer| {
                let (head, body) = answer.into_parts();
                Answer { status: head.status, headers: head.headers, body }
            }),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    })
}

/// `GET url`; see [`call`].
///
/// # Errors
/// Those of [`call`].
pub fn get(url: &str) -> io::Result<Answer> {
    call("GET", url, &[], Bytes::new())
}

/// Sends a request to the authority of its URI over a connection of its own. A `Host` header that is there stays:
/// signatures cover it.
pub(crate) async fn send(mut request: Request<Full<Bytes>>) -> io::Result<Response<Bytes>> {
    let uri = request.uri().clone();
    let authority = uri.authority().ok_or_else(|| io::Error::other(format!("{uri} names no server")))?;
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    let headers = request.headers_mut();
    if !headers.contains_key(HOST) {
        headers.insert(HOST, HeaderValue::from_str(authority.as_str()).map_err(io::Error::other)?);
    }
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse::<Uri>().map_err(io::Error::other)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let answer = async {
        let (mut head, body) = sender.send_request(request).await.map_err(io::Error::other)?.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        for hop in HOP_BY_HOP {
            head.headers.remove(hop);
        }
        Ok(Response::from_parts(head, body))
    };
    let answer = answer.await;
    connection.abort();
    answer
}

/// Headers that belong to one connection, not to the message.
pub(crate) const HOP_BY_HOP: [HeaderName; 4] = [
    CONNECTION,
    hyper::header::TRANSFER_ENCODING,
    hyper::header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{Mode, Outcome, Server};

    fn echo() -> Server {
        Server::start("echo", |request| async move {
            let host = request.headers()[HOST].clone();
            let path = request.uri().to_string();
            let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
            let Ok(body) = body else { return Outcome::Close };
            match path.as_str() {
                "/close" => Outcome::Close,
                "/reset" => Outcome::Reset,
                _ => {
                    let mut answer = Response::new(Full::new(body));
                    answer.headers_mut().insert("x-host", host);
                    Outcome::Answer(answer)
                }
            }
        })
    }

    #[test]
    fn a_body_and_a_host_of_ones_own_arrive() {
        let server = echo();
        let body = vec![b'x'; 3 << 20];
        let answer = call("POST", &server.endpoint(), &[("host", "elsewhere")], body.clone()).unwrap();
        assert_eq!((answer.status.as_u16(), answer.header("x-host")), (200, "elsewhere"));
        assert!(answer.body == body);
    }

    #[test]
    fn a_call_that_is_closed_or_reset_has_no_answer() {
        let server = echo();
        for path in ["/close", "/reset"] {
            get(&format!("{}{path}", server.endpoint())).unwrap_err();
        }
        assert_eq!(get(&server.endpoint()).unwrap().status, StatusCode::OK);
    }

    #[test]
    fn a_server_refuses_hangs_and_comes_back_on_the_same_port() {
        let server = echo();
        let url = server.endpoint();
        for _ in 0..3 {
            server.set_mode(Mode::Refuse);
            assert_eq!(get(&url).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
            server.set_mode(Mode::Hang);
            let waiting = std::thread::spawn({
                let url = url.clone();
                move || get(&url)
            });
            std::thread::sleep(Duration::from_millis(50));
            assert!(!waiting.is_finished());
            server.set_mode(Mode::Up);
            waiting.join().unwrap().unwrap_err();
            assert_eq!(get(&url).unwrap().status, StatusCode::OK);
        }
        drop(server);
        assert_eq!(get(&url).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
