//! Reads sums of one dimension out of a summary, for those who add them up further.
//!
//! The rows of a dimension lie together, so of a summary its end is read, then the row groups in
//! question, and of these the rows in question.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use arrow::array::{
    Array, ArrayRef, AsArray as _, DictionaryArray, Int64Array, RecordBatch, StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema, TimestampMicrosecondType};
use bytes::{Buf as _, Bytes};
use object_store::ObjectStoreExt as _;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use tidegate_model::columns::NULL;
use tidegate_model::span::MINUTE_US;

use super::schema;
use super::tally::small;
use crate::{Error, Place, Result};

/// Bytes at the end of a summary that hold what is known of its row groups, mostly.
const END_BYTES: u64 = 64 << 10;

/// Positions of columns.
const GRAIN: usize = 0;
const DIMENSION: usize = 1;

/// The minute of what has no time: before all others.
pub const NEVER: i32 = i32::MIN;

/// What is known of a summary without its rows.
#[derive(Clone, Debug)]
pub struct Footer {
    path: String,
    metadata: ArrowReaderMetadata,
    n_bytes: u64,
    /// Where the rows of each dimension are in each row group, once it is known.
    runs: Vec<OnceLock<Vec<Run>>>,
}

/// Rows of one dimension by one grain in a row group.
#[derive(Clone, Debug)]
struct Run {
    grain: String,
    dimension: String,
    rows: Range<usize>,
}

/// The sums of one dimension by one grain.
#[derive(Clone, Debug, Default)]
pub struct Extract {
    /// The rows, in parts that have their values together.
    pub pieces: Vec<Piece>,
    /// Bytes that were read for them.
    pub n_bytes_read: u64,
}

/// Rows of an extract. Rows of one value lie together.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Values, not all of which need be those of rows.
    pub values: StringViewArray,
    /// The ways of records: action, direction, initiator.
    pub ways: Vec<[Option<String>; 3]>,
    /// The different pairs of a value and a way, by position; a position of [`NULL`] is no value.
    pub pairs: Vec<(u32, u32)>,
    /// The pair of each row.
    pub pair_of: Vec<u32>,
    /// When the bucket of each row begins, in minutes since the epoch, or [`NEVER`].
    pub minutes: Vec<i32>,
    /// Records.
    pub flows: Int64Array,
    /// Bytes of those that count.
    pub bytes: Int64Array,
    /// Packets of those that count.
    pub packets: Int64Array,
}

impl Extract {
    /// Returns how many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.pieces.iter().map(|it| it.pair_of.len()).sum()
    }

    /// Returns how many bytes of memory it holds, about.
    #[must_use]
    pub fn size(&self) -> usize {
        self.pieces.iter().map(Piece::size).sum::<usize>() + size_of::<Self>()
    }
}

impl Piece {
    fn size(&self) -> usize {
        let sums = [&self.flows, &self.bytes, &self.packets];
        let sums: usize = sums.into_iter().map(Array::get_array_memory_size).sum();
        let ids = self.pairs.len() * 2 + self.pair_of.len() + self.minutes.len();
        self.values.get_array_memory_size() + sums + ids * size_of::<u32>() + size_of::<Self>()
    }
}

impl Footer {
    /// Reads the end of the summary of `n_bytes` at `path` in `place`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is no summary.
    pub async fn read(place: &Place, path: &str, n_bytes: u64) -> Result<Self> {
        let failed = |source| Error::Parquet { action: "decode", path: path.to_owned(), source };
        let mut reader = ParquetMetaDataReader::new();
        let mut from = n_bytes.saturating_sub(END_BYTES);
        loop {
            let end = fetch(place, path, from..n_bytes).await?;
            match reader.try_parse_sized(&end, n_bytes) {
                Err(ParquetError::NeedMoreData(n)) if from > 0 => {
                    from = n_bytes.saturating_sub((n as u64).max(2 * (n_bytes - from)));
                }
                other => break other.map_err(failed)?,
            }
        }
        let metadata = Arc::new(reader.finish().map_err(failed)?);
        let options = ArrowReaderOptions::new().with_schema(Arc::new(read_schema()));
        let metadata = ArrowReaderMetadata::try_new(metadata, options).map_err(failed)?;
        let runs = vec![OnceLock::new(); metadata.metadata().num_row_groups()];
        Ok(Self { path: path.to_owned(), metadata, n_bytes, runs })
    }

    /// Returns how many bytes of memory it holds, about.
    #[must_use]
    pub fn size(&self) -> usize {
        self.metadata.metadata().memory_size()
    }

