//! What a statement reads, while it runs and afterwards.

use std::sync::Arc;

use datafusion::physical_plan::ExecutionPlan;

use crate::explain::Totals;
use crate::limit::Guess;
use crate::scope::Scope;

/// A look at what one statement reads.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    plan: Option<Arc<dyn ExecutionPlan>>,
    scope: Arc<Scope>,
}

/// How much a statement has read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files of the lake that the plan reads.
    pub n_files: u64,
    /// Files of the lake before any were left out.
    pub n_files_total: u64,
    /// Rows read from files, those that a filter left out among them.
    pub n_rows: u64,
    /// Bytes read from files.
    pub n_bytes: u64,
    /// Version of the lake, if the statement reads it.
    pub version: Option<u64>,
}

impl Progress {
    /// Adds what another statement of the same question has read.
    pub fn add(&mut self, other: Self) {
        self.n_files = self.n_files.max(other.n_files);
        self.n_files_total = self.n_files_total.max(other.n_files_total);
        self.n_rows += other.n_rows;
        self.n_bytes += other.n_bytes;
        self.version = self.version.max(other.version);
    }
}

impl Reading {
    pub(crate) fn new(plan: Arc<dyn ExecutionPlan>, scope: Arc<Scope>) -> Self {
        Self { plan: Some(plan), scope }
    }

    /// Returns what the statement reads at most, as far as that was known before.
    pub(crate) fn guess(&self) -> Guess {
        self.scope.guess()
    }

    /// Returns how much has been read until now.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let Some(plan) = &self.plan else { return Progress::default() };
        let totals = Totals::of(plan.as_ref());
        let (n_files_total, n_files) = self.scope.files();
        Progress {
            n_files: n_files as u64,
            n_files_total: n_files_total as u64,
            n_rows: totals.n_rows as u64,
            n_bytes: totals.n_bytes as u64,
            version: self.scope.version(),
        }
    }
}
