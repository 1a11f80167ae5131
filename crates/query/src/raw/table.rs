//! A table over raw logs.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::datasource::TableType;
use datafusion::datasource::listing::helpers::expr_applicable_for_cols;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::streaming::StreamingTableExec;
use object_store::ObjectMeta;

use crate::catalog::passing;
use crate::raw::Source;
use crate::raw::list::{self, Location};
use crate::raw::partition::Partitions;
use crate::raw::scan::{Columns, Form, Origin, Share};

/// An object with what its path says of the partition.
type Placed = (ObjectMeta, Vec<ScalarValue>);

/// A table over raw logs, listed when it is scanned.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) source: Source,
    pub(crate) location: String,
    /// Columns that the objects hold.
    pub(crate) columns: SchemaRef,
    /// Columns that the paths hold.
    pub(crate) partitions: Partitions,
    pub(crate) form: Form,
}

impl Table {
    fn is_partition_only(&self, filter: &Expr) -> bool {
        let names = self.partitions.names();
        !names.is_empty() && expr_applicable_for_cols(&names, filter)
    }

    /// Returns the columns that are wanted and where they come from.
    fn projected(&self, projection: Option<&Vec<usize>>) -> Result<Columns> {
        let schema = self.schema();
        let n_fields = self.columns.fields().len();
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        let origin = |it: &usize| match it.checked_sub(n_fields) {
            None => Origin::Field(*it),
            Some(partition) => Origin::Partition(partition),
        };
        let origins = wanted.iter().map(origin).collect();
        Ok(Columns { schema: Arc::new(schema.project(wanted)?), origins })
    }

    /// Leaves the objects whose partition passes the filters that name nothing else.
    fn prune(
        &self,
        objects: Vec<Placed>,
        filters: &[Expr],
        session: &dyn Session,
    ) -> Result<Vec<Placed>> {
        let filters: Vec<Expr> =
            filters.iter().filter(|it| self.is_partition_only(it)).cloned().collect();
        if filters.is_empty() || objects.is_empty() {
            return Ok(objects);
        }
        let fields = self.partitions.fields();
        let column = |index: usize| -> Result<ArrayRef> {
            ScalarValue::iter_to_array(objects.iter().map(|it| it.1[index].clone()))
        };
        let columns = (0..fields.len()).map(column).collect::<Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
        let passes = passing(&filters, &batch, session)?;
        let kept = objects.into_iter().zip(passes).filter(|it| it.1);
        Ok(kept.map(|it| it.0).collect())
    }
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        let fields = self.columns.fields().iter().map(|it| it.as_ref().clone());
        Arc::new(Schema::new(fields.chain(self.partitions.fields()).collect::<Vec<_>>()))
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let of = |it: &&Expr| {
            if self.is_partition_only(it) {
                TableProviderFilterPushDown::Exact
            } else {
                TableProviderFilterPushDown::Unsupported
            }
        };
        Ok(filters.iter().map(of).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let location = Location::parse(&self.location)?;
        let (place, objects) = list::list(self.source.opener.as_ref(), &location).await?;
        let placed = objects.into_iter().map(|it| {
            let values = self.partitions.values(it.location.as_ref());
            (it, values)
        });
        let objects = self.prune(placed.collect(), filters, session)?;
        let columns = self.projected(projection)?;
        let schema = Arc::clone(&columns.schema);
        if objects.is_empty() {
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let shares = shared_out(objects, session.config().target_partitions());
        let partitions = shares.into_iter().map(|objects| -> Arc<dyn PartitionStream> {
            Arc::new(Share {
                store: Arc::clone(&place.store),
                objects: objects.into(),
                form: self.form.clone(),
                columns: columns.clone(),
            })
        });
        let partitions = partitions.collect();
        let plan = StreamingTableExec::try_new(schema, partitions, None, None, false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// Returns the objects in up to `n` shares of about the same size, each in the order of the paths.
fn shared_out(objects: Vec<Placed>, n: usize) -> Vec<Vec<Placed>> {
    let n = n.clamp(1, objects.len().max(1));
    let mut by_size: Vec<(usize, u64)> =
        objects.iter().enumerate().map(|it| (it.0, it.1.0.size)).collect();
    by_size.sort_by_key(|it| (std::cmp::Reverse(it.1), it.0));
    let mut sizes = vec![0_u64; n];
    let mut share_of = vec![0_usize; objects.len()];
    for (index, size) in by_size {
        let share = (0..n).min_by_key(|it| sizes[*it]).unwrap_or(0);
        // An object costs something even if it is nearly empty.
        sizes[share] += size + OBJECT_COST_BYTES;
        share_of[index] = share;
    }
    let mut shares: Vec<Vec<Placed>> = (0..n).map(|_| Vec::new()).collect();
    for (object, share) in objects.into_iter().zip(share_of) {
        shares[share].push(object);
    }
    shares
}

/// What opening an object costs, as bytes read in that time.
const OBJECT_COST_BYTES: u64 = 16 * 1024;
