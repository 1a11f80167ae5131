//! Text: headers, formats, separators, values, and what is wrong with lines.

use arrow::record_batch::RecordBatch;
use insta::assert_snapshot;
use tidegate_decode::{Decoder, Options};

use crate::support::{Kept, V2, check, check_as, decode_as, numbers};

const SHORT: &str = "srcaddr bytes start log-status\n";

#[test]
fn the_default_format_needs_no_header() {
    assert_snapshot!(check(V2), @"
    version=2 account_id=123456789010 interface_id=eni-1235b8ca123456789 srcaddr=172.31.16.139 dstaddr=172.31.16.21 srcport=20641 dstport=22 protocol=6 packets=20 bytes=4249 start=1418530010000000 end=1418530070000000 action=ACCEPT log_status=OK
    read 1 = ok 1 + nodata 0 + skipdata 0 + bad 0; headers 0, control 0
    ");
}

#[test]
fn a_bad_line_does_not_stop_the_object() {
    let text = "10.0.0.1 12 1700000000 OK\n10.0.0.1 twelve 1700000000 OK\n10.0.0.1\n10.0.0.2 7 1700000001 OK";
    assert_snapshot!(check(format!("{SHORT}{text}")), @"
    srcaddr=10.0.0.1 bytes=12 start=1700000000000000 log_status=OK
    srcaddr=10.0.0.2 bytes=7 start=1700000001000000 log_status=OK
    bad 3: `bytes` is `twelve`, not a whole number | 10.0.0.1 twelve 1700000000 OK
    bad 4: 1 fields, the format has 4 | 10.0.0.1
    read 4 = ok 2 + nodata 0 + skipdata 0 + bad 2; headers 1, control 0
    ");
}

#[test]
fn a_bad_line_leaves_nothing_in_any_column_and_bad_lines_come_in_order() {
    let text = "10.0.0.1 1 1 OK\nbad.addr 2 2 OK\nbad.addr 2 2 OK\n10.0.0.1 x 3 OK\n- 4 4 OK\n10.0.0.1 5 5 O\u{00}K\nshort\n::1 6 y OK\n";
    assert_snapshot!(check(format!("{SHORT}{text}")), @r"
    srcaddr=10.0.0.1 bytes=1 start=1000000 log_status=OK
    bytes=4 start=4000000 log_status=OK
    bad 3: `srcaddr` is `bad.addr`, not an address | bad.addr 2 2 OK
    bad 4: `srcaddr` is `bad.addr`, not an address | bad.addr 2 2 OK
    bad 5: `bytes` is `x`, not a whole number | 10.0.0.1 x 3 OK
    bad 7: the line has control characters; is it text? | 10.0.0.1 5 5 O\0K
    bad 8: 1 fields, the format has 4 | short
    bad 9: `start` is `y`, not a whole number | ::1 6 y OK
    read 8 = ok 2 + nodata 0 + skipdata 0 + bad 6; headers 1, control 0
    ");
}

#[test]
fn without_header_and_default_format_nothing_is_guessed() {
    assert_snapshot!(check(format!("3 1 2\n{V2}\n{V2} more\n5{}\n", &V2[1..])), @"
    version=2 account_id=123456789010 interface_id=eni-1235b8ca123456789 srcaddr=172.31.16.139 dstaddr=172.31.16.21 srcport=20641 dstport=22 protocol=6 packets=20 bytes=4249 start=1418530010000000 end=1418530070000000 action=ACCEPT log_status=OK
    bad 1: no header, and 3 fields that begin with `3` are not the default format (14 fields that begin with `2`); give the format with --log-format | 3 1 2
    bad 3: no header, and 15 fields that begin with `2` are not the default format (14 fields that begin with `2`); give the format with --log-format | 2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK more
    bad 4: no header, and 14 fields that begin with `5` are not the default format (14 fields that begin with `2`); give the format with --log-format | 5 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
    read 4 = ok 1 + nodata 0 + skipdata 0 + bad 3; headers 0, control 0
    ");
}

#[test]
fn a_header_in_the_middle_changes_the_format() {
    assert_snapshot!(check("srcaddr bytes\n10.0.0.1 1\nbytes dstaddr\n2 10.0.0.2\nsrcaddr bytes\n10.0.0.3 3\n"), @"
    dstaddr=10.0.0.2 bytes=2
    srcaddr=10.0.0.1 bytes=1
    srcaddr=10.0.0.3 bytes=3
    read 3 = ok 3 + nodata 0 + skipdata 0 + bad 0; headers 3, control 0
    ");
}

#[test]
fn a_header_does_not_leak_into_the_next_object() {
    let mut decoder = Decoder::new(Options::default());
    let mut kept = Kept::default();
    decoder.decode_bytes(&"srcaddr bytes\n10.0.0.1 1\n".into(), &mut kept);
    let counts = decoder.decode_bytes(&"10.0.0.1 1\n".into(), &mut kept);
    assert_eq!((counts.n_records(), counts.n_bad), (0, 1));
}

#[test]
fn a_format_that_is_given_holds_until_a_header_says_otherwise() {
    assert_snapshot!(check_as("${bytes} ${srcaddr}", "1 10.0.0.1\n10.0.0.1 1\nsrcaddr bytes\n10.0.0.2 2\n3 10.0.0.3"), @"
    srcaddr=10.0.0.1 bytes=1
    srcaddr=10.0.0.2 bytes=2
    bad 2: `bytes` is `10.0.0.1`, not a whole number | 10.0.0.1 1
    bad 5: `bytes` is `10.0.0.3`, not a whole number | 3 10.0.0.3
    read 4 = ok 2 + nodata 0 + skipdata 0 + bad 2; headers 1, control 0
    ");
}

#[test]
fn names_with_underscores_tabs_and_commas_are_a_header() {
    let expected = check("account-id log-status\n1 OK\n");
    for text in [
        "account_id log_status\n1 OK\n",
        "  account-id \t log-status  \r\n\t1  OK \r\n",
        "account_id,log_status\n1,OK\n",
        "\"account-id\", \"log-status\"\r\n\"1\", \"OK\"\r\n",
        "\n\naccount-id log-status\n\n1 OK\n\n",
        "\u{feff}account-id log-status\n1 OK",
    ] {
        assert_eq!(check(text), expected, "{text:?}");
    }
}

#[test]
fn commas_and_spaces_may_follow_each_other_in_one_object() {
    assert_snapshot!(check("srcaddr,bytes\n10.0.0.1,1\n,2\n10.0.0.3, 3\nsrcaddr bytes\n10.0.0.4 4\nbytes,srcaddr\n5,10.0.0.5\n"), @"
    srcaddr=10.0.0.1 bytes=1
    bytes=2
    srcaddr=10.0.0.3 bytes=3
    srcaddr=10.0.0.4 bytes=4
    srcaddr=10.0.0.5 bytes=5
    read 5 = ok 5 + nodata 0 + skipdata 0 + bad 0; headers 3, control 0
    ");
}

#[test]
fn a_field_that_nobody_knows_goes_to_extra() {
    assert_snapshot!(check("srcaddr new-field bytes newer_field end\n10.0.0.1 x 1 - -\n10.0.0.2 y/z 2 %20 -\n"), @"
    srcaddr=10.0.0.1 bytes=1 extra={new-field: x, newer_field: NULL}
    srcaddr=10.0.0.2 bytes=2 extra={new-field: y/z, newer_field: %20}
    read 2 = ok 2 + nodata 0 + skipdata 0 + bad 0; headers 1, control 0
    ");
}

#[test]
fn only_a_first_line_of_mostly_known_names_may_have_unknown_ones() {
    let reason = "no header, and 4 fields that begin with `srcaddr` are not the default format (14 fields that begin with `2`); give the format with --log-format";
    assert_eq!(
        check("srcaddr one two bytes\n"),
        format!(
            "bad 1: {reason} | srcaddr one two bytes\nread 1 = ok 0 + nodata 0 + skipdata 0 + bad 1; headers 0, control 0"
        )
    );
    assert_snapshot!(check("srcaddr bytes\nsrcaddr new bytes\n"), @"
    bad 2: 3 fields, the format has 2 | srcaddr new bytes
    read 1 = ok 0 + nodata 0 + skipdata 0 + bad 1; headers 1, control 0
    ");
}

#[test]
fn a_header_with_a_field_twice_is_refused_with_all_its_lines() {
    assert_snapshot!(check("srcaddr bytes src_addr srcaddr\n10.0.0.1 1 x 10.0.0.2\nsrcaddr\n10.0.0.3\n"), @"
    srcaddr=10.0.0.3
    bad 1: the header has the field `srcaddr` twice | srcaddr bytes src_addr srcaddr
    bad 2: no format: the header has the field `srcaddr` twice (line 1) | 10.0.0.1 1 x 10.0.0.2
    read 3 = ok 1 + nodata 0 + skipdata 0 + bad 2; headers 1, control 0
    ");
}

#[test]
fn a_time_before_the_line_as_exports_have_it_is_left_out() {
    let line = format!("2025-02-25T12:25:04.000Z {V2}");
    assert_eq!(check(&line), check(V2));
    assert_snapshot!(check_as("srcaddr bytes", "2025-02-25T12:25:04Z 10.0.0.1 1\n2025-02-25 10.0.0.1 1"), @"
    srcaddr=10.0.0.1 bytes=1
    bad 2: 3 fields, the format has 2 | 2025-02-25 10.0.0.1 1
    read 2 = ok 1 + nodata 0 + skipdata 0 + bad 1; headers 0, control 0
    ");
    assert_snapshot!(check_as("export-timestamp srcaddr", "2025-02-25T12:25:04.000Z 10.0.0.1"), @"
    srcaddr=10.0.0.1 extra={export-timestamp: 2025-02-25T12:25:04.000Z}
    read 1 = ok 1 + nodata 0 + skipdata 0 + bad 0; headers 0, control 0
    ");
}

#[test]
fn a_dash_is_null_in_every_column_and_nodata_is_a_record() {
    assert_snapshot!(check("2 1 eni-1 - - - - - - - 1431280876 1431280934 - NODATA\n2 - - - - - - - - - - - - SKIPDATA\n2 - - - - - - - - - - - - NEWDATA"), @"
    version=2 account_id=1 interface_id=eni-1 start=1431280876000000 end=1431280934000000 log_status=NODATA
    version=2 log_status=SKIPDATA
    version=2 log_status=NEWDATA
    read 3 = ok 1 + nodata 1 + skipdata 1 + bad 0; headers 0, control 0
    ");
}

#[test]
fn times_are_seconds_or_milliseconds() {
    let text = "start end\n1418530010 1418530070\n1418530010123 1418530070456\n2147483647 2147483648\n- -\n253402300799999 253402300800000\n";
    assert_snapshot!(check(text), @"
    start=1418530010000000 end=1418530070000000
    start=1418530010123000 end=1418530070456000
    start=2147483647000000 end=2147483648000

    bad 6: `end` is `253402300800000`, out of range | 253402300799999 253402300800000
    read 5 = ok 4 + nodata 0 + skipdata 0 + bad 1; headers 1, control 0
    ");
    let (_, counts) = decode_as(None, text.as_bytes());
    assert_eq!(counts.start_us_min, Some(1_418_530_010_000_000));
    assert_eq!(counts.end_us_max, Some(1_418_530_070_456_000));
}

#[test]
fn numbers_are_whole_and_in_range() {
    let text = "srcport bytes\n2147483647 9223372036854775807\n2147483648 1\n1 9223372036854775808\n-1 1\n1.5 1\n0x1 1\n1 99999999999999999999999\n";
    assert_snapshot!(check(text), @"
    srcport=2147483647 bytes=9223372036854775807
    bad 3: `srcport` is `2147483648`, out of range | 2147483648 1
    bad 4: `bytes` is `9223372036854775808`, out of range | 1 9223372036854775808
    bad 5: `srcport` is `-1`, not a whole number | -1 1
    bad 6: `srcport` is `1.5`, not a whole number | 1.5 1
    bad 7: `srcport` is `0x1`, not a whole number | 0x1 1
    bad 8: `bytes` is `99999999999999999999999`, out of range | 1 99999999999999999999999
    read 7 = ok 1 + nodata 0 + skipdata 0 + bad 6; headers 1, control 0
    ");
}

#[test]
fn addresses_have_one_spelling_and_tags_are_decoded() {
    let text = "srcaddr instance-tag\n2001:DB8:0:0:0:0:0:1 web%20server\n2001:db8::1 100%25\nxx.xx.xx.xx caf%C3%A9\n10.0.0.1 bad%FFutf\n2001:DB8:0:0:0:0:0:1 100%\n";
    assert_snapshot!(check(text), @"
    srcaddr=2001:db8::1 instance_tag=web server
    srcaddr=2001:db8::1 instance_tag=100%
    srcaddr=xx.xx.xx.xx instance_tag=café
    srcaddr=10.0.0.1 instance_tag=bad%FFutf
    srcaddr=2001:db8::1 instance_tag=100%
    read 5 = ok 5 + nodata 0 + skipdata 0 + bad 0; headers 1, control 0
    ");
}

#[test]
fn an_address_that_is_spelled_in_two_ways_is_one_value_of_the_dictionary() {
    let (kept, _) = decode_as(
        None,
        b"srcaddr\n2001:DB8:0:0:0:0:0:1\n2001:db8::1\n2001:0db8::1\n2001:db8:0::1\n",
    );
    let array = kept.batches[0].column(0).clone();
    let values = arrow::array::AsArray::as_any_dictionary(&array).values().len();
    assert_eq!(values, 1);
}

#[test]
fn text_that_is_not_utf_8_is_bad_wherever_it_stands() {
    let text = b"srcaddr region new\n10.0.0.1 us-\xff 1\n10.0.0.1 eu 2\n10.0.0.1 eu \xfe\n10.0.0.\xff eu 3\n".as_slice();
    let text = [b"srcaddr region new\n".as_slice(), &text[19..]].concat();
    assert_snapshot!(check(text), @"
    srcaddr=10.0.0.1 region=eu extra={new: 2}
    bad 2: `region` is `us-\u{fffd}`, not UTF-8 | 10.0.0.1 us-\u{fffd} 1
    bad 4: `new` is `\u{fffd}`, not UTF-8 | 10.0.0.1 eu \u{fffd}
    bad 5: `srcaddr` is `10.0.0.\u{fffd}`, not UTF-8 | 10.0.0.\u{fffd} eu 3
    read 4 = ok 1 + nodata 0 + skipdata 0 + bad 3; headers 1, control 0
    ");
}

#[test]
fn nothing_and_a_header_alone_are_no_records() {
    assert_eq!(check(""), "read 0 = ok 0 + nodata 0 + skipdata 0 + bad 0; headers 0, control 0");
    assert_eq!(
        check("\n \n\r\n"),
        "read 0 = ok 0 + nodata 0 + skipdata 0 + bad 0; headers 0, control 0"
    );
    assert_eq!(
        check("srcaddr bytes"),
        "read 0 = ok 0 + nodata 0 + skipdata 0 + bad 0; headers 1, control 0"
    );
}

#[test]
fn rows_of_several_objects_share_batches_by_their_columns() {
    let mut decoder = Decoder::new(Options::default());
    let mut kept = Kept::default();
    for it in 0..10 {
        decoder.decode_bytes(&format!("srcaddr bytes\n10.0.0.1 {it}\n").into(), &mut kept);
        decoder.decode_bytes(&format!("bytes srcaddr\n{it} 10.0.0.2\n").into(), &mut kept);
        decoder.decode_bytes(&format!("dstport bytes\n443 {it}\n").into(), &mut kept);
    }
    assert!(kept.batches.is_empty());
    decoder.flush(&mut kept);
    let mut n_rows: Vec<usize> = kept.batches.iter().map(RecordBatch::num_rows).collect();
    n_rows.sort_unstable();
    assert_eq!(n_rows, [10, 20]);
    decoder.flush(&mut kept);
    assert_eq!(kept.batches.len(), 2);
}

#[test]
fn more_sets_of_columns_than_are_gathered_lose_nothing() {
    let names = ["srcaddr", "bytes", "packets", "action", "region", "dstport", "end"];
    let mut decoder = Decoder::new(Options::default());
    let mut kept = Kept::default();
    for round in 0..3 {
        for name in names {
            let value = if name == "srcaddr" { "10.0.0.1" } else { "1" };
            decoder.decode_bytes(&format!("{name} srcport\n{value} {round}\n").into(), &mut kept);
        }
    }
    decoder.flush(&mut kept);
    assert_eq!(kept.n_rows(), 21);
    let sum: i64 = kept.batches.iter().flat_map(|it| numbers(it, "srcport")).flatten().sum();
    assert_eq!(sum, 7 * (1 + 2));
}
