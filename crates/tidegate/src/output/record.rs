//! Small results that do not come from a query: tables of text, and reports of one object.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use serde::Serialize;
use serde_json::Value;

use super::{Error, Format, Look, Out, writer};

/// Writes rows of text under `names`, in any format.
pub(crate) fn write_rows(
    format: Format,
    out: Out,
    look: Look,
    names: &[&str],
    rows: &[Vec<Option<String>>],
) -> Result<(), Error> {
    let fields: Vec<Field> = names.iter().map(|it| Field::new(*it, DataType::Utf8, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let column = |index: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| row[index].as_deref()).collect::<StringArray>())
    };
    let columns = (0..names.len()).map(column).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let mut writer = writer(format, &schema, out, look)?;
    writer.write(&batch)?;
    writer.finish(false)
}

/// Writes one report as JSON: indented under `json`, on a line under `ndjson`.
pub(crate) fn write_json(
    format: Format,
    mut out: Out,
    report: &impl Serialize,
) -> Result<(), Error> {
    let encode = |it: serde_json::Error| Error::Encode(Box::new(it));
    let mut text = match format {
        Format::Json => serde_json::to_string_pretty(report).map_err(encode)?,
        _ => serde_json::to_string(report).map_err(encode)?,
    };
    text.push('\n');
    std::io::Write::write_all(&mut out, text.as_bytes())?;
    std::io::Write::flush(&mut out)?;
    Ok(())
}

/// Returns the fields of a report as name and text, for the forms that are no JSON.
pub(crate) fn as_rows(report: &impl Serialize) -> Result<Vec<Vec<Option<String>>>, Error> {
    let value = serde_json::to_value(report).map_err(|it| Error::Encode(Box::new(it)))?;
    let Value::Object(fields) = value else { return Ok(vec![vec![None, text(&value)]]) };
    Ok(fields.iter().map(|(name, value)| vec![Some(name.clone()), text(value)]).collect())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(it) => Some(it.clone()),
        other => Some(other.to_string()),
    }
}
