//! One run: from the sources to the last commit.

use std::collections::HashSet;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::stream::BoxStream;
use futures::{StreamExt as _, future, stream};
use tidegate_decode::Options;
use tidegate_store::commit::Writer;
use tidegate_store::ledger::object_id;
use tidegate_store::{Lake, Opener, compact};
use tokio::sync::mpsc;

use crate::fetch::{self, Job};
use crate::find::{self, Found, Met};
use crate::progress::{Phase, Progress, Stop};
use crate::publish::Publisher;
use crate::work::{self, Parcel, Shared};
use crate::{Error, Request, Result, Summary};

/// Objects that wait for a worker, for each worker.
const JOBS_PER_WORKER: usize = 2;

/// Objects that a listing may be ahead of the fetching.
const LISTED_AHEAD: usize = 100_000;

/// How often a run looks whether it was stopped while it waits.
const STOP_CHECK: Duration = Duration::from_millis(200);

/// Collects what `request` names into `lake`.
///
/// # Errors
///
/// If the lake or a listing fails. An object that cannot be read is no error: it is in
/// [`Summary::failed`], and the next run tries it again. What was committed before an error stays.
pub async fn run(
    lake: &Lake,
    opener: Arc<dyn Opener>,
    request: &Request,
    progress: Arc<Progress>,
    stop: &Stop,
) -> Result<Summary> {
    let begin = Instant::now();
    let mut summary = Summary::default();
    progress.set_phase(Phase::Opening);
    let mut writer = Writer::new(lake).await?;
    summary.version = writer.version();
    let mut run = Run { lake, opener, request, progress: Arc::clone(&progress), stop };
    loop {
        progress.set_phase(Phase::Collecting);
        while run.pass(&mut writer, &mut summary).await? {}
        if request.is_compacting && summary.n_commits > 0 && !stop.is_stopped() {
            progress.set_phase(Phase::Compacting);
            let report = compact::run(lake, compact::Options::WHEN_WORTH_IT).await?;
            summary.n_files_compacted += report.n_files_before;
        }
        let Some(pause) = request.follow.filter(|_| !stop.is_stopped()) else { break };
        progress.set_phase(Phase::Waiting);
        wait(pause, stop).await;
    }
    progress.set_phase(Phase::Done);
    summary.is_interrupted = stop.is_stopped() && request.follow.is_none();
    summary.elapsed_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(summary)
}

async fn wait(pause: Duration, stop: &Stop) {
    let begin = Instant::now();
    while begin.elapsed() < pause && !stop.is_stopped() {
        tokio::time::sleep(STOP_CHECK.min(pause)).await;
    }
}

struct Run<'a> {
    lake: &'a Lake,
    opener: Arc<dyn Opener>,
    request: &'a Request,
    progress: Arc<Progress>,
    stop: &'a Stop,
}

