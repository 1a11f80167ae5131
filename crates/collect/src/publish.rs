//! Publishes what workers hand over.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidegate_store::commit::{self, NewFile, Writer};
use tidegate_store::ledger::SourceObject;
use tidegate_store::{Error as StoreError, Lake, dead_letter};
use tokio::sync::mpsc;

use crate::summary::Summary;
use crate::tally::Tally;
use crate::work::Parcel;
use crate::{Error, Result};

/// Files of dead letters that a summary names. The lake knows all.
const DEAD_LETTERS_MAX: usize = 1_000;

/// Takes parcels and makes commits of them.
pub(crate) struct Publisher<'a> {
    pub(crate) lake: &'a Lake,
    pub(crate) writer: &'a mut Writer,
    pub(crate) summary: &'a mut Summary,
    pub(crate) tally: &'a Mutex<Tally>,
    /// Files whose positions are still to come, by worker.
    waiting: HashMap<usize, Vec<NewFile>>,
    /// Whether another writer was faster with some objects, so that their neighbours have to be
    /// read again.
    pub(crate) is_again: bool,
}

impl<'a> Publisher<'a> {
    pub(crate) fn new(
        lake: &'a Lake,
        writer: &'a mut Writer,
        summary: &'a mut Summary,
        tally: &'a Mutex<Tally>,
    ) -> Self {
        Self { lake, writer, summary, tally, waiting: HashMap::new(), is_again: false }
    }

    /// Publishes until all workers are done.
    pub(crate) async fn run(&mut self, mut parcels: mpsc::Receiver<Parcel>) -> Result<()> {
        while let Some(parcel) = parcels.recv().await {
            self.take(parcel).await?;
        }
        Ok(())
    }

    async fn take(&mut self, parcel: Parcel) -> Result<()> {
        match parcel {
            Parcel::Files { worker, files } => {
                for file in files {
                    let file = commit::put(self.lake, file).await?;
                    self.waiting.entry(worker).or_default().push(file);
                }
            }
            Parcel::Positions { worker, objects, letters, n_changed } => {
                let files = self.waiting.remove(&worker).unwrap_or_default();
                if self.publish(files, objects, &letters).await? {
                    self.summary.n_objects_changed += n_changed;
                }
            }
            Parcel::Discard { worker } => {
                self.waiting.remove(&worker);
            }
            Parcel::Failed { url, reason } => self.tally().failed(url, reason),
            Parcel::Broken(error) => return Err(Error::Lake(error)),
        }
        Ok(())
    }

    fn tally(&self) -> MutexGuard<'a, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a commit; returns whether it was made, or another writer was faster.
    async fn publish(
        &mut self,
        files: Vec<NewFile>,
        mut objects: Vec<SourceObject>,
        letters: &[u8],
    ) -> Result<bool> {
        let mut path = None;
        if !letters.is_empty() {
            let written = dead_letter::write(self.lake, letters).await?;
            for object in objects.iter_mut().filter(|it| it.n_bad > 0) {
                object.dead_letters = Some(written.clone());
            }
            path = Some(written);
        }
        match self.writer.append(&files, &objects).await {
            Ok(version) => {
                self.count(&files, &objects, version);
                if self.summary.dead_letters.len() < DEAD_LETTERS_MAX {
                    self.summary.dead_letters.extend(path);
                }
                Ok(true)
            }
            Err(StoreError::Overlap { ids }) => {
                let theirs: HashSet<u128> = ids.into_iter().collect();
                let is_theirs = |it: &&SourceObject| theirs.contains(&it.id());
                self.is_again |= !objects.iter().all(|it| is_theirs(&it));
                let mut tally = self.tally();
                objects.iter().filter(is_theirs).for_each(|it| tally.known(&it.url, it.id()));
                Ok(false)
            }
            Err(error) => Err(Error::Lake(error)),
        }
    }

    fn count(&mut self, files: &[NewFile], objects: &[SourceObject], version: u64) {
        let summary = &mut *self.summary;
        summary.n_commits += 1;
        summary.version = version;
        summary.n_files += files.len() as u64;
        summary.file_bytes += files.iter().map(NewFile::size_bytes).sum::<u64>();
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        for object in objects {
            tally.published(&object.url, object.id());
            let n_stored = object.n_records + object.n_nodata + object.n_skipdata;
            summary.n_objects_empty += u64::from(n_stored == 0);
            summary.n_records += object.n_records;
            summary.n_nodata += object.n_nodata;
            summary.n_skipdata += object.n_skipdata;
            summary.n_bad += object.n_bad;
            summary.bytes_read += object.size_bytes;
            summary.text_bytes += object.text_bytes;
        }
    }
}
