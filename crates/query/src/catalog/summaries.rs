//! The table `flow_summaries`: the sums beside the data files, as the store added them up.
//!
//! Of a snapshot's data files, those that have a summary are read; the others' records are in
//! `flows_unsummarized`. So a question that is put to both is answered exactly, whatever wrote the
//! files. The leaf of the plan is a plain `DataSourceExec`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use tidegate_model::schema::DATE;
use tidegate_model::span::DAY_US;
use tidegate_store::stats::{Bound, Range, Stats};
use tidegate_store::{DataFile, summary};

use crate::catalog::flows::partitioned_file;
use crate::catalog::parquet::{Scan, seen};
use crate::catalog::prune;
use crate::scope::{LakeHandle, Scope};

/// Column with the start of what a row sums up.
const BUCKET: &str = "bucket";

/// The table `flow_summaries`.
#[derive(Debug)]
pub(crate) struct Summaries {
    lake: Arc<LakeHandle>,
    schema: TableSchema,
}

impl Summaries {
    pub(crate) fn new(lake: Arc<LakeHandle>) -> Self {
        let columns: Vec<Field> = summary::schema().fields().iter().map(|it| seen(it)).collect();
        let date = Arc::new(Field::new(DATE, DataType::Date32, true));
        let schema = TableSchema::builder(Arc::new(Schema::new(columns)))
            .with_table_partition_cols(vec![date])
            .build();
        Self { lake, schema }
    }
}

#[async_trait]
impl TableProvider for Summaries {
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
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let scope = Scope::of(session);
        let snapshot = self.lake.snapshot(&scope).await?;
        let lake = self.lake.lake().await?;
        let schema = self.schema.table_schema();
        let files: Vec<DataFile> = snapshot.files.iter().filter_map(of_file).collect();
        let kept = prune::by_ranges(&files, filters, schema, session)?;
        scope.note_files(files.len(), kept.len());
        let place = lake.flows();
        let files = kept.into_iter().map(|it| partitioned_file(place, it)).collect();
        // Rows are few for each file: a limit saves nothing.
        Scan { place, schema: &self.schema, files, projection, limit: None }.plan(session).await
    }
}

/// Returns the summary of a data file as a file of its own, with what is known of its buckets.
fn of_file(file: &DataFile) -> Option<DataFile> {
    let (path, size_bytes) = (file.summary_path()?, file.summary_bytes?);
    let range = file.date.map(|date| {
        let first = i64::from(prune::days(date)) * DAY_US;
        let bound = |us: i64| Some(Bound::Time(us));
        // How many records had no end, and so no bucket, is not known: there may be one.
        (BUCKET.to_owned(), Range { min: bound(first), max: bound(first + DAY_US - 1), n_nulls: 1 })
    });
    let stats = Stats { n_records: 0, ranges: BTreeMap::from_iter(range) };
    Some(DataFile { path, size_bytes, stats, ..file.clone() })
}
