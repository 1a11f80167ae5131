//! A worker: decodes objects, lays out their records, and hands both over for a commit.
//!
//! A worker hands over *files* whenever its share of memory is full, and *positions* only when all
//! records of the objects they stand for have been handed over. So a commit never holds half an
//! object, however large the object is.

mod sink;
mod stream;

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tidegate_decode::{Counts, Decoder, Options};
use tidegate_store::layout::EncodedFile;
use tidegate_store::ledger::{Ledger, SourceObject, fingerprint};
use tidegate_store::{Error as StoreError, lake::Clock};
use tokio::sync::mpsc;

use crate::Context;
use crate::context::Latch;
use crate::fetch::{Content, Job};
use crate::find::Found;
use crate::find::key::flow_log_id;
use crate::progress::{Progress, Stop};
use sink::{Sinking, Tray};

/// Dead letters that a worker keeps before it hands over.
const LETTER_BYTES_MAX: usize = 8 << 20;

/// What a worker hands over.
pub(crate) enum Parcel {
    /// Files whose positions are still to come.
    Files { worker: usize, files: Vec<EncodedFile> },
    /// The positions of everything that this worker handed over since the last time.
    Positions {
        worker: usize,
        objects: Vec<SourceObject>,
        letters: Vec<u8>,
        /// Objects at whose address another content was read before.
        n_changed: u64,
    },
    /// What this worker handed over since the last positions is not to be published.
    Discard { worker: usize },
    /// An object could not be read.
    Failed { url: String, reason: String },
    /// The columns of a file could not be put together.
    Broken(StoreError),
}

/// What all workers share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) jobs: Arc<Mutex<mpsc::Receiver<Job>>>,
    pub(crate) parcels: mpsc::Sender<Parcel>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) stop: Stop,
    pub(crate) options: Options,
    pub(crate) gather_bytes_max: usize,
    pub(crate) objects_per_commit_max: u64,
    pub(crate) clock: Clock,
    pub(crate) ledger: Arc<RwLock<Ledger>>,
    pub(crate) context: Option<Arc<Context>>,
    /// Where the workers meet before they enrich the last of their rows.
    pub(crate) last: Arc<Latch>,
}

/// What the ledger knows of a content at an address.
enum Known {
    /// No content of this address.
    Nothing,
    /// This one.
    Same,
    /// Another one.
    Other,
}

impl Shared {
    fn known(&self, url: &str, fingerprint: &str) -> Known {
        let ledger = self.ledger.read().unwrap_or_else(PoisonError::into_inner);
        if ledger.has_content(url, fingerprint) {
            return Known::Same;
        }
        if ledger.has_address(url) { Known::Other } else { Known::Nothing }
    }
}

/// Nobody takes parcels any more: the run is over.
struct Gone;

/// Works until there are no more jobs.
pub(crate) fn work(worker: usize, shared: Shared) {
    let decoder = Decoder::new(shared.options.clone());
    let last = Arc::clone(&shared.last);
    let mut worker =
        Worker { number: worker, shared, objects: Vec::new(), n_changed: 0, tray: Tray::default() };
    let arrival = Arrival { last, has_come: false };
    // `Gone` has been said by whoever dropped the receiver.
    let _: Result<(), Gone> = worker.run(decoder, arrival);
}

/// A worker's own arrival at the meeting of all. Who ends before, by an error too, has come as well:
/// nobody waits in vain.
struct Arrival {
    last: Arc<Latch>,
    has_come: bool,
}

impl Arrival {
    fn come(&mut self) {
        if !std::mem::replace(&mut self.has_come, true) {
            self.last.come();
        }
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.come();
    }
}

struct Worker {
    number: usize,
    shared: Shared,
    objects: Vec<SourceObject>,
    n_changed: u64,
    tray: Tray,
}

