//! A question that runs: its turn, its time, its progress, and how to cancel it.
//!
//! A handler takes a [`Question`] and wraps its work in [`Question::run`]. Dropping the request
//! drops the work, and the engine stops. Answers that stream keep the [`Hold`] in the stream.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use futures::future::BoxFuture;
use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::audit::Record;
use crate::limit::BUSY_RETRY_S;
use crate::metrics::Metrics;
use crate::options::Limits;
use crate::problem::{Code, Problem};
use crate::turn;
use crate::window::Window;

/// The header that names a question.
pub const QUERY_ID: &str = "x-query-id";

/// How far a question is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// Files that are read.
    pub n_files: u64,
    /// Files that have been read.
    pub n_files_done: u64,
    /// Rows that have been read.
    pub n_rows: u64,
    /// Bytes that have been read.
    pub n_bytes: u64,
    /// Time since it was asked.
    pub elapsed_ms: u64,
}

/// Returns the progress of a question; the time is filled in by who asks.
pub type Counters = Arc<dyn Fn() -> Progress + Send + Sync>;

/// All questions that run or wait.
#[derive(Debug)]
pub(crate) struct Queries {
    slots: Arc<Semaphore>,
    n_slots: usize,
    n_waiting: AtomicUsize,
    n_waiting_max: usize,
    wait_max: Duration,
    time_max: Duration,
    named: Mutex<HashMap<Uuid, Arc<Entry>>>,
    metrics: Arc<Metrics>,
}

/// One question, as others see it.
pub(crate) struct Entry {
    begun: Instant,
    cancel: CancellationToken,
    counters: Mutex<Option<Counters>>,
    is_held: AtomicBool,
    is_done: AtomicBool,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("begun", &self.begun).finish_non_exhaustive()
    }
}

impl Entry {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            cancel: CancellationToken::new(),
            counters: Mutex::new(None),
            is_held: AtomicBool::new(false),
            is_done: AtomicBool::new(false),
        }
    }

    /// Returns how far the question is.
    pub(crate) fn progress(&self) -> Progress {
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let progress = counters.map_or_else(Progress::default, |it| it());
        let elapsed_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Progress { elapsed_ms, ..progress }
    }
}

impl Queries {
    pub(crate) fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(limits.n_queries)),
            n_slots: limits.n_queries,
            n_waiting: AtomicUsize::new(0),
            n_waiting_max: limits.n_waiting,
            wait_max: limits.query_wait,
            time_max: limits.query_time,
            named: Mutex::new(HashMap::new()),
            metrics,
        }
    }

    /// Returns the question of a name, if it runs or waits.
    pub(crate) fn find(&self, id: Uuid) -> Option<Arc<Entry>> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Cancels a question; returns whether there is one of this name.
    pub(crate) fn cancel(&self, id: Uuid) -> bool {
        let entry = self.find(id);
        entry.inspect(|it| it.cancel.cancel()).is_some()
    }

    /// Returns how many run, and how many wait.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.n_slots - self.slots.available_permits(), self.n_waiting.load(Relaxed))
    }

    fn register(self: &Arc<Self>, id: Option<Uuid>) -> Result<Registered, Problem> {
        let entry = Arc::new(Entry::new());
        if let Some(id) = id {
            let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
            if named.contains_key(&id) {
                let message = format!("a question named `{id}` runs already");
                return Err(Problem::new(Code::Usage, message).hint("a new UUID for each question"));
            }
            named.insert(id, Arc::clone(&entry));
        }
        Ok(Registered { id, entry, queries: Arc::clone(self) })
    }

    async fn slot(&self, entry: &Entry) -> Result<OwnedSemaphorePermit, Problem> {
        if let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = Waiting::begin(self)?;
        let turn = Arc::clone(&self.slots).acquire_owned();
        tokio::select! {
            () = entry.cancel.cancelled() => Err(cancelled()),
            turn = tokio::time::timeout(self.wait_max, turn) => match turn {
                Ok(Ok(permit)) => Ok(permit),
                _ => Err(self.busy()),
            },
        }
    }

    fn busy(&self) -> Problem {
        self.metrics.queries_refused.inc();
        Problem::new(Code::Busy, "too many questions are waiting")
            .hint("ask again in some seconds")
            .retry_after(BUSY_RETRY_S)
    }
}

fn cancelled() -> Problem {
    Problem::new(Code::Cancelled, "the question was cancelled")
}

/// A place in the line.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(queries: &'a Queries) -> Result<Self, Problem> {
        let waiting = Self(&queries.n_waiting);
        if waiting.0.fetch_add(1, Relaxed) >= queries.n_waiting_max {
            return Err(queries.busy());
        }
        Ok(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// A question that others can find until this is dropped.
#[derive(Debug)]
struct Registered {
    id: Option<Uuid>,
    entry: Arc<Entry>,
    queries: Arc<Queries>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        let metrics = &self.queries.metrics;
        if self.entry.is_held.load(Relaxed) && !self.entry.is_done.load(Relaxed) {
            metrics.queries_cancelled.inc();
        }
        let progress = self.entry.progress();
        metrics.rows_read.inc_by(progress.n_rows);
        metrics.bytes_read.inc_by(progress.n_bytes);
        if let Some(id) = self.id {
            self.queries.named.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        }
    }
}

