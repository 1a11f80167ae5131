//! Encodes the sums of a data file as a Parquet file.
//!
//! Rows are in order, so a row group has few dimensions, and one of many values has row groups of its
//! own: minimum and maximum of `grain`, `dimension` and `value` rule out what a question is not about.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::{Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, SchemaDescriptor};
use tidegate_model::columns::{NULL, OfKeys};
use zstd::bulk::Compressor;

use super::cells::Cells;
use super::runs::{Run, Runs};
use super::tally::{Entry, Sums, small};
use super::{DAY, HOUR};
use crate::layout::keyed_chunk::{self, KeyUse};
use crate::layout::pages::{Chunk, Form};
use crate::layout::text_chunk::{self, Text};
use crate::{Error, Result};

/// Rows in a row group: as in a data file, so that a value rules out most.
const ROW_GROUP_ROWS: usize = 32_768;

/// A dimension with so many rows has row groups of its own.
const OWN_GROUP_ROWS: usize = 16_384;

/// A level above this costs more time than it saves space.
const ZSTD_LEVEL: i32 = 1;

/// Columns of the schema that are not sums.
const N_KEYS: usize = 7;

const MINUTES_PER_HOUR: u32 = 60;
const MINUTES_PER_DAY: u32 = 1440;

type Writer = SerializedFileWriter<Vec<u8>>;
type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// Rows of a run that are in a row group.
type Part<'a> = (&'a Run, Range<usize>);

/// Encodes the sums.
pub(super) fn file(runs: &Runs<'_>, cells: &Cells<'_>) -> Result<Bytes> {
    let failed = |source: ParquetError| Error::Parquet {
        action: "encode",
        path: "the summary of the next file".to_owned(),
        source,
    };
    let in_order = runs.in_order();
    let encode = || {
        let form = FileForm::new(cells)?;
        let mut writer = form.writer()?;
        for parts in groups(&in_order) {
            form.write(&mut writer, runs, &parts)?;
        }
        writer.into_inner()
    };
    encode().map(Bytes::from).map_err(failed)
}

/// Cuts runs into row groups: none is of two grains.
fn groups<'a>(runs: &[&'a Run]) -> Vec<Vec<Part<'a>>> {
    let mut groups: Vec<Vec<Part<'a>>> = Vec::new();
    let mut n_rows = ROW_GROUP_ROWS;
    let mut grain = "";
    for run in runs {
        if run.entries.len() >= OWN_GROUP_ROWS || run.grain != grain {
            n_rows = ROW_GROUP_ROWS;
        }
        grain = run.grain;
        let mut first = 0;
        while first < run.entries.len() {
            if n_rows == ROW_GROUP_ROWS {
                groups.push(Vec::new());
                n_rows = 0;
            }
            let next = run.entries.len().min(first + ROW_GROUP_ROWS - n_rows);
            n_rows += next - first;
            if let Some(group) = groups.last_mut() {
                group.push((run, first..next));
            }
            first = next;
        }
        if run.entries.len() >= OWN_GROUP_ROWS {
            n_rows = ROW_GROUP_ROWS;
        }
    }
    groups
}

/// What all row groups of a file share.
struct FileForm {
    properties: WriterPropertiesPtr,
    schema: SchemaDescriptor,
    sums: SchemaRef,
    sum_writers: ArrowRowGroupWriterFactory,
    packer: RefCell<Compressor<'static>>,
    n_ways: u32,
    /// Action, direction and initiator by way.
    ways: [OfKeys; 3],
    /// The starts of days, of hours and of minutes, one after the other.
    starts: OfKeys,
    /// Where the starts of the hours and of the minutes begin.
    first_starts: [u32; 2],
}

impl FileForm {
    fn new(cells: &Cells<'_>) -> Result<Self, ParquetError> {
        let all = super::schema();
        let sums: SchemaRef = Arc::new(Schema::new(all.fields()[N_KEYS..].to_vec()));
        let convert = |it: &Schema| ArrowSchemaConverter::new().convert(it);
        let properties = Arc::new(properties());
        // A file of the sums alone, never written: it tells their writers what to do.
        let sums_schema = convert(&sums)?.root_schema_ptr();
        let sums_file =
            SerializedFileWriter::new(Vec::new(), sums_schema, Arc::clone(&properties))?;
        let sum_writers = ArrowRowGroupWriterFactory::new(&sums_file, Arc::clone(&sums));
        let packer = Compressor::new(ZSTD_LEVEL).map_err(|it| ParquetError::External(it.into()))?;
        let mut starts = cells.starts(MINUTES_PER_DAY);
        let hours = small(starts.len());
        starts.extend(cells.starts(MINUTES_PER_HOUR));
        let minutes = small(starts.len());
        starts.extend(cells.starts(1));
        let text = |(ids, values): (Vec<u32>, &[String])| {
            let values = values.to_vec();
            OfKeys::Text { ids, values }
        };
        Ok(Self {
            properties,
            schema: convert(&all)?,
            sums,
            sum_writers,
            packer: RefCell::new(packer),
            n_ways: cells.n_ways(),
            ways: cells.texts_of_ways().map(text),
            starts: OfKeys::Int64(starts),
            first_starts: [hours, minutes],
        })
    }

    fn writer(&self) -> Result<Writer, ParquetError> {
        let schema = self.schema.root_schema_ptr();
        SerializedFileWriter::new(Vec::new(), schema, Arc::clone(&self.properties))
    }

