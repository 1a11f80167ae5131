//! Objects to batches, several objects at once.
//!
//! Each partition of the plan has its own objects. A task fetches them, a thread for blocking work
//! reads them, and a short queue of batches leads to the query: whoever is ahead waits. When the
//! query ends early, the queue closes and both stop.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::PartitionStream;
use object_store::{ObjectMeta, ObjectStore};
use tidegate_decode::Options;
use tokio::sync::mpsc;

use crate::Warnings;
use crate::raw::input::{Fetch, Object};
use crate::raw::{named, text};
use crate::scope::Scope;

/// Batches that may wait for the query.
const BATCHES_WAITING: usize = 2;

/// Objects that may wait to be read.
const OBJECTS_WAITING: usize = 1;

/// How fields are found.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// By name, whatever the container: header, Parquet column, log format.
    Named(Options),
    /// By position in lines of text, as Hive does.
    Text(text::Layout),
}

/// What the columns of a scan are made of.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// The columns that the query wants.
    pub(crate) schema: SchemaRef,
    /// For each, where it comes from.
    pub(crate) origins: Vec<Origin>,
}

/// Where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The field at this position in the table's definition.
    Field(usize),
    /// The partition column at this position.
    Partition(usize),
}

/// The objects of one partition of the plan.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) objects: Arc<[(ObjectMeta, Vec<ScalarValue>)]>,
    pub(crate) form: Form,
    pub(crate) columns: Columns,
}

impl PartitionStream for Share {
    fn schema(&self) -> &SchemaRef {
        &self.columns.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let schema = Arc::clone(&self.columns.schema);
        let mut builder = RecordBatchReceiverStream::builder(schema, BATCHES_WAITING);
        let (sender, receiver) = mpsc::channel(OBJECTS_WAITING);
        let scope = context.session_config().get_extension::<Scope>().unwrap_or_default();
        let output = Output {
            batches: builder.tx(),
            warnings: Arc::clone(&scope.warnings),
            is_stopped: false,
        };
        let fetch = Fetch {
            store: Arc::clone(&self.store),
            pool: Arc::clone(context.memory_pool()),
            objects: sender,
        };
        let objects = Arc::clone(&self.objects);
        builder.spawn(async move { fetch.all(&objects).await });
        let (form, columns) = (self.form.clone(), self.columns.clone());
        builder.spawn_blocking(move || read(form, &columns, receiver, output));
        builder.build()
    }
}

fn read(
    form: Form,
    columns: &Columns,
    objects: mpsc::Receiver<Object>,
    output: Output,
) -> Result<()> {
    match form {
        Form::Named(options) => named::read(options, columns, objects, output),
        Form::Text(layout) => text::read(layout, columns, objects, output),
    }
}

/// Where batches and complaints go.
pub(crate) struct Output {
    batches: mpsc::Sender<Result<RecordBatch>>,
    warnings: Arc<Warnings>,
    is_stopped: bool,
}

impl Output {
    /// Hands a batch to the query; waits while the query is behind.
    pub(crate) fn batch(&mut self, batch: RecordBatch) {
        self.is_stopped |= self.batches.blocking_send(Ok(batch)).is_err();
    }

    /// Whether nobody wants more.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped || self.batches.is_closed()
    }

    /// Notes lines of an object that were left out.
    pub(crate) fn bad_lines(&self, path: &str, n_bad: u64, reason: &str) {
        tracing::warn!(path, n_bad, "left out {n_bad} bad lines of `{path}`: {reason}");
        self.warnings.bad_lines(path, n_bad, reason);
    }
}
