//! The binary under test as a process: its lines, its end, what it uses, and what it answers.
//!
//! Invariants:
//! 1. A child is killed and reaped when it is dropped. In a panic the end of its standard error is printed.
//! 2. No signal goes to another process: a child is reaped under the lock that signals take.
//! 3. Waiting for a line or the end is woken by it; nothing polls.

mod child;
mod interposer;
mod metrics;
mod router;

use std::env;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

pub use self::child::Child;
pub use self::interposer::Interposer;
pub use self::metrics::parse_metrics;
pub use self::router::{Router, emulated_aws};

use crate::client;

/// The Fluent Bit that `$FLUENT_BIT` names, or else the one on the PATH. It is not installed by anything here: a test
/// that finds none says so and does nothing.
#[must_use]
pub fn fluent_bit() -> Option<PathBuf> {
    if let Some(path) = env::var_os("FLUENT_BIT") {
        return Some(path.into());
    }
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path).map(|folder| folder.join("fluent-bit")).find(|path| path.is_file());
    if found.is_none() {
        // Not by a macro, whose text nobody sees of a test that passes.
        let _ = writeln!(io::stderr(), "not tried: no fluent-bit on the PATH, and $FLUENT_BIT names none");
    }
    found
}

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
