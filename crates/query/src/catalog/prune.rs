//! Which files of the lake can hold rows that a filter wants, by the ranges in the Delta log.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use datafusion::catalog::Session;
use datafusion::common::cast::as_boolean_array;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, ColumnStatistics, DFSchema, ScalarValue, Statistics};
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::conjunction;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use tidegate_model::schema::DATE;
use tidegate_model::span::DAY_US;
use tidegate_store::DataFile;
use tidegate_store::stats::{Bound, Range};

/// Column whose UTC date is the partition.
const END: &str = "end";

/// Returns the files whose ranges do not exclude every row that passes `filters`.
pub(crate) fn by_ranges<'a>(
    files: &'a [DataFile],
    filters: &[Expr],
    schema: &SchemaRef,
    session: &dyn Session,
) -> Result<Vec<&'a DataFile>> {
    let Some(filter) = conjunction(filters.iter().cloned()) else {
        return Ok(files.iter().collect());
    };
    let columns = DFSchema::try_from(Arc::clone(schema))?;
    let filter = session.create_physical_expr(filter, &columns)?;
    let pruning = PruningPredicateBuilder::new()
        .with_file_schema(Arc::clone(schema))
        .with_max_in_list_size(session.config_options().execution.parquet.max_in_list_size)
        .try_build(filter)?;
    if pruning.always_true() {
        return Ok(files.iter().collect());
    }
    let keep = pruning.prune(&Ranges { files, schema })?;
    Ok(files.iter().zip(keep).filter(|it| it.1).map(|it| it.0).collect())
}

/// Leaves in `files` those whose date passes `filters`, which name no other column.
pub(crate) fn by_date(
    files: &mut Vec<&DataFile>,
    filters: &[Expr],
    session: &dyn Session,
) -> Result<()> {
    let schema = Arc::new(Schema::new(vec![Field::new(DATE, DataType::Date32, true)]));
    let dates: Date32Array = files.iter().map(|it| it.date.map(days)).collect();
    let batch = RecordBatch::try_new(schema, vec![Arc::new(dates)])?;
    let mut passes = passing(filters, &batch, session)?.into_iter();
    files.retain(|_| passes.next() == Some(true));
    Ok(())
}

/// Returns which rows of `batch` pass all of `filters`.
pub(crate) fn passing(
    filters: &[Expr],
    batch: &RecordBatch,
    session: &dyn Session,
) -> Result<Vec<bool>> {
    let n_rows = batch.num_rows();
    let Some(filter) = conjunction(filters.iter().cloned()) else { return Ok(vec![true; n_rows]) };
    let columns = DFSchema::try_from(batch.schema())?;
    let filter = session.create_physical_expr(filter, &columns)?;
    let passes = filter.evaluate(batch)?.into_array(n_rows)?;
    Ok(as_boolean_array(&passes)?.iter().map(|it| it == Some(true)).collect())
}

/// Returns the days from the Unix epoch to `date`.
pub(crate) fn days(date: NaiveDate) -> i32 {
    (date - NaiveDate::default()).num_days().try_into().unwrap_or(i32::MAX)
}

/// What the ranges say of each file, in the words of the engine.
struct Ranges<'a> {
    files: &'a [DataFile],
    schema: &'a SchemaRef,
}

/// One end of a range.
#[derive(Clone, Copy)]
enum Side {
    Min,
    Max,
}

impl Ranges<'_> {
    fn bounds(&self, column: &Column, side: Side) -> Option<ArrayRef> {
        let name = column.name();
        let data_type = self.schema.field_with_name(name).ok()?.data_type();
        let bounds = self.files.iter().map(|it| bound(it, name, side));
        Some(match data_type {
            DataType::Date32 => {
                Arc::new(self.files.iter().map(|it| it.date.map(days)).collect::<Date32Array>())
            }
            DataType::Utf8View => Arc::new(bounds.map(text).collect::<StringViewArray>()),
            DataType::Int32 | DataType::Int64 => {
                Arc::new(bounds.map(|it| int(it.as_ref())).collect::<Int64Array>())
            }
            DataType::Timestamp(_, _) => {
                let times: TimestampMicrosecondArray = bounds.map(|it| time(it.as_ref())).collect();
                Arc::new(times.with_timezone("UTC"))
            }
            _ => return None,
        })
    }
}

impl PruningStatistics for Ranges<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, Side::Min)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, Side::Max)
    }

    fn num_containers(&self) -> usize {
        self.files.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let counts = self.files.iter().map(|it| n_nulls(it, column.name()));
        Some(Arc::new(counts.collect::<UInt64Array>()))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(self.files.iter().map(n_rows).collect::<UInt64Array>()))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

/// Rows of a file; `None` if the log does not say.
fn n_rows(file: &DataFile) -> Option<u64> {
    (file.stats.n_records > 0).then_some(file.stats.n_records)
}

