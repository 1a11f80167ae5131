//! The tables of the inventory: `interfaces`, `security_groups` and their kin.
//!
//! Each is a small Delta table beside `flows`, scanned as plain Parquet. Before anything was imported
//! they have columns and no rows. Text is seen as views, as in `flows`.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use tidegate_inventory::{Kind, table};
use tidegate_store::table::SmallFile;

use super::parquet::{Scan, empty, file, seen};
use crate::scope::{LakeHandle, Scope};

/// One table of the inventory.
#[derive(Debug)]
pub(crate) struct InventoryTable {
    lake: Arc<LakeHandle>,
    kind: Kind,
    schema: TableSchema,
}

impl InventoryTable {
    /// Returns the table of a kind.
    pub(crate) fn new(lake: Arc<LakeHandle>, kind: Kind) -> Self {
        let columns = table::schema(kind);
        let columns: Vec<_> = columns.fields().iter().map(|it| seen(it)).collect();
        let schema: SchemaRef = Arc::new(Schema::new(columns));
        Self { lake, kind, schema: TableSchema::from(schema) }
    }
}

#[async_trait]
impl TableProvider for InventoryTable {
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
        let Some(table) = table else {
            return empty(self.schema.table_schema(), projection);
        };
        let place = &table.place;
        let file = |it: &SmallFile| file(place, &it.path, it.modified_ms, it.size_bytes);
        let files = table.files.iter().map(file).collect();
        let limit = limit.filter(|_| filters.is_empty());
        Scan { place, schema: &self.schema, files, projection, limit }.plan(session).await
    }
}
