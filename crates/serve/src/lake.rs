//! The lake's size and age: read at most once a second, whoever asks, and told to who listens.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tidegate_store::stats::Bound;
use tidegate_store::{Lake, Newest, Snapshot};
use tokio::sync::{Mutex, watch};
use utoipa::ToSchema;

use crate::app::App;
use crate::backend::maybe_time;
use crate::limit::LAKE_STATE_AGE_MAX;

type Steady = Arc<dyn Fn() -> Instant + Send + Sync>;

/// The lake in a few numbers.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct LakeState {
    /// Version of the table.
    pub version: u64,
    /// The newest record.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub newest: Option<DateTime<Utc>>,
    /// The oldest record.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub oldest: Option<DateTime<Utc>>,
    /// Records.
    pub n_rows: u64,
    /// Files.
    pub n_files: u64,
    /// Their bytes.
    pub n_bytes: u64,
    /// The share of the records that summaries cover, 0 to 1.
    #[serde(skip)]
    pub has_summaries: f64,
    /// The table at this version; `None` before anybody looked.
    #[serde(skip)]
    pub(crate) snapshot: Option<Arc<Snapshot>>,
}

impl LakeState {
    fn of(snapshot: Arc<Snapshot>) -> Self {
        let covered = snapshot.files.iter().filter(|it| it.summary_bytes.is_some());
        let n_covered: u64 = covered.map(|it| it.stats.n_records).sum();
        Self {
            version: snapshot.version,
            newest: times(&snapshot, "end", |it| &it.max).max(),
            oldest: times(&snapshot, "start", |it| &it.min).min(),
            n_rows: snapshot.n_records(),
            n_files: snapshot.files.len() as u64,
            n_bytes: snapshot.files.iter().map(|it| it.size_bytes).sum(),
            has_summaries: share(n_covered, snapshot.n_records()),
            snapshot: Some(snapshot),
        }
    }
}

/// Returns a share; of nothing, everything is covered.
#[expect(clippy::cast_precision_loss, reason = "a share for reading")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn times<'a>(
    snapshot: &'a Snapshot,
    column: &'a str,
    side: fn(&tidegate_store::stats::Range) -> &Option<Bound>,
) -> impl Iterator<Item = DateTime<Utc>> + 'a {
    let ranges = snapshot.files.iter().filter_map(move |it| it.stats.ranges.get(column));
    ranges.filter_map(move |it| match side(it) {
        Some(Bound::Time(us)) => DateTime::from_timestamp_micros(*us),
        _ => None,
    })
}

/// Looks at the lake.
#[derive(Debug)]
pub(crate) struct LakeWatch {
    lake: Lake,
    steady: SteadyClock,
    latest: Mutex<Option<Latest>>,
    sender: watch::Sender<Arc<LakeState>>,
}

/// What was seen at the last look.
#[derive(Debug)]
struct Latest {
    looked: Instant,
    newest: Newest,
    state: Arc<LakeState>,
}

struct SteadyClock(Steady);

impl std::fmt::Debug for SteadyClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SteadyClock")
    }
}

impl LakeWatch {
    pub(crate) fn new(lake: Lake, steady: Steady) -> Self {
        let (sender, _) = watch::channel(Arc::default());
        Self { lake, steady: SteadyClock(steady), latest: Mutex::new(None), sender }
    }

    /// Returns the lake.
    pub(crate) fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Returns the state, which is at most a second old.
    pub(crate) async fn state(&self) -> tidegate_store::Result<Arc<LakeState>> {
        let mut latest = self.latest.lock().await;
        let now = (self.steady.0)();
        if let Some(latest) = &*latest
            && now.duration_since(latest.looked) < LAKE_STATE_AGE_MAX
        {
            return Ok(Arc::clone(&latest.state));
        }
        let newest = self.lake.newest(latest.as_ref().map(|it| &it.newest)).await?;
        let state = Arc::new(LakeState::of(Arc::clone(&newest.snapshot)));
        *latest = Some(Latest { looked: now, newest, state: Arc::clone(&state) });
        self.sender.send_if_modified(|it| {
            let is_new = it.version != state.version;
            *it = Arc::clone(&state);
            is_new
        });
        Ok(state)
    }

    /// Returns what tells of new versions.
    pub(crate) fn listen(&self) -> watch::Receiver<Arc<LakeState>> {
        self.sender.subscribe()
    }

    /// Returns whether anybody listens.
    pub(crate) fn is_listened_to(&self) -> bool {
        self.sender.receiver_count() > 0
    }
}

/// Looks at the lake again and again while somebody listens.
pub(crate) async fn poll(app: &App) {
    loop {
        tokio::time::sleep(app.limits.lake_poll).await;
        if !app.lake.is_listened_to() {
            continue;
        }
        if let Err(error) = app.lake.state().await {
            tracing::warn!("the lake cannot be looked at: {error}");
        }
    }
}
