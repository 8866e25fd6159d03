//! An HTTP/1.1 server on a thread of its own, which can also refuse connections or leave them without an answer.
//!
//! Invariants:
//! 1. The port stays this server's from start to drop, also while it refuses connections: a second socket holds it,
//!    bound but not listening, so the kernel answers a connection as it does for a port with no server.
//! 2. When [`Server::set_mode`] returns, the mode is in force. Going to `Refuse` also resets the open connections;
//!    calls that were under way stay unanswered.

use std::error::Error;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as blocking;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::net::sockopt::set_socket_linger;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

const BACKLOG: u32 = 1024;

/// An answer whose bytes are all there.
pub(crate) type Answer = Response<Full<Bytes>>;

/// What becomes of a call.
pub(crate) enum Outcome<B> {
    Answer(Response<B>),
    /// The connection is closed without an answer.
    Close,
    /// The connection is reset.
    Reset,
}

/// How a server treats connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Up,
    /// As if there were no server.
    Refuse,
    /// Connections are taken, calls wait; when the mode ends the calls that waited are closed.
    Hang,
}

type Change = (Mode, blocking::Sender<()>);

pub(crate) struct Server {
    address: SocketAddr,
    /// `None` tells the thread to stop.
    changes: Option<mpsc::UnboundedSender<Change>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server that answers each call by `handler`.
    pub(crate) fn start<H, F, B>(name: &str, handler: H) -> Self
    where
        H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome<B>> + Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let holder = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let address = holder.local_addr().expect("the address of a bound socket");
        let listener = {
            let _inside = runtime.enter();
            listen(address)
        };
        let (changes, inbox) = mpsc::unbounded_channel();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            runtime.block_on(accept(address, listener, inbox, Arc::new(handler)));
            // Not waited for: a call under way has nobody left to answer.
            runtime.shutdown_background();
            drop(holder);
        });
        let thread = Some(thread.expect("a thread for the server"));
        Self { address, changes: Some(changes), thread }
    }

    /// The URL of the server, without a path.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        let (done, wait) = blocking::channel();
        let sent = self.changes.as_ref().is_some_and(|changes| changes.send((mode, done)).is_ok());
        assert!(sent && wait.recv().is_ok(), "the server's thread has ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.changes = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was printed by its own thread; a second one here would abort the process.
            let _ = thread.join();
        }
    }
}

fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).and_then(|()| socket.set_reuseport(true)).expect("options of a socket");
    socket.bind(address).unwrap_or_else(|e| panic!("cannot bind {address}: {e}"));
    socket
}

fn listen(address: SocketAddr) -> TcpListener {
    bind(address).listen(BACKLOG).unwrap_or_else(|e| panic!("cannot listen on {address}: {e}"))
}

async fn accept<H, F, B>(
    address: SocketAddr,
    first: TcpListener,
    mut inbox: mpsc::UnboundedReceiver<Change>,
    handler: Arc<H>,
) where
    H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut listener = Some(first);
    let mut connections = JoinSet::new();
    let (mode, modes) = watch::channel(Mode::Up);
    loop {
        tokio::select! {
            change = inbox.recv() => {
                let Some((to, done)) = change else { break };
                mode.send_replace(to);
                if to == Mode::Refuse {
                    listener = None;
                    connections.shutdown().await;
                } else if listener.is_none() {
                    listener = Some(listen(address));
                }
                let _ = done.send(());
            }
            stream = next(listener.as_ref()) => {
                connections.spawn(serve(stream, modes.clone(), Arc::clone(&handler)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    connections.shutdown().await;
}

async fn next(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // Of the one connection, or no file handle is left: a pause keeps this from spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

/// Resets a connection that is dropped, unless told that it ended well.
struct Resetter {
    socket: OwnedFd,
    armed: AtomicBool,
}

impl Drop for Resetter {
    fn drop(&mut self) {
        if self.armed.load(Ordering::Relaxed) {
            // Linger 0 makes the last close of the socket a reset; if it fails the close is an ordinary one.
            let _ = set_socket_linger(&self.socket, Some(Duration::ZERO));
        }
    }
}

async fn serve<H, F, B>(stream: TcpStream, modes: watch::Receiver<Mode>, handler: Arc<H>)
where
    H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let _ = stream.set_nodelay(true);
    let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
    let resetter = Arc::new(Resetter { socket, armed: AtomicBool::new(true) });
    let closing = Arc::clone(&resetter);
    let service = service_fn(move |request: Request<Incoming>| {
        let (handler, modes, closing) = (Arc::clone(&handler), modes.clone(), Arc::clone(&closing));
        answer(handler, request, modes, closing)
    });
    let ended = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if ended.is_ok() {
        resetter.armed.store(false, Ordering::Relaxed);
    }
}

/// Answers one call; an error ends the connection, as a reset or not.
async fn answer<H, F, B>(
    handler: Arc<H>,
    request: Request<Incoming>,
    mut modes: watch::Receiver<Mode>,
    resetter: Arc<Resetter>,
) -> io::Result<Response<B>>
where
    H: Fn(Request<Incoming>) -> F,
    F: Future<Output = Outcome<B>>,
{
    if *modes.borrow() == Mode::Hang {
        let _ = modes.wait_for(|mode| *mode != Mode::Hang).await;
        resetter.armed.store(false, Ordering::Relaxed);
        return Err(io::ErrorKind::TimedOut.into());
    }
    match handler(request).await {
        Outcome::Answer(answer) => Ok(answer),
        Outcome::Close => {
            resetter.armed.store(false, Ordering::Relaxed);
            Err(io::ErrorKind::UnexpectedEof.into())
        }
        Outcome::Reset => Err(io::ErrorKind::ConnectionReset.into()),
    }
}
