//! Publishing: files and what they came from, in one step.
//!
//! A commit is one conditional put of the next version of the table's log. Before it, everything
//! else is in place already: data files, the ledger segment, dead letters. If another writer takes
//! the version, what it did is read: if it read one of our objects, nothing of ours is published
//! ([`Error::Overlap`]); otherwise the next version is tried.
//!
//! Nothing that was written for a commit that failed is deleted here, for a put whose answer got
//! lost may have succeeded. [`vacuum`](crate::vacuum) removes what no version names.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use object_store::ObjectStoreExt as _;
use serde_json::{Map, Value, json};
use tidegate_model::schema::DATE;
use uuid::Uuid;

use crate::delta::{self, LEDGER_DOMAIN, Written};
use crate::layout::EncodedFile;
use crate::ledger::{self, Ledger, Root, Segment, SourceObject, Totals};
use crate::snapshot::CONTEXT_TAG;
use crate::{DataFile, Error, Lake, Result, summary};

/// How often a commit is tried before it gives up.
const N_TRIES_MAX: u32 = 200;

/// Longest wait between two tries.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Where a commit's id stands in its `commitInfo`.
const COMMIT_ID: &str = "commitId";

/// The name that Delta gives to the partition of records without a date.
const NULL_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

/// A data file that was written and is not published yet.
#[derive(Clone, Debug)]
pub struct NewFile(DataFile);

impl NewFile {
    /// Returns the size of the file.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.0.size_bytes
    }
}

/// Writes the bytes of a data file and of its summary to their places. They count only when a commit
/// names the file.
pub async fn put(lake: &Lake, file: EncodedFile) -> Result<NewFile> {
    let date = file.date.map_or_else(|| NULL_PARTITION.to_owned(), |it| it.to_string());
    let path = format!("{DATE}={date}/part-{}.zstd.parquet", Uuid::new_v4());
    let size_bytes = file.bytes.len() as u64;
    let summary_bytes = file.summary.as_ref().map(|it| it.len() as u64);
    if let Some(summary) = file.summary {
        write(lake, &summary::path(&path), summary).await?;
    }
    write(lake, &path, file.bytes).await?;
    let modified_ms = lake.now_ms();
    let (date, stats, context) = (file.date, file.stats, file.context);
    Ok(NewFile(DataFile { path, size_bytes, date, modified_ms, stats, context, summary_bytes }))
}

async fn write(lake: &Lake, path: &str, bytes: Bytes) -> Result<()> {
    let flows = lake.flows();
    let written = flows.store.put(&flows.path(path), bytes.into()).await;
    written.map(|_| ()).map_err(|it| Error::storage("write", &path, it))
}

/// A writer of one lake. Several may exist at once, in any number of processes.
#[derive(Debug)]
pub struct Writer {
    lake: Lake,
    version: u64,
    root: Root,
    ledger: Arc<RwLock<Ledger>>,
    /// Files that left the table since this writer was made.
    gone: HashSet<String>,
    /// What gives the table the columns that it lacks, if it was made by an older program. It goes
    /// into the first commit.
    upgrade: Option<Value>,
}

/// What a commit does.
struct Change<'a> {
    operation: &'static str,
    added: &'a [NewFile],
    removed: &'a [DataFile],
    objects: &'a [SourceObject],
    n_expired: u64,
}

impl Writer {
    /// Returns a writer that knows everything that was read so far.
    pub async fn new(lake: &Lake) -> Result<Self> {
        let snapshot = lake.table().newest().await?;
        let root = lake.table().ledger_root(&snapshot).await?;
        let mut ledger = Ledger::default();
        ledger.catch_up(lake.flows(), &root).await?;
        let ledger = Arc::new(RwLock::new(ledger));
        let version = delta::version(&snapshot);
        let upgrade = lake.table().upgrade(&snapshot, lake.now_ms())?;
        Ok(Self { lake: lake.clone(), version, root, ledger, gone: HashSet::new(), upgrade })
    }

    /// Returns what was read so far, kept up to date by every commit of this writer.
    #[must_use]
    pub fn ledger(&self) -> Arc<RwLock<Ledger>> {
        Arc::clone(&self.ledger)
    }

    /// Returns the newest version that this writer knows.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Publishes `files`, which hold the records of `objects`, and returns the table's version.
    ///
    /// # Errors
    ///
    /// [`Error::Overlap`] if another writer published one of the objects first: nothing of this
    /// call is in the table then, and [`Self::ledger`] knows the other writer's objects.
    pub async fn append(&mut self, files: &[NewFile], objects: &[SourceObject]) -> Result<u64> {
        let segment = ledger::write_segment(self.lake.flows(), objects).await?;
        let change =
            Change { operation: "WRITE", added: files, removed: &[], objects, n_expired: 0 };
        self.commit(&change, Some(&segment)).await
    }