/// What a handler runs its question with.
#[derive(Debug)]
pub struct Question {
    registered: Arc<Registered>,
    record: Record,
}

impl FromRequestParts<Arc<App>> for Question {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let id = parts.headers.get(QUERY_ID).map(|it| {
            let id = it.to_str().ok().and_then(|it| it.parse::<Uuid>().ok());
            id.ok_or_else(|| Problem::new(Code::Usage, format!("`{QUERY_ID}` is no UUID")))
        });
        let registered = app.queries.register(id.transpose()?)?;
        let record = parts.extensions.get::<Record>().cloned().unwrap_or_default();
        Ok(Self { registered: Arc::new(registered), record })
    }
}

impl Question {
    /// Returns a question that nobody named: of a stream that asks again and again.
    pub(crate) fn own(app: &App) -> Self {
        let registered = Registered {
            id: None,
            entry: Arc::new(Entry::new()),
            queries: Arc::clone(&app.queries),
        };
        Self { registered: Arc::new(registered), record: Record::default() }
    }

    /// Notes for the audit log which records are followed.
    pub(crate) fn note_tail(&self, q: &str) {
        self.record.note_q(q);
    }

    /// Notes for the audit log what is asked: the filter and the window.
    pub fn note(&self, q: &str, window: Window) {
        self.record.note(q, window);
    }

    /// Notes for the audit log which statement is asked.
    pub fn note_sql(&self, sql: &str) {
        self.record.note_sql(sql);
    }

    /// Shows the progress of the question to who asks for it.
    pub fn watch(&self, counters: Counters) {
        let mut own = self.registered.entry.counters.lock().unwrap_or_else(PoisonError::into_inner);
        *own = Some(counters);
    }

    /// Runs `work` when it is the question's turn.
    ///
    /// # Errors
    ///
    /// Those of `work`; `busy` if the turn does not come, `cancelled`, and `too_slow`.
    pub fn run<'a, T: Send + 'a>(
        &'a self,
        work: impl Future<Output = Result<T, Problem>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Problem>> {
        // The engine's futures are large: they are on the heap before anything waits for them.
        let work = work.boxed();
        async { self.hold().await?.within(work).await }.boxed()
    }

    /// Waits for the question's turn, which lasts until what is returned is dropped.
    ///
    /// # Errors
    ///
    /// `busy` if the turn does not come, and `cancelled`.
    pub async fn hold(&self) -> Result<Hold, Problem> {
        let registered = Arc::clone(&self.registered);
        let permit = registered.queries.slot(&registered.entry).await?;
        registered.entry.is_held.store(true, Relaxed);
        let time_max = registered.queries.time_max;
        let deadline = registered.entry.begun + time_max;
        Ok(Hold { _permit: permit, registered, deadline, time_max })
    }
}

/// A question's turn.
#[derive(Debug)]
pub struct Hold {
    _permit: OwnedSemaphorePermit,
    registered: Arc<Registered>,
    deadline: Instant,
    time_max: Duration,
}

impl Hold {
    /// Runs `work` until the question is cancelled or has taken too long.
    ///
    /// # Errors
    ///
    /// Those of `work`, `cancelled` and `too_slow`.
    pub async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        // Whoever drops it between here and the end has cancelled it.
        let entry = &self.registered.entry;
        entry.is_done.store(false, Relaxed);
        tokio::select! {
            () = entry.cancel.cancelled() => Err(cancelled()),
            done = timeout_at(self.deadline, work) => {
                entry.is_done.store(true, Relaxed);
                done.unwrap_or_else(|_| Err(too_slow(self.time_max)))
            }
        }
    }

    /// Returns the items of `items` until the question is cancelled or has taken too long, and
    /// holds the turn until the last one. At the deadline the turn ends even if nobody asks for the
    /// next item: who reads slowly does not keep others waiting.
    pub fn stream<T: Send + 'static>(
        self,
        items: impl Stream<Item = Result<T, Problem>> + Send + 'static,
    ) -> impl Stream<Item = Result<T, Problem>> + Send + 'static {
        let (deadline, time_max) = (self.deadline, self.time_max);
        turn::until(deadline, too_slow(time_max), self.items(items))
    }

    fn items<T: Send + 'static>(
        self,
        items: impl Stream<Item = Result<T, Problem>> + Send + 'static,
    ) -> impl Stream<Item = Result<T, Problem>> + Send + 'static {
        let state = Some((self, items.boxed()));
        stream::unfold(state, |state| async move {
            let (hold, mut items) = state?;
            match hold.within(async { items.next().await.transpose() }).await {
                Ok(Some(item)) => {
                    // Who leaves before the last item has cancelled it.
                    hold.registered.entry.is_done.store(false, Relaxed);
                    Some((Ok(item), Some((hold, items))))
                }
                Ok(None) => None,
                Err(problem) => Some((Err(problem), None)),
            }
        })
    }
}

fn too_slow(time_max: Duration) -> Problem {
    let message = format!("the question was stopped after {} s", time_max.as_secs());
    Problem::new(Code::TooSlow, message).hint("take a shorter time range or a narrower filter")
}
