//! The Arrow schemas, derived from [`FIELDS`].
//!
//! Two forms exist. A *table* schema is what is stored and what SQL sees: text is `Utf8`. A *batch*
//! schema is what flows from `decode` to `store`: the same columns, text as dictionaries, and only
//! the columns that the input had.

use std::sync::Arc;

use arrow_schema::{DataType, Field as Column, Fields, Schema, SchemaRef};

use crate::context::CONTEXT;
use crate::field::FIELDS;

/// Column of the fields that nobody knows: a map from the name to the raw value.
pub const EXTRA: &str = "extra";

/// Partition column of the table: the UTC date of `end`.
pub const DATE: &str = "date";

/// Returns the schema of the table `flows`: every field, then [`EXTRA`], then the columns of context,
/// then [`DATE`].
#[must_use]
pub fn table_schema() -> SchemaRef {
    let mut columns: Vec<Column> =
        FIELDS.iter().map(|it| Column::new(it.column, it.kind.data_type(), true)).collect();
    columns.push(Column::new(EXTRA, extra_type(), true));
    columns.extend(CONTEXT.iter().map(|it| Column::new(it.name, it.kind.data_type(), true)));
    columns.push(Column::new(DATE, DataType::Date32, true));
    Arc::new(Schema::new(columns))
}

/// Returns the column that batches carry for the field with this index in [`FIELDS`].
///
/// # Panics
///
/// If `index` is not one of the table's.
#[must_use]
pub fn batch_column(index: usize) -> Column {
    let field = &FIELDS[index];
    let data_type = if field.kind.is_text() { dictionary_type() } else { field.kind.data_type() };
    Column::new(field.column, data_type, true)
}

/// Returns the column that batches carry for unknown fields.
#[must_use]
pub fn extra_column() -> Column {
    Column::new(EXTRA, extra_type(), true)
}

/// Returns the type of text in batches.
#[must_use]
pub fn dictionary_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// Returns the type of [`EXTRA`]: a map from text to text.
#[must_use]
pub fn extra_type() -> DataType {
    let entries = Fields::from(vec![
        Column::new("key", DataType::Utf8, false),
        Column::new("value", DataType::Utf8, true),
    ]);
    DataType::Map(Arc::new(Column::new("key_value", DataType::Struct(entries), false)), false)
}
