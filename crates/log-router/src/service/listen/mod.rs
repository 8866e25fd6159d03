//! Sockets: clients are accepted up to a number, and each is a task of its own, so that what one does is nothing to the
//! others.
//!
//! | file | does |
//! |---|---|
//! | `accept.rs` | binds sockets, accepts clients, TLS |
//! | `buffers.rs` | memory for what clients have not sent whole yet, bounded for all together |
//! | `forward.rs` | the Forward protocol |
//! | `lines.rs` | lines |
//! | `pace.rs`, `watched.rs` | how often a client is read, and that the kernel does not wake us in between |

pub(super) mod accept;
pub(super) mod buffers;
pub(super) mod forward;
pub(super) mod lines;
mod pace;
pub(super) mod watched;

use std::io;
use std::path::PathBuf;

/// A socket cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {place} ({key}); {remedy}")]
pub struct ListenError {
    /// The setting.
    pub key: &'static str,
    /// Its value.
    pub place: String,
    /// What to do about it.
    pub remedy: &'static str,
    /// What the system answered.
    #[source]
    pub source: io::Error,
}

impl ListenError {
    pub(super) fn new(key: &'static str, place: impl ToString, source: io::Error) -> ListenError {
        let remedy = match source.kind() {
            io::ErrorKind::AddrInUse => "another process listens there; stop it, or choose another place",
            io::ErrorKind::PermissionDenied => "give this user the right to, or choose another place",
            io::ErrorKind::AddrNotAvailable => "this machine has no such address; choose another",
            _ => "choose another place",
        };
        ListenError { key, place: place.to_string(), remedy, source }
    }
}

/// The certificate or key of TLS cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use {} (inputs.forward.tls): {problem}", path.display())]
pub struct TlsError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
}
