//! Columns that are functions of a key: the country of an address, its name, its code.
//!
//! Rows are many and keys are few, so what stands for a row is the key, once for all columns that
//! follow from it, and a column is what it says of each key.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array};

use super::{Column, NULL};

/// The key of each row, shared by the columns that follow from it; [`NULL`] for a row without.
pub type Keys = Arc<Vec<u32>>;

/// What a column says of each key.
#[derive(Clone, Debug, PartialEq)]
pub enum OfKeys {
    /// Text.
    Text {
        /// The position in `values` for each key, or [`NULL`].
        ids: Vec<u32>,
        /// Distinct values, ascending.
        values: Vec<String>,
    },
    /// Lists of text.
    Lists {
        /// The position in `values` for each key, or [`NULL`].
        ids: Vec<u32>,
        /// Distinct lists.
        values: Vec<Vec<String>>,
    },
    /// Whole numbers.
    Int64(Vec<Option<i64>>),
    /// Fractions.
    Float64(Vec<Option<f64>>),
    /// Yes or no.
    Boolean(Vec<Option<bool>>),
}

impl OfKeys {
    /// Returns texts by key, whose values are distinct and in any order.
    #[must_use]
    pub fn text(ids: Vec<u32>, values: Vec<String>) -> Self {
        let (ids, values) = super::ascending(ids, values);
        Self::Text { ids, values }
    }

    /// Returns the same column with a value for each row.
    #[must_use]
    pub fn settled(&self, keys: &[u32]) -> Column {
        let ids =
            |of_keys: &[u32]| keys.iter().map(|it| at(of_keys, *it).unwrap_or(NULL)).collect();
        match self {
            Self::Text { ids: of_keys, values } => {
                let (ids, values) = used(ids(of_keys), values);
                Column::Text { ids, values }
            }
            Self::Lists { ids: of_keys, values } => {
                let (ids, values) = used(ids(of_keys), values);
                Column::Lists { ids, values }
            }
            Self::Int64(of_keys) => plain(of_keys, keys, |it| Arc::new(it.collect::<Int64Array>())),
            Self::Float64(of_keys) => {
                plain(of_keys, keys, |it| Arc::new(it.collect::<Float64Array>()))
            }
            Self::Boolean(of_keys) => {
                plain(of_keys, keys, |it| Arc::new(it.collect::<BooleanArray>()))
            }
        }
    }
}

fn at<T: Copy>(of_keys: &[T], key: u32) -> Option<T> {
    of_keys.get(key as usize).copied()
}

type Values<'a, T> = dyn Iterator<Item = Option<T>> + 'a;

fn plain<T: Copy>(
    of_keys: &[Option<T>],
    keys: &[u32],
    collect: impl FnOnce(&mut Values<'_, T>) -> ArrayRef,
) -> Column {
    Column::Plain(collect(&mut keys.iter().map(|it| at(of_keys, *it).flatten())))
}

/// Leaves out the values that no row has.
pub(super) fn used<T: Clone>(mut ids: Vec<u32>, values: &[T]) -> (Vec<u32>, Vec<T>) {
    let mut new_id = vec![NULL; values.len()];
    for id in ids.iter().filter(|it| **it != NULL) {
        new_id[*id as usize] = 0;
    }
    let mut kept = Vec::new();
    for (id, value) in new_id.iter_mut().zip(values).filter(|it| *it.0 == 0) {
        *id = u32::try_from(kept.len()).unwrap_or(NULL);
        kept.push(value.clone());
    }
    for id in ids.iter_mut().filter(|it| **it != NULL) {
        *id = new_id[*id as usize];
    }
    (ids, kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_get_what_their_keys_say() {
        let keys = [2, NULL, 0, 2, 1, 7];
        let values: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        let of_keys = OfKeys::Text { ids: vec![NULL, 0, 2], values };
        let expected = Column::Text {
            ids: vec![1, NULL, NULL, 1, 0, NULL],
            values: vec!["a".to_owned(), "c".to_owned()],
        };
        assert_eq!(of_keys.settled(&keys), expected);
        let numbers = OfKeys::Int64(vec![None, Some(5), Some(6)]).settled(&keys);
        let expected = Int64Array::from(vec![Some(6), None, None, Some(6), Some(5), None]);
        assert_eq!(numbers, Column::Plain(Arc::new(expected)));
    }
}
