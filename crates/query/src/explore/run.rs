//! One run of a question: what it may take, and what it reads, over all its statements.

use std::sync::{Arc, Mutex, PoisonError};

use tidegate_store::Snapshot;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::limit::{Bounds, Guess, Limits};
use crate::reading::{Progress, Reading};
use crate::{Error, Result};

/// One run of a question: what it may take, what it reads.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What each of its statements may take; the bytes, all of them together.
    bounds: Bounds,
    /// What its statements read at most, together.
    guessed: Arc<Mutex<Guess>>,
    readings: Arc<Mutex<Vec<Reading>>>,
    /// What was read of summaries.
    summaries: Arc<Mutex<Progress>>,
    /// The version of the lake that all statements of the run read.
    pub(super) snapshot: Arc<OnceCell<Arc<Snapshot>>>,
}

impl Run {
    /// Returns a run whose statements may each take so much, and read so many bytes together.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Returns the same run for one of several statements that share out the records of one: what
    /// it is guessed to read is not added to the others.
    pub(super) fn apart(&self) -> Self {
        let guessed = Arc::new(Mutex::new(self.guessed()));
        Self { guessed, ..self.clone() }
    }

    /// Waits for `work`, but not longer than a statement may take.
    pub(super) async fn within<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        Limits::new(self.bounds, Instant::now()).within(work).await?
    }

    /// Returns what its next statement may take.
    pub(super) fn bounds_left(&self) -> Bounds {
        let n_guessed = self.guessed().n_bytes;
        let read_bytes_max = self.bounds.read_bytes_max.map(|it| it.saturating_sub(n_guessed));
        Bounds { read_bytes_max, ..self.bounds }
    }

    /// Returns the error of a statement, which tells of all that the run would read.
    pub(super) fn with_guess(&self, error: Error) -> Error {
        match error {
            Error::TooMuch { guess } => Error::TooMuch { guess: self.guessed().and(guess) },
            other => other,
        }
    }

    /// Notes what a statement reads at most.
    ///
    /// # Errors
    ///
    /// If that is too much together with another that began at the same time.
    pub(super) fn note_guess(&self, more: Guess) -> Result<()> {
        let mut guessed = self.guessed.lock().unwrap_or_else(PoisonError::into_inner);
        *guessed = guessed.and(more);
        let is_too_much = self.bounds.read_bytes_max.is_some_and(|it| guessed.n_bytes > it);
        if is_too_much { Err(Error::TooMuch { guess: *guessed }) } else { Ok(()) }
    }

    fn guessed(&self) -> Guess {
        *self.guessed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what its statements have read so far.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        for reading in self.readings.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            progress.add(reading.progress());
        }
        progress.add(*self.summaries.lock().unwrap_or_else(PoisonError::into_inner));
        progress.version = self.snapshot.get().map(|it| it.version).or(progress.version);
        progress
    }

    /// Notes of how many files the summaries are read.
    pub(super) fn note_files(&self, n_files: usize, n_total: usize) {
        let read = Progress {
            n_files: n_files as u64,
            n_files_total: n_total as u64,
            ..Progress::default()
        };
        self.summaries.lock().unwrap_or_else(PoisonError::into_inner).add(read);
    }

    /// Notes rows of summaries, and what had to be read for them.
    pub(super) fn note_rows(&self, n_rows: u64, n_bytes: u64) {
        let read = Progress { n_rows, n_bytes, ..Progress::default() };
        self.summaries.lock().unwrap_or_else(PoisonError::into_inner).add(read);
    }

    /// Notes a statement that begins to read for this run.
    pub fn note(&self, reading: &Reading) {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        readings.push(reading.clone());
    }
}
