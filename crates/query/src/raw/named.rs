//! Objects whose fields are found by name: everything that `tidegate-decode` reads.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::error::Result;
use tidegate_decode::{BadLine, Decoder, Options, Sink};
use tidegate_model::field;
use tidegate_model::schema::DATE;
use tokio::sync::mpsc;

use crate::raw::input::{Input, Object};
use crate::raw::scan::{Columns, Origin, Output};

/// Decodes the objects and hands over their rows.
pub(crate) fn read(
    options: Options,
    columns: &Columns,
    mut objects: mpsc::Receiver<Object>,
    output: Output,
) -> Result<()> {
    let has_partitions = columns.origins.iter().any(|it| matches!(it, Origin::Partition(_)));
    let mut decoder = Decoder::new(options);
    let mut rows = Rows { columns, output, object: None, first_bad: None, failed: None };
    while let Some(mut object) = objects.blocking_recv() {
        let input = std::mem::replace(&mut object.input, Input::Whole(bytes::Bytes::new()));
        rows.object = Some(object);
        let n_bad = match input {
            Input::Whole(bytes) => decoder.decode_bytes(&bytes, &mut rows).n_bad,
            Input::Pieces(mut pieces) => decoder.decode_reader(&mut pieces, &mut rows)?.n_bad,
        };
        if has_partitions {
            // The next object has other values: no batch may hold rows of both.
            decoder.flush(&mut rows);
        }
        rows.end_object(n_bad);
        if rows.is_stopped() {
            break;
        }
    }
    decoder.flush(&mut rows);
    match rows.failed {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Takes what the decoder makes.
struct Rows<'a> {
    columns: &'a Columns,
    output: Output,
    object: Option<Object>,
    first_bad: Option<BadLine>,
    failed: Option<datafusion::error::DataFusionError>,
}

impl Rows<'_> {
    fn end_object(&mut self, n_bad: u64) {
        let Some(object) = &self.object else { return };
        if let Some(first) = self.first_bad.take() {
            let reason = match first.line {
                0 => first.reason,
                line => format!("line {line}: {}", first.reason),
            };
            self.output.bad_lines(&object.path, n_bad, &reason);
        }
    }

    fn columns_of(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let fields = self.columns.schema.fields().iter().zip(&self.columns.origins);
        let columns = fields.map(|(field, origin)| match origin {
            Origin::Field(_) => column(batch, field),
            Origin::Partition(index) => {
                let object = self.object.as_ref().map(|it| &it.partition[*index]);
                match object {
                    Some(value) => value.to_array_of_size(batch.num_rows()),
                    None => Ok(new_null_array(field.data_type(), batch.num_rows())),
                }
            }
        });
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let schema = Arc::clone(&self.columns.schema);
        let columns = columns.collect::<Result<Vec<_>>>()?;
        Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)
    }
}

impl Sink for Rows<'_> {
    fn batch(&mut self, batch: RecordBatch) {
        if self.failed.is_some() {
            return;
        }
        match self.columns_of(&batch) {
            Ok(batch) => self.output.batch(batch),
            Err(error) => self.failed = Some(error),
        }
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        self.first_bad.get_or_insert(bad_line);
    }

    fn is_stopped(&self) -> bool {
        self.failed.is_some() || self.output.is_stopped()
    }
}

/// Returns the column of `batch` that `wanted` names, in the type that it has; NULLs if the
/// objects do not have it.
fn column(batch: &RecordBatch, wanted: &Field) -> Result<ArrayRef> {
    let name = match field::find(wanted.name()) {
        Some(index) => field::FIELDS[index].column,
        None => wanted.name(),
    };
    let found = match (batch.column_by_name(name), name) {
        (None, DATE) => batch.column_by_name("end"),
        (found, _) => found,
    };
    let Some(found) = found else {
        return Ok(new_null_array(wanted.data_type(), batch.num_rows()));
    };
    let is_whole = wanted.data_type().is_integer();
    if is_whole && matches!(found.data_type(), DataType::Timestamp(_, _)) {
        // Tables that call a time a number mean seconds.
        let seconds = cast(found, &DataType::Timestamp(TimeUnit::Second, None))?;
        return Ok(cast(&cast(&seconds, &DataType::Int64)?, wanted.data_type())?);
    }
    Ok(cast(found, wanted.data_type())?)
}
