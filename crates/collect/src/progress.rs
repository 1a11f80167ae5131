//! What a run has done so far, for whoever watches; and how to stop it.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading what is in the lake already.
    Opening,
    /// Listing, fetching, decoding, committing.
    Collecting,
    /// Putting small files together.
    Compacting,
    /// Waiting for new objects.
    Waiting,
    /// All is done.
    Done,
}

/// Counters of a run. All only grow, but for [`Self::phase`] and [`Self::trouble`].
#[derive(Debug, Default)]
pub struct Progress {
    /// Objects that are to be read.
    pub n_objects_found: AtomicU64,
    /// Objects that were read.
    pub n_objects_done: AtomicU64,
    /// Objects that are in the lake already.
    pub n_objects_known: AtomicU64,
    /// Size of the objects that are to be read.
    pub n_bytes_found: AtomicU64,
    /// Size of the objects that were read.
    pub n_bytes_done: AtomicU64,
    /// Records of every kind.
    pub n_records: AtomicU64,
    /// Lines set aside.
    pub n_bad: AtomicU64,
    /// Largest `end`, in microseconds since the Unix epoch; 0 before the first record.
    pub newest_us: AtomicI64,
    /// Whether the listing is complete, so that the found numbers are final.
    pub is_listed: AtomicBool,
    phase: AtomicU8,
    trouble: Mutex<Option<String>>,
}

impl Progress {
    /// Returns what the run is doing.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) {
            0 => Phase::Opening,
            1 => Phase::Collecting,
            2 => Phase::Compacting,
            3 => Phase::Waiting,
            _ => Phase::Done,
        }
    }

    /// Returns why the last look at the sources did not see all of them, if it did not.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_trouble(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
    }
}

/// Asks a run to end: the object in hand is finished and committed, then it returns.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks.
    pub fn stop(&self) {
        self.0.store(true, Relaxed);
    }

    /// Returns whether somebody asked.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Relaxed)
    }
}
