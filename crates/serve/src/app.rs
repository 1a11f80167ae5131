//! What all requests share.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use tidegate_query::Engine;
use tidegate_query::explore::Explorer;
use tidegate_store::Lake;
use tokio_util::sync::CancellationToken;

use crate::advice::Desk;
use crate::auth::Access;
use crate::auth::rate::Rates;
use crate::backend::Backend;
use crate::lake::LakeWatch;
use crate::metrics::Metrics;
use crate::options::Limits;
use crate::problem::Problem;
use crate::question::Queries;
use crate::window::Window;

/// The clocks. Handed in, so that tests own the hour.
#[derive(Clone)]
pub struct Clocks {
    /// The time of the day. `tidegate serve --now` fixes it.
    pub wall: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// The time that only moves on: ages of sessions are told by it.
    pub steady: Arc<dyn Fn() -> Instant + Send + Sync>,
}

impl std::fmt::Debug for Clocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clocks").finish_non_exhaustive()
    }
}

/// What a server is made of.
#[derive(Debug)]
pub struct Parts {
    /// The engine, shared by all questions; each sees one version of the lake.
    pub engine: Arc<Engine>,
    /// The lake.
    pub lake: Lake,
    /// What is told beside the lake's records.
    pub backend: Arc<dyn Backend>,
    /// The clocks.
    pub clocks: Clocks,
    /// Who may what.
    pub access: Access,
    /// Whether it is HTTPS: cookies say so.
    pub is_tls: bool,
    /// Limits.
    pub limits: Limits,
    /// Version of the program.
    pub version: &'static str,
}

/// The state of the server: handlers take it as `State(app): State<Arc<App>>`.
#[derive(Debug)]
pub struct App {
    pub(crate) engine: Arc<Engine>,
    pub(crate) explorer: Explorer,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) clocks: Clocks,
    pub(crate) access: Access,
    pub(crate) is_tls: bool,
    pub(crate) limits: Limits,
    pub(crate) version: &'static str,
    pub(crate) queries: Arc<Queries>,
    pub(crate) lake: LakeWatch,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) rates: Rates,
    pub(crate) advice: Desk,
    /// Cancelled when the server is asked to stop: streams end.
    pub(crate) stopping: CancellationToken,
}

impl App {
    /// Returns the state of a server that has not answered anything yet.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let metrics = Arc::new(Metrics::default());
        Arc::new(Self {
            queries: Arc::new(Queries::new(&parts.limits, Arc::clone(&metrics))),
            rates: Rates::new(&parts.limits),
            metrics,
            advice: Desk::new(),
            stopping: CancellationToken::new(),
            lake: LakeWatch::new(parts.lake, Arc::clone(&parts.clocks.steady)),
            explorer: Explorer::new(Arc::clone(&parts.engine)),
            engine: parts.engine,
            backend: parts.backend,
            clocks: parts.clocks,
            access: parts.access,
            is_tls: parts.is_tls,
            limits: parts.limits,
            version: parts.version,
        })
    }

    /// Returns the engine.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Returns what is counted.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Returns the time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.clocks.wall)()
    }

    /// Returns the window that the parameters `from` and `until` mean now.
    ///
    /// # Errors
    ///
    /// See [`Window::read`].
    pub fn window(&self, from: Option<&str>, until: Option<&str>) -> Result<Window, Problem> {
        Window::read(from, until, self.now())
    }
}
