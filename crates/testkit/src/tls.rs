//! TLS before a server that speaks plain TCP, with a certificate of its own making.
//!
//! Clients must trust it ([`TlsProxy::certificate`]) or not verify it. It stops when it is dropped; connections end with it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use base64::Engine;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A listener that takes TLS and passes what is inside on.
pub struct TlsProxy {
    address: SocketAddr,
    certificate: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl TlsProxy {
    /// Starts one on a free port of the loopback before `http://host:port`.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(upstream: &str) -> TlsProxy {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).expect("a certificate");
        let certificate = pem(cert.der());
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a TLS configuration");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, acceptor, upstream) => {}
                }
            });
        };
        let thread = thread::Builder::new().name("tls".to_owned()).spawn(serve).expect("a thread");
        TlsProxy { address, certificate, stop: Some(stop), thread: Some(thread) }
    }

    /// Its certificate, as PEM: it signed itself, for 127.0.0.1.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, upstream: String) {
    while let Ok((client, _)) = listener.accept().await {
        let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
        tokio::spawn(async move {
            if let (Ok(mut client), Ok(mut server)) =
                (acceptor.accept(client).await, TcpStream::connect(&upstream).await)
            {
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
