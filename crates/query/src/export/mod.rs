//! Results as bytes: batch by batch, one file per form.
//!
//! `ndjson`, `json`, `csv` and `parquet` hold one batch at a time. [`cell`] is one value as text.

pub mod cell;
mod csv;
mod json;
mod parquet;

use std::io::{self, Write};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

pub use csv::Csv;
pub use json::Json;
pub use parquet::Parquet;

/// The bytes go here.
pub type Out = Box<dyn Write + Send>;

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
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

/// Writes batches of one result.
pub trait Writer: Send {
    /// Writes a batch.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be written, or a value has no form.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error>;

    /// Whether more batches are of use: a table that counted far beyond its rows wants no more.
    fn wants_more(&self) -> bool {
        true
    }

    /// Writes what comes after the last batch. `is_cut` says that the result itself was cut off.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be written.
    fn finish(&mut self, is_cut: bool) -> Result<(), Error>;
}

/// A form that streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated, with a header line.
    Csv,
    /// The same, of texts that no spreadsheet takes for formulas.
    SpreadsheetCsv,
    /// An Apache Parquet file.
    Parquet,
}

/// Returns the writer of a form.
///
/// # Errors
///
/// If what comes before the first batch cannot be written.
pub fn writer(form: Form, schema: &SchemaRef, out: Out) -> Result<Box<dyn Writer>, Error> {
    Ok(match form {
        Form::Json => Box::new(Json::array(out)),
        Form::Ndjson => Box::new(Json::lines(out)),
        Form::Csv => Box::new(Csv::new(schema, out)?),
        Form::SpreadsheetCsv => Box::new(Csv::for_spreadsheets(schema, out)?),
        Form::Parquet => Box::new(Parquet::new(schema, out)?),
    })
}
