//! What a statement answers with.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::stream::BoxStream;

use crate::Result;
use crate::reading::Reading;

/// Warnings kept for one statement; more are counted only.
pub const WARNINGS_MAX: usize = 20;

/// The answer to one statement: a message, or rows as they come.
///
/// Dropping [`batches`](Self::batches) stops the query and frees what it holds.
pub struct Answer {
    /// Columns of the rows.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: BoxStream<'static, Result<RecordBatch>>,
    /// What a statement without rows has done.
    pub message: Option<String>,
    /// Whether the row limit left rows out; to be read when the rows have ended.
    pub is_cut: Arc<AtomicBool>,
    /// What was left out and why; to be read when the rows have ended.
    pub warnings: Arc<Warnings>,
    /// What the statement reads; to be read at any time.
    pub reading: Reading,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("schema", &self.schema)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// What a statement over raw logs left out.
#[derive(Debug, Default)]
pub struct Warnings {
    messages: Mutex<Vec<String>>,
    n_bad_lines: AtomicU64,
    n_objects: AtomicU64,
}

impl Warnings {
    /// Returns the messages, the first [`WARNINGS_MAX`] of them.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns how many lines could not be read.
    #[must_use]
    pub fn n_bad_lines(&self) -> u64 {
        self.n_bad_lines.load(Ordering::Relaxed)
    }

    /// Returns how many objects had such lines.
    #[must_use]
    pub fn n_objects(&self) -> u64 {
        self.n_objects.load(Ordering::Relaxed)
    }

    /// Notes that `n_bad` lines of the object at `path` were left out, the first for `reason`.
    pub(crate) fn bad_lines(&self, path: &str, n_bad: u64, reason: &str) {
        self.n_bad_lines.fetch_add(n_bad, Ordering::Relaxed);
        self.n_objects.fetch_add(1, Ordering::Relaxed);
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() < WARNINGS_MAX {
            messages.push(format!("left out {n_bad} bad lines of `{path}`: {reason}"));
        }
    }
}
