//! Encodes the rows of one day as a Parquet file.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, SchemaDescriptor};
use tidegate_model::columns::{Column, Columns, Keys};
use tidegate_model::schema::table_schema;
use zstd::bulk::Compressor;

use super::keyed_chunk::{self, KeyUse};
use super::lists::Lists;
use super::order::{Day, ROW_GROUP_ROWS};
use super::pages::Form;
use super::text_chunk::{self, Text};
use super::{EncodedFile, lists, ranges};
use crate::stats::Stats;
use crate::{Error, Result, summary};

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
        form.write(&mut writer, columns, rows.clone(), &mut stats).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(failed)?;
    let summary = summary::of(columns, day.rows())?;
    Ok(EncodedFile { date: day.date, bytes: bytes.into(), stats, context: None, summary })
}

/// What all row groups of a file share.
struct FileForm {
    properties: WriterPropertiesPtr,
    schema: SchemaDescriptor,
    /// The columns that are not text, which the library encodes.
    plain: SchemaRef,
    plain_writers: ArrowRowGroupWriterFactory,
    packer: RefCell<Compressor<'static>>,
}

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

impl FileForm {
    fn new(columns: &Columns) -> Result<Self, ParquetError> {
        let table = table_schema();
        let fields = |is_all: bool| -> SchemaRef {
            let is_plain = |it: &Column| matches!(it, Column::Plain(_));
            let wanted = columns.by_index.iter().filter(|(_, it)| is_all || is_plain(it));
            let fields = wanted.map(|(index, _)| table.field(*index).clone());
            Arc::new(Schema::new(fields.collect::<Vec<_>>()))
        };
        let convert = |it: &Schema| ArrowSchemaConverter::new().convert(it);
        let properties = Arc::new(properties()?);
        let plain = fields(false);
        // A file of the plain columns alone, never written: it tells their writers what to do.
        let plain_schema = convert(&plain)?.root_schema_ptr();
        let plain_file =
            SerializedFileWriter::new(Vec::new(), plain_schema, Arc::clone(&properties))?;
        let plain_writers = ArrowRowGroupWriterFactory::new(&plain_file, Arc::clone(&plain));
        let packer = Compressor::new(ZSTD_LEVEL).map_err(|it| ParquetError::External(it.into()))?;
        let (schema, packer) = (convert(&fields(true))?, RefCell::new(packer));
        Ok(Self { properties, schema, plain, plain_writers, packer })
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
        rows: Range<usize>,
        stats: &mut Stats,
    ) -> Result<(), ParquetError> {
        let mut writers = self.plain_writers.create_column_writers(0)?.into_iter();
        let mut plain = self.plain.fields().iter();
        let mut leaves = self.schema.columns().iter();
        let mut group = writer.next_row_group()?;
        let mut uses = KeyUses::default();
        for column in columns.by_index.values() {
            let Some(leaf) = leaves.next() else { unreachable!("a leaf for each column") };
            match column {
                Column::Text { ids, values } => {
                    let text = Text { ids: &ids[rows.clone()], values };
                    let form = form(leaf.name(), &self.packer);
                    let chunk = text_chunk::encode(&text, leaf, &form)?;
                    ranges::of_text(stats, leaf.name(), chunk.close.metadata.statistics());
                    group.append_column(&chunk.bytes, chunk.close)?;
                }
                Column::Lists { ids, values } => {
                    let lists = Lists { ids: &ids[rows.clone()], values };
                    let form = form(leaf.name(), &self.packer);
                    let chunk = lists::encode(&lists, leaf, &form)?;
                    group.append_column(&chunk.bytes, chunk.close)?;
                }
                Column::Keyed { keys, of_keys } => {
                    let form = form(leaf.name(), &self.packer);
                    let keys = uses.get(keys, rows.clone());
                    let chunk = keyed_chunk::encode(of_keys, keys, leaf, &form)?;
                    ranges::of_text(stats, leaf.name(), chunk.close.metadata.statistics());
                    group.append_column(&chunk.bytes, chunk.close)?;
                }
                Column::Plain(array) => {
                    let array = array.slice(rows.start, rows.len());
                    let n_leaves = write_plain(&mut group, &mut writers, plain.next(), &array)?;
                    ranges::of_array(stats, leaf.name(), &array);
                    leaves.by_ref().take(n_leaves - 1).for_each(drop);
                }
            }
        }
        group.close().map(|_| ())
    }
}

/// Which keys a row group uses, for each set of keys that columns share.
#[derive(Default)]
struct KeyUses<'a> {
    uses: Vec<(&'a Keys, KeyUse)>,
    scratch: Vec<u32>,
}

impl<'a> KeyUses<'a> {
    fn get(&mut self, keys: &'a Keys, rows: Range<usize>) -> &KeyUse {
        let at = self.uses.iter().position(|it| Arc::ptr_eq(it.0, keys)).unwrap_or_else(|| {
            self.uses.push((keys, KeyUse::new(&keys[rows], &mut self.scratch)));
            self.uses.len() - 1
        });
        &self.uses[at].1
    }
}

/// Writes a column that is not text; returns how many leaves it has.
fn write_plain(
    group: &mut Group<'_>,
    writers: &mut impl Iterator<Item = ArrowColumnWriter>,
    field: Option<&FieldRef>,
    array: &ArrayRef,
) -> Result<usize, ParquetError> {
    let Some(field) = field else { unreachable!("a field for each column") };
    let leaves = compute_leaves(field, array)?;
    let n_leaves = leaves.len();
    for (leaf, mut writer) in leaves.into_iter().zip(writers) {
        writer.write(&leaf)?;
        writer.close()?.append_to_row_group(group)?;
    }
    Ok(n_leaves)
}

fn form<'a>(column: &str, packer: &'a RefCell<Compressor<'static>>) -> Form<'a> {
    Form {
        packer,
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
