//! A proxy before a server that makes calls fail, as networks and services do.
//!
//! Invariants:
//! 1. **What is passed on is what came**: method, path, query, headers (the `Host` among them, so that signatures
//!    still verify) and body. Only the headers of the connection itself go.
//! 2. **Which way a call failed is counted**: after a call that was refused the server behind does not know of it;
//!    after a lost answer it has done what was asked.
//! 3. The plan is random but seeded: the n-th call fares as the n-th call of any proxy with that plan. (Which call
//!    is the n-th depends on how the program under test runs.)

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use fastrand::Rng;
use http_body_util::{BodyExt, Collected, Either, Full, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::{Request, Response, StatusCode};

use crate::client;
use crate::server::{Answer, Mode, Outcome, Server};

/// An answer's body, whole or cut.
type Passed = Either<Full<Bytes>, Half>;

/// A request's body may be this large.
pub const BODY_MAX: usize = 64 << 20;

/// One way in which a call fares badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Status 503 before it reaches the server: `SlowDown` for S3, `ServiceUnavailableException` for logs.
    Unavailable,
    /// Status 500 before it reaches the server.
    InternalError,
    /// The connection is reset before the call reaches the server.
    Reset,
    /// The server gets the call and answers, but the connection is closed instead of passing the answer on.
    LoseAnswer,
    /// Throttled before it reaches the server: `SlowDown` (503) for S3, `ThrottlingException` (400) for logs.
    Throttle,
    /// The server gets the call, but of its answer only the head and the first half of the body are passed on before the
    /// connection is closed.
    HalfAnswer,
    /// Passed on after at most this time. It does not count as failed.
    Delay(Duration),
}

impl Fault {
    /// Each kind once but [`Fault::HalfAnswer`], with a delay of at most 50 ms.
    pub const ALL: [Self; 6] = [
        Self::Unavailable,
        Self::InternalError,
        Self::Reset,
        Self::LoseAnswer,
        Self::Throttle,
        Self::Delay(Duration::from_millis(50)),
    ];
}

/// Which share of the calls fares badly, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultPlan {
    /// Seed of the random numbers.
    pub seed: u64,
    /// The share of calls that get one of `kinds`, from 0 to 1.
    pub fail_share: f64,
    /// What may happen to them, each as likely.
    pub kinds: Vec<Fault>,
}

impl FaultPlan {
    /// Everything is passed on.
    #[must_use]
    pub fn none() -> Self {
        Self::new(0, 0.0)
    }

    /// A share of the calls gets any of [`Fault::ALL`].
    #[must_use]
    pub fn new(seed: u64, fail_share: f64) -> Self {
        Self { seed, fail_share, kinds: Fault::ALL.to_vec() }
    }

    /// The same with these kinds only.
    #[must_use]
    pub fn only(self, kinds: &[Fault]) -> Self {
        Self { kinds: kinds.to_vec(), ..self }
    }
}

/// How a server is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Down {
    /// Connections are refused, and open ones reset: calls under way get no answer.
    Refuse,
    /// Connections are taken but calls get no answer; those that waited are closed when the server is up again.
    Hang,
}

#[derive(Debug)]
struct State {
    rng: Rng,
    plan: FaultPlan,
    next: VecDeque<Fault>,
    calls: u64,
    failed: u64,
    lost: u64,
    passed: u64,
}

impl State {
    /// What becomes of the next call, and a random number from 0 to 1 for a delay.
    fn fate(&mut self) -> (Option<Fault>, f64) {
        self.calls += 1;
        // All drawn for every call, so that forced faults and another share do not shift the sequence.
        let (share, kind, part) = (self.rng.f64(), self.rng.usize(..), self.rng.f64());
        let kinds = &self.plan.kinds;
        let drawn = (share < self.plan.fail_share && !kinds.is_empty()).then(|| kinds[kind % kinds.len()]);
        let fate = self.next.pop_front().or(drawn);
        self.failed += u64::from(!matches!(fate, None | Some(Fault::Delay(_))));
        (fate, part)
    }
}

/// A proxy before a server; it stops when it is dropped.
pub struct FaultProxy {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl FaultProxy {
    /// Starts a proxy before `upstream`, a URL `http://host:port`.
    #[must_use]
    pub fn start(upstream: &str, plan: FaultPlan) -> Self {
        let rng = Rng::with_seed(plan.seed);
        let next = VecDeque::new();
        let state = State { rng, plan, next, calls: 0, failed: 0, lost: 0, passed: 0 };
        let state = Arc::new(Mutex::new(state));
        let upstream: Arc<str> = upstream.trim_end_matches('/').into();
        let server = Server::start("faults", {
            let state = Arc::clone(&state);
            move |request| answer(Arc::clone(&upstream), request, Arc::clone(&state))
        });
        Self { server, state }
    }

