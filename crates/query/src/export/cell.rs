//! One value as text.

use arrow::array::Array as _;
use arrow::buffer::NullBuffer;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::Error;

/// Turns the values of one batch into text: times as in RFC 3339, NULL as `None`.
pub struct Cells<'a> {
    columns: Vec<(Option<NullBuffer>, ArrayFormatter<'a>)>,
}

impl<'a> Cells<'a> {
    /// Returns the texts of a batch.
    ///
    /// # Errors
    ///
    /// If a type has no text.
    pub fn new(batch: &'a RecordBatch, options: &'a FormatOptions<'a>) -> Result<Self, Error> {
        let columns = batch.columns().iter().map(|column| {
            let formatter = ArrayFormatter::try_new(column.as_ref(), options)?;
            // Not `is_null`: a column without a type has no buffer of NULLs, a dictionary has two.
            Ok((column.logical_nulls(), formatter))
        });
        Ok(Self { columns: columns.collect::<Result<_, Error>>()? })
    }

    /// Returns the text of a value, or `None` if it is NULL.
    ///
    /// # Errors
    ///
    /// If the value has no text.
    pub fn text(&self, row: usize, column: usize) -> Result<Option<String>, Error> {
        let (nulls, formatter) = &self.columns[column];
        if nulls.as_ref().is_some_and(|it| it.is_null(row)) {
            return Ok(None);
        }
        Ok(Some(formatter.value(row).try_to_string()?))
    }
}

/// Returns how values are written. Times without a zone get no zone: we do not know it.
#[must_use]
pub fn options() -> FormatOptions<'static> {
    FormatOptions::new()
        .with_display_error(false)
        .with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.f"))
        .with_datetime_format(Some("%Y-%m-%dT%H:%M:%S%.f"))
}