    /// Reads the sums of one dimension by one grain.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is no summary.
    pub async fn extract(&self, place: &Place, grain: &str, dimension: &str) -> Result<Extract> {
        let failed = |source| Error::Parquet { action: "decode", path: self.path.clone(), source };
        let mut extract = Extract::default();
        for (index, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            let n_rows = usize::try_from(group.num_rows()).unwrap_or_default();
            let wanted = match holds(group, grain, dimension) {
                None => continue,
                Some(true) => Some(0..n_rows),
                Some(false) => self.known(index, grain, dimension),
            };
            if wanted.as_ref().is_some_and(Range::is_empty) {
                continue;
            }
            let range = byte_range(group);
            extract.n_bytes_read += range.end - range.start;
            let bytes = fetch(place, &self.path, range.clone()).await?;
            let part = Part { start: range.start, bytes, n_bytes: self.n_bytes };
            let group = Group { metadata: &self.metadata, index, n_rows, part };
            if wanted.is_none() {
                let runs = group.runs().map_err(failed)?;
                self.runs[index].get_or_init(|| runs);
            }
            let known = || self.known(index, grain, dimension).unwrap_or_default();
            let rows = wanted.unwrap_or_else(known);
            extract.pieces.extend(group.piece(rows).map_err(failed)?);
        }
        Ok(extract)
    }

    /// Returns where the rows of a dimension are in a row group, if it was looked at before.
    fn known(&self, index: usize, grain: &str, dimension: &str) -> Option<Range<usize>> {
        let runs = self.runs[index].get()?;
        let run = runs.iter().find(|it| it.grain == grain && it.dimension == dimension);
        Some(run.map(|it| it.rows.clone()).unwrap_or_default())
    }
}

async fn fetch(place: &Place, path: &str, range: Range<u64>) -> Result<Bytes> {
    let read = place.store.get_range(&place.path(path), range).await;
    read.map_err(|source| Error::Storage { action: "read", path: path.to_owned(), source })
}

/// Returns the columns of a summary as they are read: text by position of its value.
fn read_schema() -> Schema {
    let by_position = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let column = |it: &Arc<Field>| match it.data_type() {
        DataType::Utf8 => it.as_ref().clone().with_data_type(by_position.clone()),
        _ => it.as_ref().clone(),
    };
    Schema::new(schema().fields().iter().map(column).collect::<Vec<_>>())
}

/// Whether a row group may hold rows of the dimension by the grain, and if so, whether it holds no
/// other.
fn holds(group: &RowGroupMetaData, grain: &str, dimension: &str) -> Option<bool> {
    let mut is_whole = true;
    for (column, wanted) in [(GRAIN, grain), (DIMENSION, dimension)] {
        let statistics = group.column(column).statistics();
        let bounds = statistics.and_then(|it| it.min_bytes_opt().zip(it.max_bytes_opt()));
        let Some((min, max)) = bounds else {
            is_whole = false;
            continue;
        };
        if wanted.as_bytes() < min || wanted.as_bytes() > max {
            return None;
        }
        is_whole &= min == max;
    }
    Some(is_whole)
}

fn byte_range(group: &RowGroupMetaData) -> Range<u64> {
    let ranges = group.columns().iter().map(ColumnChunkMetaData::byte_range);
    let start = ranges.clone().map(|it| it.0).min().unwrap_or_default();
    start..ranges.map(|it| it.0.saturating_add(it.1)).max().unwrap_or_default()
}

/// The bytes of a row group, as a part of its file.
#[derive(Clone)]
struct Part {
    start: u64,
    bytes: Bytes,
    n_bytes: u64,
}

impl Length for Part {
    fn len(&self) -> u64 {
        self.n_bytes
    }
}

impl ChunkReader for Part {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let from = self.position(start)?;
        Ok(self.bytes.slice(from..).reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let from = self.position(start)?;
        let until = from.checked_add(length).filter(|it| *it <= self.bytes.len());
        Ok(self.bytes.slice(from..until.ok_or_else(outside)?))
    }
}

impl Part {
    fn position(&self, at: u64) -> parquet::errors::Result<usize> {
        let from = at.checked_sub(self.start).and_then(|it| usize::try_from(it).ok());
        from.filter(|it| *it <= self.bytes.len()).ok_or_else(outside)
    }
}

fn outside() -> ParquetError {
    ParquetError::EOF("a column lies outside its row group".to_owned())
}

/// A row group whose bytes are there.
struct Group<'a> {
    metadata: &'a ArrowReaderMetadata,
    index: usize,
    n_rows: usize,
    part: Part,
}

