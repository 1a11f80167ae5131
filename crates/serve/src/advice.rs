//! Advice, made in the background: one report at a time, and each kept for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tidegate_advise::Report;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::app::App;
use crate::backend::AdviceAsk;
use crate::limit::ADVICE_KEPT;
use crate::problem::{Code, Problem};

/// A report is used again for so long though the lake is newer: rules are judged by weeks.
const AGE_MAX: Duration = Duration::from_mins(10);

/// How it stands with advice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdviceState {
    /// It is being made.
    Working,
    /// It is there.
    Ready,
    /// The lake or the inventory lacks what it is made from.
    #[default]
    Unavailable,
}

/// A report, and when it was made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) report: Arc<Report>,
    pub(crate) at: DateTime<Utc>,
}

/// What became of an order.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// It is worked on, or waits behind another one, for so many seconds.
    Working(u64),
    /// Here it is.
    Ready(Made),
    /// There can be none, and why.
    Unavailable(Problem),
}

/// Makes advice, one report at a time.
#[derive(Debug)]
pub(crate) struct Desk {
    state: Mutex<State>,
    told: watch::Sender<AdviceState>,
}

#[derive(Debug, Default)]
struct State {
    working: Option<(AdviceAsk, Instant)>,
    kept: VecDeque<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    ask: AdviceAsk,
    version: u64,
    since: Instant,
    made: Result<Made, Problem>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default(), told: watch::channel(AdviceState::default()).0 }
    }

    /// Returns what tells how it stands with the report made last.
    pub(crate) fn listen(&self) -> watch::Receiver<AdviceState> {
        self.told.subscribe()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns what was made before, if it may be used again.
    fn find(&self, ask: &AdviceAsk, version: u64, now: Instant) -> Option<Order> {
        let kept = self.kept.iter().find(|it| it.ask == *ask)?;
        let is_young = now.duration_since(kept.since) < AGE_MAX;
        match &kept.made {
            Ok(made) if kept.version == version || is_young => Some(Order::Ready(made.clone())),
            Err(problem) if kept.version == version && is_young => {
                Some(Order::Unavailable(problem.clone()))
            }
            _ => None,
        }
    }
}

/// Orders advice; what is not there yet is made in the background.
///
/// # Errors
///
/// If the lake cannot be read.
pub(crate) async fn order(app: &Arc<App>, ask: AdviceAsk) -> Result<Order, Problem> {
    let version = app.lake.state().await?.version;
    let now = (app.clocks.steady)();
    let mut state = app.advice.state();
    if let Some(order) = state.find(&ask, version, now) {
        return Ok(order);
    }
    if let Some((_, since)) = &state.working {
        return Ok(Order::Working(now.duration_since(*since).as_secs()));
    }
    state.working = Some((ask.clone(), now));
    drop(state);
    app.advice.told.send_replace(AdviceState::Working);
    let app = Arc::clone(app);
    // It computes for long stretches: a thread of its own, so that others are answered meanwhile.
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let _working = Working(&app);
        let made = runtime.block_on(make(&app, &ask));
        let made = made.map(|it| Made { report: Arc::new(it), at: app.now() });
        finish(&app, Kept { ask, version, since: (app.clocks.steady)(), made });
    });
    Ok(Order::Working(0))
}

/// Makes advice within its time. What only computes is not interrupted: it is the smaller part.
async fn make(app: &App, ask: &AdviceAsk) -> Result<Report, Problem> {
    let time_max = app.limits.advice_time;
    tokio::select! {
        made = app.backend.advise(ask) => made,
        () = tokio::time::sleep(time_max) => {
            let message = format!("the advice was stopped after {} s", time_max.as_secs());
            Err(Problem::new(Code::TooSlow, message).hint("ask for fewer days"))
        }
        () = app.stopping.cancelled() => {
            Err(Problem::new(Code::Cancelled, "the advice was stopped: the server ends"))
        }
    }
}

/// Makes room for the next order, even if this one panics.
struct Working<'a>(&'a App);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.advice.state().working = None;
    }
}

fn finish(app: &App, kept: Kept) {
    let told = match &kept.made {
        Ok(_) => AdviceState::Ready,
        Err(problem) => {
            if problem.code() == Code::Internal {
                tracing::error!("no advice could be made: {}", problem.message());
            }
            AdviceState::Unavailable
        }
    };
    let mut state = app.advice.state();
    state.kept.retain(|it| it.ask != kept.ask);
    state.kept.push_front(kept);
    state.kept.truncate(ADVICE_KEPT);
    drop(state);
    app.advice.told.send_replace(told);
}
