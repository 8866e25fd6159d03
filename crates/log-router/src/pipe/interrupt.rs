//! Signals that end a run early.
//!
//! A handler that sets a flag would not end a `read` that waits for input, since the system restarts it. So signals are
//! written into a socket, which is waited for together with the input.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGINT, SIGTERM};

/// Tells that the run is to end.
#[derive(Debug)]
pub struct Interrupt {
    signalled: UnixStream,
    /// Kept so that `signalled` does not read as closed.
    _signal: UnixStream,
}

impl Interrupt {
    /// Told by Ctrl-C and SIGTERM from now on.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn by_signals() -> io::Result<Interrupt> {
        let (signalled, signal) = UnixStream::pair()?;
        for number in [SIGINT, SIGTERM] {
            signal_hook::low_level::pipe::register(number, signal.try_clone()?)?;
        }
        Ok(Interrupt { signalled, _signal: signal })
    }

    /// Waits until `input` has bytes or has ended; true when the run is to end instead.
    pub(super) fn or_readable(&self, input: BorrowedFd<'_>) -> io::Result<bool> {
        loop {
            let mut both =
                [self.signalled.as_fd(), input].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
            match poll(&mut both, None) {
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let [signalled, input] = both.map(|fd| !fd.revents().is_empty());
            if signalled || input {
                return Ok(signalled);
            }
        }
    }
}
