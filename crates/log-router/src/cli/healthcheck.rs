//! `log-router healthcheck`: asks the router beside it whether it is well. For container health checks, in images
//! without a shell or curl.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use sluice_pipeline::{Exit, Spec};

use super::args::HealthcheckArgs;
use super::{Failure, print};

/// Most bytes of an answer that are looked at.
const MOST_BYTES: u64 = 64 << 10;

/// Why it is not well.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwell {
    /// The configuration switches the endpoint off.
    #[error("admin.listen is \"off\": there is nothing to ask; set it, or leave the health check out")]
    Off,
    /// It cannot be asked.
    #[error("the router does not answer at {address}; is it running?")]
    Silent {
        /// Where.
        address: SocketAddr,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
    /// It says so itself.
    #[error("the router is not well: {0}")]
    Told(String),
}

/// Runs the command.
pub(super) fn run(args: &HealthcheckArgs) -> Result<Exit, Failure> {
    let address = match (args.address, &args.config) {
        (Some(address), _) => address,
        (None, Some(config)) => {
            Spec::load(config, args.env.as_deref())?.admin.listen.ok_or(Failure::Unwell(Unwell::Off))?
        }
        (None, None) => Spec::default_for("healthcheck")?.admin.listen.ok_or(Failure::Unwell(Unwell::Off))?,
    };
    let path = if args.ready { "/readyz" } else { "/healthz" };
    let answer = ask(address, path, Duration::from_millis(args.timeout_ms))
        .map_err(|source| Failure::Unwell(Unwell::Silent { address, source }))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.split(' ').nth(1) != Some("200") {
        return Err(Failure::Unwell(Unwell::Told(body.trim().to_owned())));
    }
    print(body.as_bytes())
}

fn ask(address: SocketAddr, path: &str, timeout: Duration) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MOST_BYTES).read_to_string(&mut answer)?;
    Ok(answer)
}
