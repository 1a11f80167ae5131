//! The table at one moment: its active files and where its ledger stands.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use chrono::NaiveDate;
use deltalake_core::kernel::{LogicalFileView, Snapshot as DeltaSnapshot};
use futures::TryStreamExt as _;

use crate::ledger::Root;
use crate::stats::Stats;
use crate::{Result, delta, summary};

/// The tag of a file, in the table's log, with the stamp of its records' context.
pub(crate) const CONTEXT_TAG: &str = "tidegate.context";

/// One Parquet file of the table.
#[derive(Clone, Debug)]
pub struct DataFile {
    /// Path relative to the table's folder: `date=2024-04-19/part-....parquet`.
    pub path: String,
    /// Size of the file.
    pub size_bytes: u64,
    /// Partition: the UTC date of `end`; `None` if the records have no time.
    pub date: Option<NaiveDate>,
    /// When it was written, in milliseconds since the Unix epoch.
    pub modified_ms: i64,
    /// Rows and ranges.
    pub stats: Stats,
    /// What its records were given as context: see [`EncodedFile::context`](crate::layout::EncodedFile::context).
    pub context: Option<String>,
    /// The size of its [`summary`], if it has one of the form that this program knows.
    pub summary_bytes: Option<u64>,
}

impl DataFile {
    /// Returns where its summary is, relative to the table's folder, if it has one.
    #[must_use]
    pub fn summary_path(&self) -> Option<String> {
        self.summary_bytes.map(|_| summary::path(&self.path))
    }
}

/// The table at one version.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Version of the Delta table.
    pub version: u64,
    /// Columns of the table, the partition column among them.
    pub schema: SchemaRef,
    /// Active files, by path.
    pub files: Arc<[DataFile]>,
    /// Where the ledger stands.
    pub ledger: Root,
}

/// The newest version of the table when it was looked at, and the bytes of its commit: by these it is
/// known again without reading the whole log.
#[derive(Clone, Debug)]
pub struct Newest {
    /// The table.
    pub snapshot: Arc<Snapshot>,
    /// What its commit says; `None` if the log does not have it any more.
    commit: Option<Bytes>,
}

impl Newest {
    /// Reads the newest version of the table behind `table`; `known` is what was newest before.
    pub(crate) async fn read(table: &delta::Table, known: Option<&Self>) -> Result<Self> {
        if let Some(known) = known
            && known.is_newest(table).await?
        {
            return Ok(known.clone());
        }
        let snapshot = Snapshot::read(table).await?;
        let commit = table.commit(snapshot.version).await?;
        Ok(Self { snapshot: Arc::new(snapshot), commit })
    }

    /// Whether the log still ends with the same commit. Versions have no gaps, and another table at the
    /// same place has other commits.
    async fn is_newest(&self, table: &delta::Table) -> Result<bool> {
        let version = self.snapshot.version;
        Ok(self.commit.is_some()
            && table.commit(version).await? == self.commit
            && table.commit(version + 1).await?.is_none())
    }
}

impl Snapshot {
    /// Returns the rows of the table.
    #[must_use]
    pub fn n_records(&self) -> u64 {
        self.files.iter().map(|it| it.stats.n_records).sum()
    }

    /// Reads the newest version of the table behind `table`.
    pub(crate) async fn read(table: &delta::Table) -> Result<Self> {
        let snapshot = table.newest().await?;
        let ledger = table.ledger_root(&snapshot).await?;
        let files = read_files(table, &snapshot).await?;
        Ok(Self {
            version: delta::version(&snapshot),
            schema: delta::plain_schema(&snapshot.arrow_schema()),
            files: files.into(),
            ledger,
        })
    }
}

async fn read_files(table: &delta::Table, snapshot: &DeltaSnapshot) -> Result<Vec<DataFile>> {
    let views = snapshot.file_views(table.log().as_ref(), None);
    let views: Vec<_> = views.try_collect().await.map_err(|it| table.failed("read", it))?;
    let mut files: Vec<DataFile> = views
        .iter()
        .map(|view| {
            let values = view.partition_values_map();
            let date = values.get(tidegate_model::schema::DATE).cloned().flatten();
            let mut tags = tags(view);
            let form = tags.remove(summary::TAG);
            let summary_bytes = tags.remove(summary::BYTES_TAG).and_then(|it| it.parse().ok());
            DataFile {
                path: view.path().into_owned(),
                size_bytes: u64::try_from(view.size()).unwrap_or(0),
                date: date.and_then(|it| it.parse().ok()),
                modified_ms: view.modification_time(),
                stats: view.stats().map(|it| Stats::from_json(&it)).unwrap_or_default(),
                context: tags.remove(CONTEXT_TAG),
                summary_bytes: summary_bytes.filter(|_| form.as_deref() == Some(summary::VERSION)),
            }
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Returns the tags of a file that have a value.
#[expect(deprecated, reason = "there is no other way to the tags of a file")]
fn tags(view: &LogicalFileView) -> HashMap<String, String> {
    let tags = view.add_action().tags.unwrap_or_default();
    tags.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
