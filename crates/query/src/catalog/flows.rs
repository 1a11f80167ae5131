//! The table `flows`: a scan of the lake's Parquet files, and nothing else.
//!
//! Files are left out by the ranges in the Delta log before any of them is opened; row groups,
//! pages and rows are left out by `DataFusion`'s own Parquet reader. The leaf of the plan is a plain
//! `DataSourceExec`.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::{DFSchema, ScalarValue, project_schema};
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat as _;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::listing::helpers::expr_applicable_for_cols;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::ObjectMeta;
use tidegate_model::schema::{self, DATE};
use tidegate_store::{DataFile, Place};
use url::Url;

use crate::catalog::bloom::{self, Probe};
use crate::catalog::{implied, prune};
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

    fn config(
        &self,
        session: &dyn Session,
        url: ObjectStoreUrl,
        files: Vec<PartitionedFile>,
        implied: &[Expr],
    ) -> Result<FileScanConfigBuilder> {
        let options = parquet_options(session);
        let mut source =
            ParquetSource::new(self.schema.clone()).with_table_parquet_options(options);
        if let Some(implied) = conjunction(implied.iter().cloned()) {
            let columns = DFSchema::try_from(Arc::clone(self.schema.table_schema()))?;
            source = source.with_predicate(session.create_physical_expr(implied, &columns)?);
        }
        let groups = FileGroup::new(files).split_files(session.config().target_partitions());
        Ok(FileScanConfigBuilder::new(url, Arc::new(source)).with_file_groups(groups))
    }

    fn empty(&self, projection: Option<&Vec<usize>>) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = project_schema(self.schema.table_schema(), projection)?;
        Ok(Arc::new(EmptyExec::new(schema)))
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
        files.retain(|it| scope.has(&it.path) && self.files.have(it));
        let (dates, rest): (Vec<Expr>, Vec<Expr>) = filters.iter().cloned().partition(is_date_only);
        prune::by_date(&mut files, &dates, session)?;
        scope.note_files(snapshot.files.len(), files.len());
        scope.note_kept(files.iter().copied());
        if files.is_empty() {
            return self.empty(projection);
        }
        let place = lake.flows();
        let url = store_url(&place.url)?;
        session.runtime_env().register_object_store(url.as_ref(), Arc::clone(&place.store));
        let statistics = prune::statistics(&files, schema);
        let mut files = self.partitioned(place, &files);
        if let Some(probe) = Probe::of(&wanted) {
            let (kept, skipped) =
                bloom::prune(files, &probe, Arc::clone(&place.store), session).await?;
            scope.note_skipped(skipped);
            files = kept;
        }
        if files.is_empty() {
            return self.empty(projection);
        }
        let config = self
            .config(session, url, files, &implied)?
            .with_statistics(statistics)
            .with_limit(limit.filter(|_| rest.is_empty()))
            .with_projection_indices(projection.cloned())?
            .build();
        let format = ParquetFormat::new().with_options(parquet_options(session));
        format.create_physical_plan(session, config).await
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
        .map(|it| seen(it))
        .collect();
    let date = Arc::new(Field::new(DATE, DataType::Date32, true));
    TableSchema::builder(Arc::new(Schema::new(columns)))
        .with_table_partition_cols(vec![date])
        .build()
}

/// Returns the column with text as views.
pub(super) fn seen(column: &Field) -> Field {
    let data_type = match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        other => other.clone(),
    };
    Field::new(column.name(), data_type, true)
}

fn is_date_only(filter: &Expr) -> bool {
    expr_applicable_for_cols(&[DATE], filter)
}

pub(super) fn parquet_options(session: &dyn Session) -> TableParquetOptions {
    TableParquetOptions {
        global: session.config_options().execution.parquet.clone(),
        ..TableParquetOptions::default()
    }
}

/// Returns the part of a place's address that names its store.
pub(super) fn store_url(url: &Url) -> Result<ObjectStoreUrl> {
    ObjectStoreUrl::parse(&url[..url::Position::BeforePath])
}

pub(super) fn partitioned_file(place: &Place, file: &DataFile) -> PartitionedFile {
    let meta = ObjectMeta {
        location: place.path(&file.path),
        last_modified: DateTime::from_timestamp_millis(file.modified_ms)
            .unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
        size: file.size_bytes,
        e_tag: None,
        version: None,
    };
    let date = ScalarValue::Date32(file.date.map(prune::days));
    PartitionedFile::new_from_meta(meta).with_partition_values(vec![date])
}
