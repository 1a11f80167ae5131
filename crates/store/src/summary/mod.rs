//! Summaries: what most questions ask of a data file, added up beforehand.
//!
//! Beside each data file lies a small Parquet file with sums of its records by hour and by day for
//! each value of each *dimension* ([`DIMENSIONS`]), and by minute over all. A question about thirty
//! days with one dimension then reads thousands of rows instead of millions, and its answer is the
//! same: every sum is exact.
//!
//! A summary is written before the commit that adds its data file, and counts because that file's
//! `add` action says so by a tag: so what is summed up and what is in the table cannot disagree. A
//! file without the tag (another engine wrote it) has no summary, and is asked itself. What rewrites
//! a file writes its summary anew, from the rows.
//!
//! Reading order: [`dimension`] (what is summed up), [`cells`] (when and in which way), [`codes`]
//! (columns as small numbers), [`tally`] (sums by code), [`count`] (all dimensions, block by block),
//! [`moved`] (addresses behind a gateway), [`runs`] (sums in order), [`encode`] (the file),
//! [`check`] (whether a file still adds up), [`read`] (rows of one dimension).

mod cells;
pub(crate) mod check;
mod codes;
mod count;
pub mod dimension;
mod encode;
mod moved;
mod read;
mod runs;
mod tally;

use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use bytes::Bytes;
use tidegate_model::columns::Columns;

use crate::Result;

pub use dimension::{DIMENSIONS, Dimension, FIELDS, FieldSums, Part, Records, Side, find, parts};
pub use read::{Extract, Footer, NEVER, Piece};

/// The form of summaries that this program writes and reads. Another form is as good as none.
pub const VERSION: &str = "1";

/// The tag of a data file, in the table's log, with the form of its summary.
pub(crate) const TAG: &str = "tidegate.summary";

/// The tag with the size of the summary in bytes: a reader need not ask for it.
pub(crate) const BYTES_TAG: &str = "tidegate.summary.bytes";

/// Folder of the summaries within the table. Engines leave folders with such a name alone.
pub const FOLDER: &str = "_summaries";

/// The grains of a summary, in the order of the file.
pub const DAY: &str = "day";
/// Sums by hour.
pub const HOUR: &str = "hour";
/// Sums by minute, over all values.
pub const MINUTE: &str = "minute";

/// Returns the columns of a summary.
#[must_use]
pub fn schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let number = |name: &str| Field::new(name, DataType::Int64, false);
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        text("grain"),
        text("dimension"),
        text("value"),
        Field::new("bucket", time, true),
        text("action"),
        text("direction"),
        text("initiator"),
        number("flows"),
        number("bytes"),
        number("packets"),
    ]))
}

/// Returns where the summary of the data file at `path` is; both are relative to the table.
#[must_use]
pub fn path(path: &str) -> String {
    let stem = path.strip_suffix(".parquet").unwrap_or(path);
    let stem = stem.strip_suffix(".zstd").unwrap_or(stem);
    format!("{FOLDER}/{stem}.parquet")
}

/// Returns the summary of these rows, as bytes of a Parquet file. `None` if they are not what a data
/// file holds: of one day, with a handful of actions, directions and initiators.
///
/// # Errors
///
/// If the file cannot be encoded.
pub fn of(columns: &Columns, rows: Range<usize>) -> Result<Option<Bytes>> {
    let settled = cells::Settled::new(columns);
    let Some(cells) = cells::Cells::new(&settled, rows) else { return Ok(None) };
    let runs = count::count(columns, &cells);
    encode::file(&runs, &cells).map(Some)
}

#[cfg(test)]
mod tests;
