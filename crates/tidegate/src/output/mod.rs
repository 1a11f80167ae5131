//! Results on stdout, everything else on stderr.
//!
//! Results stream: `ndjson`, `json`, `csv` and `parquet` hold one batch at a time, `table` and
//! `markdown` hold the rows that they show. Reading order: [`mod@format`] (the forms), [`terminal`]
//! (where it goes), [`cell`] (one value), then one file per form. [`say`] writes to stderr.

pub(crate) mod cell;
mod csv;
pub(crate) mod format;
mod json;
mod markdown;
mod parquet;
pub(crate) mod record;
pub(crate) mod say;
mod table;
pub(crate) mod terminal;

use std::io::{self, Write};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

pub(crate) use format::{Colour, Format};
pub(crate) use terminal::Terminal;

/// The bytes go here: stdout or a file.
pub(crate) type Out = Box<dyn Write + Send>;

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The reader closed the pipe: nobody wants the rest.
    #[error("the reader closed the pipe")]
    Closed,
    /// The bytes could not be written.
    #[error("cannot write the result")]
    Write(#[source] io::Error),
    /// The values could not be encoded.
    #[error("cannot encode the result")]
    Encode(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Write(error),
        }
    }
}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        match error {
            arrow::error::ArrowError::IoError(_, source) => source.into(),
            other => Self::Encode(Box::new(other)),
        }
    }
}

/// How many rows came, beyond those that were shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rest {
    /// Rows that came but were not shown.
    pub(crate) n_hidden: u64,
    /// Whether there may be more that nobody counted.
    pub(crate) is_more: bool,
}

/// Writes batches of one result.
pub(crate) trait Writer {
    /// Writes a batch.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error>;

    /// Whether more batches are of use: a table that counted far beyond its rows wants no more.
    fn wants_more(&self) -> bool {
        true
    }

    /// Writes what comes after the last batch. `is_cut` says that the result itself was cut off.
    fn finish(&mut self, is_cut: bool) -> Result<(), Error>;
}

/// How a table looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Columns of the window; `None` if there is none to fit.
    pub(crate) width: Option<usize>,
    /// Whether NULL is dim and headings are bold.
    pub(crate) is_coloured: bool,
    /// Rows to show; the rest is counted.
    pub(crate) rows_max: u64,
}

/// Returns the writer of `format`.
pub(crate) fn writer(
    format: Format,
    schema: &SchemaRef,
    out: Out,
    look: Look,
) -> Result<Box<dyn Writer>, Error> {
    Ok(match format {
        Format::Table => Box::new(table::Table::new(schema, out, look)),
        Format::Markdown => Box::new(markdown::Markdown::new(schema, out, look.rows_max)),
        Format::Json => Box::new(json::Json::array(out)),
        Format::Ndjson => Box::new(json::Json::lines(out)),
        Format::Csv => Box::new(csv::Csv::new(schema, out)?),
        Format::Parquet => Box::new(parquet::Parquet::new(schema, out)?),
    })
}