impl Run<'_> {
    /// Reads everything that is new. Returns whether another pass is due, because another writer
    /// was faster with objects that shared a commit with ours.
    async fn pass(&mut self, writer: &mut Writer, summary: &mut Summary) -> Result<bool> {
        let n_threads = self.request.n_threads.max(1);
        let (job_sender, jobs) = mpsc::channel::<Job>(n_threads * JOBS_PER_WORKER);
        let (parcel_sender, parcels) = mpsc::channel::<Parcel>(n_threads);
        let shared = self.shared(writer, jobs, parcel_sender);
        let workers: Vec<_> = (0..n_threads)
            .map(|worker| {
                let shared = shared.clone();
                tokio::task::spawn_blocking(move || work::work(worker, shared))
            })
            .collect();
        drop(shared);
        let met = Arc::new(Mutex::new(Seen::default()));
        let objects = self.new_objects(writer, &met);
        let memory = self.request.memory_bytes_max / 4;
        let (found_sender, found) = mpsc::channel(LISTED_AHEAD);
        let listing = list(objects, found_sender, &self.progress);
        let feeding = feed(found, memory, job_sender);
        let mut publisher = Publisher::new(self.lake, writer, summary);
        let publishing = publisher.run(parcels);
        let (listed, (), published) = future::join3(listing, feeding, publishing).await;
        let is_again = publisher.is_again;
        for worker in workers {
            worker.await.map_err(|it| Error::Worker { reason: it.to_string() })?;
        }
        published?;
        listed?;
        let seen = met.lock().unwrap_or_else(PoisonError::into_inner);
        // A later pass meets everything again: what it knows includes what this run read.
        summary.n_objects = seen.n_known + seen.n_new;
        summary.n_objects_known = summary.n_objects.saturating_sub(summary.n_objects_new);
        let n_failed = summary.failed.len() as u64;
        summary.n_objects_known = summary.n_objects_known.saturating_sub(n_failed);
        summary.n_objects_left_out = seen.n_left_out;
        Ok(is_again && !self.stop.is_stopped())
    }

    fn shared(
        &self,
        writer: &Writer,
        jobs: mpsc::Receiver<Job>,
        parcels: mpsc::Sender<Parcel>,
    ) -> Shared {
        let ledger = writer.ledger();
        let log_format = self.request.log_format.clone();
        let share = self.request.memory_bytes_max / 6 / self.request.n_threads.max(1) as u64;
        Shared {
            jobs: Arc::new(Mutex::new(jobs)),
            parcels,
            progress: Arc::clone(&self.progress),
            stop: self.stop.clone(),
            options: Options { log_format, ..Options::default() },
            gather_bytes_max: usize::try_from(share).unwrap_or(usize::MAX),
            objects_per_commit_max: self.request.objects_per_commit_max.max(1),
            clock: self.lake.clock(),
            has_content: Arc::new(move |url, fingerprint| {
                let ledger = ledger.read().unwrap_or_else(PoisonError::into_inner);
                ledger.has_content(url, fingerprint)
            }),
        }
    }

    /// Returns the objects that are not in the lake yet, each once.
    fn new_objects<'a>(
        &'a self,
        writer: &Writer,
        seen: &Arc<Mutex<Seen>>,
    ) -> BoxStream<'a, Result<Found>> {
        let ledger = writer.ledger();
        let seen = Arc::clone(seen);
        let progress = Arc::clone(&self.progress);
        let stop = self.stop.clone();
        let objects = find::objects(&self.opener, self.request);
        let objects = objects.take_while(move |_| future::ready(!stop.is_stopped()));
        let new = objects.filter_map(move |met| {
            let found = match met {
                Ok(Met::Object(found)) => found,
                Ok(Met::LeftOut) => {
                    seen.lock().unwrap_or_else(PoisonError::into_inner).n_left_out += 1;
                    return future::ready(None);
                }
                Err(error) => return future::ready(Some(Err(error))),
            };
            let id = object_id(&found.url, &found.tag);
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if !seen.ids.insert(id) {
                return future::ready(None);
            }
            if ledger.read().unwrap_or_else(PoisonError::into_inner).contains(id) {
                seen.n_known += 1;
                progress.n_objects_known.fetch_add(1, Relaxed);
                return future::ready(None);
            }
            seen.n_new += 1;
            fetch::note_found(&progress, &found);
            future::ready(Some(Ok(found)))
        });
        new.boxed()
    }
}

/// What a pass came upon.
#[derive(Default)]
struct Seen {
    ids: HashSet<u128>,
    n_known: u64,
    n_new: u64,
    n_left_out: u64,
}

/// Lists ahead of the fetching, so that whoever watches knows how much is to come.
async fn list(
    mut objects: BoxStream<'_, Result<Found>>,
    found: mpsc::Sender<Found>,
    progress: &Progress,
) -> Result<()> {
    while let Some(object) = objects.next().await {
        if found.send(object?).await.is_err() {
            break;
        }
    }
    progress.is_listed.store(true, Relaxed);
    Ok(())
}

/// Fetches objects and hands them to the workers, until there are none or nobody takes them.
async fn feed(found: mpsc::Receiver<Found>, memory_bytes: u64, jobs: mpsc::Sender<Job>) {
    let found = stream::unfold(found, |mut found| async move {
        let object = found.recv().await?;
        Some((object, found))
    });
    let mut fetched = fetch::fetch(found, memory_bytes);
    while let Some(job) = fetched.next().await {
        if jobs.send(job).await.is_err() {
            break;
        }
    }
}
