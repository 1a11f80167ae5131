//! What a program remembers from run to run: one Parquet file for each thing, written as a whole.
//!
//! It is no table: nothing else reads it, the last writer wins, and whoever reads it can do without.

use std::sync::Arc;

use arrow::array::RecordBatch;
use bytes::Bytes;
use object_store::ObjectStoreExt as _;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::{Error, Lake, Result};

/// Folder within the lake.
const FOLDER: &str = "_state";

/// Rows that are read at once: more than there are.
const ROWS_MAX: usize = 1 << 26;

/// Writes what is to be remembered under `name`. The metadata of its schema is kept.
pub async fn write(lake: &Lake, name: &str, rows: &RecordBatch) -> Result<()> {
    let path = path(name);
    let bytes = encode(rows).map_err(|source| Error::Parquet {
        action: "encode",
        path: path.clone(),
        source,
    })?;
    let place = lake.place();
    let written = place.store.put(&place.path(&path), bytes.into()).await;
    written.map_err(|it| Error::storage("write", &path, it)).map(|_| ())
}

/// Reads what was remembered under `name`; `None` if there is nothing.
pub async fn read(lake: &Lake, name: &str) -> Result<Option<RecordBatch>> {
    let path = path(name);
    let place = lake.place();
    let got = match place.store.get(&place.path(&path)).await {
        Ok(got) => got,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(Error::storage("read", &path, error)),
    };
    let bytes = got.bytes().await.map_err(|it| Error::storage("read", &path, it))?;
    decode(bytes).map_err(|source| Error::Parquet { action: "decode", path, source })
}

fn path(name: &str) -> String {
    format!("{FOLDER}/{name}.parquet")
}

fn encode(rows: &RecordBatch) -> Result<Bytes, ParquetError> {
    // It is read as a whole, and most of it is hashes: neither bounds nor dictionaries help.
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(ROWS_MAX))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties))?;
    writer.write(rows)?;
    Ok(writer.into_inner()?.into())
}

fn decode(bytes: Bytes) -> Result<Option<RecordBatch>, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes)?.with_batch_size(ROWS_MAX);
    let schema = builder.schema().clone();
    let rows = builder.build()?.next().transpose()?;
    // The reader's batches have no metadata.
    let rows = rows.map(|it| it.with_schema(Arc::clone(&schema))).transpose()?;
    Ok(Some(rows.unwrap_or_else(|| RecordBatch::new_empty(schema))))
}
