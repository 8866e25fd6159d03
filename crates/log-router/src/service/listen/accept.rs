//! Binds sockets and accepts clients.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sluice_pipeline::Tls;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::super::core::Core;
use super::super::counters::add;
use super::{ListenError, TlsError};
use crate::diagnostics::warn;

/// How long to wait when no client can be accepted, for want of file descriptors.
const ACCEPT_WAIT: Duration = Duration::from_millis(200);

/// Listens on a TCP address.
pub(in crate::service) async fn tcp(
    key: &'static str,
    address: SocketAddr,
) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|e| ListenError::new(key, address, e))
}

/// Listens on a unix socket. What an earlier run left there is removed; a socket that somebody listens on is not.
pub(in crate::service) fn unix(key: &'static str, path: &Path) -> Result<UnixListener, ListenError> {
    let error = |e| ListenError::new(key, path.display(), e);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(error)?;
    }
    if std::fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_socket()) {
        match std::os::unix::net::UnixStream::connect(path) {
            Ok(_) => return Err(error(io::ErrorKind::AddrInUse.into())),
            Err(_) => std::fs::remove_file(path).map_err(error)?,
        }
    }
    UnixListener::bind(path).map_err(error)
}

/// What TLS needs, when it is configured.
pub(in crate::service) fn tls(settings: &Tls) -> Result<Option<TlsAcceptor>, TlsError> {
    let (Some(cert), Some(key)) = (&settings.cert, &settings.key) else { return Ok(None) };
    let wrong = |path: &Path, problem: String| TlsError { path: path.to_path_buf(), problem };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|e| wrong(cert, e.to_string()))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| wrong(key, e.to_string()))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong(cert, e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|e| wrong(cert, e.to_string()))?;
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// Accepts clients without end, as many at a time as there are permits; others wait in the listen queue.
pub(in crate::service) async fn clients<S, A, F>(
    core: Rc<Core>,
    permits: Arc<Semaphore>,
    mut accept: impl FnMut() -> A,
    serve: impl Fn(S) -> F,
) where
    A: Future<Output = io::Result<S>>,
    F: Future<Output = ()> + 'static,
{
    // Dropping the set ends the clients' tasks with this one.
    let mut clients = tokio::task::JoinSet::new();
    loop {
        let stream = loop {
            tokio::select! {
                accepted = accept() => match accepted {
                    Ok(stream) => break stream,
                    Err(problem) => {
                        warn("cannot accept a client; it is tried again", &[("reason", &problem)]);
                        tokio::time::sleep(ACCEPT_WAIT).await;
                    }
                },
                Some(_) = clients.join_next(), if !clients.is_empty() => {}
            }
        };
        // The one that waits here is the only one beyond the limit; the others are in the listen queue.
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let counters = Rc::clone(&core.counters);
        add(&counters.connections_total, 1);
        counters.connections.set(counters.connections.get() + 1);
        let served = serve(stream);
        clients.spawn_local(async move {
            served.await;
            counters.connections.set(counters.connections.get().saturating_sub(1));
            drop(permit);
        });
    }
}

/// Accepts whoever watches the service; these are not counted as clients.
pub(in crate::service) async fn watchers<F>(
    listener: TcpListener,
    most: usize,
    serve: impl Fn(TcpStream) -> F,
) where
    F: Future<Output = ()> + 'static,
{
    let mut watchers = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if watchers.len() < most => match accepted {
                Ok((stream, _)) => drop(watchers.spawn_local(serve(stream))),
                Err(_) => tokio::time::sleep(ACCEPT_WAIT).await,
            },
            Some(_) = watchers.join_next(), if !watchers.is_empty() => {}
        }
    }
}
