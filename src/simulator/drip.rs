//! A stream that, if told so, writes a few bytes at a time.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

const DROP_BYTES: usize = 61;
const BETWEEN_DROPS: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(super) struct Drip {
    stream: TcpStream,
    slow: bool,
    wait: Pin<Box<Sleep>>,
}

impl Drip {
    pub fn new(stream: TcpStream, slow: bool) -> Self {
        Self { stream, slow, wait: Box::pin(sleep(Duration::ZERO)) }
    }
}

impl AsyncRead for Drip {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Drip {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if !self.slow {
            return Pin::new(&mut self.stream).poll_write(cx, buf);
        }
        ready!(self.wait.as_mut().poll(cx));
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len().min(DROP_BYTES)]));
        self.wait.set(sleep(BETWEEN_DROPS));
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
