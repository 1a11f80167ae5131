//! Parquet: AWS's own forms, others' forms, and damage.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, Int32Array, Int64Array, ListArray, StringArray, StringViewArray,
    TimestampMillisecondArray, UInt64Array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type};
use arrow::record_batch::RecordBatch;
use insta::assert_snapshot;
use parquet::arrow::ArrowWriter;

use crate::containers::check_stream;
use crate::support::{check, gzip};

pub(crate) fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn text<const N: usize>(values: [Option<&str>; N]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn int32<const N: usize>(values: [Option<i32>; N]) -> ArrayRef {
    Arc::new(Int32Array::from(values.to_vec()))
}

fn int64<const N: usize>(values: [Option<i64>; N]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn aws() -> Vec<u8> {
    parquet(vec![
        ("version", int32([Some(2), Some(2), Some(2)])),
        ("account_id", text([Some("012345678901"), Some("-"), None])),
        ("srcaddr", text([Some("10.0.0.1"), Some("2001:DB8::1"), None])),
        ("protocol", int64([Some(6), Some(17), None])),
        ("bytes", int32([Some(100), Some(0), None])),
        ("start", int64([Some(1_418_530_010), Some(1_418_530_010_123), None])),
        ("end", int32([Some(1_418_530_070), None, Some(1_418_530_071)])),
        ("log_status", text([Some("OK"), Some("SKIPDATA"), Some("NODATA")])),
    ])
}

const AWS: &str = "version=2 account_id=012345678901 srcaddr=10.0.0.1 protocol=6 bytes=100 start=1418530010000000 end=1418530070000000 log_status=OK
version=2 srcaddr=2001:db8::1 protocol=17 bytes=0 start=1418530010123000 log_status=SKIPDATA
version=2 end=1418530071000000 log_status=NODATA
read 3 = ok 1 + nodata 1 + skipdata 1 + bad 0; headers 0, control 0";

#[test]
fn integers_of_both_widths_and_both_forms_of_null_are_read() {
    assert_eq!(check(aws()), AWS);
    assert_eq!(check(gzip(&aws())), AWS);
    assert_eq!(check_stream(&aws(), 100), AWS);
}

#[test]
fn whatever_the_types_are_the_values_are_the_same() {
    let srcaddr: ArrayRef = Arc::new(StringViewArray::from(vec![Some("10.0.0.1"), Some("-")]));
    let dstaddr: ArrayRef = Arc::new(BinaryArray::from(vec![b"10.0.0.2".as_slice(), b""]));
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let action = cast(&text([Some("ACCEPT"), None]), &dictionary).unwrap();
    let start: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![Some(5_000), None]));
    let packets: ArrayRef = Arc::new(UInt64Array::from(vec![7, u64::MAX]));
    let columns = vec![
        ("srcaddr", srcaddr),
        ("dstaddr", dstaddr),
        ("log-status", text([Some("OK"), Some("OK")])),
        ("account-id", int64([Some(123), None])),
        ("action", action),
        ("start", start),
        ("srcport", text([Some("443"), Some("-")])),
        ("packets", packets),
    ];
    assert_snapshot!(check(parquet(columns)), @"
    account_id=123 srcaddr=10.0.0.1 dstaddr=10.0.0.2 srcport=443 packets=7 start=5000000 action=ACCEPT log_status=OK
    bad 2: `packets` is `18446744073709551615`, out of range | - - OK - - - - 18446744073709551615
    read 2 = ok 1 + nodata 0 + skipdata 0 + bad 1; headers 0, control 0
    ");
}

#[test]
fn a_bad_row_costs_no_neighbour() {
    let columns = vec![
        ("srcaddr", text([Some("10.0.0.1"), Some("nowhere"), Some("10.0.0.3"), Some("10.0.0.4")])),
        ("bytes", int64([Some(1), Some(2), Some(-3), Some(4)])),
    ];
    assert_snapshot!(check(parquet(columns)), @"
    srcaddr=10.0.0.1 bytes=1
    srcaddr=10.0.0.4 bytes=4
    bad 2: `srcaddr` is `nowhere`, not an address | nowhere 2
    bad 3: `bytes` is `-3`, not a whole number | 10.0.0.3 -3
    read 4 = ok 2 + nodata 0 + skipdata 0 + bad 2; headers 0, control 0
    ");
}

#[test]
fn columns_that_nobody_knows_go_to_extra() {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), Some(2)]), None]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("bytes", int64([Some(1), Some(2)])),
        ("new_text", text([Some("x y"), Some("-")])),
        ("new_number", int32([Some(7), None])),
        ("new_list", Arc::new(lists)),
    ];
    assert_snapshot!(check(parquet(columns)), @"
    bytes=1 extra={new_text: x y, new_number: 7, new_list: [1, 2]}
    bytes=2 extra={new_text: NULL, new_number: NULL, new_list: NULL}
    read 2 = ok 2 + nodata 0 + skipdata 0 + bad 0; headers 0, control 0
    ");
}

#[test]
fn no_rows_are_no_records() {
    let empty: ArrayRef = Arc::new(StringArray::from(Vec::<&str>::new()));
    let object = parquet(vec![("srcaddr", empty)]);
    assert_eq!(
        check(object),
        "read 0 = ok 0 + nodata 0 + skipdata 0 + bad 0; headers 0, control 0"
    );
}

#[test]
fn damage_is_one_bad_line_for_the_object() {
    let whole = aws();
    for object in [&whole[..whole.len() - 1], &whole[..whole.len() / 2], b"PAR1", b"PAR1PAR1"] {
        let rendered = check(object);
        assert!(rendered.starts_with("bad 0: the Parquet is damaged: "), "{rendered}");
        assert!(rendered.contains("read 1 = ok 0 + nodata 0 + skipdata 0 + bad 1"), "{rendered}");
    }
    let columns = vec![("account_id", text([Some("1")])), ("account-id", text([Some("2")]))];
    assert!(
        check(parquet(columns)).starts_with("bad 0: the header has the field `account-id` twice")
    );
}

#[test]
fn a_time_beyond_the_year_9999_or_before_1970_is_a_bad_row() {
    let start: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![
        Some(253_402_300_799_999),
        Some(253_402_300_800_000),
        Some(-1),
        None,
    ]));
    let bytes = int64([Some(1), Some(2), Some(3), Some(4)]);
    assert_snapshot!(check(parquet(vec![("start", start), ("bytes", bytes)])), @"
    bytes=1 start=253402300799999000
    bytes=4
    bad 2: `start` is `253402300800000000`, out of range | 253402300800000000 2
    bad 3: `start` is `-1000`, not a whole number | -1000 3
    read 4 = ok 2 + nodata 0 + skipdata 0 + bad 2; headers 0, control 0
    ");
}
