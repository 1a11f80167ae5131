//! The tables of the inventory: `interfaces`, `security_groups` and their kin.
//!
//! Each is a small Delta table beside `flows`, scanned as plain Parquet. Before anything was imported
//! they have columns and no rows. Text is seen as views, as in `flows`.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::project_schema;
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat as _;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::ObjectMeta;
use tidegate_inventory::{Kind, table};
use tidegate_store::table::{SmallFile, SmallTable};

use super::flows::{parquet_options, seen, store_url};
use crate::scope::{LakeHandle, Scope};

/// One table of the inventory.
#[derive(Debug)]
pub(crate) struct InventoryTable {
    lake: Arc<LakeHandle>,
    kind: Kind,
    schema: SchemaRef,
}

impl InventoryTable {
    /// Returns the table of a kind.
    pub(crate) fn new(lake: Arc<LakeHandle>, kind: Kind) -> Self {
        let columns = table::schema(kind);
        let columns: Vec<_> = columns.fields().iter().map(|it| seen(it)).collect();
        Self { lake, kind, schema: Arc::new(Schema::new(columns)) }
    }
}

#[async_trait]
impl TableProvider for InventoryTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let scope = Scope::of(session);
        let table = self.lake.small_table(&scope, self.kind.table()).await?;
        let Some(table) = table.filter(|it| !it.files.is_empty()) else {
            return Ok(Arc::new(EmptyExec::new(project_schema(&self.schema, projection)?)));
        };
        let url = store_url(&table.place.url)?;
        session.runtime_env().register_object_store(url.as_ref(), Arc::clone(&table.place.store));
        let options = parquet_options(session);
        let source = ParquetSource::new(TableSchema::from(Arc::clone(&self.schema)))
            .with_table_parquet_options(options.clone());
        let files = table.files.iter().map(|it| partitioned_file(&table, it)).collect();
        let groups = FileGroup::new(files).split_files(session.config().target_partitions());
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups)
            .with_limit(limit.filter(|_| filters.is_empty()))
            .with_projection_indices(projection.cloned())?
            .build();
        let format = ParquetFormat::new().with_options(options);
        format.create_physical_plan(session, config).await
    }
}

fn partitioned_file(table: &SmallTable, file: &SmallFile) -> PartitionedFile {
    PartitionedFile::new_from_meta(ObjectMeta {
        location: table.place.path(&file.path),
        last_modified: DateTime::from_timestamp_millis(file.modified_ms)
            .unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
        size: file.size_bytes,
        e_tag: None,
        version: None,
    })
}
