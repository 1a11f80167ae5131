//! AWS's own Parquet flow logs, and whatever else has columns of these names.
//!
//! Columns are taken by name, whatever their type: numbers of any width, text of any form, times.
//! `-`, an empty text and a missing value are all NULL. Columns that nobody knows go to `extra`.

mod guard;
mod source;

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use tidegate_model::field::FIELDS;

use crate::batches::Builder;
use crate::column::{BadRow, not_utf8};
use crate::layout::Layout;
use crate::run::Run;
use source::Source;

/// Rows that are read at a time.
const READ_ROWS: usize = 8_192;

/// Decodes a Parquet object.
pub(crate) fn decode(object: &Bytes, run: &mut Run<'_>) {
    if let Err(reason) = decode_rows(object, run) {
        run.bad_object(reason);
    }
}

fn decode_rows(object: &Bytes, run: &mut Run<'_>) -> Result<(), String> {
    let mut reader = open(object)?;
    let mut n_rows = 0;
    while let Some(batch) = next(&mut reader)? {
        let n_bytes = batch.get_array_memory_size();
        run.counts.text_bytes += n_bytes as u64;
        if run.counts.text_bytes > run.limits.object_text_bytes_max {
            let n_bytes_max = run.limits.object_text_bytes_max;
            return Err(format!(
                "the object holds more than {n_bytes_max} bytes; the rest is left"
            ));
        }
        append(&batch, n_rows, run)?;
        n_rows += batch.num_rows() as u64;
        if run.sink.is_stopped() {
            break;
        }
    }
    Ok(())
}

fn open(object: &Bytes) -> Result<ParquetRecordBatchReader, String> {
    guard::footer(object).map_err(damage)?;
    // The columns' own types are enough: the schema that Arrow writers add says nothing more, and
    // its reader trusts it.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = guarded(|| ArrowReaderMetadata::load(object, options.clone()))?;
    guard::pages(object, metadata.metadata()).map_err(damage)?;
    // Views leave text where it is: a long value that stands in many rows takes room once.
    let fields: Vec<Field> = metadata.schema().fields().iter().map(|it| viewed(it)).collect();
    let options = options.with_schema(Arc::new(Schema::new(fields)));
    guarded(|| {
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)?;
        ParquetRecordBatchReaderBuilder::new_with_metadata(object.clone(), metadata)
            .with_batch_size(READ_ROWS)
            .build()
    })
}

fn viewed(field: &Field) -> Field {
    let data_type = match field.data_type() {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Binary => DataType::BinaryView,
        other => other.clone(),
    };
    field.clone().with_data_type(data_type)
}

fn next(reader: &mut ParquetRecordBatchReader) -> Result<Option<RecordBatch>, String> {
    guarded(|| reader.next().transpose())
}

/// Calls the Parquet reader, which may panic on damaged files: that is a reason like any other.
fn guarded<T, E: Display>(read: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(damage(error)),
        Err(_) => Err(damage("its reader gave up")),
    }
}

fn damage(why: impl Display) -> String {
    format!("the Parquet is damaged: {why}")
}

fn append(batch: &RecordBatch, n_before: u64, run: &mut Run<'_>) -> Result<(), String> {
    let schema = batch.schema();
    let names: Vec<&str> = schema.fields().iter().map(|it| it.name().as_str()).collect();
    let layout = Layout::new(&names, run.limits.fields_max).map_err(|it| it.to_string())?;
    let sources = batch.columns().iter().map(Source::new).collect::<Result<Vec<_>, _>>()?;
    let n_bytes_max = run.limits.line_bytes_max;
    let n_bytes = |row: &usize| sources.iter().map(|it| it.n_bytes(*row)).sum::<usize>();
    let (rows, long): (Vec<usize>, Vec<usize>) =
        (0..batch.num_rows()).partition(|row| n_bytes(row) <= n_bytes_max);
    let too_long = |row| (row, format!("the row has more than {n_bytes_max} bytes of text"));
    let mut bad: Vec<(usize, String)> = long.into_iter().map(too_long).collect();
    let fill = |builder: &mut Builder, rows: &[usize], bad: &mut Vec<BadRow>| {
        fill(builder, (&layout, &sources), rows, bad);
    };
    run.append(layout.set, &rows, &fill, &mut |row, reason| bad.push((*row, reason)));
    bad.sort_by_key(|(row, _)| *row);
    for (row, reason) in bad {
        let n_shown = run.limits.raw_bytes_max + 1;
        let values: Vec<String> = sources.iter().map(|it| it.shown(row, n_shown)).collect();
        run.bad(n_before + row as u64 + 1, reason, values.join(" ").as_bytes());
    }
    Ok(())
}

fn fill(
    builder: &mut Builder,
    (layout, sources): (&Layout, &[Source]),
    rows: &[usize],
    bad: &mut Vec<BadRow>,
) {
    for place in &layout.places {
        let column = &mut builder.columns[place.column];
        sources[place.slot].append(column, &FIELDS[place.field], rows, bad);
    }
    let Some(extra) = &mut builder.extra else { return };
    for (at, row) in rows.iter().enumerate() {
        for (slot, name) in &layout.extra {
            match sources[*slot].present(*row) {
                Some(it) if std::str::from_utf8(&it).is_err() => {
                    bad.push(BadRow { at, reason: not_utf8(name, &it) });
                }
                value => extra.pair(name, value.as_deref()),
            }
        }
        extra.end_row();
    }
}
