//! What records are given beside what AWS wrote, on their way into a file.
//!
//! Who opened a connection often shows in another record than the one at hand, so every worker first
//! lets the common evidence see its rows and applies it after. What ends a run (or a look) is applied
//! only when the rows of *all* workers have been seen ([`Latch`]): what fits into memory at once
//! gets the same columns in whatever order it was read.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tidegate_enrich::{Evidence, Limits, Network, Noted};
use tidegate_geo::Atlas;
use tidegate_model::columns::Columns;
use tidegate_store::{Lake, state};

use crate::{Error, Result, Stop};

/// How often and how long one waits for the others.
const N_LOOKS_MAX: u32 = 50;
const LOOK: Duration = Duration::from_millis(100);

/// Under which name the lake keeps what was seen.
const EVIDENCE: &str = "evidence";

/// All that context is made from.
pub struct Context {
    network: Network,
    atlas: Atlas,
    stamp: String,
    evidence: RwLock<Evidence>,
    /// Whether something was seen that the lake does not remember yet.
    has_news: AtomicBool,
    /// Addresses that a damaged database could not tell, and what it said first.
    failures: Mutex<(u64, Option<String>)>,
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
        Self {
            network,
            atlas,
            stamp,
            evidence: RwLock::new(evidence),
            has_news: AtomicBool::new(false),
            failures: Mutex::default(),
        }
    }

    /// Returns what earlier runs saw, as far as the lake remembers it.
    ///
    /// # Errors
    ///
    /// If what the lake remembers cannot be read, as after a change of its form.
    pub async fn remembered(lake: &Lake, limits: Limits) -> Result<Evidence> {
        let Some(rows) = state::read(lake, EVIDENCE).await? else {
            return Ok(Evidence::new(limits));
        };
        let evidence = Evidence::from_batch(&rows, limits);
        evidence.map_err(|it| Error::Lake(tidegate_store::Error::Arrow(it)))
    }

    /// Keeps what was seen for the next run, if it is more than what was kept.
    pub(crate) async fn remember(&self, lake: &Lake) -> Result<()> {
        if !self.has_news.swap(false, Relaxed) {
            return Ok(());
        }
        let rows = self.with_evidence(Evidence::to_batch);
        let rows = rows.map_err(|it| Error::Lake(tidegate_store::Error::Arrow(it)))?;
        Ok(state::write(lake, EVIDENCE, &rows).await?)
    }

    /// Returns what is wrong with the databases, if anything is.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let (n_failed, first) = &*failures;
        let first = first.as_ref()?;
        Some(format!("a database is damaged: {n_failed} addresses have no place; first: {first}"))
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

    /// Lets the evidence see rows; what it noted is for [`apply`](Self::apply).
    pub(crate) fn observe(&self, columns: &Columns) -> Noted {
        let mut evidence = self.evidence.write().unwrap_or_else(PoisonError::into_inner);
        let noted = evidence.observe(columns);
        evidence.pin();
        self.has_news.store(true, Relaxed);
        noted
    }

    /// Adds the columns of context.
    pub(crate) fn apply(&self, columns: &mut Columns, noted: &Noted) {
        let evidence = self.evidence.read().unwrap_or_else(PoisonError::into_inner);
        self.apply_noted(columns, &evidence, noted);
    }

    /// Adds the columns of context by another evidence than the common one.
    pub(crate) fn apply_with(&self, columns: &mut Columns, evidence: &Evidence) {
        self.apply_noted(columns, evidence, &Noted::default());
    }

    fn apply_noted(&self, columns: &mut Columns, evidence: &Evidence, noted: &Noted) {
        let context = tidegate_enrich::Context { network: &self.network, evidence };
        tidegate_enrich::apply_noted(columns, &context, noted);
        let applied = tidegate_geo::apply(columns, &self.atlas);
        if applied.n_failed > 0 {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            failures.0 += applied.n_failed;
            failures.1.get_or_insert(applied.first_failure.unwrap_or_default());
        }
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

    /// Waits until all have come, but not for long: one that reads a slow source must not hold up
    /// what the others have. Then its rows are late, as rows of a later run would be.
    pub(crate) fn wait(&self, stop: &Stop) {
        let mut n_missing = self.n_missing.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..N_LOOKS_MAX {
            if *n_missing == 0 || stop.is_stopped() {
                break;
            }
            let waited = self.all_came.wait_timeout(n_missing, LOOK);
            n_missing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