    /// Publishes `added` in the place of `removed`, which holds the same records.
    ///
    /// # Errors
    ///
    /// [`Error::Replaced`] if one of `removed` is not in the table any more.
    pub async fn replace(&mut self, removed: &[DataFile], added: &[NewFile]) -> Result<u64> {
        let change = Change { operation: "OPTIMIZE", added, removed, objects: &[], n_expired: 0 };
        self.commit(&change, None).await
    }

    /// Publishes `added` in the place of `removed`: the same records with another context.
    ///
    /// # Errors
    ///
    /// [`Error::Replaced`] if one of `removed` is not in the table any more.
    pub async fn enrich(&mut self, removed: &[DataFile], added: &[NewFile]) -> Result<u64> {
        let change = Change { operation: "UPDATE", added, removed, objects: &[], n_expired: 0 };
        self.commit(&change, None).await
    }

    /// Takes `removed` and its records out of the table.
    ///
    /// # Errors
    ///
    /// [`Error::Replaced`] if one of `removed` is not in the table any more.
    pub async fn expire(&mut self, removed: &[DataFile]) -> Result<u64> {
        let n_expired = removed.iter().map(|it| it.stats.n_records).sum();
        let change = Change { operation: "DELETE", added: &[], removed, objects: &[], n_expired };
        self.commit(&change, None).await
    }

    async fn commit(&mut self, change: &Change<'_>, segment: Option<&Segment>) -> Result<u64> {
        // The same for all tries: by it this commit is known again if its answer got lost.
        let id = Uuid::new_v4().to_string();
        for n_tries in 0..N_TRIES_MAX {
            self.check(change)?;
            let root = self.next_root(change, segment).await?;
            let version = self.version + 1;
            let actions = self.actions(change, &root, &id);
            match self.lake.table().write(version, &actions).await? {
                Written::Yes => {
                    self.version = version;
                    self.settle(root, change);
                    self.checkpoint_if_due().await;
                    return Ok(version);
                }
                Written::Taken => wait(n_tries).await,
            }
            if self.catch_up(change, &id).await? {
                return Ok(self.version);
            }
        }
        let url = self.lake.flows().url.to_string();
        Err(Error::Contention { url, n_tries: N_TRIES_MAX })
    }

    /// Says whether what other writers did leaves room for `change`.
    fn check(&self, change: &Change<'_>) -> Result<()> {
        let ids = self.read_before(change.objects);
        if !ids.is_empty() {
            return Err(Error::Overlap { ids });
        }
        if change.removed.iter().any(|it| self.gone.contains(&it.path)) {
            return Err(Error::Replaced);
        }
        Ok(())
    }

    /// A checkpoint only makes the table faster to open: without it, the commit stands all the same.
    async fn checkpoint_if_due(&self) {
        let done = self.lake.table().checkpoint_if_due(self.version).await;
        if let Err(error) = done {
            let url = &self.lake.flows().url;
            tracing::warn!(%url, %error, "cannot write a checkpoint of the table {url}");
        }
    }

    fn read_before(&self, objects: &[SourceObject]) -> Vec<u128> {
        let ledger = self.ledger.read().unwrap_or_else(PoisonError::into_inner);
        objects.iter().map(SourceObject::id).filter(|it| ledger.contains(*it)).collect()
    }

    /// Takes over the state after a commit of our own.
    fn settle(&mut self, root: Root, change: &Change<'_>) {
        let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
        for segment in &root.segments {
            ledger.mark_loaded(&segment.path);
        }
        for object in change.objects {
            ledger.insert(object);
        }
        self.gone.extend(change.removed.iter().map(|it| it.path.clone()));
        self.upgrade = None;
        self.root = root;
    }

    async fn next_root(&self, change: &Change<'_>, segment: Option<&Segment>) -> Result<Root> {
        let mut root = self.root.clone();
        root.totals.n_expired += change.n_expired;
        let Some(segment) = segment else { return Ok(root) };
        let root = root.with(segment.clone(), change.objects);
        ledger::merge_if_many(self.lake.flows(), root).await
    }

    fn actions(&self, change: &Change<'_>, root: &Root, id: &str) -> Vec<Value> {
        let now_ms = self.lake.now_ms();
        let data_change = change.operation != "OPTIMIZE";
        let mut info = delta::commit_info(change.operation, now_ms, &metrics(change));
        info["commitInfo"][COMMIT_ID] = id.into();
        let mut actions = vec![info, delta::ledger_action(root)];
        actions.extend(self.upgrade.clone());
        actions.extend(change.removed.iter().map(|it| remove_action(it, now_ms, data_change)));
        actions.extend(change.added.iter().map(|it| add_action(&it.0, data_change)));
        actions
    }