fn n_nulls(file: &DataFile, column: &str) -> Option<u64> {
    if column == DATE {
        return if file.date.is_some() { Some(0) } else { n_rows(file) };
    }
    file.stats.ranges.get(column).map(|it| it.n_nulls)
}

fn bound(file: &DataFile, column: &str, side: Side) -> Option<Bound> {
    let range: Option<&Range> = file.stats.ranges.get(column);
    let known = range.and_then(|it| match side {
        Side::Min => it.min.clone(),
        Side::Max => it.max.clone(),
    });
    match (known, file.date, column) {
        (None, Some(date), END) => Some(Bound::Time(match side {
            Side::Min => i64::from(days(date)) * DAY_US,
            Side::Max => (i64::from(days(date)) + 1) * DAY_US - 1,
        })),
        (known, _, _) => known,
    }
}

fn text(bound: Option<Bound>) -> Option<String> {
    match bound {
        Some(Bound::Text(it)) => Some(it),
        _ => None,
    }
}

fn int(bound: Option<&Bound>) -> Option<i64> {
    match bound {
        Some(Bound::Int(it)) => Some(*it),
        _ => None,
    }
}

fn time(bound: Option<&Bound>) -> Option<i64> {
    match bound {
        Some(Bound::Time(it)) => Some(*it),
        _ => None,
    }
}

/// Returns what is known of all rows of `files` together.
///
/// Counts, numbers and times are exact, so that `count(*)` and `max("end")` need no file. Text is
/// not: another writer may have cut it.
pub(crate) fn statistics(files: &[&DataFile], schema: &SchemaRef) -> Statistics {
    let n_all: Option<u64> = files.iter().map(|it| n_rows(it)).sum();
    let size: u64 = files.iter().map(|it| it.size_bytes).sum();
    let columns = schema.fields().iter().map(|it| column_statistics(files, it)).collect();
    Statistics {
        num_rows: exact_count(n_all),
        total_byte_size: Precision::Inexact(usize::try_from(size).unwrap_or(usize::MAX)),
        column_statistics: columns,
    }
}

fn column_statistics(files: &[&DataFile], column: &Field) -> ColumnStatistics {
    let name = column.name();
    let n_nulls_all: Option<u64> = files.iter().map(|it| n_nulls(it, name)).sum();
    let mut statistics = ColumnStatistics::new_unknown();
    statistics.null_count = exact_count(n_nulls_all);
    statistics.min_value = extreme(files, column, Side::Min);
    statistics.max_value = extreme(files, column, Side::Max);
    statistics
}

fn exact_count(count: Option<u64>) -> Precision<usize> {
    match count.and_then(|it| usize::try_from(it).ok()) {
        Some(count) => Precision::Exact(count),
        None => Precision::Absent,
    }
}

/// The smallest or largest value of a column over `files`, if every file knows its own.
fn extreme(files: &[&DataFile], column: &Field, side: Side) -> Precision<ScalarValue> {
    let mut extreme: Option<ScalarValue> = None;
    for file in files {
        let value = match value(file, column, side) {
            Some(value) => value,
            None if is_all_null(file, column.name()) => continue,
            None => return Precision::Absent,
        };
        let is_further = match (&extreme, side) {
            (None, _) => true,
            (Some(it), Side::Min) => value < *it,
            (Some(it), Side::Max) => value > *it,
        };
        if is_further {
            extreme = Some(value);
        }
    }
    match extreme {
        None => Precision::Absent,
        Some(value) if column.data_type() == &DataType::Utf8View => Precision::Inexact(value),
        Some(value) => Precision::Exact(value),
    }
}

fn is_all_null(file: &DataFile, column: &str) -> bool {
    n_rows(file).is_some() && n_nulls(file, column) == n_rows(file)
}

fn value(file: &DataFile, column: &Field, side: Side) -> Option<ScalarValue> {
    if column.name() == DATE {
        return file.date.map(|it| ScalarValue::Date32(Some(days(it))));
    }
    // Only what the log says: the day of the partition bounds `end`, but is not its value.
    let range = file.stats.ranges.get(column.name())?;
    let bound = match side {
        Side::Min => range.min.as_ref()?,
        Side::Max => range.max.as_ref()?,
    };
    match (column.data_type(), bound) {
        (DataType::Utf8View, Bound::Text(it)) => Some(ScalarValue::Utf8View(Some(it.clone()))),
        (DataType::Int32, Bound::Int(it)) => {
            Some(ScalarValue::Int32(Some(i32::try_from(*it).ok()?)))
        }
        (DataType::Int64, Bound::Int(it)) => Some(ScalarValue::Int64(Some(*it))),
        (DataType::Timestamp(_, _), Bound::Time(it)) => {
            Some(ScalarValue::TimestampMicrosecond(Some(*it), Some("UTC".into())))
        }
        _ => None,
    }
}
