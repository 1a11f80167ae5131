//! Lines of text whose fields are found by position, as Hive reads them.
//!
//! The rules are Hive's: the first lines of each object may be skipped, a missing field is NULL, one
//! too many does not count, a value that does not fit its type is NULL. One rule is ours: `-` is
//! NULL in every column, as AWS means it.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use arrow::compute::{CastOptions, cast_with_options};
use bytes::{Buf as _, Bytes};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use flate2::bufread::MultiGzDecoder;
use tokio::sync::mpsc;

use crate::raw::input::{Input, Object};
use crate::raw::scan::{Columns, Origin, Output};

/// Rows of a batch.
const BATCH_ROWS: usize = 16_384;

/// Longest line that is read; a longer one is left out.
const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 128 * 1024;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// How the lines are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// What stands between fields.
    pub(crate) delimiter: u8,
    /// Lines at the start of each object that are no records.
    pub(crate) n_header_lines: u64,
}

/// Reads the objects and hands over their rows.
pub(crate) fn read(
    layout: Layout,
    columns: &Columns,
    mut objects: mpsc::Receiver<Object>,
    mut output: Output,
) -> Result<()> {
    while let Some(object) = objects.blocking_recv() {
        if output.is_stopped() {
            break;
        }
        let Object { path, partition, input, .. } = object;
        let mut rows = Rows::new(columns, partition);
        let bad = read_object(layout, input, &mut rows, &mut output)?;
        rows.hand_over(&mut output)?;
        if let Some(reason) = bad.reason {
            output.bad_lines(&path, bad.n, &reason);
        }
    }
    Ok(())
}

/// What was left out of an object.
#[derive(Default)]
struct Bad {
    n: u64,
    reason: Option<String>,
}

impl Bad {
    fn note(&mut self, reason: String) {
        self.n += 1;
        self.reason.get_or_insert(reason);
    }
}

fn read_object(
    layout: Layout,
    input: Input,
    rows: &mut Rows<'_>,
    output: &mut Output,
) -> Result<Bad> {
    let mut bad = Bad::default();
    let mut text = match unpacked(input) {
        Ok(text) => text,
        Err(error) => {
            bad.note(format!("the object cannot be unpacked: {error}"));
            return Ok(bad);
        }
    };
    let mut line = Vec::new();
    let mut n_lines = 0;
    loop {
        match next_line(text.as_mut(), &mut line) {
            Ok(Line::End) => return Ok(bad),
            Ok(Line::Whole) => {}
            Ok(Line::TooLong) => bad.note(format!("a line is longer than {LINE_BYTES_MAX} bytes")),
            Err(error) => {
                bad.note(format!("the object ends in the middle: {error}"));
                return Ok(bad);
            }
        }
        n_lines += 1;
        if n_lines > layout.n_header_lines && !line.is_empty() {
            rows.push(&line, layout.delimiter);
        }
        if rows.n_waiting >= BATCH_ROWS {
            rows.hand_over(output)?;
            if output.is_stopped() {
                return Ok(bad);
            }
        }
    }
}

/// Returns the text of an object, by what its first bytes say of how it is packed.
fn unpacked(input: Input) -> std::io::Result<Box<dyn BufRead>> {
    let mut packed: Box<dyn BufRead> = match input {
        Input::Whole(bytes) => Box::new(Bytes::reader(bytes)),
        Input::Pieces(pieces) => Box::new(BufReader::with_capacity(BUFFER_BYTES, pieces)),
    };
    let start = packed.fill_buf()?;
    if start.starts_with(GZIP) {
        let text = MultiGzDecoder::new(packed);
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, text)));
    }
    if start.starts_with(ZSTD) {
        let text = zstd::Decoder::with_buffer(packed)?;
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, text)));
    }
    Ok(packed)
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads the next line into `line`, without its end; leaves nothing of one that is too long.
fn next_line(text: &mut dyn BufRead, line: &mut Vec<u8>) -> std::io::Result<Line> {
    line.clear();
    if text.take(LINE_BYTES_MAX).read_until(b'\n', line)? == 0 {
        return Ok(Line::End);
    }
    let is_cut = line.len() as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n');
    if is_cut {
        line.clear();
        text.skip_until(b'\n')?;
        return Ok(Line::TooLong);
    }
    while line.last().is_some_and(|it| *it == b'\n' || *it == b'\r') {
        line.pop();
    }
    Ok(Line::Whole)
}

/// The rows of one object that wait to be handed over.
struct Rows<'a> {
    columns: &'a Columns,
    partition: Vec<ScalarValue>,
    /// For each column that is wanted: its field's position and its texts.
    fields: Vec<(usize, StringBuilder)>,
    n_waiting: usize,
}

impl<'a> Rows<'a> {
    fn new(columns: &'a Columns, partition: Vec<ScalarValue>) -> Self {
        let positions = columns.origins.iter().filter_map(|it| match it {
            Origin::Field(position) => Some(*position),
            Origin::Partition(_) => None,
        });
        let fields = positions.map(|it| (it, StringBuilder::new())).collect();
        Self { columns, partition, fields, n_waiting: 0 }
    }

    fn push(&mut self, line: &[u8], delimiter: u8) {
        let last = self.fields.iter().map(|it| it.0).max();
        let n_wanted = last.map_or(0, |it| it + 1);
        let texts: Vec<&[u8]> = line.split(|it| *it == delimiter).take(n_wanted).collect();
        for (position, builder) in &mut self.fields {
            match texts.get(*position) {
                None | Some(&b"-" | &b"\\N") => builder.append_null(),
                Some(text) => builder.append_value(String::from_utf8_lossy(text)),
            }
        }
        self.n_waiting += 1;
    }

    fn hand_over(&mut self, output: &mut Output) -> Result<()> {
        if self.n_waiting == 0 {
            return Ok(());
        }
        let mut texts = self.fields.iter_mut().map(|it| it.1.finish());
        let n_rows = std::mem::take(&mut self.n_waiting);
        let fields = self.columns.schema.fields().iter().zip(&self.columns.origins);
        let columns = fields.map(|(field, origin)| -> Result<ArrayRef> {
            match (origin, origin_field(*origin).then(|| texts.next()).flatten()) {
                (Origin::Partition(index), _) => self.partition[*index].to_array_of_size(n_rows),
                (Origin::Field(_), Some(texts)) => {
                    let options = CastOptions { safe: true, ..CastOptions::default() };
                    Ok(cast_with_options(&texts, field.data_type(), &options)?)
                }
                (Origin::Field(_), None) => unreachable!("every wanted field has texts"),
            }
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(n_rows));
        let schema = Arc::clone(&self.columns.schema);
        output.batch(RecordBatch::try_new_with_options(schema, columns, &options)?);
        Ok(())
    }
}

fn origin_field(origin: Origin) -> bool {
    matches!(origin, Origin::Field(_))
}
