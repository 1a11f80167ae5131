//! The batches that are being gathered, one for each set of columns.

mod label;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use std::sync::Arc;
use tidegate_model::field::{self, FIELDS};
use tidegate_model::schema::{batch_column, extra_column};

use crate::column::{BadRow, Column, ExtraColumn};
use crate::counts::{Counts, Sink};
use crate::layout::{ColumnSet, Layout};
use crate::options::Limits;
use crate::text::cells::{Cells, Row};
use label::LabelColumn;

/// Most sets of columns that are gathered at a time; beyond, the one not used for longest goes out.
const BUILDERS_MAX: usize = 4;

/// All batches that are being gathered, the last used first.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    builders: Vec<Builder>,
    /// The flow log that published the object in hand.
    pub(crate) flow_log: Option<Arc<str>>,
}

impl Batches {
    /// Returns the builder for these columns.
    pub(crate) fn builder(&mut self, set: ColumnSet, sink: &mut dyn Sink) -> &mut Builder {
        if let Some(at) = self.builders.iter().position(|it| it.set == set) {
            self.builders[..=at].rotate_right(1);
        } else {
            if self.builders.len() == BUILDERS_MAX
                && let Some(mut builder) = self.builders.pop()
            {
                builder.flush(sink);
            }
            self.builders.insert(0, Builder::new(set));
        }
        let builder = &mut self.builders[0];
        if builder.flow_log != self.flow_log {
            builder.flow_log.clone_from(&self.flow_log);
        }
        builder
    }

    /// Hands out everything that is gathered, the last used last.
    pub(crate) fn flush(&mut self, sink: &mut dyn Sink) {
        for builder in self.builders.iter_mut().rev() {
            builder.flush(sink);
        }
    }
}

/// One batch that is being gathered.
#[derive(Debug)]
pub(crate) struct Builder {
    set: ColumnSet,
    schema: SchemaRef,
    pub(crate) columns: Vec<Column>,
    pub(crate) extra: Option<ExtraColumn>,
    n_rows: usize,
    flow_log: Option<Arc<str>>,
    labels: LabelColumn,
    /// Columns that are looked at when rows are counted: `log-status`, `start`, `end`.
    counted: [Option<usize>; 3],
}

impl Builder {
    fn new(set: ColumnSet) -> Self {
        let mut fields: Vec<_> = set.indices().map(batch_column).collect();
        if set.has_extra {
            fields.push(extra_column());
        }
        let counted = ["log_status", "start", "end"].map(|name| {
            let index = field::find(name)?;
            (set.fields & (1 << index) != 0).then(|| set.column(index))
        });
        Self {
            set,
            schema: Arc::new(Schema::new(fields)),
            columns: set.indices().map(|it| Column::new(FIELDS[it].kind)).collect(),
            extra: set.has_extra.then(ExtraColumn::default),
            n_rows: 0,
            flow_log: None,
            labels: LabelColumn::default(),
            counted,
        }
    }

    /// Returns how many more rows the batch may take.
    pub(crate) fn room(&self, limits: &Limits) -> usize {
        limits.batch_rows.max(1).saturating_sub(self.n_rows)
    }

    /// Puts all `rows` into every column. What does not fit is in `bad`, and nothing counts before
    /// [`commit`](Self::commit).
    pub(crate) fn fill(
        &mut self,
        layout: &Layout,
        cells: &Cells<'_>,
        rows: &[Row],
        bad: &mut Vec<BadRow>,
    ) {
        for place in &layout.places {
            let field = &FIELDS[place.field];
            self.columns[place.column].append((cells, rows), place.slot, field, bad);
        }
        if let Some(extra) = &mut self.extra {
            extra.append((cells, rows), &layout.extra, bad);
        }
    }

    /// Keeps the `n_new` rows that were just put into every column, or takes them out again.
    pub(crate) fn commit(&mut self, n_new: usize, is_kept: bool) {
        if is_kept {
            self.n_rows += n_new;
            self.labels.push(self.flow_log.as_ref(), n_new);
            return;
        }
        for column in &mut self.columns {
            column.truncate(self.n_rows);
        }
        if let Some(extra) = &mut self.extra {
            extra.truncate(self.n_rows);
        }
    }

    /// Counts the last `n_new` rows.
    pub(crate) fn count(&self, n_new: usize, counts: &mut Counts) {
        let from = self.n_rows - n_new;
        let [status, start, end] = self.counted.map(|it| it.map(|at| &self.columns[at]));
        let (n_nodata, n_skipdata) = match status {
            Some(Column::Text(it)) => (it.count(b"NODATA", from), it.count(b"SKIPDATA", from)),
            _ => (0, 0),
        };
        counts.n_nodata += n_nodata;
        counts.n_skipdata += n_skipdata;
        counts.n_ok += n_new as u64 - n_nodata - n_skipdata;
        counts.n_read += n_new as u64;
        if let Some(Column::Time(it)) = start {
            counts.seen_start(it.min(from));
        }
        if let Some(Column::Time(it)) = end {
            counts.seen_end(it.max(from));
        }
    }

    /// Hands the batch out if it is full, by rows or by bytes of text.
    pub(crate) fn flush_if_full(&mut self, limits: &Limits, sink: &mut dyn Sink) {
        let n_bytes = |it: &Column| it.dictionary_bytes();
        let is_large = self.columns.iter().any(|it| n_bytes(it) >= limits.dictionary_bytes_max)
            || self.extra.as_ref().is_some_and(|it| it.n_bytes() >= limits.dictionary_bytes_max);
        if is_large || self.room(limits) == 0 {
            self.flush(sink);
        }
    }

    fn flush(&mut self, sink: &mut dyn Sink) {
        if self.n_rows == 0 {
            return;
        }
        self.n_rows = 0;
        let mut arrays: Vec<_> = self.columns.iter_mut().map(Column::finish).collect();
        arrays.extend(self.extra.as_mut().map(ExtraColumn::finish));
        let mut schema = Arc::clone(&self.schema);
        if let Some((field, array)) = self.labels.finish() {
            let fields = schema.fields().iter().cloned().chain([Arc::new(field)]);
            schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
            arrays.push(array);
        }
        match RecordBatch::try_new(schema, arrays) {
            Ok(batch) => sink.batch(batch),
            Err(error) => unreachable!("columns and schema come from one set: {error}"),
        }
    }
}
