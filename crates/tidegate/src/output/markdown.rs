//! A table for a document.

use std::io::Write as _;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, harmless, numeric, options};
use super::{Error, Out, Writer};
use crate::quantity::count;

pub(super) struct Markdown {
    out: Out,
    header: Option<String>,
    rows_max: u64,
    n_rows: u64,
}

impl Markdown {
    pub(super) fn new(schema: &SchemaRef, out: Out, rows_max: u64) -> Self {
        let names = schema.fields().iter().map(|it| escape(it.name()));
        let rules = numeric(schema).into_iter().map(|it| if it { "---:" } else { "---" });
        let header = format!(
            "| {} |\n| {} |\n",
            names.collect::<Vec<_>>().join(" | "),
            rules.collect::<Vec<_>>().join(" | ")
        );
        Self { out, header: Some(header), rows_max, n_rows: 0 }
    }

    fn write_header(&mut self) -> Result<(), Error> {
        match self.header.take() {
            Some(header) => Ok(self.out.write_all(header.as_bytes())?),
            None => Ok(()),
        }
    }
}

fn escape(text: &str) -> String {
    harmless(text).replace('|', "\\|")
}

impl Writer for Markdown {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.write_header()?;
        let options = options();
        let cells = Cells::new(batch, &options)?;
        for row in 0..batch.num_rows() {
            self.n_rows += 1;
            if self.n_rows > self.rows_max {
                continue;
            }
            let mut line = "|".to_owned();
            for column in 0..batch.num_columns() {
                let text = cells.text(row, column)?.map(|it| escape(&it)).unwrap_or_default();
                line.extend([" ", &text, " |"]);
            }
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn finish(&mut self, is_cut: bool) -> Result<(), Error> {
        self.write_header()?;
        let n_hidden = self.n_rows.saturating_sub(self.rows_max);
        if n_hidden > 0 {
            writeln!(self.out, "\n... {} more rows, use `--limit`", count(n_hidden))?;
        } else if is_cut {
            writeln!(self.out, "\n... more rows, use `--limit`")?;
        }
        self.out.flush()?;
        Ok(())
    }
}