    fn form(&self) -> Form<'_> {
        let compression = Compression::ZSTD(ZstdLevel::default());
        Form { packer: &self.packer, compression, bloom_fpp: None }
    }

    /// Writes a row group.
    fn write(
        &self,
        writer: &mut Writer,
        runs: &Runs<'_>,
        parts: &[Part<'_>],
    ) -> Result<(), ParquetError> {
        let mut group = writer.next_row_group()?;
        let mut leaf = 0;
        let mut append = |group: &mut Group<'_>, chunk: Chunk| {
            leaf += 1;
            group.append_column(&chunk.bytes, chunk.close)
        };
        let keyed = |of_keys: &OfKeys, keys: &KeyUse, leaf: usize| {
            keyed_chunk::encode(of_keys, keys, &self.schema.column(leaf), &self.form())
        };
        let mut scratch = Vec::new();
        let of_parts = |part: u32, entries: &[Entry]| vec![part; entries.len()];
        let parts_of_rows = KeyUse::new(&by_row(parts, |it, _, at| of_parts(it, at)), &mut scratch);
        append(&mut group, keyed(&names(parts, |it| it.grain), &parts_of_rows, 0)?)?;
        append(&mut group, keyed(&names(parts, |it| it.dimension), &parts_of_rows, 1)?)?;
        let (ids, values) = values(runs, parts);
        let text = Text { ids: &ids, values: &values };
        append(&mut group, text_chunk::encode(&text, &self.schema.column(2), &self.form())?)?;
        let start = |it: &Run, cell: u32| self.first_start(it.grain) + cell / self.n_ways;
        let starts =
            by_row(parts, |_, run, entries| entries.iter().map(|it| start(run, it.cell)).collect());
        append(&mut group, keyed(&self.starts, &KeyUse::new(&starts, &mut scratch), 3)?)?;
        let ways =
            by_row(parts, |_, _, entries| entries.iter().map(|it| it.cell % self.n_ways).collect());
        let ways = KeyUse::new(&ways, &mut scratch);
        for (leaf, of_ways) in (4..).zip(&self.ways) {
            append(&mut group, keyed(of_ways, &ways, leaf)?)?;
        }
        self.write_sums(&mut group, parts)?;
        group.close().map(|_| ())
    }

    fn first_start(&self, grain: &str) -> u32 {
        match grain {
            DAY => 0,
            HOUR => self.first_starts[0],
            _ => self.first_starts[1],
        }
    }

    fn write_sums(&self, group: &mut Group<'_>, parts: &[Part<'_>]) -> Result<(), ParquetError> {
        let of = |sum: fn(&Sums) -> i64| -> ArrayRef {
            let rows = parts.iter().flat_map(|(run, rows)| &run.entries[rows.clone()]);
            Arc::new(rows.map(|it| sum(&it.sums)).collect::<Int64Array>())
        };
        let columns = [of(|it| it.flows), of(|it| it.bytes), of(|it| it.packets)];
        let writers = self.sum_writers.create_column_writers(0)?;
        let fields = self.sums.fields().iter().zip(&columns);
        for ((field, column), mut writer) in fields.zip(writers) {
            for leaf in compute_leaves(field, column)? {
                writer.write(&leaf)?;
            }
            writer.close()?.append_to_row_group(group)?;
        }
        Ok(())
    }
}

/// Returns a key for each row of the parts, which are numbered.
fn by_row(parts: &[Part<'_>], keys: impl Fn(u32, &Run, &[Entry]) -> Vec<u32>) -> Vec<u32> {
    let parts = (0..).zip(parts);
    parts.flat_map(|(part, (run, rows))| keys(part, run, &run.entries[rows.clone()])).collect()
}

/// Returns a name of the run of each part.
fn names(parts: &[Part<'_>], name: impl Fn(&Run) -> &'static str) -> OfKeys {
    let mut values: Vec<&str> = parts.iter().map(|it| name(it.0)).collect();
    values.sort_unstable();
    values.dedup();
    let id = |it: &Part<'_>| values.binary_search(&name(it.0)).map_or(NULL, small);
    let ids = parts.iter().map(id).collect();
    OfKeys::Text { ids, values: values.into_iter().map(str::to_owned).collect() }
}

/// Returns the values of the rows: positions, and the distinct texts, ascending.
fn values<'a>(runs: &'a Runs<'_>, parts: &[Part<'_>]) -> (Vec<u32>, Vec<&'a str>) {
    let mut ids = Vec::new();
    let mut values: Vec<&str> = Vec::new();
    for (run, rows) in parts {
        let labels = &runs.labels[run.labels];
        for entries in run.entries[rows.clone()].chunk_by(|a, b| a.code == b.code) {
            let label = labels.get(entries[0].code as usize);
            let id = label.map_or(NULL, |_| small(values.len()));
            values.extend(label.map(AsRef::<str>::as_ref));
            ids.extend(std::iter::repeat_n(id, entries.len()));
        }
    }
    if values.is_sorted_by(|a, b| a < b) {
        return (ids, values);
    }
    let mut distinct = values.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let place = |it: &str| distinct.binary_search(&it).map_or(NULL, small);
    let places: Vec<u32> = values.iter().map(|it| place(it)).collect();
    for id in ids.iter_mut().filter(|it| **it != NULL) {
        *id = places[*id as usize];
    }
    (ids, distinct)
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        // Packed numbers are as small as they get.
        .set_compression(Compression::UNCOMPRESSED)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::None)
        // One column with an index of pages: readers look for one again and again in a file without.
        .set_column_statistics_enabled(ColumnPath::from("flows"), EnabledStatistics::Page)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BINARY_PACKED)
        .set_created_by("tidegate".to_owned())
        .build()
}
