//! Values on a terminal.

use arrow::datatypes::{DataType, SchemaRef};

pub(crate) use tidegate_query::export::cell::{Cells, options};

/// Returns for each column whether it holds numbers, which stand to the right.
pub(crate) fn numeric(schema: &SchemaRef) -> Vec<bool> {
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
