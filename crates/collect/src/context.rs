//! What records are given beside what AWS wrote, on their way into a file.
//!
//! Who opened a connection often shows in another record than the one at hand, so every worker first
//! lets the common evidence see its rows and applies it after. What ends a run (or a look) is applied
//! only when the rows of *all* workers have been seen ([`Latch`]): what fits into memory at once
//! gets the same columns in whatever order it was read.

use std::fmt;
use std::sync::{Condvar, Mutex, PoisonError, RwLock};

use tidegate_enrich::{Evidence, Network};
use tidegate_geo::Atlas;
use tidegate_model::columns::Columns;

/// All that context is made from.
pub struct Context {
    network: Network,
    atlas: Atlas,
    stamp: String,
    evidence: RwLock<Evidence>,
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Context({})", self.stamp)
    }
}

impl Context {
    /// Returns the context by an inventory, databases, and what was seen before. `stamp` names the
    /// first two in a few words: it is kept with every file.
    #[must_use]
    pub fn new(network: Network, atlas: Atlas, stamp: String, evidence: Evidence) -> Self {
        Self { network, atlas, stamp, evidence: RwLock::new(evidence) }
    }

    /// Returns the words that name what context is made from.
    #[must_use]
    pub fn stamp(&self) -> &str {
        &self.stamp
    }

    /// Calls `look` with what was seen so far.
    pub fn with_evidence<T>(&self, look: impl FnOnce(&Evidence) -> T) -> T {
        look(&self.evidence.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets the evidence see rows.
    pub(crate) fn observe(&self, columns: &Columns) {
        let mut evidence = self.evidence.write().unwrap_or_else(PoisonError::into_inner);
        evidence.observe(columns);
        evidence.pin();
    }

    /// Adds the columns of context.
    pub(crate) fn apply(&self, columns: &mut Columns) {
        self.apply_with(columns, &self.evidence.read().unwrap_or_else(PoisonError::into_inner));
    }

    /// Adds the columns of context by another evidence than the common one.
    pub(crate) fn apply_with(&self, columns: &mut Columns, evidence: &Evidence) {
        let context = tidegate_enrich::Context { network: &self.network, evidence };
        tidegate_enrich::apply(columns, &context);
        tidegate_geo::apply(columns, &self.atlas);
    }
}

/// Lets nobody through before all have come, or have gone.
#[derive(Debug)]
pub(crate) struct Latch {
    n_missing: Mutex<usize>,
    all_came: Condvar,
}

impl Latch {
    pub(crate) fn new(n_workers: usize) -> Self {
        Self { n_missing: Mutex::new(n_workers), all_came: Condvar::new() }
    }

    /// Says that one has come. Called once by each, also by those that end early.
    pub(crate) fn come(&self) {
        let mut n_missing = self.n_missing.lock().unwrap_or_else(PoisonError::into_inner);
        *n_missing = n_missing.saturating_sub(1);
        if *n_missing == 0 {
            self.all_came.notify_all();
        }
    }

    /// Waits until all have come.
    pub(crate) fn wait(&self) {
        let n_missing = self.n_missing.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.all_came.wait_while(n_missing, |it| *it > 0);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
