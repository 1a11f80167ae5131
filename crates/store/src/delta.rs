//! The Delta log of the table `flows`, through delta-rs.
//!
//! delta-rs reads the log and writes checkpoints. The commit itself is ours: one conditional put
//! of a few lines of JSON, because what must be checked before it (has anybody read the same
//! objects?) is ours too. See [`crate::commit`].

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use deltalake_core::DeltaTable;
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel as _;
use deltalake_core::kernel::transaction::TransactionError;
use deltalake_core::kernel::{Snapshot as DeltaSnapshot, StructType};
use deltalake_core::logstore::{CommitOrBytes, LogStoreRef, StorageConfig, default_logstore};
use deltalake_core::protocol::checkpoints;
use object_store::prefix::PrefixStore;
use serde_json::{Value, json};
use tidegate_model::schema::{DATE, table_schema};
use uuid::Uuid;

use crate::ledger::Root;
use crate::{Error, Place, Result};

/// Name under which the table's log keeps the position of the ledger.
pub(crate) const LEDGER_DOMAIN: &str = "tidegate.ledger";

/// A checkpoint is written every so many commits, so that opening the table reads few files.
const COMMITS_PER_CHECKPOINT: u64 = 50;

/// The log of one table.
#[derive(Clone)]
pub(crate) struct Table {
    place: Place,
    log: LogStoreRef,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Table({})", self.place.url)
    }
}

/// How a try to write a version ended.
pub(crate) enum Written {
    /// It is the table's newest version now.
    Yes,
    /// Another writer took the version.
    Taken,
}

impl Table {
    pub(crate) fn new(place: Place) -> Self {
        let mut location = place.url.clone();
        location.set_path(&format!("{}/", place.url.path()));
        let prefixed = Arc::new(PrefixStore::new(Arc::clone(&place.store), place.prefix.clone()));
        let root = Arc::clone(&place.store);
        let log = default_logstore(prefixed, root, &location, &StorageConfig::default());
        Self { place, log }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn log(&self) -> &LogStoreRef {
        &self.log
    }

    /// Wraps what delta-rs said.
    pub(crate) fn failed(
        &self,
        action: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error::Log { action, url: self.place.url.to_string(), source: source.into() }
    }

    /// Returns whether there is a table.
    pub(crate) async fn exists(&self) -> Result<bool> {
        self.log.is_delta_table_location().await.map_err(|it| self.failed("find", it))
    }

    pub(crate) async fn newest(&self) -> Result<DeltaSnapshot> {
        let read = DeltaSnapshot::try_new(self.log.as_ref(), None).await;
        read.map_err(|it| self.failed("read", it))
    }

    /// Returns where the ledger stands in `snapshot`.
    pub(crate) async fn ledger_root(&self, snapshot: &DeltaSnapshot) -> Result<Root> {
        let text = snapshot.domain_metadata(self.log.as_ref(), LEDGER_DOMAIN).await;
        match text.map_err(|it| self.failed("read", it))? {
            Some(text) => Root::from_json(&text).map_err(|reason| self.foreign(reason)),
            None => Err(self.foreign("it has no ledger".to_owned())),
        }
    }

    pub(crate) fn foreign(&self, reason: String) -> Error {
        Error::Foreign { url: self.place.url.to_string(), reason }
    }

    /// Makes an empty table. A table that another writer made meanwhile is as good.
    pub(crate) async fn create(&self, now_ms: i64) -> Result<()> {
        let actions = [
            protocol(),
            self.metadata(&table_schema(), &Uuid::new_v4().to_string(), now_ms)?,
            ledger_action(&Root::default()),
            commit_info("CREATE TABLE", now_ms, &json!({})),
        ];
        self.write(0, &actions).await.map(|_| ())
    }

    /// Returns the action that gives the table this schema.
    pub(crate) fn metadata(&self, schema: &SchemaRef, id: &str, now_ms: i64) -> Result<Value> {
        let schema: StructType =
            schema.as_ref().try_into_kernel().map_err(|it| self.failed("write", it))?;
        let schema = serde_json::to_string(&schema).map_err(|it| self.failed("write", it))?;
        let columns = crate::stats::COLUMNS.join(",");
        Ok(json!({"metaData": {
            "id": id,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": schema,
            "partitionColumns": [DATE],
            "configuration": {"delta.dataSkippingStatsColumns": columns},
            "createdTime": now_ms,
        }}))
    }

    /// Returns the action that adds the columns which this program knows and the table lacks; `None`
    /// if there are none. Readers of the log would not see them otherwise.
    pub(crate) fn upgrade(&self, snapshot: &DeltaSnapshot, now_ms: i64) -> Result<Option<Value>> {
        let known = plain_schema(&snapshot.arrow_schema());
        let ours = table_schema();
        let missing = ours.fields().iter().filter(|it| known.index_of(it.name()).is_err());
        let missing: Vec<_> = missing.cloned().collect();
        if missing.is_empty() {
            return Ok(None);
        }
        let columns = known.fields().iter().cloned().chain(missing);
        let schema: SchemaRef = Arc::new(Schema::new(columns.collect::<Vec<_>>()));
        self.metadata(&schema, snapshot.metadata().id(), now_ms).map(Some)
    }

    /// Writes `actions` as `version`, unless another writer was faster.
    pub(crate) async fn write(&self, version: u64, actions: &[Value]) -> Result<Written> {
        let lines: Vec<String> = actions.iter().map(Value::to_string).collect();
        let bytes = CommitOrBytes::LogBytes(Bytes::from(lines.join("\n")));
        match self.log.write_commit_entry(version, bytes, Uuid::new_v4()).await {
            Ok(()) => Ok(Written::Yes),
            Err(TransactionError::VersionAlreadyExists(_)) => Ok(Written::Taken),
            Err(error) => Err(self.failed("write", error)),
        }
    }

    /// Reads the bytes of the commit of `version`, if it is there.
    pub(crate) async fn commit(&self, version: u64) -> Result<Option<Bytes>> {
        let bytes = self.log.read_commit_entry(version).await;
        bytes.map_err(|it| self.failed("read", it))
    }

    /// Reads the actions of `version`, if it exists.
    pub(crate) async fn read(&self, version: u64) -> Result<Option<Vec<Value>>> {
        let Some(bytes) = self.commit(version).await? else { return Ok(None) };
        let lines = bytes.split(|it| *it == b'\n').filter(|it| !it.is_empty());
        let actions: std::result::Result<Vec<Value>, _> =
            lines.map(serde_json::from_slice).collect();
        actions.map(Some).map_err(|it| self.failed("read", it))
    }

    /// Writes a checkpoint if `version` is due for one.
    pub(crate) async fn checkpoint_if_due(&self, version: u64) -> Result<()> {
        if version == 0 || !version.is_multiple_of(COMMITS_PER_CHECKPOINT) {
            return Ok(());
        }
        self.checkpoint().await
    }

    /// Writes a checkpoint of the newest version.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        let mut table = DeltaTable::new(Arc::clone(&self.log));
        table.load().await.map_err(|it| self.failed("read", it))?;
        let done = checkpoints::create_checkpoint(&table, None).await;
        done.map_err(|it| self.failed("checkpoint", it))
    }
}

