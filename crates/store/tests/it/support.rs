//! A lake in a folder, behind a store that can be made to misbehave.

use std::fmt;
use std::sync::{Arc, Mutex};

use arrow::array::{RecordBatch, StringArray, TimestampMicrosecondArray};
use async_trait::async_trait;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error as StoreError, GetOptions, GetResult, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tempfile::TempDir;
use tidegate_store::commit::{NewFile, put};
use tidegate_store::layout::Gather;
use tidegate_store::ledger::SourceObject;
use tidegate_store::{Lake, Place, verify};

/// 2100-01-01: later than any file was really written.
pub(crate) const NOW_MS: i64 = 4_102_444_800_000;

const US_PER_DAY: i64 = 86_400_000_000;

fn clock() -> i64 {
    NOW_MS
}

fn clock_a_month_later() -> i64 {
    NOW_MS + 30 * 86_400_000
}

/// What happens at the next commit, once.
pub(crate) enum Trap {
    /// The commit is written, but whoever wrote it hears that somebody else was faster.
    LoseAnswer,
    /// Something happens just before it.
    Before(BoxFuture<'static, ()>),
    /// The commit is written, then something happens, then its answer is lost.
    LoseAnswerAfter(BoxFuture<'static, ()>),
}

/// A store with a trap for commits.
pub(crate) struct Trapped {
    inner: LocalFileSystem,
    trap: Arc<Mutex<Option<Trap>>>,
}

/// A lake, its folder gone when dropped.
pub(crate) struct World {
    folder: TempDir,
    trap: Arc<Mutex<Option<Trap>>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), trap: Arc::default() }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The lake of a writer whose commits may be trapped.
    pub(crate) async fn trapped(&self) -> Lake {
        let inner = LocalFileSystem::new();
        let store = Arc::new(Trapped { inner, trap: Arc::clone(&self.trap) });
        let url = tidegate_store::place::local_url(&self.folder.path().join("lake")).unwrap();
        Lake::open_or_create(Place::new(store, &url).unwrap(), clock).await.unwrap()
    }

    /// The lake of somebody else.
    pub(crate) async fn lake(&self) -> Lake {
        Lake::open_or_create(self.place(), clock).await.unwrap()
    }

    pub(crate) async fn lake_a_month_later(&self) -> Lake {
        Lake::open(self.place(), clock_a_month_later).await.unwrap()
    }

    fn place(&self) -> Place {
        Place::local(&self.folder.path().join("lake")).unwrap()
    }

    pub(crate) fn set(&self, trap: Trap) {
        *self.trap.lock().unwrap() = Some(trap);
    }

    /// Reads everything again; returns the records.
    pub(crate) async fn verified(&self) -> u64 {
        let report = verify::run(&self.lake().await).await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        report.n_records
    }
}

/// Returns the position of an object with this many records.
pub(crate) fn object(name: &str, n_records: u64) -> SourceObject {
    SourceObject {
        url: format!("s3://logs/{name}"),
        tag: "1".to_owned(),
        n_records,
        ..SourceObject::default()
    }
}

/// Writes a file of this many records of the day with this number.
pub(crate) async fn file(lake: &Lake, day: i64, n_records: usize) -> NewFile {
    let ends: Vec<i64> = (0_i64..).map(|it| day * US_PER_DAY + it).take(n_records).collect();
    let address = StringArray::from(vec!["10.0.0.1"; n_records]);
    let batch = RecordBatch::try_from_iter([
        ("srcaddr", Arc::new(address) as _),
        ("end", Arc::new(TimestampMicrosecondArray::from(ends).with_timezone("UTC")) as _),
    ]);
    let mut gather = Gather::default();
    gather.push(batch.unwrap());
    put(lake, gather.files().unwrap().remove(0)).await.unwrap()
}

impl fmt::Debug for Trapped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Trapped")
    }
}

impl fmt::Display for Trapped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Trapped")
    }
}

#[async_trait]
impl ObjectStore for Trapped {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let is_commit = location.as_ref().contains("_delta_log/");
        let trap = if is_commit { self.trap.lock().unwrap().take() } else { None };
        let path = location.to_string();
        let lost = StoreError::AlreadyExists { path, source: "the answer got lost".into() };
        match trap {
            None => self.inner.put_opts(location, payload, options).await,
            Some(Trap::Before(event)) => {
                event.await;
                self.inner.put_opts(location, payload, options).await
            }
            Some(Trap::LoseAnswer) => {
                self.inner.put_opts(location, payload, options).await?;
                Err(lost)
            }
            Some(Trap::LoseAnswerAfter(event)) => {
                self.inner.put_opts(location, payload, options).await?;
                event.await;
                Err(lost)
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
