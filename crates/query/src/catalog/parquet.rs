//! Plain scans of Parquet files: what all tables of the lake have in common.
//!
//! The leaf of a plan is a `DataSourceExec` of `DataFusion`, so that plans can travel.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, SchemaRef};
use chrono::{DateTime, Utc};
use datafusion::catalog::Session;
use datafusion::common::config::TableParquetOptions;
use datafusion::common::project_schema;
use datafusion::datasource::file_format::FileFormat as _;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileGroup, FileScanConfig, FileScanConfigBuilder, ParquetSource,
};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::ObjectMeta;
use tidegate_store::Place;

/// A scan of all rows of some files.
pub(super) struct Scan<'a> {
    /// Where the files are.
    pub(super) place: &'a Place,
    /// Columns of the table.
    pub(super) schema: &'a TableSchema,
    /// The files.
    pub(super) files: Vec<PartitionedFile>,
    /// Columns that are wanted, by position.
    pub(super) projection: Option<&'a Vec<usize>>,
    /// Rows that are enough.
    pub(super) limit: Option<usize>,
}

impl Scan<'_> {
    /// Returns the plan of the scan.
    pub(super) async fn plan(self, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            return empty(self.schema.table_schema(), self.projection);
        }
        let config = config(session, self.place, source(session, self.schema), self.files)?
            .with_limit(self.limit)
            .with_projection_indices(self.projection.cloned())?
            .build();
        plan(session, config).await
    }
}

/// Returns what reads files of this schema.
pub(super) fn source(session: &dyn Session, schema: &TableSchema) -> ParquetSource {
    ParquetSource::new(schema.clone()).with_table_parquet_options(options(session))
}

/// Returns a scan of files in a place, whose store the session knows from then on.
pub(super) fn config(
    session: &dyn Session,
    place: &Place,
    source: ParquetSource,
    files: Vec<PartitionedFile>,
) -> Result<FileScanConfigBuilder> {
    // The part of the place's address that names its store.
    let url = ObjectStoreUrl::parse(&place.url[..url::Position::BeforePath])?;
    session.runtime_env().register_object_store(url.as_ref(), Arc::clone(&place.store));
    let groups = FileGroup::new(files).split_files(session.config().target_partitions());
    Ok(FileScanConfigBuilder::new(url, Arc::new(source)).with_file_groups(groups))
}

/// Returns the plan of a scan.
pub(super) async fn plan(
    session: &dyn Session,
    config: FileScanConfig,
) -> Result<Arc<dyn ExecutionPlan>> {
    let format = ParquetFormat::new().with_options(options(session));
    format.create_physical_plan(session, config).await
}

/// Returns the plan of a table without rows.
pub(super) fn empty(
    schema: &SchemaRef,
    projection: Option<&Vec<usize>>,
) -> Result<Arc<dyn ExecutionPlan>> {
    Ok(Arc::new(EmptyExec::new(project_schema(schema, projection)?)))
}

/// Returns the file at `path` within a place.
pub(super) fn file(place: &Place, path: &str, modified_ms: i64, size: u64) -> PartitionedFile {
    PartitionedFile::new_from_meta(ObjectMeta {
        location: place.path(path),
        last_modified: DateTime::from_timestamp_millis(modified_ms)
            .unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
        size,
        e_tag: None,
        version: None,
    })
}

/// Returns the column with text as views.
pub(super) fn seen(column: &Field) -> Field {
    let data_type = match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        other => other.clone(),
    };
    Field::new(column.name(), data_type, true)
}

fn options(session: &dyn Session) -> TableParquetOptions {
    TableParquetOptions {
        global: session.config_options().execution.parquet.clone(),
        ..TableParquetOptions::default()
    }
}
