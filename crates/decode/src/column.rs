//! Columns that grow: fields in, Arrow arrays out.
//!
//! A column is filled by *passes*: one pass takes the same field of many rows, so that the kind of
//! the field is asked once a pass and not once a value. A value that does not fit is reported and
//! leaves a hole; the caller then cuts all columns back and fills them again without that row.

mod address;
mod extra;
mod intern;
mod number;
mod text;

use arrow::array::ArrayRef;
use arrow::buffer::{BooleanBuffer, MutableBuffer, NullBuffer};
use arrow::util::bit_util;
use tidegate_model::field::{Field, Kind};

use crate::text::cells::{Cells, Row};

pub(crate) use extra::{ExtraColumn, not_utf8};
pub(crate) use number::{NumberColumn, TIME_US_MAX, int32, int64, refusal, time};
pub(crate) use text::TextColumn;

/// A row that cannot be kept, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadRow {
    /// Position in the rows of the pass.
    pub(crate) at: usize,
    /// What is wrong.
    pub(crate) reason: String,
}

/// One column of a batch that is being gathered.
#[derive(Debug)]
pub(crate) enum Column {
    Text(TextColumn),
    Int32(NumberColumn<i32>),
    Int64(NumberColumn<i64>),
    Time(NumberColumn<i64>),
}

impl Column {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Address | Kind::Tag => Self::Text(TextColumn::new(kind)),
            Kind::Int32 => Self::Int32(NumberColumn::default()),
            Kind::Int64 => Self::Int64(NumberColumn::default()),
            Kind::Time => Self::Time(NumberColumn::default()),
        }
    }

    /// Appends the value at `slot` of every row.
    pub(crate) fn append(
        &mut self,
        (cells, rows): (&Cells<'_>, &[Row]),
        slot: usize,
        field: &Field,
        bad: &mut Vec<BadRow>,
    ) {
        match self {
            Self::Text(column) => column.append((cells, rows), slot, field, bad),
            Self::Int32(column) => column.append((cells, rows), slot, (field, int32), bad),
            Self::Int64(column) => column.append((cells, rows), slot, (field, int64), bad),
            Self::Time(column) => column.append((cells, rows), slot, (field, time), bad),
        }
    }

    /// Cuts the column back to `n_rows`.
    pub(crate) fn truncate(&mut self, n_rows: usize) {
        match self {
            Self::Text(column) => column.truncate(n_rows),
            Self::Int32(column) => column.truncate(n_rows),
            Self::Int64(column) | Self::Time(column) => column.truncate(n_rows),
        }
    }

    /// Takes the rows out as an array.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => column.finish(),
            Self::Int32(column) => column.finish_int32(),
            Self::Int64(column) => column.finish_int64(),
            Self::Time(column) => column.finish_time(),
        }
    }

    /// Returns the bytes of distinct text.
    pub(crate) fn dictionary_bytes(&self) -> usize {
        match self {
            Self::Text(column) => column.dictionary_bytes(),
            Self::Int32(_) | Self::Int64(_) | Self::Time(_) => 0,
        }
    }
}

/// Returns the validity of `n_rows` rows of which `nulls`, ascending, are NULL.
fn validity(n_rows: usize, nulls: &[u32]) -> Option<NullBuffer> {
    if nulls.is_empty() {
        return None;
    }
    let mut bits = MutableBuffer::new(n_rows.div_ceil(8)).with_bitset(n_rows.div_ceil(8), true);
    for row in nulls {
        bit_util::unset_bit(&mut bits, *row as usize);
    }
    Some(NullBuffer::new(BooleanBuffer::new(bits.into(), 0, n_rows)))
}

/// Removes the rows from `n_rows` on.
fn truncate_nulls(nulls: &mut Vec<u32>, n_rows: usize) {
    let n_kept = nulls.partition_point(|it| (*it as usize) < n_rows);
    nulls.truncate(n_kept);
}

/// Most bytes of a value that a reason repeats.
const SHOWN_BYTES_MAX: usize = 64;

/// Returns `value` as a reason shows it: cut, and without control characters.
pub(crate) fn shown(value: &[u8]) -> String {
    let cut = &value[..value.len().min(SHOWN_BYTES_MAX)];
    let mut text: String =
        String::from_utf8_lossy(cut).chars().flat_map(char::escape_debug).collect();
    if cut.len() < value.len() {
        text.push_str("...");
    }
    text
}
