//! Encodes the rows of one day as a Parquet file.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::{max, max_string, min, min_string};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef, TimestampMicrosecondType};
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use tidegate_model::schema::table_schema;

use super::EncodedFile;
use super::columns::{Column, Columns};
use super::order::{Day, ROW_GROUP_ROWS};
use crate::stats::{Bound, COLUMNS, Range, Stats};
use crate::{Error, Result};

/// Columns with a bloom filter: people ask for one address over a long time.
const BLOOM_COLUMNS: &[&str] = &["srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr"];

/// One in so many addresses that are not in a row group seems to be.
const BLOOM_FPP: f64 = 0.01;

/// Within a row group the times ascend: their differences are small.
const DELTA_COLUMNS: &[&str] = &["start", "end"];

/// Numbers that rarely repeat: a dictionary would cost more than it saves.
const PLAIN_COLUMNS: &[&str] = &["srcport", "dstport", "packets", "bytes"];

/// Columns by whose pages a query can skip: a row group is in the order of time.
const PAGE_STATISTICS_COLUMNS: &[&str] = &["start", "end", "dstport"];

/// A level above this costs more time than it saves space.
const ZSTD_LEVEL: i32 = 1;

/// Largest dictionary of a column in a row group; 32,768 addresses fit.
const DICTIONARY_BYTES_MAX: usize = 4 << 20;

/// Encodes the rows of `day`.
pub(super) fn file(columns: &Columns, day: &Day) -> Result<EncodedFile> {
    let failed = |source: ParquetError| Error::Parquet {
        action: "encode",
        path: "the next file".to_owned(),
        source,
    };
    let schema = schema_of(columns);
    let options = ArrowWriterOptions::new()
        .with_properties(properties().map_err(failed)?)
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&schema), options)
        .map_err(failed)?;
    let mut stats = Stats { n_records: day.n_rows() as u64, ..Stats::default() };
    for rows in &day.groups {
        let batch = batch(columns, &schema, rows)?;
        add_ranges(&mut stats, &batch);
        writer.write(&batch).map_err(failed)?;
        writer.flush().map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(failed)?;
    Ok(EncodedFile { date: day.date, bytes: bytes.into(), stats })
}

fn schema_of(columns: &Columns) -> SchemaRef {
    let table = table_schema();
    let fields = columns.by_index.iter().map(|(index, column)| match column {
        Column::Text { .. } => {
            Field::new(table.field(*index).name(), tidegate_model::schema::dictionary_type(), true)
        }
        Column::Plain(_) => table.field(*index).clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn batch(columns: &Columns, schema: &SchemaRef, rows: &UInt32Array) -> Result<RecordBatch> {
    let arrays: Result<Vec<ArrayRef>> = columns.by_index.values().map(|it| it.take(rows)).collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays?)?)
}

fn properties() -> Result<WriterProperties, ParquetError> {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_dictionary_page_size_limit(DICTIONARY_BYTES_MAX)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("tidegate".to_owned());
    for column in PAGE_STATISTICS_COLUMNS {
        let path = ColumnPath::from(*column);
        builder = builder.set_column_statistics_enabled(path, EnabledStatistics::Page);
    }
    for column in BLOOM_COLUMNS {
        let path = ColumnPath::from(*column);
        builder = builder
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_fpp(path.clone(), BLOOM_FPP)
            .set_column_bloom_filter_max_ndv(path, ROW_GROUP_ROWS as u64);
    }
    for column in DELTA_COLUMNS {
        let path = ColumnPath::from(*column);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    for column in PLAIN_COLUMNS {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(*column), false);
    }
    Ok(builder.build())
}

fn add_ranges(stats: &mut Stats, batch: &RecordBatch) {
    for name in COLUMNS {
        let Some(array) = batch.column_by_name(name) else { continue };
        let (min, max) = bounds(array);
        let n_nulls = array.null_count() as u64;
        let range = stats.ranges.entry((*name).to_owned()).or_insert(Range {
            min: min.clone(),
            max: max.clone(),
            n_nulls: 0,
        });
        range.n_nulls += n_nulls;
        range.min = smaller(range.min.take(), min);
        range.max = larger(range.max.take(), max);
    }
}

fn smaller(a: Option<Bound>, b: Option<Bound>) -> Option<Bound> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b < a { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn larger(a: Option<Bound>, b: Option<Bound>) -> Option<Bound> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b > a { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn bounds(array: &ArrayRef) -> (Option<Bound>, Option<Bound>) {
    match array.data_type() {
        DataType::Dictionary(_, _) => {
            let values = array.as_dictionary::<Int32Type>().values().as_string::<i32>();
            let text = |it: Option<&str>| it.map(|it| Bound::Text(it.to_owned()));
            (text(min_string(values)), text(max_string(values)))
        }
        DataType::Int32 => {
            let values = array.as_primitive::<Int32Type>();
            let int = |it: Option<i32>| it.map(|it| Bound::Int(it.into()));
            (int(min(values)), int(max(values)))
        }
        DataType::Timestamp(_, _) => {
            let values = array.as_primitive::<TimestampMicrosecondType>();
            (min(values).map(Bound::Time), max(values).map(Bound::Time))
        }
        _ => (None, None),
    }
}
