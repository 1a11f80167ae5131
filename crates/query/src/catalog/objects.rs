//! The table `objects`: one row per object that was read into the lake.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use tidegate_store::ledger;

use crate::Error;
use crate::scope::LakeHandle;

/// The table `objects`, read from the lake's ledger when it is scanned.
#[derive(Debug)]
pub(crate) struct Objects {
    lake: Arc<LakeHandle>,
    schema: SchemaRef,
}

impl Objects {
    pub(crate) fn new(lake: Arc<LakeHandle>) -> Result<Self> {
        Ok(Self { lake, schema: ledger::to_batch(&[])?.schema() })
    }
}

#[async_trait]
impl TableProvider for Objects {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let lake = self.lake.lake().await?;
        let objects = lake.objects().await.map_err(Error::from)?;
        let batch = ledger::to_batch(&objects)?;
        let partitions = [vec![batch]];
        Ok(MemorySourceConfig::try_new_exec(
            &partitions,
            Arc::clone(&self.schema),
            projection.cloned(),
        )?)
    }
}
