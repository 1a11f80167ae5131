//! Rows as whole columns, text with one dictionary for all of them.
//!
//! This is what stands between decoded batches and a file: a question about a value ("which
//! country is this address in") is asked once for each distinct value, not for each row.

mod keyed;
mod merge;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, Int32Array, Int64Array, TimestampMicrosecondArray,
    UInt32Array,
};
use arrow::compute::take;
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;

use crate::schema::table_schema;

pub use keyed::{Keys, OfKeys};

/// Marks a NULL among ids.
pub const NULL: u32 = u32::MAX;

/// One column of many rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Text: an id per row, and the values in ascending order, so that ids order like values.
    Text {
        /// The position in `values` for each row, or [`NULL`].
        ids: Vec<u32>,
        /// Distinct values, ascending.
        values: Vec<String>,
    },
    /// Lists of text: an id per row, and the distinct lists.
    Lists {
        /// The position in `values` for each row, or [`NULL`].
        ids: Vec<u32>,
        /// Distinct lists.
        values: Vec<Vec<String>>,
    },
    /// What follows from a key that other columns follow from as well.
    Keyed {
        /// The key of each row.
        keys: Keys,
        /// What the column says of each key.
        of_keys: OfKeys,
    },
    /// Anything else, of the type that the table gives it.
    Plain(ArrayRef),
}

impl Column {
    /// Returns a column of text whose values are distinct and in any order.
    #[must_use]
    pub fn text(ids: Vec<u32>, values: Vec<String>) -> Self {
        let (ids, values) = ascending(ids, values);
        Self::Text { ids, values }
    }

    /// Returns a column of text with those of the ascending values that a row has; `None` if no row
    /// has any.
    #[must_use]
    pub fn used_text(ids: Vec<u32>, values: &[String]) -> Option<Self> {
        let (ids, values) = keyed::used(ids, values);
        (!values.is_empty()).then_some(Self::Text { ids, values })
    }
}

/// Puts values into ascending order, and makes ids follow.
fn ascending(mut ids: Vec<u32>, values: Vec<String>) -> (Vec<u32>, Vec<String>) {
    let mut by_value: Vec<(String, u32)> = values.into_iter().zip(0..).collect();
    by_value.sort_unstable();
    let mut rank = vec![0_u32; by_value.len()];
    for ((_, id), new_id) in by_value.iter().zip(0..) {
        rank[*id as usize] = new_id;
    }
    for id in ids.iter_mut().filter(|it| **it != NULL) {
        *id = rank[*id as usize];
    }
    (ids, by_value.into_iter().map(|(value, _)| value).collect())
}

/// Many rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// By position in the schema of the table. A column that no row has is not here.
    pub by_index: BTreeMap<usize, Column>,
    /// Rows.
    pub n_rows: usize,
}

impl Columns {
    /// Returns the column called `name`, if any row has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.by_index.get(&table_schema().index_of(name).ok()?)
    }

    /// Puts a column in its place, instead of the one that was there.
    ///
    /// # Panics
    ///
    /// If the table has no column called `name`.
    pub fn put(&mut self, name: &str, column: Column) {
        let Ok(index) = table_schema().index_of(name) else {
            unreachable!("the table has no column `{name}`")
        };
        self.by_index.insert(index, column);
    }

    /// Puts a column that follows from keys.
    ///
    /// # Panics
    ///
    /// If the table has no column called `name`.
    pub fn put_keyed(&mut self, name: &str, keys: &Keys, of_keys: OfKeys) {
        self.put(name, Column::Keyed { keys: Arc::clone(keys), of_keys });
    }

    /// Gives columns that follow from keys a value for each row; one without values goes.
    pub fn settle(&mut self) {
        self.by_index.retain(|_, column| {
            let Column::Keyed { keys, of_keys } = column else { return true };
            let settled = of_keys.settled(keys);
            let is_empty = match &settled {
                Column::Text { values, .. } => values.is_empty(),
                Column::Lists { values, .. } => values.is_empty(),
                Column::Plain(array) => array.null_count() == array.len(),
                Column::Keyed { .. } => false,
            };
            *column = settled;
            !is_empty
        });
    }

    /// Puts the rows into the order of `rows`, which are positions. Rows may be left out.
    ///
    /// # Panics
    ///
    /// If a row is not there.
    ///
    /// # Errors
    ///
    /// If a column has more values than an array can have.
    pub fn reorder(&mut self, rows: &UInt32Array) -> Result<(), ArrowError> {
        self.settle();
        let pick = |ids: &[u32]| rows.values().iter().map(|it| ids[*it as usize]).collect();
        for column in self.by_index.values_mut() {
            match column {
                Column::Text { ids, .. } | Column::Lists { ids, .. } => *ids = pick(ids),
                Column::Plain(array) => *array = take(array, rows, None)?,
                Column::Keyed { .. } => unreachable!("all columns are settled"),
            }
        }
        self.n_rows = rows.len();
        Ok(())
    }

    /// Takes the column called `name` out.
    pub fn remove(&mut self, name: &str) {
        if let Ok(index) = table_schema().index_of(name) {
            self.by_index.remove(&index);
        }
    }

    /// Returns the ids and the values of a text column.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<(&[u32], &[String])> {
        match self.get(name)? {
            Column::Text { ids, values } => Some((ids, values)),
            _ => None,
        }
    }

    /// Returns a column of times.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<&TimestampMicrosecondArray> {
        self.plain(name)?.as_primitive_opt::<TimestampMicrosecondType>()
    }

    /// Returns a column of numbers of 32 bits.
    #[must_use]
    pub fn int32(&self, name: &str) -> Option<&Int32Array> {
        self.plain(name)?.as_primitive_opt::<Int32Type>()
    }

    /// Returns a column of numbers of 64 bits.
    #[must_use]
    pub fn int64(&self, name: &str) -> Option<&Int64Array> {
        self.plain(name)?.as_primitive_opt::<Int64Type>()
    }

    fn plain(&self, name: &str) -> Option<&ArrayRef> {
        match self.get(name)? {
            Column::Plain(array) => Some(array),
            _ => None,
        }
    }
}
