//! Which row groups can hold one of several addresses, by their bloom filters.
//!
//! The engine asks bloom filters for `srcaddr = X`, but not for `srcaddr = X OR dstaddr = X`: an OR
//! proves nothing about either column. That is how people look for an address, so it is done here,
//! while the scan is planned: the footers of the files that are left are read (and kept, the scan
//! needs them too), and of the row groups whose ranges admit an address, the filters. A row group
//! that cannot hold any is left out of the scan; a file without any, altogether.
//!
//! What is not understood counts as possible: nothing here changes an answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::Session;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::ParquetFileReaderFactory as _;
use datafusion::datasource::physical_plan::parquet::{
    CachedParquetFileReaderFactory, ParquetAccessPlan,
};
use datafusion::error::Result;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::ObjectStore;
use parquet::arrow::ParquetRecordBatchStreamBuilder;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

/// Files whose filters are looked at; of more, the scan's own pruning must do.
const FILES_MAX: usize = 10_000;

/// Files whose filters are read at once.
const FILES_AT_ONCE: usize = 16;

/// Values of a list that are looked up; a longer list is taken as possible.
const VALUES_MAX: usize = 256;

/// What must be true of a row, as far as filters can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// All of these.
    All(Vec<Probe>),
    /// One of these.
    Any(Vec<Probe>),
    /// The column is one of the values.
    Is {
        /// Name of the column.
        column: String,
        /// The values.
        values: Vec<String>,
    },
    /// Something else.
    Possible,
}

/// How many row groups were left out, and by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// By their smallest and largest values.
    pub(crate) n_by_statistics: usize,
    /// By bloom filters.
    pub(crate) n_by_bloom: usize,
}

impl Probe {
    /// Returns what to probe for; `None` if the engine itself does as well.
    pub(crate) fn of(filters: &[Expr]) -> Option<Self> {
        let probes: Vec<Self> =
            filters.iter().map(Self::of_one).filter(Self::is_across_columns).collect();
        (!probes.is_empty()).then_some(Self::All(probes))
    }

    fn of_one(filter: &Expr) -> Self {
        match filter {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
                Self::Any(vec![Self::of_one(left), Self::of_one(right)])
            }
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
                Self::All(vec![Self::of_one(left), Self::of_one(right)])
            }
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
                let known = is(left, std::slice::from_ref(right.as_ref()));
                known
                    .or_else(|| is(right, std::slice::from_ref(left.as_ref())))
                    .unwrap_or(Self::Possible)
            }
            Expr::InList(list) if !list.negated => {
                is(&list.expr, &list.list).unwrap_or(Self::Possible)
            }
            _ => Self::Possible,
        }
    }

    /// Whether it is an OR over different columns, all of whose branches can be probed.
    fn is_across_columns(&self) -> bool {
        let mut columns = BTreeSet::new();
        matches!(self, Self::Any(_)) && self.is_decidable(&mut columns) && columns.len() > 1
    }

    fn is_decidable<'a>(&'a self, columns: &mut BTreeSet<&'a str>) -> bool {
        match self {
            Self::Possible => false,
            Self::Is { column, .. } => {
                columns.insert(column);
                true
            }
            Self::Any(all) => all.iter().all(|it| it.is_decidable(columns)),
            Self::All(all) => all.iter().filter(|it| it.is_decidable(columns)).count() > 0,
        }
    }

    /// Returns the probe without the values that `is_possible` excludes.
    fn narrowed(&self, is_possible: &impl Fn(&str, &str) -> bool) -> Self {
        match self {
            Self::Possible => Self::Possible,
            Self::All(all) => Self::All(all.iter().map(|it| it.narrowed(is_possible)).collect()),
            Self::Any(all) => Self::Any(all.iter().map(|it| it.narrowed(is_possible)).collect()),
            Self::Is { column, values } => {
                let values = values.iter().filter(|it| is_possible(column, it)).cloned().collect();
                Self::Is { column: column.clone(), values }
            }
        }
    }

    fn can_be(&self) -> bool {
        match self {
            Self::Possible => true,
            Self::All(all) => all.iter().all(Self::can_be),
            Self::Any(all) => all.iter().any(Self::can_be),
            Self::Is { values, .. } => !values.is_empty(),
        }
    }

    /// Adds the columns that are still asked for.
    fn columns<'a>(&'a self, columns: &mut BTreeSet<&'a str>) {
        match self {
            Self::Is { column, values } if !values.is_empty() => {
                columns.insert(column);
            }
            Self::Is { .. } | Self::Possible => {}
            Self::All(all) | Self::Any(all) => all.iter().for_each(|it| it.columns(columns)),
        }
    }
}

/// Returns the probe for a column that is one of constant texts.
fn is(column: &Expr, values: &[Expr]) -> Option<Probe> {
    let Expr::Column(column) = column else { return None };
    if values.len() > VALUES_MAX {
        return None;
    }
    let text = |it: &Expr| it.as_literal()?.try_as_str()?.map(str::to_owned);
    let values = values.iter().map(text).collect::<Option<Vec<_>>>()?;
    Some(Probe::Is { column: column.name.clone(), values })
}

