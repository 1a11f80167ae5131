//! Comma-separated values: quoted as in RFC 4180, lines end in LF.
//!
//! A spreadsheet takes a text for a formula if it begins as one, and carries it out. What others
//! wrote into a tag or a name must not do that to whoever opens a file: for spreadsheets, such a
//! text gets a `'` before it.

use std::io::Write as _;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, options};
use super::{Error, Out, Writer};

/// Writes lines of values.
pub struct Csv {
    out: Out,
    line: String,
    /// Whether the texts of each column are made harmless; nothing, if a reader takes them as they
    /// are.
    guarded: Vec<bool>,
}

/// What a text begins with that a spreadsheet takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

impl Csv {
    /// Returns a writer that has written what comes first.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    pub fn new(schema: &SchemaRef, out: Out) -> Result<Self, Error> {
        Self { out, line: String::new(), guarded: Vec::new() }.with_names(schema)
    }

    /// Returns a writer of texts that no spreadsheet carries out, that has written what comes
    /// first.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    pub fn for_spreadsheets(schema: &SchemaRef, out: Out) -> Result<Self, Error> {
        let guarded = schema.fields().iter().map(|it| !it.data_type().is_numeric()).collect();
        Self { out, line: String::new(), guarded }.with_names(schema)
    }

    fn with_names(mut self, schema: &SchemaRef) -> Result<Self, Error> {
        let is_guarded = !self.guarded.is_empty();
        let names = schema.fields().iter().map(|it| it.name().clone());
        let names = names.map(|it| if is_guarded { harmless(it) } else { it });
        self.write_line(names.map(|it| Ok(Some(it))))?;
        Ok(self)
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

/// Returns a text that no spreadsheet takes for a formula.
fn harmless(text: String) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
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
        let guarded = self.guarded.clone();
        let text = |row: usize, column: usize| {
            let text = cells.text(row, column)?;
            let is_guarded = guarded.get(column).is_some_and(|it| *it);
            Ok(if is_guarded { text.map(harmless) } else { text })
        };
        for row in 0..batch.num_rows() {
            self.write_line((0..batch.num_columns()).map(|column| text(row, column)))?;
        }
        Ok(())
    }

    fn finish(&mut self, _is_cut: bool) -> Result<(), Error> {
        self.out.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use arrow::array::{ArrayRef, Float64Array, StringArray};

    use super::*;

    /// Where written bytes can be looked at.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn check(new: impl Fn(&SchemaRef, Out) -> Result<Csv, Error>, texts: &[&str], expected: &str) {
        let numbers = vec![-1.5; texts.len()];
        let columns: [(&str, ArrayRef); 2] = [
            ("=name", Arc::new(StringArray::from(texts.to_vec()))),
            ("number", Arc::new(Float64Array::from(numbers))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let written = Written::default();
        let mut csv = new(&batch.schema(), Box::new(written.clone())).unwrap();
        csv.write(&batch).unwrap();
        csv.finish(false).unwrap();
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text, expected);
    }

    #[test]
    fn no_text_is_a_formula_to_a_spreadsheet_and_numbers_stay_numbers() {
        let texts = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "a=b", "=a,b"];
        check(
            Csv::for_spreadsheets,
            &texts,
            "'=name,number\n'=cmd|' /C calc'!A0,-1.5\n'+1,-1.5\n'-1,-1.5\n'@x,-1.5\na=b,-1.5\n\
             \"'=a,b\",-1.5\n",
        );
        check(Csv::new, &texts[1..2], "=name,number\n+1,-1.5\n");
        check(Csv::for_spreadsheets, &["\tx", "\rx"], "'=name,number\n'\tx,-1.5\n\"'\rx\",-1.5\n");
    }
}
