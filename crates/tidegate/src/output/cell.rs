//! One value as text.

use arrow::array::Array as _;
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::Error;

/// Turns the values of one batch into text: times as in RFC 3339, NULL as `None`.
pub(crate) struct Cells<'a> {
    columns: Vec<(Option<NullBuffer>, ArrayFormatter<'a>)>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(
        batch: &'a RecordBatch,
        options: &'a FormatOptions<'a>,
    ) -> Result<Self, Error> {
        let columns = batch.columns().iter().map(|column| {
            let formatter = ArrayFormatter::try_new(column.as_ref(), options)?;
            // Not `is_null`: a column without a type has no buffer of NULLs, a dictionary has two.
            Ok((column.logical_nulls(), formatter))
        });
        Ok(Self { columns: columns.collect::<Result<_, Error>>()? })
    }

    /// Returns the text of a value, or `None` if it is NULL.
    pub(crate) fn text(&self, row: usize, column: usize) -> Result<Option<String>, Error> {
        let (nulls, formatter) = &self.columns[column];
        if nulls.as_ref().is_some_and(|it| it.is_null(row)) {
            return Ok(None);
        }
        Ok(Some(formatter.value(row).try_to_string()?))
    }
}

/// Returns how values are written. Times without a zone get no zone: we do not know it.
pub(crate) fn options() -> FormatOptions<'static> {
    FormatOptions::new()
        .with_display_error(false)
        .with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.f"))
        .with_datetime_format(Some("%Y-%m-%dT%H:%M:%S%.f"))
}

/// Returns for each column whether it holds numbers, which stand to the right.
pub(super) fn numeric(schema: &SchemaRef) -> Vec<bool> {
    schema.fields().iter().map(|it| is_number(it.data_type())).collect()
}

fn is_number(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => values.is_numeric(),
        other => other.is_numeric(),
    }
}

/// Returns text that cannot move the cursor or ring the bell: log records come from outside.
pub(crate) fn harmless(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let escaped = text.chars().map(|it| match it {
        '\n' | '\t' => " ".to_owned(),
        it if it.is_control() => it.escape_default().to_string(),
        it => it.to_string(),
    });
    escaped.collect()
}
