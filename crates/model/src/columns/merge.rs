//! Puts batches together as whole columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Int32Type};
use arrow::error::ArrowError;
use hashbrown::HashMap;

use super::{Column, Columns, NULL};
use crate::schema::{DATE, dictionary_type, table_schema};

impl Columns {
    /// Puts batches together, whose columns are named as in the table. A batch without a column has
    /// NULLs there; the column of the date is left out, it is no column of a file.
    ///
    /// # Errors
    ///
    /// If the table has no column of that name, or another type for it.
    pub fn merge(batches: Vec<RecordBatch>) -> Result<Self, ArrowError> {
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
                DataType::List(_) => lists(&parts, data_type, n_rows)?,
                _ => Column::Plain(plain(&parts, data_type, n_rows)?),
            };
            by_index.insert(index, column);
        }
        Ok(Self { by_index, n_rows })
    }
}

fn lists(
    parts: &[(usize, ArrayRef)],
    data_type: &DataType,
    n_rows: usize,
) -> Result<Column, ArrowError> {
    let array = plain(parts, data_type, n_rows)?;
    let Some(array) = array.as_list_opt::<i32>() else {
        return Err(ArrowError::SchemaError(format!("lists of type {}", array.data_type())));
    };
    let mut known: HashMap<Vec<String>, u32> = HashMap::new();
    let mut values: Vec<Vec<String>> = Vec::new();
    let mut ids = Vec::with_capacity(n_rows);
    for list in array.iter() {
        let Some(list) = list else {
            ids.push(NULL);
            continue;
        };
        let Some(list) = list.as_string_opt::<i32>() else {
            return Err(ArrowError::SchemaError(format!("lists of type {}", list.data_type())));
        };
        let list: Vec<String> = list.iter().flatten().map(str::to_owned).collect();
        let id = known.get(&list).copied().unwrap_or_else(|| {
            let id = u32::try_from(values.len()).unwrap_or(NULL - 1);
            known.insert(list.clone(), id);
            values.push(list);
            id
        });
        ids.push(id);
    }
    Ok(Column::Lists { ids, values })
}

fn plain(
    parts: &[(usize, ArrayRef)],
    data_type: &DataType,
    n_rows: usize,
) -> Result<ArrayRef, ArrowError> {
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
    concat(&arrays)
}

fn text(parts: Vec<(usize, ArrayRef)>, n_rows: usize) -> Result<Column, ArrowError> {
    let mut ids = vec![NULL; n_rows];
    let mut values: Vec<String> = Vec::new();
    let mut known: HashMap<String, u32> = HashMap::new();
    for (first_row, array) in parts {
        let array = cast(&array, &dictionary_type())?;
        let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
            let reason = format!("text of type {}", array.data_type());
            return Err(ArrowError::SchemaError(reason));
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
    Ok(Column::text(ids, values))
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
