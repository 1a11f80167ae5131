//! A connection: counted, closed when nobody asks, and when nobody reads.
//!
//! The stream counts the time without a request, and the time that the client takes nothing. Heads
//! that never end are idle as well: bytes alone are no request.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};
use tower::Layer as _;

use crate::options::Limits;

/// What the requests of one connection share.
#[derive(Clone, Debug)]
pub(super) struct Connection(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    n_in_flight: AtomicUsize,
    quiet_since: Mutex<Instant>,
}

impl Connection {
    fn new() -> Self {
        let quiet_since = Mutex::new(Instant::now());
        Self(Arc::new(Shared { n_in_flight: AtomicUsize::new(0), quiet_since }))
    }

    /// Notes a request, which is in flight until what is returned is dropped.
    pub(super) fn begin(&self) -> InFlight {
        self.0.n_in_flight.fetch_add(1, SeqCst);
        InFlight(self.clone())
    }

    /// Returns since when there is no request; now if there is one.
    fn quiet_since(&self) -> Instant {
        if self.0.n_in_flight.load(SeqCst) > 0 {
            return Instant::now();
        }
        *self.0.quiet_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is not answered to its end.
#[derive(Debug)]
pub(super) struct InFlight(Connection);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut quiet_since = self.0.0.quiet_since.lock().unwrap_or_else(PoisonError::into_inner);
        *quiet_since = Instant::now();
        self.0.0.n_in_flight.fetch_sub(1, SeqCst);
    }
}

/// Lets connections in, as many as may be.
#[derive(Clone, Debug)]
pub(super) struct Door<A> {
    inner: A,
    places: Arc<Semaphore>,
    idle: Duration,
    write_stall: Duration,
}

impl<A> Door<A> {
    pub(super) fn new(inner: A, limits: &Limits) -> Self {
        let places = Arc::new(Semaphore::new(limits.n_connections));
        Self { inner, places, idle: limits.idle, write_stall: limits.write_stall }
    }
}

impl<A, S> Accept<TcpStream, S> for Door<A>
where
    A: Accept<Patient, AddExtension<S, Connection>>,
    A::Future: Send + 'static,
{
    type Stream = A::Stream;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(A::Stream, A::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            tracing::warn!("a connection was closed: there are too many");
            return Box::pin(async { Err(io::Error::other("too many connections")) });
        };
        let connection = Connection::new();
        // Answers are written at once; the last packet of one shall not wait.
        let is_set = stream.set_nodelay(true);
        let stream = Patient {
            inner: stream,
            connection: connection.clone(),
            idle: Clock::new(self.idle),
            stall: Clock::new(self.write_stall),
            _place: place,
        };
        let accepted = self.inner.accept(stream, Extension(connection).layer(service));
        Box::pin(async move {
            is_set?;
            accepted.await
        })
    }
}

/// A time that may pass.
struct Clock {
    length: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Clock {
    fn new(length: Duration) -> Self {
        Self { length, sleep: None }
    }

    fn stop(&mut self) {
        self.sleep = None;
    }

    /// Waits until so much time has passed since `since`, which is asked again at the end.
    fn poll_since(&mut self, since: impl Fn() -> Instant, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let sleep =
                self.sleep.get_or_insert_with(|| Box::pin(sleep_until(since() + self.length)));
            ready!(sleep.as_mut().poll(context));
            if since() + self.length <= Instant::now() {
                return Poll::Ready(());
            }
            self.sleep = None;
        }
    }
}

/// A stream whose patience ends.
pub(super) struct Patient {
    inner: TcpStream,
    connection: Connection,
    idle: Clock,
    stall: Clock,
    _place: OwnedSemaphorePermit,
}

impl Patient {
    /// Passes on what a write said, or the end of the patience.
    fn written<T>(
        &mut self,
        wrote: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.stall.stop();
            return wrote;
        }
        let begun = Instant::now();
        ready!(self.stall.poll_once(begun, context));
        tracing::info!("a connection was closed: the client takes nothing");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Clock {
    /// Waits until so much time has passed since the first call after [`stop`](Self::stop).
    fn poll_once(&mut self, begun: Instant, context: &mut Context<'_>) -> Poll<()> {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(begun + self.length)));
        sleep.as_mut().poll(context)
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let read = Pin::new(&mut this.inner).poll_read(context, buffer);
        let connection = &this.connection;
        // Also when something came: a head in drops is no request.
        let is_over = this.idle.poll_since(|| connection.quiet_since(), context).is_ready();
        if is_over {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.written(wrote, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.written(wrote, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
