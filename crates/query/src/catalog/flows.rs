//! The table `flows`: a scan of the lake's Parquet files, and nothing else.
//!
//! Files are left out by the ranges in the Delta log before any of them is opened; row groups,
//! pages and rows are left out by `DataFusion`'s own Parquet reader. The leaf of the plan is a plain
//! `DataSourceExec`.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::listing::helpers::expr_applicable_for_cols;
use datafusion::datasource::physical_plan::ParquetSource;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use tidegate_model::schema::{self, DATE};
use tidegate_store::{DataFile, Place};

use crate::catalog::bloom::{self, Probe};
use crate::catalog::{implied, parquet, prune};
use crate::scope::{LakeHandle, Scope};

/// Up to this many files, each carries its own ranges into the plan, for filters that become known
/// only while the query runs (as the bound of `ORDER BY ... LIMIT`).
const FILES_WITH_RANGES_MAX: usize = 512;

/// The table `flows`.
#[derive(Debug)]
pub(crate) struct Flows {
    lake: Arc<LakeHandle>,
    schema: TableSchema,
    files: Files,
}

/// Which data files a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// All.
    All,
    /// Those without a summary.
    Unsummarized,
}

impl Files {
    fn have(self, file: &DataFile) -> bool {
        self == Self::All || file.summary_bytes.is_none()
    }
}

impl Flows {
    pub(crate) fn new(lake: Arc<LakeHandle>, schema: TableSchema, files: Files) -> Self {
        Self { lake, schema, files }
    }

    /// Returns the files as the plan has them.
    fn partitioned(&self, place: &Place, files: &[&DataFile]) -> Vec<PartitionedFile> {
        let schema = self.schema.table_schema();
        let has_ranges = files.len() <= FILES_WITH_RANGES_MAX;
        let partitioned = files.iter().map(|file| {
            let mut partitioned = partitioned_file(place, file);
            if has_ranges {
                let statistics = prune::statistics(&[*file], schema);
                partitioned.statistics = Some(Arc::new(statistics));
            }
            partitioned
        });
        partitioned.collect()
    }

    /// Returns what reads the files; what the filters imply is pushed down beside them.
    fn source(&self, session: &dyn Session, implied: &[Expr]) -> Result<ParquetSource> {
        let source = parquet::source(session, &self.schema);
        let Some(implied) = conjunction(implied.iter().cloned()) else { return Ok(source) };
        let columns = DFSchema::try_from(Arc::clone(self.schema.table_schema()))?;
        Ok(source.with_predicate(session.create_physical_expr(implied, &columns)?))
    }
}

#[async_trait]
impl TableProvider for Flows {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(filters
            .iter()
            .map(|it| {
                if is_date_only(it) {
                    TableProviderFilterPushDown::Exact
                } else {
                    TableProviderFilterPushDown::Inexact
                }
            })
            .collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let scope = Scope::of(session);
        let snapshot = self.lake.snapshot(&scope).await?;
        let lake = self.lake.lake().await?;
        let schema = self.schema.table_schema();
        let implied = implied::of(filters);
        let wanted: Vec<Expr> = filters.iter().chain(&implied).cloned().collect();
        let mut files = prune::by_ranges(&snapshot.files, &wanted, schema, session)?;
        files.retain(|it| self.files.have(it));
        let (dates, rest): (Vec<Expr>, Vec<Expr>) = filters.iter().cloned().partition(is_date_only);
        prune::by_date(&mut files, &dates, session)?;
        scope.note_files(snapshot.files.len(), files.len());
        scope.note_kept(files.iter().copied());
        if files.is_empty() {
            return parquet::empty(schema, projection);
        }
        let place = lake.flows();
        let statistics = prune::statistics(&files, schema);
        let mut files = self.partitioned(place, &files);
        if let Some(probe) = Probe::of(&wanted) {
            let (kept, skipped) =
                bloom::prune(files, &probe, Arc::clone(&place.store), session).await?;
            scope.note_skipped(skipped);
            files = kept;
        }
        if files.is_empty() {
            return parquet::empty(schema, projection);
        }
        let source = self.source(session, &implied)?;
        let config = parquet::config(session, place, source, files)?
            .with_statistics(statistics)
            .with_limit(limit.filter(|_| rest.is_empty()))
            .with_projection_indices(projection.cloned())?
            .build();
        parquet::plan(session, config).await
    }
}

/// Returns the columns of `flows`: those of this version in their order, then those that only the
/// lake knows, then the partition column. Text is seen as views.
pub(crate) fn table_schema(lake: Option<&SchemaRef>) -> TableSchema {
    let known = schema::table_schema();
    let unknown = lake.into_iter().flat_map(|it| it.fields().iter());
    let unknown = unknown.filter(|it| known.column_with_name(it.name()).is_none());
    let columns: Vec<Field> = known
        .fields()
        .iter()
        .filter(|it| it.name() != DATE)
        .chain(unknown)
        .map(|it| parquet::seen(it))
        .collect();
    let date = Arc::new(Field::new(DATE, DataType::Date32, true));
    TableSchema::builder(Arc::new(Schema::new(columns)))
        .with_table_partition_cols(vec![date])
        .build()
}

fn is_date_only(filter: &Expr) -> bool {
    expr_applicable_for_cols(&[DATE], filter)
}

/// Returns a data file, or another of the same day, as the plan has it.
pub(super) fn partitioned_file(place: &Place, file: &DataFile) -> PartitionedFile {
    let date = ScalarValue::Date32(file.date.map(prune::days));
    parquet::file(place, &file.path, file.modified_ms, file.size_bytes)
        .with_partition_values(vec![date])
}
