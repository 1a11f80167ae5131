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
use super::order::Day;
use crate::stats::{Bound, COLUMNS, Range, Stats};
use crate::{Error, Result};

/// Columns with a bloom filter: people ask for one address over a long time.
const BLOOM_COLUMNS: &[&str] = &["srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr"];

/// Encodes the rows of `day`.
pub(super) fn file(columns: &Columns, day: &Day) -> Result<EncodedFile> {
    let rg: usize = std::env::var("TG_RG").ok().and_then(|x| x.parse().ok()).unwrap_or(65536);
    let schema = schema_of(columns);
    let failed = |source: ParquetError| Error::Parquet {
        action: "encode",
        path: "the next file".to_owned(),
        source,
    };
    let properties = properties(rg).map_err(failed)?;
    let options =
        ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&schema), options)
        .map_err(failed)?;
    let mut stats = Stats { n_records: day.rows.len() as u64, ..Stats::default() };
    for first in (0..day.rows.len()).step_by(rg) {
        let rows = day.rows.slice(first, rg.min(day.rows.len() - first));
        let batch = batch(columns, &schema, &rows)?;
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
        Column::Text { .. } => Field::new(
            table.field(*index).name(),
            tidegate_model::schema::dictionary_type(),
            true,
        ),
        Column::Plain(_) => table.field(*index).clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn batch(columns: &Columns, schema: &SchemaRef, rows: &UInt32Array) -> Result<RecordBatch> {
    let arrays: Result<Vec<ArrayRef>> = columns.by_index.values().map(|it| it.take(rows)).collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays?)?)
}

fn properties(n_rows: usize) -> Result<WriterProperties, ParquetError> {
    let level: i32 = std::env::var("TG_ZSTD").ok().and_then(|x| x.parse().ok()).unwrap_or(1);
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(level)?))
        .set_max_row_group_row_count(Some(n_rows))
        .set_dictionary_page_size_limit(4 << 20)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("tidegate".to_owned());
    if std::env::var("TG_NOBLOOM").is_err() {
    for column in BLOOM_COLUMNS {
        let path = ColumnPath::from(*column);
        builder = builder
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_ndv(path.clone(), 4096)
            .set_column_statistics_enabled(path, EnabledStatistics::Page);
    }}
    let _ = Encoding::PLAIN;
    if let Ok(x) = std::env::var("TG_DELTA") { for c in x.split(',') {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(c), false).set_column_encoding(ColumnPath::from(c), Encoding::DELTA_BINARY_PACKED);
    }}
    if let Ok(x) = std::env::var("TG_PLAIN") { for c in x.split(',') {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(c), false);
    }}
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
