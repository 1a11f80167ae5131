//! Whether a summary adds up to the records of its file.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tidegate_model::columns::Columns;

use super::{of, schema};
use crate::{Error, Result};

/// Returns what is wrong with the summary at `path` of a file with these records, if anything is.
pub(crate) fn check(path: &str, bytes: Bytes, columns: &Columns) -> Result<()> {
    let damaged =
        |reason: &str| Error::Damaged { path: path.to_owned(), reason: reason.to_owned() };
    let Some(expected) = of(columns, 0..columns.n_rows)? else {
        return Err(damaged("its records cannot be summed up"));
    };
    if read(path, bytes)? != read(path, expected)? {
        return Err(damaged("its sums are not those of the records"));
    }
    Ok(())
}

/// Returns the rows of a summary.
pub(crate) fn read(path: &str, bytes: Bytes) -> Result<RecordBatch> {
    let failed = |source| Error::Parquet { action: "decode", path: path.to_owned(), source };
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
        .and_then(ParquetRecordBatchReaderBuilder::build);
    let batches: std::result::Result<Vec<RecordBatch>, _> = reader.map_err(failed)?.collect();
    let batches = batches?;
    let schema = batches.first().map_or_else(schema, RecordBatch::schema);
    Ok(concat_batches(&schema, &batches)?)
}