/// Returns the version of `snapshot`.
pub(crate) fn version(snapshot: &DeltaSnapshot) -> u64 {
    snapshot.version()
}

/// A writer has to know domain metadata; a reader needs nothing beyond the first version.
fn protocol() -> Value {
    json!({"protocol": {
        "minReaderVersion": 1,
        "minWriterVersion": 7,
        "writerFeatures": ["domainMetadata"],
    }})
}

/// Returns the action that moves the ledger to `root`.
pub(crate) fn ledger_action(root: &Root) -> Value {
    json!({"domainMetadata": {
        "domain": LEDGER_DOMAIN,
        "configuration": root.to_json(),
        "removed": false,
    }})
}

/// Returns the action that tells people what a commit was.
pub(crate) fn commit_info(operation: &str, now_ms: i64, metrics: &Value) -> Value {
    json!({"commitInfo": {
        "timestamp": now_ms,
        "operation": operation,
        "operationMetrics": metrics,
        "engineInfo": concat!("tidegate/", env!("CARGO_PKG_VERSION")),
    }})
}

/// Returns `schema` without the metadata that Delta puts on its columns.
pub(crate) fn plain_schema(schema: &Schema) -> SchemaRef {
    let ours = table_schema();
    let columns = schema.fields().iter().map(|it| {
        let known = ours.field_with_name(it.name()).map(Field::data_type);
        let data_type: DataType = known.unwrap_or_else(|_| it.data_type()).clone();
        Field::new(it.name(), data_type, true)
    });
    Arc::new(Schema::new(columns.collect::<Vec<_>>()))
}
