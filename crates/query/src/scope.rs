//! The lake as one statement sees it: opened at the first use, one version from start to end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::catalog::Session;
use tidegate_store::lake::Clock;
use tidegate_store::table::{self, SmallTable};
use tidegate_store::{DataFile, Lake, Newest, Place, Snapshot};
use tokio::sync::OnceCell;

use crate::catalog::Skipped;
use crate::limit::Guess;
use crate::{Error, Result, Warnings};

/// Where the lake is, if there is one.
#[derive(Clone, Debug)]
pub enum LakeSource {
    /// No lake: only raw logs and files can be read.
    None,
    /// A lake, opened when a statement first names one of its tables.
    Lazy {
        /// Root of the lake.
        place: Place,
        /// The time.
        clock: Clock,
    },
}

/// The lake behind a session.
#[derive(Debug)]
pub(crate) struct LakeHandle {
    source: LakeSource,
    lake: OnceCell<Lake>,
    /// What was the newest version when a statement last looked.
    newest: Mutex<Option<Newest>>,
}

impl LakeHandle {
    pub(crate) fn new(source: LakeSource) -> Self {
        Self { source, lake: OnceCell::new(), newest: Mutex::default() }
    }

    /// Returns the lake, opened.
    pub(crate) async fn lake(&self) -> Result<&Lake> {
        let open = || async {
            match &self.source {
                LakeSource::None => Err(Error::NoLake),
                LakeSource::Lazy { place, clock } => Ok(Lake::open(place.clone(), *clock).await?),
            }
        };
        self.lake.get_or_try_init(open).await
    }

    /// Returns the newest version of the lake.
    pub(crate) async fn newest(&self) -> Result<Arc<Snapshot>> {
        let known = self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let newest = self.lake().await?.newest(known.as_ref()).await?;
        let snapshot = Arc::clone(&newest.snapshot);
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(newest);
        Ok(snapshot)
    }

    /// Returns the version of the lake that the statement of `scope` reads.
    pub(crate) async fn snapshot(&self, scope: &Scope) -> Result<Arc<Snapshot>> {
        scope.snapshot.get_or_try_init(|| self.newest()).await.cloned()
    }

    /// Returns a small table at the version that the statement of `scope` reads, if the lake has it.
    pub(crate) async fn small_table(
        &self,
        scope: &Scope,
        name: &str,
    ) -> Result<Option<Arc<SmallTable>>> {
        let mut tables = scope.small_tables.lock().await;
        if let Some(table) = tables.get(name) {
            return Ok(table.clone());
        }
        let table = table::open(self.lake().await?, name).await?.map(Arc::new);
        tables.insert(name.to_owned(), table.clone());
        Ok(table)
    }
}

/// What one statement holds on to.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    snapshot: OnceCell<Arc<Snapshot>>,
    /// Small tables by name; `None` for those that the lake does not have.
    small_tables: tokio::sync::Mutex<HashMap<String, Option<Arc<SmallTable>>>>,
    /// Files of the lake before pruning.
    n_files: AtomicUsize,
    /// Files of the lake that the plan reads.
    n_files_kept: AtomicUsize,
    /// What the plan reads at most.
    guess: Mutex<Guess>,
    /// Row groups of the lake that were left out while the scan was planned.
    skipped: Mutex<Skipped>,
    /// What was left out.
    pub(crate) warnings: Arc<Warnings>,
}

impl Scope {
    /// Returns the scope of a statement that reads this version of the lake.
    pub(crate) fn at(snapshot: Arc<Snapshot>) -> Self {
        Self { snapshot: OnceCell::new_with(Some(snapshot)), ..Self::default() }
    }

    /// Returns the scope that a session carries, or one of its own.
    pub(crate) fn of(session: &dyn Session) -> Arc<Self> {
        session.config().get_extension::<Self>().unwrap_or_default()
    }

    pub(crate) fn note_files(&self, n_files: usize, n_kept: usize) {
        self.n_files.fetch_max(n_files, Ordering::Relaxed);
        self.n_files_kept.fetch_max(n_kept, Ordering::Relaxed);
    }

    /// Notes files that the plan reads, for [`guess`](Self::guess).
    pub(crate) fn note_kept<'a>(&self, files: impl Iterator<Item = &'a DataFile>) {
        let mut guess = self.guess.lock().unwrap_or_else(PoisonError::into_inner);
        for file in files {
            guess.n_files += 1;
            guess.n_rows += file.stats.n_records;
            guess.n_bytes += file.size_bytes;
        }
    }

    /// Returns what the plan reads at most: all of each file that the ranges in the log did not
    /// leave out.
    pub(crate) fn guess(&self) -> Guess {
        *self.guess.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note_skipped(&self, skipped: Skipped) {
        let mut all = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        all.n_by_statistics += skipped.n_by_statistics;
        all.n_by_bloom += skipped.n_by_bloom;
    }

    /// Returns the version of the lake that the statement reads, once it is known.
    pub(crate) fn version(&self) -> Option<u64> {
        self.snapshot.get().map(|it| it.version)
    }

    /// Returns the row groups that were left out while the scan was planned.
    pub(crate) fn skipped(&self) -> Skipped {
        *self.skipped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how many files of the lake there are, and how many the plan reads.
    pub(crate) fn files(&self) -> (usize, usize) {
        (self.n_files.load(Ordering::Relaxed), self.n_files_kept.load(Ordering::Relaxed))
    }
}