impl Group<'_> {
    /// Returns where the rows of each dimension are.
    fn runs(&self) -> Result<Vec<Run>, ParquetError> {
        let Some(batch) = self.batch(&[GRAIN, DIMENSION], 0..self.n_rows)? else {
            return Ok(Vec::new());
        };
        let names = [by_position(batch.column(0))?, by_position(batch.column(1))?];
        let [grains, dimensions] = names.map(ids);
        let rows: Vec<(u32, u32)> = grains.into_iter().zip(dimensions).collect();
        let text = |column: usize, id: u32| {
            let values = names[column].values().as_string::<i32>();
            if id == NULL { String::new() } else { values.value(id as usize).to_owned() }
        };
        let mut first = 0;
        let runs = rows.chunk_by(|a, b| a == b).map(|run| {
            let rows = first..first + run.len();
            first = rows.end;
            Run { grain: text(0, run[0].0), dimension: text(1, run[0].1), rows }
        });
        Ok(runs.collect())
    }

    /// Returns rows, if there are any.
    fn piece(&self, rows: Range<usize>) -> Result<Option<Piece>, ParquetError> {
        if rows.is_empty() {
            return Ok(None);
        }
        let columns: Vec<usize> = (DIMENSION + 1..schema().fields().len()).collect();
        let Some(batch) = self.batch(&columns, rows)? else { return Ok(None) };
        piece(&batch).map(Some)
    }

    fn batch(
        &self,
        columns: &[usize],
        rows: Range<usize>,
    ) -> Result<Option<RecordBatch>, ParquetError> {
        let n_rows = rows.len();
        let mask = ProjectionMask::leaves(self.metadata.parquet_schema(), columns.iter().copied());
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.part.clone(),
            self.metadata.clone(),
        )
        .with_row_groups(vec![self.index])
        .with_projection(mask)
        // Room is made for so many rows.
        .with_batch_size(rows.len().max(1));
        if rows.len() < self.n_rows {
            let ranges = std::iter::once(rows);
            let selection = RowSelection::from_consecutive_ranges(ranges, self.n_rows);
            builder = builder.with_row_selection(selection);
        }
        let batch = builder.build()?.next().transpose()?;
        if batch.as_ref().map_or(0, RecordBatch::num_rows) != n_rows {
            return Err(ParquetError::EOF("a row group has fewer rows than it says".to_owned()));
        }
        Ok(batch)
    }
}

fn by_position(column: &ArrayRef) -> Result<&DictionaryArray<Int32Type>, ParquetError> {
    let wrong = || ParquetError::General("a text column of a summary is none".to_owned());
    column.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)
}

/// Returns a position as such.
fn position(key: Option<i32>) -> usize {
    key.and_then(|it| usize::try_from(it).ok()).unwrap_or_default()
}

/// Returns the position of each row's value, or [`NULL`].
fn ids(column: &DictionaryArray<Int32Type>) -> Vec<u32> {
    column.keys().iter().map(|it| it.map_or(NULL, |it| small(position(Some(it))))).collect()
}

fn piece(batch: &RecordBatch) -> Result<Piece, ParquetError> {
    let values = by_position(batch.column(0))?;
    let of_rows = ids(values);
    let (ways, way_of) = ways([batch.column(2), batch.column(3), batch.column(4)])?;
    let (pairs, pair_of) = pairs(&of_rows, &way_of, ways.len());
    let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
    let minute = |it: Option<i64>| {
        it.and_then(|it| i32::try_from(it.div_euclid(MINUTE_US)).ok()).unwrap_or(NEVER)
    };
    let sums = |at: usize| batch.column(at).as_primitive::<Int64Type>().clone();
    let views = cast(values.values(), &DataType::Utf8View)?;
    Ok(Piece {
        values: views.as_string_view().clone(),
        ways,
        pairs,
        pair_of,
        minutes: times.iter().map(minute).collect(),
        flows: sums(5),
        bytes: sums(6),
        packets: sums(7),
    })
}

type Ways = (Vec<[Option<String>; 3]>, Vec<u32>);

/// Returns the different ways, and which of them each row has.
fn ways(columns: [&ArrayRef; 3]) -> Result<Ways, ParquetError> {
    let mut known: Vec<[u32; 3]> = Vec::new();
    let columns = [by_position(columns[0])?, by_position(columns[1])?, by_position(columns[2])?];
    let [actions, directions, initiators] = columns.map(ids);
    let mut last = 0;
    let mut way_of = Vec::with_capacity(actions.len());
    for ((action, direction), initiator) in actions.iter().zip(&directions).zip(&initiators) {
        let way = [*action, *direction, *initiator];
        if known.get(last) != Some(&way) {
            last = known.iter().position(|it| *it == way).unwrap_or_else(|| {
                known.push(way);
                known.len() - 1
            });
        }
        way_of.push(small(last));
    }
    let text = |column: usize, id: u32| {
        let values = columns[column].values().as_string::<i32>();
        (id != NULL).then(|| values.value(id as usize).to_owned())
    };
    let ways = known.iter().map(|it| [text(0, it[0]), text(1, it[1]), text(2, it[2])]).collect();
    Ok((ways, way_of))
}

/// Returns the different pairs of rows of which those with one value lie together, and which of them
/// each row has.
fn pairs(values: &[u32], ways: &[u32], n_ways: usize) -> (Vec<(u32, u32)>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut pair_of = Vec::with_capacity(values.len());
    // The pair of each way, where it was seen with the present value.
    let mut lately = vec![usize::MAX; n_ways];
    for (value, way) in values.iter().zip(ways) {
        let known = &mut lately[*way as usize];
        if pairs.get(*known) != Some(&(*value, *way)) {
            *known = pairs.len();
            pairs.push((*value, *way));
        }
        pair_of.push(small(*known));
    }
    (pairs, pair_of)
}
