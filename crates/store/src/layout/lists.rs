//! Lists of text as an Arrow array.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, StringBuilder, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field};
use arrow::error::ArrowError;
use tidegate_model::columns::NULL;

/// Returns the lists of the rows with these indexes.
pub(super) fn array(
    ids: &[u32],
    values: &[Vec<String>],
    rows: &[u32],
) -> Result<ArrayRef, ArrowError> {
    let element = Field::new("element", DataType::Utf8, true);
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(Arc::new(element));
    for list in values {
        builder.append_value(list.iter().map(Some));
    }
    let places: UInt32Array =
        rows.iter().map(|row| Some(ids[*row as usize]).filter(|it| *it != NULL)).collect();
    take(&builder.finish(), &places, None)
}
