//! Encodes the rows of one day as a Parquet file.

use std::sync::Arc;

use arrow::array::UInt32Array;
use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{compute_leaves, get_column_writers};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescriptor};
use tidegate_model::schema::table_schema;

use super::columns::{Column, Columns};
use super::order::{Day, ROW_GROUP_ROWS};
use super::text_chunk::{self, Form, Text};
use super::{EncodedFile, ranges};
use crate::stats::Stats;
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

/// Encodes the rows of `day`.
pub(super) fn file(columns: &Columns, day: &Day) -> Result<EncodedFile> {
    let failed = |source: ParquetError| Error::Parquet {
        action: "encode",
        path: "the next file".to_owned(),
        source,
    };
    let form = FileForm::new(columns).map_err(failed)?;
    let mut writer = form.writer().map_err(failed)?;
    let mut stats = Stats { n_records: day.n_rows() as u64, ..Stats::default() };
    for rows in &day.groups {
        form.write(&mut writer, columns, rows, &mut stats)?;
    }
    let bytes = writer.into_inner().map_err(failed)?;
    Ok(EncodedFile { date: day.date, bytes: bytes.into(), stats })
}

/// What all row groups of a file share.
struct FileForm {
    properties: WriterPropertiesPtr,
    schema: SchemaDescriptor,
    /// The columns that are not text, which the library encodes.
    plain: SchemaRef,
    plain_schema: SchemaDescriptor,
}

impl FileForm {
    fn new(columns: &Columns) -> Result<Self, ParquetError> {
        let table = table_schema();
        let fields = |is_all: bool| -> SchemaRef {
            let wanted = columns.by_index.iter().filter(|(_, it)| is_all || !it.is_text());
            let fields = wanted.map(|(index, _)| table.field(*index).clone());
            Arc::new(Schema::new(fields.collect::<Vec<_>>()))
        };
        let convert = |it: &Schema| ArrowSchemaConverter::new().convert(it);
        let plain = fields(false);
        Ok(Self {
            properties: Arc::new(properties()?),
            schema: convert(&fields(true))?,
            plain_schema: convert(&plain)?,
            plain,
        })
    }

    fn writer(&self) -> Result<SerializedFileWriter<Vec<u8>>, ParquetError> {
        let schema = self.schema.root_schema_ptr();
        SerializedFileWriter::new(Vec::new(), schema, Arc::clone(&self.properties))
    }

    /// Writes a row group and adds its ranges to `stats`.
    fn write(
        &self,
        writer: &mut SerializedFileWriter<Vec<u8>>,
        columns: &Columns,
        rows: &UInt32Array,
        stats: &mut Stats,
    ) -> Result<()> {
        let failed = |source: ParquetError| Error::Parquet {
            action: "encode",
            path: "the next row group".to_owned(),
            source,
        };
        let plain_writers = get_column_writers(&self.plain_schema, &self.properties, &self.plain)
            .map_err(failed)?;
        let mut plain_writers = plain_writers.into_iter();
        let mut plain_fields = self.plain.fields().iter();
        let mut leaves = self.schema.columns().iter();
        let mut group = writer.next_row_group().map_err(failed)?;
        for column in columns.by_index.values() {
            if let Column::Text { ids, values } = column {
                let Some(leaf) = leaves.next() else { unreachable!("a leaf for each column") };
                let text = Text { ids, values };
                let form = form(leaf.name());
                let chunk =
                    text_chunk::encode(&text, rows.values(), leaf, &form).map_err(failed)?;
                ranges::of_text(stats, leaf.name(), chunk.close.metadata.statistics());
                group.append_column(&chunk.bytes, chunk.close).map_err(failed)?;
                continue;
            }
            let Some(field) = plain_fields.next() else { unreachable!("a field for each column") };
            let array = column.take(rows)?;
            ranges::of_array(stats, field.name(), &array);
            for leaf in compute_leaves(field, &array).map_err(failed)? {
                let Some(mut writer) = plain_writers.next() else {
                    unreachable!("a writer for each leaf")
                };
                leaves.next();
                writer.write(&leaf).map_err(failed)?;
                let chunk = writer.close().map_err(failed)?;
                chunk.append_to_row_group(&mut group).map_err(failed)?;
            }
        }
        group.close().map_err(failed)?;
        Ok(())
    }
}

fn form(column: &str) -> Form {
    Form {
        zstd_level: ZSTD_LEVEL,
        compression: Compression::ZSTD(ZstdLevel::default()),
        bloom_fpp: BLOOM_COLUMNS.contains(&column).then_some(BLOOM_FPP),
    }
}

fn properties() -> Result<WriterProperties, ParquetError> {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("tidegate".to_owned());
    for column in PAGE_STATISTICS_COLUMNS {
        let path = ColumnPath::from(*column);
        builder = builder.set_column_statistics_enabled(path, EnabledStatistics::Page);
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
