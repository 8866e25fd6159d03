//! A unix stream that the kernel reports on only while it is waited for.
//!
//! epoll reports each write of the other side, whether anybody waits for it or not: Docker writes each line by itself,
//! so the process would be woken thousands of times a second in the pauses between its reads. A stream is taken off
//! epoll for a pause and put back when there is nothing to read, which then reports what came in between.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// A client's stream.
pub(in crate::service) trait Client: AsyncRead + AsyncWrite + Unpin {
    /// Nobody waits for it until it is read again.
    ///
    /// # Errors
    /// When the system refuses; the stream cannot be used then.
    fn unwatch(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Client for TcpStream {}
impl<S: AsyncRead + AsyncWrite + Unpin> Client for tokio_rustls::server::TlsStream<S> {}

/// A unix stream.
#[derive(Debug)]
pub(in crate::service) enum Unix {
    /// Reported on.
    Watched(UnixStream),
    /// Not reported on; it does not block.
    Unwatched(std::os::unix::net::UnixStream),
    /// It could not be put on epoll, or taken off.
    Broken,
}

impl Unix {
    fn watched(&mut self) -> io::Result<Pin<&mut UnixStream>> {
        if let Unix::Unwatched(_) = self
            && let Unix::Unwatched(stream) = std::mem::replace(self, Unix::Broken)
        {
            *self = Unix::Watched(UnixStream::from_std(stream)?);
        }
        match self {
            Unix::Watched(stream) => Ok(Pin::new(stream)),
            _ => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl Client for Unix {
    fn unwatch(&mut self) -> io::Result<()> {
        if let Unix::Watched(_) = self
            && let Unix::Watched(stream) = std::mem::replace(self, Unix::Broken)
        {
            *self = Unix::Unwatched(stream.into_std()?);
        }
        Ok(())
    }
}

impl AsyncRead for Unix {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Unix::Unwatched(stream) = &mut *self {
            loop {
                match io::Read::read(stream, buffer.initialize_unfilled()) {
                    Ok(read) => {
                        buffer.advance(read);
                        return Poll::Ready(Ok(()));
                    }
                    Err(problem) if problem.kind() == io::ErrorKind::WouldBlock => break,
                    Err(problem) if problem.kind() == io::ErrorKind::Interrupted => {}
                    Err(problem) => return Poll::Ready(Err(problem)),
                }
            }
        }
        self.watched()?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Unix {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.watched()?.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing is kept back.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.watched()?.poll_shutdown(context))?;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn what_came_in_a_pause_is_read_and_what_comes_later_is_waited_for() {
        let (ours, mut theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let mut stream = Unix::Watched(UnixStream::from_std(ours).unwrap());
        let mut buffer = [0; 16];
        for round in 0..3 {
            theirs.write_all(b"one").unwrap();
            assert_eq!(stream.read(&mut buffer).await.unwrap(), 3, "{round}");
            stream.unwatch().unwrap();
            assert!(matches!(stream, Unix::Unwatched(_)));
            theirs.write_all(b"again").unwrap();
            assert_eq!(stream.read(&mut buffer).await.unwrap(), 5, "{round}");
            assert!(matches!(stream, Unix::Unwatched(_)));
            let waiting = tokio::time::timeout(Duration::from_millis(1), stream.read(&mut buffer)).await;
            assert!(waiting.is_err() && matches!(stream, Unix::Watched(_)));
            stream.unwatch().unwrap();
            stream.write_all(b"answer").await.unwrap();
            io::Read::read_exact(&mut theirs, &mut [0; 6]).unwrap();
        }
        stream.unwatch().unwrap();
        drop(theirs);
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 0);
    }
}
