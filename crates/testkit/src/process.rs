//! The binary under test as a process: its lines, its end, what it uses, and what it answers.
//!
//! Invariants:
//! 1. A child is killed and reaped when it is dropped. In a panic the end of its standard error is printed.
//! 2. No signal goes to another process: a child is reaped under the lock that signals take.
//! 3. Waiting for a line or the end is woken by it; nothing polls.

mod child;
mod metrics;
mod router;

use std::net::{Ipv4Addr, TcpListener};

pub use self::child::Child;
pub use self::metrics::parse_metrics;
pub use self::router::Router;

use crate::client;

/// A port of the loopback that was free a moment ago. Another process can take it before it is used: prefer
/// port 0 where the program under test can say which port it got.
///
/// # Panics
/// When the kernel has none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("the address of a listener").port()
}

/// `GET http://{address}{path}`: status and body.
///
/// # Panics
/// When there is no answer; use [`client::get`] where there may be none.
#[must_use]
pub fn http_get(address: &str, path: &str) -> (u16, String) {
    let url = format!("http://{address}{path}");
    let answer = client::get(&url).unwrap_or_else(|e| panic!("GET {url}: {e}"));
    (answer.status.as_u16(), answer.text())
}
