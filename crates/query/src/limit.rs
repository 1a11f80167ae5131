//! The limits of one statement: time and rows.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrow::array::RecordBatch;
use futures::stream::{BoxStream, Stream};
use futures::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use crate::{Error, Result};

/// What one statement may take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// Rows that its answer may have; more are cut off.
    pub rows_max: Option<u64>,
    /// Time from the statement to the last row of its answer.
    pub timeout: Option<Duration>,
    /// Whether it may only ask: nothing is made, written, set or prepared.
    pub is_query_only: bool,
    /// Bytes of records that it may read, as far as that is known before.
    pub read_bytes_max: Option<u64>,
}

/// What a statement reads at most, as far as that is known before it reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// Files of records.
    pub n_files: u64,
    /// Their records.
    pub n_rows: u64,
    /// Their bytes.
    pub n_bytes: u64,
}

impl Guess {
    /// Returns what two statements read together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            n_files: self.n_files.max(other.n_files),
            n_rows: self.n_rows.saturating_add(other.n_rows),
            n_bytes: self.n_bytes.saturating_add(other.n_bytes),
        }
    }
}

/// The limits of one statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    rows_max: Option<u64>,
    timeout: Option<(Duration, Instant)>,
}

impl Limits {
    /// Returns the limits of a statement that begins at `now`.
    pub(crate) fn new(bounds: Bounds, now: Instant) -> Self {
        let timeout = bounds.timeout.and_then(|it| Some((it, now.checked_add(it)?)));
        Self { rows_max: bounds.rows_max, timeout }
    }

    /// Returns how many rows must be asked for to know whether there are more than may be.
    pub(crate) fn rows_fetched(&self) -> Option<usize> {
        usize::try_from(self.rows_max?.checked_add(1)?).ok()
    }

    /// Waits for `work`, but not longer than the statement may take.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        match self.timeout {
            None => Ok(work.await),
            Some((limit, deadline)) => {
                timeout_at(deadline, work).await.map_err(|_| Error::Timeout { limit })
            }
        }
    }
}

/// Returns the batches until the limits are met; what makes them is dropped at that moment.
pub(crate) fn limited(
    batches: impl Stream<Item = Result<RecordBatch>> + Send + 'static,
    limits: Limits,
    is_cut: Arc<AtomicBool>,
) -> impl Stream<Item = Result<RecordBatch>> + Send {
    let state = State { batches: Some(batches.boxed()), n_left: limits.rows_max, limits, is_cut };
    stream::unfold(state, |mut state| async move {
        let item = state.next().await?;
        Some((item, state))
    })
}

struct State {
    batches: Option<BoxStream<'static, Result<RecordBatch>>>,
    n_left: Option<u64>,
    limits: Limits,
    is_cut: Arc<AtomicBool>,
}

impl State {
    async fn next(&mut self) -> Option<Result<RecordBatch>> {
        let batches = self.batches.as_mut()?;
        let item = match self.limits.within(batches.next()).await {
            Ok(Some(Ok(batch))) => return self.cut(batch),
            Ok(Some(Err(error))) | Err(error) => Some(Err(error)),
            Ok(None) => None,
        };
        self.batches = None;
        item
    }

    /// Returns as much of `batch` as may still come, and ends the stream if that is not all.
    fn cut(&mut self, batch: RecordBatch) -> Option<Result<RecordBatch>> {
        let Some(n_left) = self.n_left else { return Some(Ok(batch)) };
        let n_rows = batch.num_rows() as u64;
        if n_rows <= n_left {
            self.n_left = Some(n_left - n_rows);
            return Some(Ok(batch));
        }
        self.is_cut.store(true, Ordering::Relaxed);
        self.batches = None;
        let n_left = usize::try_from(n_left).unwrap_or(usize::MAX);
        (n_left > 0).then(|| Ok(batch.slice(0, n_left)))
    }
}
