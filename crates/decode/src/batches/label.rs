//! The column that says which flow log published a row: the same for a whole object.

use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow::datatypes::{Field, Int32Type};
use tidegate_model::schema::dictionary_type;

/// The column's name, one of context's.
const NAME: &str = "flow_log_id";

/// Runs of rows of one flow log each.
#[derive(Debug, Default)]
pub(crate) struct LabelColumn {
    /// The flow log and how many rows it has here, in order.
    runs: Vec<(Option<Arc<str>>, usize)>,
}

impl LabelColumn {
    /// Adds `n_rows` rows of `flow_log`.
    pub(crate) fn push(&mut self, flow_log: Option<&Arc<str>>, n_rows: usize) {
        match self.runs.last_mut() {
            Some((last, n)) if last.as_ref() == flow_log => *n += n_rows,
            _ => self.runs.push((flow_log.cloned(), n_rows)),
        }
    }

    /// Returns the column, if any row has a flow log, and begins anew.
    pub(crate) fn finish(&mut self) -> Option<(Field, ArrayRef)> {
        let runs = std::mem::take(&mut self.runs);
        let mut values: Vec<Arc<str>> = Vec::new();
        let mut keys: Vec<Option<i32>> = Vec::new();
        for (flow_log, n_rows) in runs {
            let key = flow_log.map(|it| place(&mut values, it));
            keys.extend(std::iter::repeat_n(key, n_rows));
        }
        if values.is_empty() {
            return None;
        }
        let values = StringArray::from_iter_values(values);
        let keys = Int32Array::from(keys);
        match DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values)) {
            Ok(array) => Some((Field::new(NAME, dictionary_type(), true), Arc::new(array))),
            Err(error) => unreachable!("every key has its value: {error}"),
        }
    }
}

/// Returns the place of `value` in `values`, at the end if it is new. Flow logs in a batch are few.
fn place(values: &mut Vec<Arc<str>>, value: Arc<str>) -> i32 {
    let at = values.iter().position(|it| *it == value).unwrap_or_else(|| {
        values.push(value);
        values.len() - 1
    });
    i32::try_from(at).unwrap_or_else(|_| unreachable!("a batch has fewer rows"))
}
