//! Results on stdout, everything else on stderr.
//!
//! The forms that stream are `tidegate_query::export`; `table` and `markdown` are here and hold the
//! rows that they show. Reading order: [`mod@format`] (the forms), [`terminal`] (where it goes),
//! [`cell`] (one value), then one file per form. [`say`] writes to stderr.

pub(crate) mod cell;
pub(crate) mod format;
mod markdown;
pub(crate) mod record;
pub(crate) mod say;
mod table;
pub(crate) mod terminal;

use arrow::datatypes::SchemaRef;
use tidegate_query::export::{self, Form};

pub(crate) use format::{Colour, Format};
pub(crate) use terminal::Terminal;
pub(crate) use tidegate_query::export::{Error, Out, Writer};

/// How many rows came, beyond those that were shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rest {
    /// Rows that came but were not shown.
    pub(crate) n_hidden: u64,
    /// Whether there may be more that nobody counted.
    pub(crate) is_more: bool,
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
        Format::Json => export::writer(Form::Json, schema, out)?,
        Format::Ndjson => export::writer(Form::Ndjson, schema, out)?,
        Format::Csv => export::writer(Form::Csv, schema, out)?,
        Format::Parquet => export::writer(Form::Parquet, schema, out)?,
    })
}
