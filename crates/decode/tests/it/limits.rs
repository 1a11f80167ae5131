//! Limits: whatever comes, memory stays bounded and nothing is lost in silence.

use std::sync::Arc;

use arrow::array::StringArray;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use insta::assert_snapshot;
use tidegate_decode::{BadLine, Counts, Decoder, Limits, Options, Sink};

use crate::containers::check_stream;
use crate::support::{Kept, check, decode_with, gzip, lines, zstd};

fn check_limited(limits: Limits, object: impl AsRef<[u8]>) -> String {
    let (kept, counts) = decode_with(Options { limits, ..Options::default() }, object.as_ref());
    kept.render(&counts)
}

#[test]
fn a_line_of_a_mebibyte_is_one_bad_line_of_which_the_beginning_is_kept() {
    let long = "x".repeat(1 << 20);
    for object in [
        format!("srcaddr bytes\n10.0.0.1 1\n{long}\n10.0.0.2 2\n"),
        format!("srcaddr bytes\n10.0.0.1 1\n{long} {long}\n10.0.0.2 2"),
    ] {
        let (kept, counts) = decode_with(Options::default(), object.as_bytes());
        assert_eq!((counts.n_ok, counts.n_bad), (2, 1));
        let bad_line = &kept.bad_lines[0];
        assert_eq!((bad_line.line, bad_line.raw.len(), bad_line.is_truncated), (3, 4 << 10, true));
        assert_eq!(bad_line.reason, "the line is longer than 65536 bytes");
        assert_eq!(check_stream(object.as_bytes(), 1_000), kept.render(&counts));
    }
    let (_, counts) = decode_with(Options::default(), long.as_bytes());
    assert_eq!((counts.n_read, counts.n_bad), (1, 1));
}

