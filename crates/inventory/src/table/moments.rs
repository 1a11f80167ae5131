//! The table of moments: when which scopes and things were looked at.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, ListBuilder, RecordBatch, StringArray,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimestampMicrosecondType};

use super::column::time_type;
use crate::history::Moments;
use crate::{Error, Kind, Result};

/// Name of the table.
pub const MOMENTS: &str = "inventory_moments";

/// Returns the columns of the table: the kind's table, the scope or key, and the moments.
#[must_use]
pub fn moments_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("kind", DataType::Utf8, true),
        Field::new("name", DataType::Utf8, true),
        Field::new("moments", list_type(), true),
    ]))
}

fn list_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(time_type(), true)))
}

/// Returns moments as a table.
pub fn moments_to_batch(moments: &Moments) -> Result<RecordBatch> {
    let builder = TimestampMicrosecondBuilder::new().with_timezone("UTC");
    let mut lists = ListBuilder::new(builder);
    for (_, _, moments) in moments.iter() {
        lists.append_value(moments.iter().map(|it| Some(*it)));
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(moments.iter().map(|it| Some(it.0.table())).collect::<StringArray>()),
        Arc::new(moments.iter().map(|it| Some(it.1)).collect::<StringArray>()),
        Arc::new(lists.finish()),
    ];
    Ok(RecordBatch::try_new(moments_schema(), columns)?)
}

/// Returns the moments of a stored table.
///
/// # Errors
///
/// If a column is of another type, or a kind is not known.
pub fn moments_from_batches(batches: &[RecordBatch]) -> Result<Moments> {
    let mut moments = Moments::default();
    for batch in batches {
        let kinds = array(batch, "kind", &DataType::Utf8)?.as_string::<i32>();
        let names = array(batch, "name", &DataType::Utf8)?.as_string::<i32>();
        let lists = array(batch, "moments", &list_type())?.as_list::<i32>();
        for row in 0..batch.num_rows() {
            let kind = Kind::of_table(kinds.value(row)).ok_or_else(|| Error::Value {
                table: MOMENTS,
                column: "kind",
                value: kinds.value(row).to_owned(),
            })?;
            let list = lists.value(row);
            for moment_us in list.as_primitive::<TimestampMicrosecondType>().values() {
                moments.insert(kind, names.value(row), *moment_us);
            }
        }
    }
    Ok(moments)
}

fn array<'a>(
    batch: &'a RecordBatch,
    name: &'static str,
    expected: &DataType,
) -> Result<&'a ArrayRef> {
    let array = batch.column_by_name(name);
    let found = array.map_or("missing".to_owned(), |it| it.data_type().to_string());
    array.filter(|it| it.data_type().equals_datatype(expected)).ok_or_else(|| Error::Column {
        table: MOMENTS,
        column: name,
        found,
        expected: expected.to_string(),
    })
}