    /// Reads what was committed since [`Self::version`]. Returns whether one of the commits was this
    /// one, whose answer got lost on the way.
    async fn catch_up(&mut self, change: &Change<'_>, id: &str) -> Result<bool> {
        let table = self.lake.table().clone();
        let mut is_ours = false;
        let mut n_read = 0;
        while let Some(actions) = table.read(self.version + 1).await? {
            is_ours |= actions.iter().any(|it| it["commitInfo"][COMMIT_ID] == *id);
            for action in &actions {
                self.apply(action)?;
            }
            self.version += 1;
            n_read += 1;
        }
        if n_read == 0 {
            self.start_again(change).await?;
        }
        self.read_ledger().await?;
        Ok(is_ours)
    }

    /// Takes over the newest state: the commits in between were cleaned up behind us.
    async fn start_again(&mut self, change: &Change<'_>) -> Result<()> {
        let snapshot = self.lake.snapshot().await?;
        let active: HashSet<&str> = snapshot.files.iter().map(|it| it.path.as_str()).collect();
        let gone = change.removed.iter().filter(|it| !active.contains(it.path.as_str()));
        self.gone.extend(gone.map(|it| it.path.clone()));
        self.version = snapshot.version;
        self.root = snapshot.ledger;
        Ok(())
    }

    /// Reads the segments of the ledger that are new.
    async fn read_ledger(&self) -> Result<()> {
        let unread = self.ledger.read().unwrap_or_else(PoisonError::into_inner).unread(&self.root);
        for path in unread {
            let objects = ledger::read_segment(self.lake.flows(), &path).await?;
            let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
            ledger.add_segment(&path, &objects);
        }
        Ok(())
    }

    fn apply(&mut self, action: &Value) -> Result<()> {
        if let Some(path) = action["remove"]["path"].as_str() {
            // Our names need no encoding; other writers may encode the `=`.
            self.gone.insert(path.replace("%3D", "="));
        }
        if action.get("metaData").is_some() {
            // Another writer was faster, with the same columns: all are of one program.
            self.upgrade = None;
        }
        let domain = &action["domainMetadata"];
        if domain["domain"] == LEDGER_DOMAIN {
            let text = domain["configuration"].as_str().unwrap_or_default();
            self.root = Root::from_json(text).map_err(|it| self.lake.table().foreign(it))?;
        }
        if action.get("protocol").is_some() && self.version > 0 {
            let reason = "its protocol was changed just now; run the command again".to_owned();
            return Err(self.lake.table().foreign(reason));
        }
        Ok(())
    }

    /// Returns the sums over everything that was read.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.root.totals
    }
}

/// Waits a little longer each time, by chance, so that writers do not meet again.
async fn wait(n_tries: u32) {
    let longest_ms = 5_u64.saturating_mul(1 << n_tries.min(10));
    let longest_ms = longest_ms.min(u64::try_from(WAIT_MAX.as_millis()).unwrap_or(u64::MAX));
    let (chance, _) = Uuid::new_v4().as_u64_pair();
    tokio::time::sleep(Duration::from_millis(chance % longest_ms.max(1))).await;
}

fn metrics(change: &Change<'_>) -> Value {
    let n_rows: u64 = change.added.iter().map(|it| it.0.stats.n_records).sum();
    let n_bytes: u64 = change.added.iter().map(|it| it.0.size_bytes).sum();
    json!({
        "numFiles": change.added.len().to_string(),
        "numRemovedFiles": change.removed.len().to_string(),
        "numOutputRows": n_rows.to_string(),
        "numOutputBytes": n_bytes.to_string(),
        "numSourceObjects": change.objects.len().to_string(),
    })
}

fn partition_values(file: &DataFile) -> Value {
    json!({ DATE: file.date.map(|it| it.to_string()) })
}

fn add_action(file: &DataFile, data_change: bool) -> Value {
    let mut action = json!({"add": {
        "path": file.path,
        "partitionValues": partition_values(file),
        "size": file.size_bytes,
        "modificationTime": file.modified_ms,
        "dataChange": data_change,
        "stats": file.stats.to_json(),
    }});
    let mut tags = Map::new();
    if let Some(context) = &file.context {
        tags.insert(CONTEXT_TAG.to_owned(), context.as_str().into());
    }
    if let Some(summary_bytes) = file.summary_bytes {
        tags.insert(summary::TAG.to_owned(), summary::VERSION.into());
        tags.insert(summary::BYTES_TAG.to_owned(), summary_bytes.to_string().into());
    }
    if !tags.is_empty() {
        action["add"]["tags"] = tags.into();
    }
    action
}

fn remove_action(file: &DataFile, now_ms: i64, data_change: bool) -> Value {
    json!({"remove": {
        "path": file.path,
        "deletionTimestamp": now_ms,
        "dataChange": data_change,
        "extendedFileMetadata": true,
        "partitionValues": partition_values(file),
        "size": file.size_bytes,
    }})
}
