//! Sources that are read while the server answers, and how each is.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tidegate_collect::{Phase, Progress, Request, Stop};
use tidegate_serve::backend::{SourceHealth, SourceState};
use tidegate_store::{Lake, status};
use tokio::task::JoinHandle;

use crate::config::Settings;
use crate::context;
use crate::failure::Usage;
use crate::places::{self, Places};

/// Sources at most: each has its own listing and its own commits.
const SOURCES_MAX: usize = 16;

/// How long after a failure a source is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How often it is looked whether a source has been read to its end.
const LOOK_EVERY: Duration = Duration::from_millis(500);

type Wall = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The sources.
#[derive(Debug, Default)]
pub(super) struct Collecting {
    sources: Vec<Source>,
    stop: Stop,
}

/// One source.
struct Source {
    /// As a person wrote it.
    name: String,
    /// Its address.
    url: String,
    wall: Wall,
    told: Mutex<Told>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("url", &self.url).finish_non_exhaustive()
    }
}

/// What is known of a source.
#[derive(Debug, Default)]
struct Told {
    /// The newest record before the start.
    newest: Option<DateTime<Utc>>,
    progress: Arc<Progress>,
    last_pass_at: Option<DateTime<Utc>>,
    error: Option<String>,
}

/// Sources that are being read.
#[derive(Debug)]
pub(super) struct Collected(Vec<JoinHandle<()>>);

impl Collected {
    /// Waits until all have ended.
    pub(super) async fn wait(self) {
        for task in self.0 {
            if let Err(error) = task.await {
                tracing::error!("reading a source ended badly: {error}");
            }
        }
    }
}

impl Collecting {
    /// Returns the sources, none of which is read yet.
    ///
    /// # Errors
    ///
    /// If there are too many, one is no place, or the lake cannot be read.
    pub(super) async fn new(
        lake: &Lake,
        names: &[String],
        wall: Wall,
    ) -> anyhow::Result<Arc<Self>> {
        if names.len() > SOURCES_MAX {
            let message = format!("{} sources are too many", names.len());
            let hint = format!("{SOURCES_MAX} are the most; name what is above them");
            return Err(Usage::new(message, hint).into());
        }
        if names.is_empty() {
            return Ok(Arc::default());
        }
        let before = status::read(lake).await?.sources;
        let mut sources = Vec::new();
        for name in names {
            let url = places::url_of(name)?.to_string();
            let own = before.iter().filter(|it| it.url.starts_with(url.trim_end_matches('/')));
            let newest = own.filter_map(|it| it.newest).max();
            let told = Mutex::new(Told { newest, ..Told::default() });
            sources.push(Source { name: name.clone(), url, wall: Arc::clone(&wall), told });
        }
        Ok(Arc::new(Self { sources, stop: Stop::default() }))
    }

    /// Begins to read all of them.
    ///
    /// # Errors
    ///
    /// If what records are given as context cannot be opened.
    pub(super) async fn start(
        self: &Arc<Self>,
        lake: &Lake,
        settings: &Settings,
        poll: Duration,
    ) -> anyhow::Result<Collected> {
        if self.sources.is_empty() {
            return Ok(Collected(Vec::new()));
        }
        let n_sources = self.sources.len();
        // What was seen of a connection in one source tells about it in another.
        let context = context::wanted(lake, settings).await?;
        let mut tasks = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let mut request = Request::new(vec![source.name.clone()]);
            request.n_threads = (usize::try_from(settings.threads)? / n_sources).max(1);
            request.memory_bytes_max = settings.collect_memory_max.bytes / n_sources as u64;
            request.follow = Some(poll);
            request.context.clone_from(&context);
            request.log_format = log_format(settings)?;
            let reader = Reader {
                collecting: Arc::clone(self),
                index,
                lake: lake.clone(),
                places: Places::new(settings),
                request,
            };
            tasks.push(tokio::spawn(reader.read()));
        }
        Ok(Collected(tasks))
    }

    /// Asks all of them to end after the commit in hand.
    pub(super) fn stop(&self) {
        self.stop.stop();
    }

    /// Returns how each source is.
    pub(super) fn health(&self) -> Vec<SourceHealth> {
        self.sources.iter().map(Source::health).collect()
    }
}

fn log_format(settings: &Settings) -> anyhow::Result<Option<tidegate_decode::LogFormat>> {
    let format = settings.log_format.as_deref();
    Ok(format.map(tidegate_decode::LogFormat::parse).transpose()?)
}

impl Source {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn health(&self) -> SourceHealth {
        let told = self.told();
        let progress = &told.progress;
        let newest_us = progress.newest_us.load(Relaxed);
        let seen = DateTime::from_timestamp_micros(newest_us).filter(|_| newest_us > 0);
        let newest = told.newest.max(seen);
        let error = told.error.clone().or_else(|| progress.trouble());
        let state = match progress.phase() {
            _ if error.is_some() => SourceState::Failed,
            Phase::Waiting | Phase::Done => SourceState::Idle,
            Phase::Opening | Phase::Collecting | Phase::Compacting => SourceState::Reading,
        };
        let age = newest.map(|it| (self.wall)() - it);
        SourceHealth {
            url: self.url.clone(),
            state,
            newest_record: newest,
            lag_s: age.and_then(|it| u64::try_from(it.num_seconds()).ok()),
            last_pass_at: told.last_pass_at,
            n_objects: progress.n_objects_done.load(Relaxed),
            n_records: progress.n_records.load(Relaxed),
            n_bad_lines: progress.n_bad.load(Relaxed),
            error,
        }
    }
}

/// Reads one source.
struct Reader {
    collecting: Arc<Collecting>,
    index: usize,
    lake: Lake,
    places: Arc<Places>,
    request: Request,
}

impl Reader {
    /// Reads until it is asked to stop; what fails is tried again.
    async fn read(self) {
        let (source, stop) = (&self.collecting.sources[self.index], &self.collecting.stop);
        while !stop.is_stopped() {
            let progress = Arc::new(Progress::default());
            let newest = source.health().newest_record;
            {
                let mut told = source.told();
                told.newest = newest;
                told.progress = Arc::clone(&progress);
            }
            let opener = Arc::clone(&self.places);
            let reading =
                tidegate_collect::run(&self.lake, opener, &self.request, progress.clone(), stop);
            let done = tokio::select! {
                done = reading => done,
                () = self.watch(&progress) => continue,
            };
            let Err(error) = done else { return };
            let error = format!("{:#}", anyhow::Error::from(error));
            tracing::warn!(source = source.url, "a source cannot be read: {error}");
            source.told().error = Some(error);
            self.wait(stop).await;
        }
    }

    /// Notes each time that the source has been read to its end.
    async fn watch(&self, progress: &Progress) {
        let source = &self.collecting.sources[self.index];
        let mut was_waiting = false;
        loop {
            let is_waiting = progress.phase() == Phase::Waiting;
            if is_waiting && !was_waiting {
                let mut told = source.told();
                told.last_pass_at = Some((source.wall)());
                told.error = None;
            }
            was_waiting = is_waiting;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn wait(&self, stop: &Stop) {
        let mut left = AGAIN_AFTER;
        while !stop.is_stopped() && !left.is_zero() {
            tokio::time::sleep(LOOK_EVERY).await;
            left = left.saturating_sub(LOOK_EVERY);
        }
    }
}