    /// The URL of the proxy, to be used in place of the server's.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// Takes the server down, or with `None` up again. In force when it returns.
    pub fn set_down(&self, down: impl Into<Option<Down>>) {
        self.server.set_mode(match down.into() {
            None => Mode::Up,
            Some(Down::Refuse) => Mode::Refuse,
            Some(Down::Hang) => Mode::Hang,
        });
    }

    /// Changes the share of calls that fare badly.
    pub fn set_fail_share(&self, share: f64) {
        lock(&self.state).plan.fail_share = share;
    }

    /// The next calls fare so, one each, whatever the plan says.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.state).next.extend(faults);
    }

    /// How many calls came. Those made while the server was down do not count.
    #[must_use]
    pub fn calls(&self) -> u64 {
        lock(&self.state).calls
    }

    /// How many calls got an error or no answer because of the plan.
    #[must_use]
    pub fn failed(&self) -> u64 {
        lock(&self.state).failed
    }

    /// How many of those the server answered, and the answer was lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        lock(&self.state).lost
    }

    /// How many calls got the server's own answer.
    #[must_use]
    pub fn passed(&self) -> u64 {
        lock(&self.state).passed
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(upstream: Arc<str>, request: Request<Incoming>, state: Arc<Mutex<State>>) -> Outcome<Passed> {
    let (fate, part) = lock(&state).fate();
    let logs = request.headers().contains_key("x-amz-target");
    // The body is read also of a call that is refused: closing with unread bytes would be a reset.
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Outcome::Close,
    };
    let pause = match fate {
        Some(Fault::Unavailable) if logs => return error(503, "ServiceUnavailableException", logs),
        Some(Fault::Throttle) if logs => return error(400, "ThrottlingException", logs),
        Some(Fault::Unavailable | Fault::Throttle) => return error(503, "SlowDown", logs),
        Some(Fault::InternalError) if logs => return error(500, "InternalFailure", logs),
        Some(Fault::InternalError) => return error(500, "InternalError", logs),
        Some(Fault::Reset) => return Outcome::Reset,
        Some(Fault::Delay(most)) => most.mul_f64(part),
        Some(Fault::LoseAnswer | Fault::HalfAnswer) | None => Duration::ZERO,
    };
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    let passed = pass_on(&upstream, Request::from_parts(head, body)).await;
    match passed {
        Some(_) if fate == Some(Fault::LoseAnswer) => {
            lock(&state).lost += 1;
            Outcome::Close
        }
        Some(answer) if fate == Some(Fault::HalfAnswer) => {
            lock(&state).lost += 1;
            Outcome::Answer(cut(answer).await)
        }
        Some(answer) => {
            lock(&state).passed += 1;
            Outcome::Answer(answer.map(Either::Left))
        }
        None => Outcome::Close,
    }
}

/// A body that ends before the length that its head tells: the server closes the connection then.
struct Half {
    part: Option<Bytes>,
    length: u64,
}

impl Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let next = self.part.take().map(|part| Ok(Frame::data(part)));
        Poll::Ready(Some(next.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

async fn cut(answer: Answer) -> Response<Passed> {
    let (mut head, body) = answer.into_parts();
    let whole = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    // An answer without a body has no half: its head says that a byte follows.
    let length = whole.len().max(1) as u64;
    head.headers.insert(CONTENT_LENGTH, length.into());
    let part = Some(whole.slice(..whole.len() / 2)).filter(|part| !part.is_empty());
    Response::from_parts(head, Either::Right(Half { part, length }))
}

/// Sends a request to a server as it came, and returns the server's answer.
pub(crate) async fn pass_on(upstream: &str, request: Request<Bytes>) -> Option<Answer> {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = format!("{upstream}{path}").parse().ok()?;
    for hop in client::HOP_BY_HOP {
        head.headers.remove(hop);
    }
    let answer = client::send(Request::from_parts(head, Full::new(body))).await.ok()?;
    Some(answer.map(Full::new))
}

fn error(status: u16, code: &str, logs: bool) -> Outcome<Passed> {
    let (kind, body) = if logs {
        let body = format!(r#"{{"__type":"{code}","message":"made by the test's proxy"}}"#);
        ("application/x-amz-json-1.1", body)
    } else {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>made by the test's proxy</Message><RequestId>0000000000000000</RequestId></Error>"
        );
        ("application/xml", body)
    };
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status code");
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    headers.insert("x-amzn-requestid", hyper::header::HeaderValue::from_static("made-by-the-tests-proxy"));
    Outcome::Answer(answer.map(Either::Left))
}