#[test]
fn the_longest_line_that_is_allowed_is_read() {
    let limits = Limits { line_bytes_max: 20, raw_bytes_max: 5, ..Limits::default() };
    let fits = "10.0.0.1 00000000001";
    let object = format!("srcaddr bytes\n{fits}\n{fits}1\n{fits}\n{fits}1");
    assert_eq!(fits.len(), 20);
    assert_snapshot!(check_limited(limits, object), @"
    srcaddr=10.0.0.1 bytes=1
    srcaddr=10.0.0.1 bytes=1
    bad 3: the line is longer than 20 bytes | 10.0. (cut)
    bad 5: the line is longer than 20 bytes | 10.0. (cut)
    read 4 = ok 2 + nodata 0 + skipdata 0 + bad 2; headers 1, control 0
    ");
}

#[test]
fn a_bomb_is_left_when_it_expands_too_far() {
    let zeros = vec![b'0'; 100 << 20];
    for object in [gzip(&gzip(&zeros)), zstd(&zeros)] {
        let rendered = check(&object);
        let reason = "bad 0: the object expands more than 1100 times; the rest is left | \nbad 1: the line is longer";
        assert!(rendered.starts_with(reason), "{rendered}");
    }
}

#[test]
fn an_object_may_hold_only_so_much() {
    let limits = Limits { object_text_bytes_max: 40_000, ..Limits::default() };
    let object = gzip(("srcaddr bytes\n".to_owned() + &"10.0.0.1 1\n".repeat(50_000)).as_bytes());
    let rendered = check_limited(limits, object);
    assert!(rendered.contains("bad 0: the object holds more than 40000 bytes; the rest is left"));
}

#[test]
fn a_batch_has_at_most_so_many_rows_and_so_much_text() {
    let limits = Limits { batch_rows: 7, ..Limits::default() };
    let text = lines(30, |it| format!("10.0.0.1 {it}"));
    let object = format!("srcaddr bytes\n{text}");
    let (kept, _) = decode_with(Options { limits, ..Options::default() }, object.as_bytes());
    let n_rows: Vec<usize> = kept.batches.iter().map(RecordBatch::num_rows).collect();
    assert_eq!(n_rows, [7, 7, 7, 7, 2]);
    let limits = Limits { dictionary_bytes_max: 100_000, ..Limits::default() };
    let text = lines(1_000, |it| format!("{it:0>1000}"));
    let object = format!("region\n{text}");
    let (kept, counts) = decode_with(Options { limits, ..Options::default() }, object.as_bytes());
    assert_eq!(counts.n_ok, 1_000);
    assert!(kept.batches.len() >= 7, "{}", kept.batches.len());
}

#[test]
fn a_json_document_may_be_only_so_large() {
    let limits = Limits { json_bytes_max: 200, raw_bytes_max: 10, ..Limits::default() };
    let small = r#"{"message":"2 1 eni-a - - - - - - - 10 20 - NODATA"}"#;
    let large = format!(r#"{{"message":"{}"}}"#, "x".repeat(300));
    assert_snapshot!(check_limited(limits, format!("{small}{large}{small}")), @r#"
    version=2 account_id=1 interface_id=eni-a start=10000000 end=20000000 log_status=NODATA
    version=2 account_id=1 interface_id=eni-a start=10000000 end=20000000 log_status=NODATA
    bad 2: a JSON document of more than 200 bytes | {\"message\" (cut)
    read 3 = ok 0 + nodata 2 + skipdata 0 + bad 1; headers 0, control 0
    "#);
}

#[test]
fn a_header_may_have_only_so_many_fields() {
    let limits = Limits { fields_max: 3, ..Limits::default() };
    assert_snapshot!(check_limited(limits, "srcaddr bytes start end\n10.0.0.1 1 2 3\n"), @"
    bad 1: the header has 4 fields, more than 3 | srcaddr bytes start end
    bad 2: no format: the header has 4 fields, more than 3 (line 1) | 10.0.0.1 1 2 3
    read 2 = ok 0 + nodata 0 + skipdata 0 + bad 2; headers 0, control 0
    ");
}

#[test]
fn a_parquet_object_from_a_stream_may_be_only_so_large() {
    let limits = Limits { parquet_bytes_max: 1_000, ..Limits::default() };
    let mut decoder = Decoder::new(Options { limits, ..Options::default() });
    let mut kept = Kept::default();
    let object = [b"PAR1".as_slice(), &[0; 5_000]].concat();
    let counts = decoder.decode_reader(&mut object.as_slice(), &mut kept).unwrap();
    assert_eq!(counts.n_bad, 1);
    assert_eq!(kept.bad_lines[0].reason, "a Parquet object of more than 1000 bytes");
}

#[test]
fn a_row_of_parquet_may_have_only_so_much_text() {
    let long = "x".repeat(100_000);
    let regions = StringArray::from(vec!["a", &long, "b"]);
    let object = crate::parquet::parquet(vec![("region", Arc::new(regions))]);
    let (kept, counts) = decode_with(Options::default(), &object);
    assert_eq!((counts.n_ok, counts.n_bad), (2, 1));
    let bad_line = &kept.bad_lines[0];
    assert_eq!((bad_line.line, bad_line.raw.len(), bad_line.is_truncated), (2, 4 << 10, true));
    assert_eq!(bad_line.reason, "the row has more than 65536 bytes of text");
}

/// Wants nothing after the first bad line.
#[derive(Default)]
struct Impatient {
    n_bad: usize,
}

impl Sink for Impatient {
    fn batch(&mut self, _: RecordBatch) {}

    fn bad_line(&mut self, _: BadLine) {
        self.n_bad += 1;
    }

    fn is_stopped(&self) -> bool {
        self.n_bad > 0
    }
}

#[test]
fn an_object_that_nobody_wants_any_more_is_left() {
    let object = Bytes::from("bad\n".repeat(1_000_000));
    let mut sink = Impatient::default();
    let counts: Counts = Decoder::new(Options::default()).decode_bytes(&object, &mut sink);
    assert!(counts.n_bad < 100_000, "{}", counts.n_bad);
    let packed = Bytes::from(gzip(&object));
    let counts = Decoder::new(Options::default()).decode_bytes(&packed, &mut Impatient::default());
    assert!(counts.n_bad < 100_000, "{}", counts.n_bad);
}

/// Fails after some bytes.
struct Failing(usize);

impl std::io::Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::Error::other("the line is down"));
        }
        self.0 -= 1;
        buffer[0] = b'x';
        Ok(1)
    }
}

#[test]
fn an_error_of_the_reader_comes_back() {
    let mut decoder = Decoder::new(Options::default());
    let error = decoder.decode_reader(&mut Failing(10), &mut Kept::default()).unwrap_err();
    assert_eq!(error.to_string(), "the line is down");
}
