//! A worker: decodes objects, lays out their records, and hands both over for a commit.
//!
//! A worker hands over *files* whenever its share of memory is full, and *positions* only when all
//! records of the objects they stand for have been handed over. So a commit never holds half an
//! object, however large the object is.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use tidegate_decode::{BadLine, Counts, Decoder, Options, Sink};
use tidegate_store::layout::{EncodedFile, Gather};
use tidegate_store::ledger::{SourceObject, fingerprint};
use tidegate_store::{Error as StoreError, lake::Clock};
use tokio::sync::mpsc;

use crate::fetch::{Content, Job};
use crate::find::Found;
use crate::letters::Letters;
use crate::progress::{Progress, Stop};

/// Dead letters that a worker keeps before it hands over.
const LETTER_BYTES_MAX: usize = 8 << 20;

/// What a worker hands over.
pub(crate) enum Parcel {
    /// Files whose positions are still to come.
    Files { worker: usize, files: Vec<EncodedFile> },
    /// The positions of everything that this worker handed over since the last time.
    Positions { worker: usize, objects: Vec<SourceObject>, letters: Vec<u8> },
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
    /// Returns whether this content was read at this address before.
    pub(crate) has_content: Arc<dyn Fn(&str, &str) -> bool + Send + Sync>,
}

/// Nobody takes parcels any more: the run is over.
struct Gone;

/// Works until there are no more jobs.
pub(crate) fn work(worker: usize, shared: Shared) {
    let decoder = Decoder::new(shared.options.clone());
    let mut worker = Worker { worker, shared, objects: Vec::new(), tray: Tray::default() };
    // `Gone` has been said by whoever dropped the receiver.
    let _: Result<(), Gone> = worker.run(decoder);
}

struct Worker {
    worker: usize,
    shared: Shared,
    objects: Vec<SourceObject>,
    tray: Tray,
}

/// Where the decoder puts what it finds.
#[derive(Default)]
struct Tray {
    gather: Gather,
    letters: Letters,
    url: String,
}

impl Worker {
    fn run(&mut self, mut decoder: Decoder) -> Result<(), Gone> {
        while let Some(job) = self.next() {
            if self.shared.stop.is_stopped() {
                break;
            }
            self.tray.url.clone_from(&job.found.url);
            match job.content {
                Content::Whole(bytes) => self.whole(&mut decoder, &job.found, &bytes)?,
                Content::Stream(mut reader) => {
                    self.streamed(&mut decoder, &job.found, &mut reader)?;
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
        self.hand_over(&mut decoder)
    }

    fn next(&self) -> Option<Job> {
        self.shared.jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
    }

    fn whole(
        &mut self,
        decoder: &mut Decoder,
        found: &Found,
        bytes: &bytes::Bytes,
    ) -> Result<(), Gone> {
        let fingerprint = fingerprint(bytes);
        let is_known = (self.shared.has_content)(&found.url, &fingerprint);
        let counts = if is_known {
            Counts::default()
        } else {
            let mut sink =
                Sinking { worker: self.worker, shared: &self.shared, tray: &mut self.tray };
            decoder.decode_bytes(bytes, &mut sink)
        };
        self.finish(found, bytes.len() as u64, fingerprint, &counts);
        Ok(())
    }

    /// Reads an object that is too large to hold. What came before it is handed over first, so that
    /// a failure in the middle discards nothing else.
    fn streamed(
        &mut self,
        decoder: &mut Decoder,
        found: &Found,
        reader: &mut Box<dyn std::io::Read + Send>,
    ) -> Result<(), Gone> {
        self.hand_over(decoder)?;
        let mut reader = CountingRead { reader, n_bytes: 0, progress: &self.shared.progress };
        let mut sink = Sinking { worker: self.worker, shared: &self.shared, tray: &mut self.tray };
        let read = decoder.decode_reader(&mut reader, &mut sink);
        let n_bytes = reader.n_bytes;
        match read {
            Ok(counts) if !self.shared.stop.is_stopped() => {
                self.finish(found, n_bytes, String::new(), &counts);
                self.hand_over(decoder)
            }
            Ok(_) => self.discard(decoder),
            Err(error) => {
                self.discard(decoder)?;
                self.failed(found, error.to_string())
            }
        }
    }

    fn discard(&mut self, decoder: &mut Decoder) -> Result<(), Gone> {
        *decoder = Decoder::new(self.shared.options.clone());
        self.tray = Tray::default();
        self.send(Parcel::Discard { worker: self.worker })
    }

    fn finish(&mut self, found: &Found, size_bytes: u64, fingerprint: String, counts: &Counts) {
        let progress = &self.shared.progress;
        progress.n_objects_done.fetch_add(1, Relaxed);
        if !fingerprint.is_empty() {
            progress.n_bytes_done.fetch_add(size_bytes, Relaxed);
        }
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
        let mut sink = Sinking { worker: self.worker, shared: &self.shared, tray: &mut self.tray };
        decoder.flush(&mut sink);
        sink.hand_over_files()?;
        if self.objects.is_empty() {
            return Ok(());
        }
        let objects = std::mem::take(&mut self.objects);
        let letters = self.tray.letters.take();
        self.send(Parcel::Positions { worker: self.worker, objects, letters })
    }

    fn send(&self, parcel: Parcel) -> Result<(), Gone> {
        self.shared.parcels.blocking_send(parcel).map_err(|_| Gone)
    }
}

/// Takes batches and bad lines from the decoder; hands over files when the tray is full.
struct Sinking<'a> {
    worker: usize,
    shared: &'a Shared,
    tray: &'a mut Tray,
}

impl Sinking<'_> {
    fn hand_over_files(&mut self) -> Result<(), Gone> {
        if self.tray.gather.n_rows() == 0 {
            return Ok(());
        }
        let parcel = match self.tray.gather.files() {
            Ok(files) => Parcel::Files { worker: self.worker, files },
            Err(error) => Parcel::Broken(error),
        };
        self.shared.parcels.blocking_send(parcel).map_err(|_| Gone)
    }
}

impl Sink for Sinking<'_> {
    fn batch(&mut self, batch: RecordBatch) {
        self.tray.gather.push(batch);
        // In the middle of a huge object: make room. If nobody takes the files, the run is over,
        // and the next parcel ends this worker.
        if self.tray.gather.n_bytes() > 2 * self.shared.gather_bytes_max
            && self.hand_over_files().is_err()
        {
            self.shared.stop.stop();
        }
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        let url = std::mem::take(&mut self.tray.url);
        self.tray.letters.add(&url, &bad_line);
        self.tray.url = url;
    }

    fn is_stopped(&self) -> bool {
        self.shared.stop.is_stopped()
    }
}

/// Counts what a decoder reads from a stream.
struct CountingRead<'a> {
    reader: &'a mut Box<dyn std::io::Read + Send>,
    n_bytes: u64,
    progress: &'a Progress,
}

impl std::io::Read for CountingRead<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.n_bytes += n_bytes as u64;
        self.progress.n_bytes_done.fetch_add(n_bytes as u64, Relaxed);
        Ok(n_bytes)
    }
}
