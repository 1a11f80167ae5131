//! What is on top: every group is added up, the largest are kept.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use super::relation::{Relation, connection_names, key_names};
use super::{Dimension, DimensionKind, Key, Metric};
use crate::{Error, Result};

/// A group and its amount; the order is that of the answer, the best one first.
pub(crate) type Entry = (Reverse<i64>, Vec<Key>);

/// The largest groups, and what all groups are together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranking {
    /// The largest, descending; of equals the smaller key first.
    pub(crate) top: Vec<Entry>,
    /// How many groups there are.
    pub(crate) n_groups: u64,
    /// The sum of all amounts.
    pub(crate) total: i64,
}

/// Returns the statement that adds up every group.
pub(crate) fn statement(relation: &Relation, n_keys: usize, metric: Metric) -> String {
    let (names, table) = (key_names(n_keys), relation.sql());
    if metric.is_additive() {
        return format!("SELECT {names}, sum(amount) AS amount FROM {table} GROUP BY {names}");
    }
    let connection = connection_names();
    format!(
        "SELECT {names}, count(*) AS amount \
         FROM (SELECT DISTINCT {names}, {connection} FROM {table}) GROUP BY {names}"
    )
}

/// Finds the largest groups as they come.
#[derive(Debug)]
pub(crate) struct Ranker {
    by: Vec<Dimension>,
    limit: usize,
    heap: BinaryHeap<Entry>,
    n_groups: u64,
    total: i64,
}

impl Ranker {
    pub(crate) fn new(by: &[Dimension], limit: usize) -> Self {
        Self { by: by.to_vec(), limit, heap: BinaryHeap::new(), n_groups: 0, total: 0 }
    }

    /// Sees groups: their keys, then the amount.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let n_keys = self.by.len();
        let amounts = cast(batch.column(n_keys), &DataType::Int64).map_err(|it| failed(&it))?;
        let amounts = amounts.as_primitive::<Int64Type>();
        let keys = self.by.iter().zip(batch.columns());
        let keys: Vec<Keys> = keys.map(|(by, it)| Keys::new(it, by.kind)).collect::<Result<_>>()?;
        for row in 0..batch.num_rows() {
            let amount = if amounts.is_null(row) { 0 } else { amounts.value(row) };
            self.see(amount, || keys.iter().map(|it| it.key(row)).collect());
        }
        Ok(())
    }

    /// Sees one group.
    pub(crate) fn see(&mut self, amount: i64, keys: impl FnOnce() -> Vec<Key>) {
        self.n_groups += 1;
        self.total = self.total.saturating_add(amount);
        let worst = self.heap.peek().filter(|_| self.heap.len() >= self.limit);
        if worst.is_some_and(|(Reverse(worst), _)| amount < *worst) || self.limit == 0 {
            return;
        }
        self.heap.push((Reverse(amount), keys()));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    pub(crate) fn finish(self) -> Ranking {
        let (n_groups, total) = (self.n_groups, self.total);
        Ranking { top: self.heap.into_sorted_vec(), n_groups, total }
    }
}

/// A column of keys.
enum Keys {
    Number(arrow::array::ArrayRef),
    Flag(arrow::array::ArrayRef),
    Text(arrow::array::ArrayRef),
}

impl Keys {
    fn new(array: &arrow::array::ArrayRef, kind: DimensionKind) -> Result<Self> {
        let to = |it: DataType| cast(array, &it).map_err(|it| failed(&it));
        Ok(match kind {
            DimensionKind::Number => Self::Number(to(DataType::Int64)?),
            DimensionKind::Flag => Self::Flag(to(DataType::Boolean)?),
            DimensionKind::Text | DimensionKind::List => Self::Text(to(DataType::Utf8View)?),
        })
    }

    fn key(&self, row: usize) -> Key {
        let (Self::Number(array) | Self::Flag(array) | Self::Text(array)) = self;
        if array.is_null(row) {
            return Key::Null;
        }
        match self {
            Self::Number(it) => Key::Number(it.as_primitive::<Int64Type>().value(row)),
            Self::Flag(it) => Key::Flag(it.as_boolean().value(row)),
            Self::Text(it) => Key::Text(it.as_string_view().value(row).to_owned()),
        }
    }
}

/// Returns the error for an answer whose columns are not what the statement asked for.
pub(crate) fn failed(error: &arrow::error::ArrowError) -> Error {
    Error::Failed { message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringViewArray};

    use super::*;

    fn check(groups: &[(&str, i64)], limit: usize, expected: &[(&str, i64)], n_groups: u64) {
        let by = [Dimension { name: "srcaddr", kind: DimensionKind::Text }];
        let mut ranker = Ranker::new(&by, limit);
        for part in groups.chunks(2) {
            let keys: StringViewArray = part.iter().map(|it| Some(it.0)).collect();
            let amounts: Int64Array = part.iter().map(|it| Some(it.1)).collect();
            let columns: [(&str, arrow::array::ArrayRef); 2] =
                [("k0", Arc::new(keys)), ("amount", Arc::new(amounts))];
            ranker.add(&RecordBatch::try_from_iter(columns).unwrap()).unwrap();
        }
        let ranking = ranker.finish();
        let seen = ranking.top.iter().map(|it| (it.1[0].to_string(), it.0.0));
        let expected = expected.iter().map(|it| (it.0.to_owned(), it.1));
        assert_eq!(seen.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        assert_eq!(ranking.n_groups, n_groups);
        assert_eq!(ranking.total, groups.iter().map(|it| it.1).sum::<i64>());
    }

    #[test]
    fn the_largest_are_kept_and_of_equals_the_smaller_key() {
        let groups = [("c", 5), ("a", 1), ("b", 5), ("d", 9), ("e", 5)];
        check(&groups, 3, &[("d", 9), ("b", 5), ("c", 5)], 5);
        check(&groups, 9, &[("d", 9), ("b", 5), ("c", 5), ("e", 5), ("a", 1)], 5);
        check(&groups, 0, &[], 5);
        check(&[], 3, &[], 0);
    }
}
