//! Threads of their own for what computes.
//!
//! A statement works for long stretches without a pause. On the threads of those who wait for it,
//! nobody would look at the clock, take a request or notice that a client has left.

use arrow::array::RecordBatch;
use futures::stream::{BoxStream, Stream};
use futures::{StreamExt as _, stream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

use crate::{Error, Result};

/// Stack of each thread: what is made of a long filter is deep.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Parts of work after which a thread looks whether a file or a network has something for it. Parts
/// are long here.
const PARTS_BETWEEN_LOOKS: u32 = 8;

/// Batches that are made before somebody takes them.
const N_AHEAD: usize = 2;

/// The threads on which statements run.
#[derive(Debug)]
pub(crate) struct Workers {
    handle: Handle,
    n_threads: usize,
    /// There until these workers are dropped.
    runtime: Option<Runtime>,
}

/// What takes work to the threads.
#[derive(Clone, Debug)]
pub(crate) struct Hands {
    handle: Handle,
    n_threads: usize,
}

impl Workers {
    /// Starts threads.
    pub(crate) fn new(n_threads: usize) -> Result<Self> {
        let n_threads = n_threads.max(1);
        let runtime = Builder::new_multi_thread()
            .worker_threads(n_threads)
            .thread_stack_size(STACK_BYTES)
            .thread_name("tidegate-query")
            .event_interval(PARTS_BETWEEN_LOOKS)
            .enable_all()
            .build()
            .map_err(Error::Threads)?;
        Ok(Self { handle: runtime.handle().clone(), n_threads, runtime: Some(runtime) })
    }

    /// Returns what takes work to these threads.
    pub(crate) fn hands(&self) -> Hands {
        Hands { handle: self.handle.clone(), n_threads: self.n_threads }
    }

    /// Begins work on these threads, and returns what comes out of it. Dropping that stops the work.
    ///
    /// # Errors
    ///
    /// What `begin` fails with; what the work fails with comes out of the stream.
    pub(crate) fn stream<S>(
        &self,
        begin: impl FnOnce() -> Result<S>,
    ) -> Result<BoxStream<'static, Result<RecordBatch>>>
    where
        S: Stream<Item = Result<RecordBatch>> + Send + 'static,
    {
        // What begins may start work beside it: on these threads, too.
        let _guard = self.handle.enter();
        let mut batches = begin()?.boxed();
        let (sender, receiver) = mpsc::channel(N_AHEAD);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut is_wanted = true;
            while let Some(batch) = batches.next().await.filter(|_| is_wanted) {
                is_wanted = sender.send(batch).await.is_ok();
            }
        });
        Ok(stream::unfold(Output { receiver, task }, |mut output| async move {
            Some((output.next().await?, output))
        })
        .boxed())
    }
}

impl Hands {
    /// Returns how many threads there are.
    pub(crate) fn n_threads(&self) -> usize {
        self.n_threads
    }

    /// Does work on the threads, and returns what comes out of it. Dropping the future stops the work
    /// where it waits.
    ///
    /// # Errors
    ///
    /// What the work fails with.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let mut task = JoinSet::new();
        task.spawn_on(work, &self.handle);
        match task.join_next().await {
            Some(Ok(done)) => done,
            Some(Err(failure)) => Err(stopped(failure)),
            None => Err(Error::Stopped),
        }
    }
}

/// Returns why work did not come to its end; a panic goes on where it was waited for.
fn stopped(failure: JoinError) -> Error {
    if failure.is_panic() {
        std::panic::resume_unwind(failure.into_panic());
    }
    Error::Stopped
}

impl Drop for Workers {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Whoever drops this must not wait.
            runtime.shutdown_background();
        }
    }
}

/// What comes out of work, and the work itself: it is stopped when this is dropped.
struct Output {
    receiver: mpsc::Receiver<Result<RecordBatch>>,
    task: JoinSet<()>,
}

impl Output {
    async fn next(&mut self) -> Option<Result<RecordBatch>> {
        if let Some(batch) = self.receiver.recv().await {
            return Some(batch);
        }
        // Work that did not come to its end must not look as if it had.
        let failure = self.task.join_next().await?.err()?;
        Some(Err(stopped(failure)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::TryStreamExt as _;

    use super::*;

    /// Runs `work` on the only thread there is beside those of the workers.
    fn on_one_thread<T>(work: impl Future<Output = T>) -> T {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn who_waits_for_long_work_can_look_at_the_clock() {
        let workers = Workers::new(1).unwrap();
        on_one_thread(async {
            let (until, rest) = std::sync::mpsc::channel::<()>();
            // Work that ends only when whoever waits for it has looked at the clock.
            let work = stream::once(async move {
                let _ = rest.recv();
                Err::<RecordBatch, _>(Error::Stopped)
            });
            let mut batches = workers.stream(|| Ok(work)).unwrap();
            let waited = tokio::time::timeout(Duration::from_millis(1), batches.next()).await;
            assert!(waited.is_err());
            drop(until);
            assert!(matches!(batches.next().await, Some(Err(Error::Stopped))));
        });
    }

    #[test]
    fn work_that_panics_has_no_end() {
        let workers = Workers::new(1).unwrap();
        let work = stream::once(async {
            assert!(std::hint::black_box(false), "this work is broken");
            Err::<RecordBatch, _>(Error::Stopped)
        });
        let batches = workers.stream(|| Ok(work)).unwrap();
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            on_one_thread(batches.try_collect::<Vec<_>>())
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"this work is broken"));
    }

    #[test]
    fn work_is_stopped_when_nobody_waits_for_it() {
        let workers = Workers::new(1).unwrap();
        let alive = std::sync::Arc::new(());
        let kept = std::sync::Arc::clone(&alive);
        let work = stream::repeat_with(move || {
            let _ = &kept;
            Ok(RecordBatch::new_empty(std::sync::Arc::new(arrow::datatypes::Schema::empty())))
        });
        let mut batches = workers.stream(|| Ok(work)).unwrap();
        assert!(on_one_thread(batches.next()).is_some());
        drop(batches);
        while std::sync::Arc::strong_count(&alive) > 1 {
            std::thread::yield_now();
        }
    }
}
