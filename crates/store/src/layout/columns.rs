//! The gathered batches as whole columns, text with one dictionary for all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Int32Type, TimestampMicrosecondType};
use hashbrown::HashMap;
use tidegate_model::schema::{DATE, dictionary_type, table_schema};

use crate::{Error, Result};

/// Marks a NULL among the ids of a text column.
pub(super) const NULL: u32 = u32::MAX;

/// One column of all gathered rows.
#[derive(Debug)]
pub(super) enum Column {
    /// Text: an id per row, and the values in ascending order, so that ids order like values.
    Text { ids: Vec<u32>, values: Vec<String> },
    /// Anything else.
    Plain(ArrayRef),
}

/// All gathered rows.
#[derive(Debug)]
pub(super) struct Columns {
    /// By position in the table's schema.
    pub(super) by_index: BTreeMap<usize, Column>,
    pub(super) n_rows: usize,
}

impl Columns {
    /// Puts batches together. A batch without a column has NULLs there.
    pub(super) fn merge(batches: Vec<RecordBatch>) -> Result<Self> {
        let schema = table_schema();
        let n_rows = batches.iter().map(RecordBatch::num_rows).sum();
        let mut parts: BTreeMap<usize, Vec<(usize, ArrayRef)>> = BTreeMap::new();
        let mut first_row = 0;
        for batch in batches {
            let batch_schema = batch.schema();
            let columns = batch_schema.fields().iter().zip(batch.columns());
            let is_kept =
                |name: &str, array: &ArrayRef| name != DATE && array.null_count() < array.len();
            for (column, array) in columns.filter(|it| is_kept(it.0.name(), it.1)) {
                let index = schema.index_of(column.name())?;
                parts.entry(index).or_default().push((first_row, Arc::clone(array)));
            }
            first_row += batch.num_rows();
        }
        let mut by_index = BTreeMap::new();
        for (index, parts) in parts {
            let data_type = schema.field(index).data_type();
            let column = match data_type {
                DataType::Utf8 => text(parts, n_rows)?,
                _ => Column::Plain(plain(&parts, data_type, n_rows)?),
            };
            by_index.insert(index, column);
        }
        Ok(Self { by_index, n_rows })
    }

    /// Returns the column called `name`, if any row has it.
    pub(super) fn get(&self, name: &str) -> Option<&Column> {
        self.by_index.get(&table_schema().index_of(name).ok()?)
    }

    /// Returns the ids and the values of a text column.
    pub(super) fn text(&self, name: &str) -> Option<(&[u32], &[String])> {
        match self.get(name)? {
            Column::Text { ids, values } => Some((ids, values)),
            Column::Plain(_) => None,
        }
    }

    /// Returns a column of times.
    pub(super) fn time(&self, name: &str) -> Option<&TimestampMicrosecondArray> {
        match self.get(name)? {
            Column::Plain(array) => array.as_primitive_opt::<TimestampMicrosecondType>(),
            Column::Text { .. } => None,
        }
    }
}

impl Column {
    /// Returns whether the column is text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. })
    }
}

fn plain(parts: &[(usize, ArrayRef)], data_type: &DataType, n_rows: usize) -> Result<ArrayRef> {
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(parts.len());
    let mut n_done = 0;
    for (first_row, array) in parts {
        if *first_row > n_done {
            arrays.push(arrow::array::new_null_array(data_type, first_row - n_done));
        }
        if array.data_type() == data_type {
            arrays.push(Arc::clone(array));
        } else {
            arrays.push(cast(array, data_type)?);
        }
        n_done = first_row + array.len();
    }
    if n_rows > n_done {
        arrays.push(arrow::array::new_null_array(data_type, n_rows - n_done));
    }
    let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    Ok(concat(&arrays)?)
}

fn text(parts: Vec<(usize, ArrayRef)>, n_rows: usize) -> Result<Column> {
    let mut ids = vec![NULL; n_rows];
    let mut values: Vec<String> = Vec::new();
    let mut known: HashMap<String, u32> = HashMap::new();
    for (first_row, array) in parts {
        let array = cast(&array, &dictionary_type())?;
        let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
            return Err(Error::Arrow(arrow::error::ArrowError::SchemaError(format!(
                "text of type {}",
                array.data_type()
            ))));
        };
        let global = global_ids(dictionary.values().as_string::<i32>(), &mut known, &mut values);
        let target = &mut ids[first_row..first_row + dictionary.len()];
        let keys = dictionary.keys();
        for (row, id) in target.iter_mut().enumerate() {
            if keys.is_valid(row) {
                *id = global[keys.value(row).cast_unsigned() as usize];
            }
        }
    }
    drop(known);
    Ok(in_order(ids, values))
}

fn global_ids(
    local: &StringArray,
    known: &mut HashMap<String, u32>,
    values: &mut Vec<String>,
) -> Vec<u32> {
    let mut global = Vec::with_capacity(local.len());
    for value in local.iter().map(Option::unwrap_or_default) {
        let id = known.get(value).copied().unwrap_or_else(|| {
            let id = u32::try_from(values.len()).unwrap_or(NULL - 1);
            known.insert(value.to_owned(), id);
            values.push(value.to_owned());
            id
        });
        global.push(id);
    }
    global
}

/// Renumbers the values so that their ids order as they do.
fn in_order(mut ids: Vec<u32>, values: Vec<String>) -> Column {
    let mut by_value: Vec<(String, u32)> = values.into_iter().zip(0..).collect();
    by_value.sort_unstable();
    let mut rank = vec![0_u32; by_value.len()];
    for ((_, id), new_id) in by_value.iter().zip(0..) {
        rank[*id as usize] = new_id;
    }
    for id in ids.iter_mut().filter(|it| **it != NULL) {
        *id = rank[*id as usize];
    }
    Column::Text { ids, values: by_value.into_iter().map(|(value, _)| value).collect() }
}