impl Worker {
    fn run(&mut self, mut decoder: Decoder, mut arrival: Arrival) -> Result<(), Gone> {
        while let Some(job) = self.next() {
            if self.shared.stop.is_stopped() {
                break;
            }
            self.tray.letters.begin(&job.found.url);
            decoder.set_flow_log(flow_log_id(&job.found.url));
            match job.content {
                Content::Whole(bytes) => self.whole(&mut decoder, &job.found, &bytes),
                Content::Stream(mut reader) => {
                    self.streamed(&mut decoder, &job.found, &mut *reader)?;
                }
                Content::Failed(reason) => self.failed(&job.found, reason)?,
            }
            let is_full = self.objects.len() as u64 >= self.shared.objects_per_commit_max
                || self.tray.letters.n_bytes() > LETTER_BYTES_MAX
                || self.tray.gather.n_bytes() > self.shared.gather_bytes_max;
            if is_full {
                self.hand_over(&mut decoder)?;
            }
        }
        self.last(&mut decoder, &mut arrival)
    }

    /// Hands over the rest, enriched by what all workers saw.
    fn last(&mut self, decoder: &mut Decoder, arrival: &mut Arrival) -> Result<(), Gone> {
        let stop = self.shared.stop.clone();
        let mut sink = self.sink();
        decoder.flush(&mut sink);
        let rows = sink.take_rows()?;
        arrival.come();
        if let Some(rows) = rows {
            arrival.last.wait(&stop);
            sink.hand_over_rows(rows)?;
        }
        self.hand_over_positions()
    }

    fn next(&self) -> Option<Job> {
        self.shared.jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
    }

    fn whole(&mut self, decoder: &mut Decoder, found: &Found, bytes: &bytes::Bytes) {
        let fingerprint = fingerprint(bytes);
        let known = self.shared.known(&found.url, &fingerprint);
        let counts = match known {
            Known::Same => Counts::default(),
            Known::Nothing | Known::Other => decoder.decode_bytes(bytes, &mut self.sink()),
        };
        let n_bytes = bytes.len() as u64;
        self.shared.progress.n_bytes_done.fetch_add(n_bytes, Relaxed);
        self.n_changed += u64::from(matches!(known, Known::Other));
        self.finish(found, n_bytes, fingerprint, &counts);
    }

    fn sink(&mut self) -> Sinking<'_> {
        Sinking { worker: self.number, shared: &self.shared, tray: &mut self.tray }
    }

    fn discard(&mut self, decoder: &mut Decoder) -> Result<(), Gone> {
        *decoder = Decoder::new(self.shared.options.clone());
        self.tray = Tray::default();
        self.send(Parcel::Discard { worker: self.number })
    }

    fn finish(&mut self, found: &Found, size_bytes: u64, fingerprint: String, counts: &Counts) {
        self.tray.letters.end();
        let progress = &self.shared.progress;
        progress.n_objects_done.fetch_add(1, Relaxed);
        progress.n_records.fetch_add(counts.n_read - counts.n_bad, Relaxed);
        progress.n_bad.fetch_add(counts.n_bad, Relaxed);
        progress.newest_us.fetch_max(counts.end_us_max.unwrap_or(0), Relaxed);
        self.objects.push(SourceObject {
            url: found.url.clone(),
            tag: found.tag.clone(),
            fingerprint,
            size_bytes,
            modified_ms: found.meta.last_modified.timestamp_millis(),
            read_ms: (self.shared.clock)(),
            n_records: counts.n_ok,
            n_nodata: counts.n_nodata,
            n_skipdata: counts.n_skipdata,
            n_bad: counts.n_bad,
            text_bytes: counts.text_bytes,
            start_us: counts.start_us_min,
            end_us: counts.end_us_max,
            dead_letters: None,
        });
    }

    fn failed(&mut self, found: &Found, reason: String) -> Result<(), Gone> {
        self.send(Parcel::Failed { url: found.url.clone(), reason })
    }

    /// Hands over everything: records first, then what they came from.
    fn hand_over(&mut self, decoder: &mut Decoder) -> Result<(), Gone> {
        let mut sink = self.sink();
        decoder.flush(&mut sink);
        sink.hand_over_files()?;
        self.hand_over_positions()
    }

    fn hand_over_positions(&mut self) -> Result<(), Gone> {
        if self.objects.is_empty() {
            return Ok(());
        }
        let objects = std::mem::take(&mut self.objects);
        let letters = self.tray.letters.take();
        let n_changed = std::mem::take(&mut self.n_changed);
        self.send(Parcel::Positions { worker: self.number, objects, letters, n_changed })
    }

    fn send(&self, parcel: Parcel) -> Result<(), Gone> {
        self.shared.parcels.blocking_send(parcel).map_err(|_| Gone)
    }
}
