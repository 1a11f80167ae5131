//! Small tables beside `flows`: each a Delta table of its own, written as a whole.
//!
//! A table is read, changed in memory and written back: new file in, old files out, in one commit of
//! the version after the one that was read. If another writer was faster, nothing is written
//! ([`Error::Replaced`]), and the caller reads again and decides anew.
//!
//! The tables need nothing but the first version of the Delta protocol to be read. Files that were
//! replaced stay until [`vacuum`](crate::vacuum) removes them.

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use bytes::Bytes;
use deltalake_core::kernel::StructType;
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel as _;
use futures::TryStreamExt as _;
use object_store::ObjectStoreExt as _;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::delta::{self, Table, Written};
use crate::lake::FLOWS;
use crate::stats::Stats;
use crate::{Error, Lake, Place, Result};

/// Where a commit's id stands in its `commitInfo`.
const COMMIT_ID: &str = "commitId";

/// Rows of a row group: large enough to compress well, small enough that an id rules most out.
const ROW_GROUP_ROWS: usize = 32_768;

/// A small table at one version.
#[derive(Clone, Debug)]
pub struct SmallTable {
    /// Version of the Delta table.
    pub version: u64,
    /// Where the table is: paths of files are relative to it.
    pub place: Place,
    /// Its columns.
    pub schema: SchemaRef,
    /// Its files.
    pub files: Vec<SmallFile>,
    /// The table's own id.
    id: String,
}

/// A file of a small table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmallFile {
    /// Path relative to the table's folder.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// When it was written, in milliseconds since the Unix epoch.
    pub modified_ms: i64,
    /// Its rows.
    pub n_rows: u64,
}

/// Opens the table `name` at its newest version; `None` if the lake has none.
pub async fn open(lake: &Lake, name: &str) -> Result<Option<SmallTable>> {
    let table = Table::new(lake.place().join(name));
    if !table.exists().await? {
        return Ok(None);
    }
    let snapshot = table.newest().await?;
    let views = snapshot.file_views(table.log().as_ref(), None);
    let views: Vec<_> = views.try_collect().await.map_err(|it| table.failed("read", it))?;
    let file = |view: &deltalake_core::kernel::LogicalFileView| SmallFile {
        path: view.path().into_owned(),
        size_bytes: u64::try_from(view.size()).unwrap_or(0),
        modified_ms: view.modification_time(),
        n_rows: view.stats().map_or(0, |it| Stats::from_json(&it).n_records),
    };
    Ok(Some(SmallTable {
        version: delta::version(&snapshot),
        place: table.place().clone(),
        schema: snapshot.arrow_schema(),
        files: views.iter().map(file).collect(),
        id: snapshot.metadata().id().to_owned(),
    }))
}

