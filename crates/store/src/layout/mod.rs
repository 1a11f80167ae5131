//! How a file of the table is laid out.
//!
//! [`Gather`] collects batches as they come from decoders, in any order and with any columns.
//! [`arrange`] parts the rows by day and orders them; then context may be added to them, and [`files`]
//! encodes one Parquet file per day ([`encode`]). All of it is plain computation on one thread; the
//! caller decides how many gathers there are and where the bytes go.
//!
//! What a column is decides who encodes it: [`text_chunk`], [`lists`] and [`keyed_chunk`], which fill
//! [`pages`] with [`bits`], or Parquet's own writer for plain numbers.

mod bits;
mod encode;
pub(crate) mod keyed_chunk;
mod lists;
mod order;
pub(crate) mod pages;
mod ranges;
pub(crate) mod text_chunk;

use arrow::array::RecordBatch;
use bytes::Bytes;
use chrono::NaiveDate;
use tidegate_model::columns::Columns;

use crate::Result;
use crate::stats::Stats;

pub use order::{Arranged, arrange};

/// A file that is ready to be written.
#[derive(Clone, Debug)]
pub struct EncodedFile {
    /// The partition it belongs to; `None` if its records have no time.
    pub date: Option<NaiveDate>,
    /// The Parquet bytes.
    pub bytes: Bytes,
    /// What the table's log says about it.
    pub stats: Stats,
    /// A short text that names what the records' context was made from (inventory, databases);
    /// `None` if they have none.
    pub context: Option<String>,
    /// The bytes of its [`summary`](crate::summary), if it can have one.
    pub summary: Option<Bytes>,
}

/// Batches on their way into files.
#[derive(Debug, Default)]
pub struct Gather {
    batches: Vec<RecordBatch>,
    n_rows: usize,
    n_bytes: usize,
}

impl Gather {
    /// Adds a batch, whose columns are named as in the table.
    pub fn push(&mut self, batch: RecordBatch) {
        self.n_rows += batch.num_rows();
        self.n_bytes += batch.get_array_memory_size();
        self.batches.push(batch);
    }

    /// Returns the rows that were gathered.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Returns the memory that the gathered batches hold.
    #[must_use]
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Takes everything that was gathered, as whole columns.
    ///
    /// # Errors
    ///
    /// If a column does not have the type that the table gives it.
    pub fn columns(&mut self) -> Result<Columns> {
        Ok(Columns::merge(std::mem::take(self).batches)?)
    }

    /// Takes everything that was gathered and encodes it, a file per day.
    ///
    /// # Errors
    ///
    /// If a column does not have the type that the table gives it.
    pub fn files(&mut self) -> Result<Vec<EncodedFile>> {
        files(&arrange(self.columns()?)?)
    }
}

/// Encodes rows, a file per day.
///
/// # Errors
///
/// If a column does not have the type that the table gives it.
pub fn files(rows: &Arranged) -> Result<Vec<EncodedFile>> {
    rows.days.iter().map(|day| encode::file(&rows.columns, day)).collect()
}