/// Leaves out of `files` the row groups that `probe` excludes, and the files that are left empty.
pub(crate) async fn prune(
    files: Vec<PartitionedFile>,
    probe: &Probe,
    store: Arc<dyn ObjectStore>,
    session: &dyn Session,
) -> Result<(Vec<PartitionedFile>, Skipped)> {
    if files.len() > FILES_MAX {
        return Ok((files, Skipped::default()));
    }
    let cache = session.runtime_env().cache_manager.get_file_metadata_cache();
    let factory = CachedParquetFileReaderFactory::new(store, cache);
    let hint = session.config_options().execution.parquet.metadata_size_hint;
    let probed = stream::iter(files).map(|file| async {
        let metrics = ExecutionPlanMetricsSet::new();
        let reader = factory.create_reader(0, file.clone(), hint, &metrics)?;
        let (plan, skipped) = probe_file(reader, probe).await?;
        Ok::<_, datafusion::error::DataFusionError>((file, plan, skipped))
    });
    let mut probed = probed.buffered(FILES_AT_ONCE);
    let mut kept = Vec::new();
    let mut all_skipped = Skipped::default();
    while let Some((file, plan, skipped)) = probed.try_next().await? {
        all_skipped.n_by_statistics += skipped.n_by_statistics;
        all_skipped.n_by_bloom += skipped.n_by_bloom;
        if !plan.row_group_indexes().is_empty() {
            kept.push(file.with_extension(plan));
        }
    }
    Ok((kept, all_skipped))
}

async fn probe_file(
    reader: Box<dyn AsyncFileReader>,
    probe: &Probe,
) -> Result<(ParquetAccessPlan, Skipped)> {
    let mut builder = ParquetRecordBatchStreamBuilder::new(reader).await?;
    let metadata = Arc::clone(builder.metadata());
    let mut plan = ParquetAccessPlan::new_all(metadata.num_row_groups());
    let mut skipped = Skipped::default();
    for index in 0..metadata.num_row_groups() {
        let in_range = probe.narrowed(&|column, value| {
            is_in_range(&metadata, metadata.row_group(index), column, value)
        });
        if !in_range.can_be() {
            plan.skip(index);
            skipped.n_by_statistics += 1;
        } else if !in_filters(&mut builder, &metadata, index, in_range).await? {
            plan.skip(index);
            skipped.n_by_bloom += 1;
        }
    }
    Ok((plan, skipped))
}

/// Returns whether the bloom filters of a row group admit `probe`.
async fn in_filters(
    builder: &mut ParquetRecordBatchStreamBuilder<Box<dyn AsyncFileReader>>,
    metadata: &ParquetMetaData,
    row_group: usize,
    mut probe: Probe,
) -> Result<bool> {
    let asked = probe.clone();
    let mut columns = BTreeSet::new();
    asked.columns(&mut columns);
    for column in columns {
        let Some(position) = position(metadata, column) else { continue };
        let filter = builder.get_row_group_column_bloom_filter(row_group, position).await?;
        if let Some(filter) = filter {
            probe = probe.narrowed(&|name, value| name != column || filter.check(value));
        }
    }
    Ok(probe.can_be())
}

/// Returns whether the smallest and largest value of the column admit `value`; a file without the
/// column has only NULLs there.
fn is_in_range(
    metadata: &ParquetMetaData,
    row_group: &RowGroupMetaData,
    column: &str,
    value: &str,
) -> bool {
    let Some(position) = position(metadata, column) else { return false };
    let Some(statistics) = row_group.column(position).statistics() else { return true };
    if statistics.is_min_max_deprecated() {
        return true;
    }
    let value = value.as_bytes();
    let is_below = statistics.min_bytes_opt().is_some_and(|it| value < it);
    let is_above = statistics.max_bytes_opt().is_some_and(|it| value > it);
    !is_below && !is_above
}

fn position(metadata: &ParquetMetaData, column: &str) -> Option<usize> {
    let columns = metadata.file_metadata().schema_descr().columns();
    columns.iter().position(|it| it.path().parts() == [column])
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{col, lit};

    use super::*;

    fn check(filter: &Expr, expected: bool) {
        assert_eq!(Probe::of(std::slice::from_ref(filter)).is_some(), expected, "{filter}");
    }

    #[test]
    fn only_an_or_over_columns_needs_us() {
        let a = || col("srcaddr").eq(lit("x"));
        let b = || col("dstaddr").eq(lit("x"));
        check(&a().or(b()), true);
        check(&lit("x").eq(col("srcaddr")).or(b()), true);
        check(&a().and(col("dstport").eq(lit(22))).or(b()), true);
        check(&col("srcaddr").in_list(vec![lit("x"), lit("y")], false).or(b()), true);
        check(&a(), false);
        check(&a().and(b()), false);
        check(&a().or(col("srcaddr").eq(lit("y"))), false);
        check(&a().or(col("dstport").eq(lit(22))), false);
        check(&a().or(col("dstaddr").not_eq(lit("x"))), false);
        check(&col("srcaddr").in_list(vec![lit("x")], true).or(b()), false);
    }

    #[test]
    fn values_that_cannot_be_leave_nothing() {
        let filter = col("srcaddr").eq(lit("x")).or(col("dstaddr").eq(lit("y")));
        let probe = Probe::of(&[filter]).unwrap();
        assert!(probe.narrowed(&|_, value| value == "y").can_be());
        assert!(!probe.narrowed(&|_, _| false).can_be());
    }
}