/// Returns the names of the small tables that the lake has, ascending.
pub async fn names(lake: &Lake) -> Result<Vec<String>> {
    let place = lake.place();
    let listed = place.store.list_with_delimiter(Some(&place.prefix)).await;
    let listed = listed.map_err(|it| Error::storage("list", &place.prefix, it))?;
    let mut names = Vec::new();
    for folder in listed.common_prefixes {
        let Some(name) = folder.filename().filter(|it| *it != FLOWS) else { continue };
        if Table::new(place.join(name)).exists().await? {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

impl SmallTable {
    /// Reads all rows.
    pub async fn read(&self) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        for file in &self.files {
            let failed = |it| Error::storage("read", &file.path, it);
            let got = self.place.store.get(&self.place.path(&file.path)).await.map_err(failed)?;
            let bytes = got.bytes().await.map_err(failed)?;
            batches.extend(decode(bytes).map_err(|source| Error::Parquet {
                action: "decode",
                path: file.path.clone(),
                source,
            })?);
        }
        Ok(batches)
    }
}

/// Writes `rows` as the whole content of the table `name`, which was `known` to the caller, and
/// returns the new version. Without `known`, the table is made.
///
/// # Errors
///
/// [`Error::Replaced`] if the table is not what was known any more: nothing is written then.
pub async fn replace(
    lake: &Lake,
    name: &str,
    known: Option<&SmallTable>,
    rows: &RecordBatch,
) -> Result<u64> {
    let table = Table::new(lake.place().join(name));
    let now_ms = lake.now_ms();
    let file = write_file(&table, rows, now_ms).await?;
    let commit_id = Uuid::new_v4().to_string();
    let operation = if known.is_some() { "WRITE" } else { "CREATE TABLE AS SELECT" };
    let metrics = json!({ "numOutputRows": rows.num_rows().to_string() });
    let mut info = delta::commit_info(operation, now_ms, &metrics);
    info["commitInfo"][COMMIT_ID] = commit_id.as_str().into();
    let mut actions = vec![info];
    actions.extend(head(&table, known, &rows.schema(), now_ms)?);
    let old = known.map_or(&[][..], |it| &it.files);
    actions.extend(old.iter().map(|it| remove_action(it, now_ms)));
    actions.push(add_action(&file));
    let version = known.map_or(0, |it| it.version + 1);
    let is_written = match table.write(version, &actions).await? {
        Written::Yes => true,
        Written::Taken => is_ours(&table, version, &commit_id).await?,
    };
    if !is_written {
        return Err(Error::Replaced);
    }
    // A checkpoint only makes the table faster to open: without it, the commit stands all the same.
    if let Err(error) = table.checkpoint_if_due(version).await {
        let url = &table.place().url;
        tracing::warn!(%url, %error, "cannot write a checkpoint of the table {url}");
    }
    Ok(version)
}

/// Returns whether a version that was taken is the very commit whose answer got lost.
async fn is_ours(table: &Table, version: u64, commit_id: &str) -> Result<bool> {
    let actions = table.read(version).await?.unwrap_or_default();
    Ok(actions.iter().any(|it| it["commitInfo"][COMMIT_ID] == *commit_id))
}

/// Returns what the log says about the table itself, if it is new or its columns are.
fn head(
    table: &Table,
    known: Option<&SmallTable>,
    schema: &SchemaRef,
    now_ms: i64,
) -> Result<Vec<Value>> {
    let failed = |it| table.failed("write", it);
    let columns: StructType = schema.as_ref().try_into_kernel().map_err(failed)?;
    let schema = serde_json::to_string(&columns).map_err(|it| table.failed("write", it))?;
    let id = known.map_or_else(|| Uuid::new_v4().to_string(), |it| it.id.clone());
    let metadata = json!({"metaData": {
        "id": id,
        "format": {"provider": "parquet", "options": {}},
        "schemaString": schema,
        "partitionColumns": [],
        "configuration": {},
        "createdTime": now_ms,
    }});
    let Some(known) = known else { return Ok(vec![protocol(), metadata]) };
    let before: StructType = known.schema.as_ref().try_into_kernel().map_err(failed)?;
    Ok(if before == columns { Vec::new() } else { vec![metadata] })
}

/// Any reader and any writer will do.
fn protocol() -> Value {
    json!({"protocol": { "minReaderVersion": 1, "minWriterVersion": 2 }})
}

fn add_action(file: &SmallFile) -> Value {
    let stats = Stats { n_records: file.n_rows, ..Stats::default() };
    json!({"add": {
        "path": file.path,
        "partitionValues": {},
        "size": file.size_bytes,
        "modificationTime": file.modified_ms,
        "dataChange": true,
        "stats": stats.to_json(),
    }})
}

fn remove_action(file: &SmallFile, now_ms: i64) -> Value {
    json!({"remove": {
        "path": file.path,
        "deletionTimestamp": now_ms,
        "dataChange": true,
        "extendedFileMetadata": true,
        "partitionValues": {},
        "size": file.size_bytes,
    }})
}

async fn write_file(table: &Table, rows: &RecordBatch, now_ms: i64) -> Result<SmallFile> {
    let path = format!("part-{}.zstd.parquet", Uuid::new_v4());
    let bytes = encode(rows).map_err(|source| Error::Parquet {
        action: "encode",
        path: path.clone(),
        source,
    })?;
    let (size_bytes, n_rows) = (bytes.len() as u64, rows.num_rows() as u64);
    let place = table.place();
    let written = place.store.put(&place.path(&path), bytes.into()).await;
    written.map_err(|it| Error::storage("write", &path, it))?;
    Ok(SmallFile { path, size_bytes, modified_ms: now_ms, n_rows })
}

fn encode(rows: &RecordBatch) -> Result<Bytes, ParquetError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties))?;
    writer.write(rows)?;
    Ok(writer.into_inner()?.into())
}

fn decode(bytes: Bytes) -> Result<Vec<RecordBatch>, ParquetError> {
    let batches = ParquetRecordBatchReaderBuilder::try_new(bytes)?.build()?;
    let plain = batches.map(|batch| {
        let batch = batch?;
        // The file's own notes about its columns are of no use to anybody.
        let schema = Schema::new(batch.schema().fields().clone());
        Ok(RecordBatch::try_new(schema.into(), batch.columns().to_vec())?)
    });
    plain.collect()
}
