//! What the tests share: a sink that keeps everything, and a rendering of it.

use std::fmt::Write;
use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use tidegate_decode::{BadLine, Counts, Decoder, LogFormat, Options, Sink};

/// Keeps everything.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) bad_lines: Vec<BadLine>,
}

impl Sink for Kept {
    fn batch(&mut self, batch: RecordBatch) {
        self.batches.push(batch);
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        self.bad_lines.push(bad_line);
    }
}

impl Kept {
    /// Returns the rows, each as its values by column, without those that are NULL.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.batches.iter().flat_map(rows).collect()
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Renders rows, bad lines and counts.
    pub(crate) fn render(&self, counts: &Counts) -> String {
        let mut text = String::new();
        for row in self.rows() {
            writeln!(text, "{row}").unwrap();
        }
        for it in &self.bad_lines {
            let raw: String =
                String::from_utf8_lossy(&it.raw).chars().flat_map(char::escape_debug).collect();
            let cut = if it.is_truncated { " (cut)" } else { "" };
            writeln!(text, "bad {}: {} | {raw}{cut}", it.line, it.reason).unwrap();
        }
        let Counts { n_read, n_ok, n_nodata, n_skipdata, n_bad, n_headers, n_control, .. } = counts;
        write!(
            text,
            "read {n_read} = ok {n_ok} + nodata {n_nodata} + skipdata {n_skipdata} + bad {n_bad}"
        )
        .unwrap();
        write!(text, "; headers {n_headers}, control {n_control}").unwrap();
        text
    }
}

/// Returns the rows of a batch, each as `name=value ...`, without those that are NULL.
pub(crate) fn rows(batch: &RecordBatch) -> Vec<String> {
    let schema = batch.schema();
    let columns: Vec<(String, Vec<Option<String>>)> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, array)| (field.name().clone(), values(array)))
        .collect();
    let row = |at: usize| {
        let pairs = columns.iter().filter_map(|(name, values)| {
            values[at].as_ref().map(|value| format!("{name}={value}"))
        });
        pairs.collect::<Vec<_>>().join(" ")
    };
    (0..batch.num_rows()).map(row).collect()
}

/// Returns the values as text; times as microseconds, maps as `{key: value}`.
pub(crate) fn values(array: &ArrayRef) -> Vec<Option<String>> {
    if let DataType::Map(_, _) = array.data_type() {
        return maps(array);
    }
    let array = match array.data_type() {
        DataType::Timestamp(_, _) => cast(array, &DataType::Int64).unwrap(),
        _ => array.clone(),
    };
    let text = cast(&array, &DataType::Utf8).unwrap();
    text.as_string::<i32>().iter().map(|it| it.map(ToOwned::to_owned)).collect()
}

fn maps(array: &ArrayRef) -> Vec<Option<String>> {
    let render = |pairs: arrow::array::StructArray| {
        let keys = pairs.column(0).as_string::<i32>().clone();
        let values = pairs.column(1).as_string::<i32>().clone();
        let pairs: Vec<String> = keys
            .iter()
            .zip(values.iter())
            .map(|(key, value)| format!("{}: {}", key.unwrap(), value.unwrap_or("NULL")))
            .collect();
        format!("{{{}}}", pairs.join(", "))
    };
    let maps = array.as_map();
    (0..maps.len()).map(|at| Some(render(maps.value(at)))).collect()
}

/// Decodes one object with the given format.
pub(crate) fn decode_as(format: Option<&str>, object: &[u8]) -> (Kept, Counts) {
    decode_with(options(format), object)
}

/// Decodes one object with these options.
pub(crate) fn decode_with(options: Options, object: &[u8]) -> (Kept, Counts) {
    let mut kept = Kept::default();
    let mut decoder = Decoder::new(options);
    let counts = decoder.decode_bytes(&Bytes::copy_from_slice(object), &mut kept);
    decoder.flush(&mut kept);
    assert_eq!(counts.n_records(), kept.n_rows() as u64);
    assert_eq!(counts.n_bad, kept.bad_lines.len() as u64);
    (kept, counts)
}

pub(crate) fn options(format: Option<&str>) -> Options {
    let log_format = format.map(|it| LogFormat::parse(it).unwrap());
    Options { log_format, ..Options::default() }
}

/// Decodes one object and renders what came out.
pub(crate) fn check(object: impl AsRef<[u8]>) -> String {
    let (kept, counts) = decode_as(None, object.as_ref());
    kept.render(&counts)
}

/// Decodes one object with a format and renders what came out.
pub(crate) fn check_as(format: &str, object: impl AsRef<[u8]>) -> String {
    let (kept, counts) = decode_as(Some(format), object.as_ref());
    kept.render(&counts)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Returns `n` lines.
pub(crate) fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    let lines: Vec<String> = (0..n).map(line).collect();
    lines.join("\n") + "\n"
}

/// Returns the numbers of a column.
pub(crate) fn numbers(batch: &RecordBatch, name: &str) -> Vec<Option<i64>> {
    let array = cast(batch.column_by_name(name).unwrap(), &DataType::Int64).unwrap();
    array.as_primitive::<Int64Type>().iter().collect()
}

/// Returns the path of a file of the shared data, or nothing if it is not on this machine.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let is_there = path.exists();
    if !is_there {
        // The reason is for whoever runs the test with its output shown.
        #[expect(clippy::print_stderr, reason = "tells why nothing was tested")]
        {
            eprintln!("skipped: {} is not here", path.display());
        }
    }
    is_there.then_some(path)
}

pub(crate) const V2: &str = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
