//! Comma-separated values: quoted as in RFC 4180, lines end in LF.

use std::io::Write as _;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, options};
use super::{Error, Out, Writer};

/// Writes lines of values.
pub struct Csv {
    out: Out,
    line: String,
}

impl Csv {
    /// Returns a writer that has written what comes first.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    pub fn new(schema: &SchemaRef, out: Out) -> Result<Self, Error> {
        let mut csv = Self { out, line: String::new() };
        let names = schema.fields().iter().map(|it| Some(it.name().clone()));
        csv.write_line(names.map(Ok))?;
        Ok(csv)
    }

    fn write_line(
        &mut self,
        values: impl Iterator<Item = Result<Option<String>, Error>>,
    ) -> Result<(), Error> {
        self.line.clear();
        for (index, value) in values.enumerate() {
            if index > 0 {
                self.line.push(',');
            }
            if let Some(value) = value? {
                push_quoted(&mut self.line, &value);
            }
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        Ok(())
    }
}

fn push_quoted(line: &mut String, value: &str) {
    if !value.is_empty() && !value.contains([',', '"', '\n', '\r']) {
        line.push_str(value);
        return;
    }
    line.push('"');
    line.push_str(&value.replace('"', "\"\""));
    line.push('"');
}

impl Writer for Csv {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let options = options();
        let cells = Cells::new(batch, &options)?;
        for row in 0..batch.num_rows() {
            self.write_line((0..batch.num_columns()).map(|column| cells.text(row, column)))?;
        }
        Ok(())
    }

    fn finish(&mut self, _is_cut: bool) -> Result<(), Error> {
        self.out.flush()?;
        Ok(())
    }
}
