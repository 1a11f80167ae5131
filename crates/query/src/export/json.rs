//! JSON: one object a line, or one array of them.

use std::io::Write as _;

use arrow::json::WriterBuilder;
use arrow::json::writer::LineDelimited;
use arrow::record_batch::RecordBatch;

use super::{Error, Out, Writer};

/// Writes objects, each with all columns: NULL is `null`.
pub struct Json {
    out: Out,
    is_array: bool,
    has_rows: bool,
}

impl Json {
    /// Returns a writer of one object a line.
    #[must_use]
    pub fn lines(out: Out) -> Self {
        Self { out, is_array: false, has_rows: false }
    }

    /// Returns a writer of one array.
    #[must_use]
    pub fn array(out: Out) -> Self {
        Self { out, is_array: true, has_rows: false }
    }
}

impl Writer for Json {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let lines = encode(batch)?;
        if !self.is_array {
            self.out.write_all(&lines)?;
            return Ok(());
        }
        for line in lines.split(|it| *it == b'\n').filter(|it| !it.is_empty()) {
            self.out.write_all(if self.has_rows { b",\n" } else { b"[\n" })?;
            self.out.write_all(line)?;
            self.has_rows = true;
        }
        Ok(())
    }

    fn finish(&mut self, _is_cut: bool) -> Result<(), Error> {
        if self.is_array {
            self.out.write_all(if self.has_rows { b"\n]\n" } else { b"[]\n" })?;
        }
        self.out.flush()?;
        Ok(())
    }
}

/// Returns the rows of `batch`, one a line. A raw line feed cannot stand within an object.
fn encode(batch: &RecordBatch) -> Result<Vec<u8>, Error> {
    let builder = WriterBuilder::new().with_explicit_nulls(true);
    let mut writer = builder.build::<_, LineDelimited>(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    Ok(writer.into_inner())
}
