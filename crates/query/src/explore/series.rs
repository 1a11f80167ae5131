//! How it goes over time: the groups on top, and all the rest.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow::array::{Array as _, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use super::ranking::failed;
use super::relation::{Relation, connection_names};
use super::{Buckets, Key, Metric};
use crate::Result;

/// The index of what is not among the groups on top.
pub(crate) const REST: i64 = -1;

/// The amounts of each group, by its index on top, and of the rest, bucket by bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Series {
    n_buckets: usize,
    of_group: BTreeMap<i64, Vec<i64>>,
}

/// Returns the statement that adds up the groups with these keys, and the rest, over time.
pub(crate) fn statement(
    relation: &Relation,
    keys: &[Vec<Key>],
    buckets: Buckets,
    metric: Metric,
) -> String {
    let mut index = String::from("CAST(-1 AS BIGINT)");
    if !keys.is_empty() {
        index = String::from("CASE");
        for (position, key) in keys.iter().enumerate() {
            let conditions = key.iter().enumerate();
            let conditions: Vec<String> =
                conditions.map(|(index, it)| it.condition(&format!("k{index}"))).collect();
            let _ = write!(index, " WHEN {} THEN {position}", conditions.join(" AND "));
        }
        index.push_str(" ELSE -1 END");
    }
    let Buckets { origin_us, length_us, .. } = buckets;
    let bucket = format!("(CAST(at AS BIGINT) - ({origin_us})) / {length_us}");
    let table = relation.sql();
    if metric.is_additive() {
        return format!(
            "SELECT {index} AS i, {bucket} AS b, sum(amount) AS amount FROM {table} GROUP BY 1, 2"
        );
    }
    let connection = connection_names();
    format!(
        "SELECT i, b, count(*) AS amount FROM \
         (SELECT DISTINCT {index} AS i, {bucket} AS b, {connection} FROM {table}) GROUP BY 1, 2"
    )
}

impl Series {
    pub(crate) fn new(n_buckets: usize) -> Self {
        Self { n_buckets, of_group: BTreeMap::new() }
    }

    /// Sees rows: index, bucket, amount.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = (0..3).map(|it| cast(batch.column(it), &DataType::Int64));
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(|it| failed(&it))?;
        let columns: Vec<_> = columns.iter().map(AsArray::as_primitive::<Int64Type>).collect();
        for row in 0..batch.num_rows() {
            let bucket = usize::try_from(columns[1].value(row)).unwrap_or(usize::MAX);
            let amount = if columns[2].is_null(row) { 0 } else { columns[2].value(row) };
            self.put(columns[0].value(row), bucket, amount);
        }
        Ok(())
    }

    /// Adds what a group comes to in a bucket.
    pub(crate) fn put(&mut self, index: i64, bucket: usize, amount: i64) {
        let series = self.of_group.entry(index).or_insert_with(|| vec![0; self.n_buckets]);
        if let Some(slot) = series.get_mut(bucket) {
            *slot = slot.saturating_add(amount);
        }
    }

    /// Returns the amounts of a group, bucket by bucket.
    pub(crate) fn of(&self, index: i64) -> Vec<i64> {
        self.of_group.get(&index).cloned().unwrap_or_else(|| vec![0; self.n_buckets])
    }

    /// Returns the amounts of all groups together.
    pub(crate) fn total(&self) -> Vec<i64> {
        let mut total = vec![0_i64; self.n_buckets];
        for series in self.of_group.values() {
            for (sum, amount) in total.iter_mut().zip(series) {
                *sum = sum.saturating_add(*amount);
            }
        }
        total
    }
}
