//! One look at the sources: what is new is listed, fetched, decoded and committed.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::stream::BoxStream;
use futures::{StreamExt as _, future, stream};
use tidegate_decode::Options;
use tidegate_store::commit::Writer;
use tidegate_store::ledger::object_id;
use tidegate_store::{Lake, Opener};
use tokio::sync::mpsc;

use crate::context::Latch;
use crate::error::in_words;
use crate::fetch::{self, Job};
use crate::find::own::Own;
use crate::find::{self, Found, Met, Search};
use crate::progress::{Progress, Stop};
use crate::publish::Publisher;
use crate::tally::{Next, Tally};
use crate::work::{self, Parcel, Shared};
use crate::{Error, Request, Result, Summary};

/// Objects that wait for a worker, for each worker.
const JOBS_PER_WORKER: usize = 2;

/// Objects that a listing may be ahead of the fetching.
const LISTED_AHEAD: usize = 100_000;

/// What every look at the sources needs.
pub(crate) struct Pass<'a> {
    pub(crate) lake: &'a Lake,
    pub(crate) opener: Arc<dyn Opener>,
    pub(crate) request: &'a Request,
    pub(crate) own: Own,
    pub(crate) progress: &'a Arc<Progress>,
    pub(crate) stop: &'a Stop,
    pub(crate) tally: &'a Mutex<Tally>,
}

impl Pass<'_> {
    /// Reads everything that is new. Returns whether another pass is due, because another writer
    /// was faster with objects that shared a commit with ours.
    pub(crate) async fn run(&self, writer: &mut Writer, summary: &mut Summary) -> Result<bool> {
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
        self.tally().begin_look();
        let objects = self.new_objects(writer);
        let memory = self.request.memory_bytes_max / 4;
        let (found_sender, found) = mpsc::channel(LISTED_AHEAD);
        let listing = self.list(objects, found_sender);
        let feeding = feed(found, memory, job_sender);
        let mut publisher = Publisher::new(self.lake, writer, summary, self.tally);
        let publishing = publisher.run(parcels);
        let (all_listed, (), all_committed) = future::join3(listing, feeding, publishing).await;
        let is_again = publisher.is_again;
        for worker in workers {
            worker.await.map_err(|it| Error::Worker { reason: it.to_string() })?;
        }
        all_committed?;
        all_listed?;
        Ok(is_again && !self.stop.is_stopped())
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(
        &self,
        writer: &Writer,
        jobs: mpsc::Receiver<Job>,
        parcels: mpsc::Sender<Parcel>,
    ) -> Shared {
        let log_format = self.request.log_format.clone();
        let share = self.request.memory_bytes_max / 6 / self.request.n_threads.max(1) as u64;
        Shared {
            jobs: Arc::new(Mutex::new(jobs)),
            parcels,
            progress: Arc::clone(self.progress),
            stop: self.stop.clone(),
            options: Options { log_format, ..Options::default() },
            gather_bytes_max: usize::try_from(share).unwrap_or(usize::MAX),
            objects_per_commit_max: self.request.objects_per_commit_max.max(1),
            clock: self.lake.clock(),
            ledger: writer.ledger(),
            context: self.request.context.clone(),
            last: Arc::new(Latch::new(self.request.n_threads.max(1))),
        }
    }

    /// Returns the objects that are not in the lake yet, each once.
    fn new_objects(&self, writer: &Writer) -> BoxStream<'_, Result<Found>> {
        let ledger = writer.ledger();
        let search = Search {
            opener: &self.opener,
            request: self.request,
            own: &self.own,
            clock: self.lake.clock(),
        };
        let objects = find::objects(search);
        let objects = objects.take_while(|_| future::ready(!self.stop.is_stopped()));
        let new = objects.filter_map(move |met| {
            future::ready(match met {
                Ok(Met::Object(found)) => {
                    let id = object_id(&found.url, &found.tag);
                    let ledger = ledger.read().unwrap_or_else(PoisonError::into_inner);
                    self.is_new(&found, ledger.contains(id)).then_some(Ok(found))
                }
                Ok(Met::LeftOut) => {
                    self.tally().left_out();
                    None
                }
                Ok(Met::FolderLeftOut) => {
                    self.tally().folder_left_out();
                    None
                }
                Ok(Met::Young) => None,
                Err(error) => Some(Err(error)),
            })
        });
        new.boxed()
    }

    fn is_new(&self, found: &Found, is_in_lake: bool) -> bool {
        let next = self.tally().met(found, is_in_lake);
        match next {
            Next::Read => fetch::note_found(self.progress, found),
            Next::Known => {
                self.progress.n_objects_known.fetch_add(1, Relaxed);
            }
            Next::Nothing => {}
        }
        next == Next::Read
    }

    /// Lists ahead of the fetching, so that whoever watches knows how much is to come.
    async fn list(
        &self,
        mut objects: BoxStream<'_, Result<Found>>,
        found: mpsc::Sender<Found>,
    ) -> Result<()> {
        let mut trouble = None;
        while let Some(object) = objects.next().await {
            let object = match object {
                Ok(object) => object,
                // The next look tries it again.
                Err(error) if self.request.follow.is_some() && error.is_retryable() => {
                    trouble = Some(self.warn_of(&error));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if found.send(object).await.is_err() {
                break;
            }
        }
        self.progress.set_trouble(trouble);
        self.progress.is_listed.store(true, Relaxed);
        Ok(())
    }

    fn warn_of(&self, error: &Error) -> String {
        let warning = in_words(error);
        tracing::warn!("{warning}");
        self.tally().warn(warning.clone());
        warning
    }
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
