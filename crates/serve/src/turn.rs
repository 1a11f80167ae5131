//! A stream that ends at a moment, whether or not somebody asks it for more.
//!
//! Who reads an answer slowly, or not at all, asks for no more of it: a stream alone would never
//! look at the clock. Here a timer drops what makes the items, and what that holds.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::problem::Problem;

type Items<T> = BoxStream<'static, Result<T, Problem>>;

/// Returns the items of `items` up to `deadline`, at which it is dropped; then `late` is the last.
pub(crate) fn until<T: Send + 'static>(
    deadline: Instant,
    late: Problem,
    items: impl Stream<Item = Result<T, Problem>> + Send + 'static,
) -> impl Stream<Item = Result<T, Problem>> + Send + 'static {
    let items = Arc::new(Mutex::new(Some(items.boxed())));
    let is_over = CancellationToken::new();
    let (timed, over) = (Arc::downgrade(&items), is_over.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = over.cancelled() => {}
            () = sleep_until(deadline) => drop(timed.upgrade().and_then(|it| take(&it))),
        }
    });
    Until { items, late: Some(late), _is_over: is_over.drop_guard() }
}

fn take<T>(items: &Mutex<Option<Items<T>>>) -> Option<Items<T>> {
    // It is dropped by the caller, after the lock: what it holds may take a while to end.
    items.lock().unwrap_or_else(PoisonError::into_inner).take()
}

struct Until<T> {
    items: Arc<Mutex<Option<Items<T>>>>,
    /// The last item, if the time is over before the items are; `None` after the end.
    late: Option<Problem>,
    /// Ends the timer.
    _is_over: DropGuard,
}

impl<T> Stream for Until<T> {
    type Item = Result<T, Problem>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let mut items = this.items.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(all) = items.as_mut() else { return Poll::Ready(this.late.take().map(Err)) };
        let polled = all.poll_next_unpin(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            let ended = items.take();
            drop(items);
            drop(ended);
            this.late = None;
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use std::time::Duration;

    use futures::stream;

    use super::*;
    use crate::problem::Code;

    /// Tells when it is dropped.
    struct Held(Arc<AtomicBool>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.store(true, SeqCst);
        }
    }

    /// Reads one of so many items, and the rest when the time is over, or at once.
    async fn check(n_items: u32, is_late: bool) -> String {
        let is_dropped = Arc::new(AtomicBool::new(false));
        let held = Held(Arc::clone(&is_dropped));
        let items = stream::iter(0..n_items).map(move |it| {
            let _ = &held;
            Ok(it)
        });
        let begun = Instant::now();
        let deadline = if is_late { begun } else { begun + Duration::from_hours(1) };
        let mut items = until(deadline, Problem::new(Code::TooSlow, "late"), items).boxed();
        let first = items.next().await;
        // Who runs the tests ends what waits for minutes.
        while is_late && !is_dropped.load(SeqCst) {
            tokio::task::yield_now().await;
        }
        let rest: Vec<_> = items.collect().await;
        let told = first.into_iter().chain(rest).map(|it| match it {
            Ok(number) => number.to_string(),
            Err(problem) => problem.message().to_owned(),
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_late_is_dropped_though_nobody_asks() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            assert_eq!(check(3, false).await, "0 1 2");
            assert_eq!(check(3, true).await, "0 late");
            assert_eq!(check(0, true).await, "");
        });
    }
}
